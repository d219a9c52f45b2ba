//! `Cargo.toml`: how the code of a package calls its own library and the crates that it depends on, and where the sources of those
//! lie that are in the same repository.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use toml::de::{DeTable, DeValue};

use super::cargo_crate::Crate;
use super::cargo_workspace;
use super::files::Files;
use super::manifest::{Manifest, as_str, as_table, is_true, lookup, table};
use crate::reading::without_dots;

/// So many packages of one workspace are known.
const MOST_PACKAGES: usize = 512;

/// How the code of a package calls crates.
#[derive(Debug, Default)]
pub struct CrateNames {
    /// How the tests and the programs of the package call its library; none for a manifest without a package.
    pub library: Option<String>,
    /// The file that the library begins with, whether it is there or not.
    pub library_root: PathBuf,
    /// The files that other crates of the package begin with, where the manifest says so.
    pub roots: BTreeSet<PathBuf>,
    /// Those of them that cargo compiles for tests and benchmarks alone.
    pub test_roots: BTreeSet<PathBuf>,
    /// The folders of the package whose files are no crates of their own unless the manifest says so: `autotests = false`.
    pub without_crates: BTreeSet<&'static str>,
    /// The dependencies that are called otherwise in the code than in their registry, by their name in the code: what they are
    /// called there for everybody else.
    pub renamed: BTreeMap<String, String>,
    /// The folders of the dependencies whose sources lie in the same repository, by their name in the code.
    pub neighbours: BTreeMap<String, PathBuf>,
    /// The folder of the workspace, or of the package that is in none.
    pub top: PathBuf,
    /// The folder that all neighbours lie in: that of the repository, or the one above.
    pub within: PathBuf,
}

impl CrateNames {
    /// Whether the manifest says that a crate begins with this file.
    #[must_use]
    pub fn begin_with(&self, file: &Path) -> bool {
        self.library_root == file || self.roots.contains(file)
    }

    /// Whether cargo looks for crates where a file of the package lies, `inside` its folder.
    #[must_use]
    pub fn may_be_found(&self, inside: &Path) -> bool {
        let mut left_out = self.without_crates.iter();
        !left_out.any(|folder| inside.starts_with(folder))
    }

    fn of(folder: &Path, files: &Files) -> Option<Self> {
        let of = Crate::of(folder, files, without_dots, &mut Vec::new())?;
        let root = of.manifest.toml(&mut Vec::new())?;
        let workspace = of.workspace.as_ref();
        let text = |path: &[&str]| lookup(root, path).and_then(as_str);
        let named = text(&["lib", "name"]).or_else(|| text(&["package", "name"]));
        let paths = |kinds: &[&str]| -> BTreeSet<PathBuf> {
            let lists = kinds.iter().filter_map(|kind| root.get(*kind)?.get_ref().as_array());
            let paths = lists
                .flatten()
                .filter_map(|target| as_str(as_table(target)?.get("path")?));
            paths.map(|path| without_dots(&of.root.join(path))).collect()
        };
        let dependencies = dependencies(root, workspace.map(|(_, manifest)| &**manifest));
        let repository = of.top().ancestors().find(|folder| folder.join(".git").exists());
        let within = repository.unwrap_or(of.top());
        Some(Self {
            library: named.map(in_code),
            library_root: without_dots(&of.root.join(text(&["lib", "path"]).unwrap_or("src/lib.rs"))),
            roots: paths(&["bin", "test", "example", "bench"]),
            test_roots: paths(&["test", "bench"]),
            without_crates: without_crates(root),
            renamed: renamed(&dependencies),
            neighbours: neighbours(&dependencies, &of, within, files),
            top: of.top().to_owned(),
            within: within.to_owned(),
        })
    }
}

/// The folders that cargo is told not to look for crates in.
fn without_crates(root: &DeTable<'_>) -> BTreeSet<&'static str> {
    let folders = [
        ("autotests", "tests"),
        ("autoexamples", "examples"),
        ("autobenches", "benches"),
    ];
    let is_off =
        |key: &str| lookup(root, &["package", key]).is_some_and(|value| value.get_ref().as_bool() == Some(false));
    folders
        .into_iter()
        .filter(|(key, _)| is_off(key))
        .map(|(_, folder)| folder)
        .collect()
}

/// The manifests of the packages of a run, each read once. Threads share it.
#[derive(Debug, Default)]
pub struct CrateManifests {
    files: Files,
    names: Mutex<HashMap<PathBuf, Arc<CrateNames>>>,
    /// Who depends on whom, by the folder of each workspace.
    users: Mutex<HashMap<PathBuf, Arc<Users>>>,
}

/// The packages of a workspace that depend on each of its packages, by their folders.
type Users = HashMap<PathBuf, Vec<PathBuf>>;

impl CrateManifests {
    /// How the package in an absolute folder calls crates. What is wrong with its manifest is no matter here.
    #[must_use]
    pub fn names(&self, folder: &Path) -> Arc<CrateNames> {
        known_or(&self.names, folder, || {
            CrateNames::of(folder, &self.files).unwrap_or_default()
        })
    }

    /// The folders of the packages of the workspace that depend on the one in this absolute folder, sorted.
    #[must_use]
    pub fn users(&self, folder: &Path) -> Vec<PathBuf> {
        let top = &self.names(folder).top;
        let users = known_or(&self.users, top, || self.users_in(top));
        users.get(folder).cloned().unwrap_or_default()
    }

    /// The same with those that depend on them, and so on: values of its types get there, whoever hands them on.
    #[must_use]
    pub fn all_users(&self, folder: &Path) -> Vec<PathBuf> {
        let mut all = self.users(folder);
        let mut at = 0;
        while let Some(next) = all.get(at).cloned() {
            let new = self.users(&next).into_iter().filter(|user| !all.contains(user));
            let new: Vec<PathBuf> = new.collect();
            all.extend(new);
            at += 1;
        }
        all
    }

    fn users_in(&self, top: &Path) -> Users {
        let manifest = self.files.manifest(&top.join("Cargo.toml"), &mut Vec::new());
        let members = manifest.map(|manifest| cargo_workspace::members(&manifest, top));
        let mut pending = members.unwrap_or_default();
        pending.push(top.to_owned());
        let (mut seen, mut users) = (BTreeSet::new(), Users::new());
        while let Some(folder) = pending.pop().map(|folder| without_dots(&folder)) {
            if seen.len() >= MOST_PACKAGES || !seen.insert(folder.clone()) {
                continue;
            }
            // As for cargo, what lies below the workspace and is depended on by path is a member.
            for of in self.names(&folder).neighbours.values() {
                let of_one = users.entry(of.clone()).or_default();
                of_one.push(folder.clone());
                pending.extend(of.starts_with(top).then(|| of.clone()));
            }
        }
        for of_one in users.values_mut() {
            of_one.sort();
            of_one.dedup();
        }
        users
    }
}

/// What is known under `key`; two threads may find out the same.
fn known_or<V>(known: &Mutex<HashMap<PathBuf, Arc<V>>>, key: &Path, find: impl FnOnce() -> V) -> Arc<V> {
    let locked = || known.lock().unwrap_or_else(PoisonError::into_inner);
    let found = locked().get(key).cloned();
    found.unwrap_or_else(|| {
        let found = Arc::new(find());
        Arc::clone(locked().entry(key.to_owned()).or_insert(found))
    })
}

/// One dependency, wherever it is declared.
struct Dependency<'m> {
    /// Its name in the code.
    called: String,
    /// Its name in its registry, where the manifest says it.
    package: Option<&'m str>,
    /// Where its sources are, from the folder of the workspace's manifest if it is inherited, else of the own one.
    path: Option<&'m str>,
    is_inherited: bool,
}

fn dependencies<'m>(root: &'m DeTable<'_>, workspace: Option<&'m Manifest>) -> Vec<Dependency<'m>> {
    let inherited = workspace.and_then(|workspace| workspace.toml(&mut Vec::new()));
    let inherited = inherited.and_then(|root| table(root, &["workspace", "dependencies"]));
    let targets = table(root, &["target"]).into_iter().flat_map(DeTable::values);
    let places = std::iter::once(root).chain(targets.filter_map(as_table));
    let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
    let tables = places.flat_map(|of| kinds.iter().filter_map(|kind| table(of, &[kind])));
    let declared = tables.flat_map(DeTable::iter).filter_map(|(name, value)| {
        let DeValue::Table(details) = value.get_ref() else {
            return None;
        };
        let is_inherited = details.get("workspace").is_some_and(is_true);
        let known = inherited.filter(|_| is_inherited);
        let known = known.and_then(|known| as_table(known.get(name.get_ref().as_ref())?));
        let text = |key: &str| known.unwrap_or(details).get(key).and_then(as_str);
        Some(Dependency {
            called: in_code(name.get_ref()),
            package: text("package"),
            path: text("path"),
            is_inherited,
        })
    });
    declared.collect()
}

fn renamed(dependencies: &[Dependency<'_>]) -> BTreeMap<String, String> {
    let renamed = dependencies
        .iter()
        .filter_map(|one| Some((one.called.clone(), in_code(one.package?))));
    renamed.filter(|(called, package)| called != package).collect()
}

/// The folders of the dependencies that lie below `within`: a manifest may name any folder of the machine.
fn neighbours(dependencies: &[Dependency<'_>], of: &Crate, within: &Path, files: &Files) -> BTreeMap<String, PathBuf> {
    let found = dependencies.iter().filter_map(|one| {
        let from = if one.is_inherited { of.top() } else { &of.root };
        let folder = without_dots(&from.join(one.path?));
        let is_package = || files.manifest(&folder.join("Cargo.toml"), &mut Vec::new()).is_some();
        (folder.starts_with(within) && is_package()).then(|| (one.called.clone(), folder.clone()))
    });
    found.collect()
}

fn in_code(name: &str) -> String {
    name.replace('-', "_")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_has_another_name_in_the_code_is_found_wherever_it_is_declared() {
        let workspace = Manifest::new(
            "../Cargo.toml",
            "[workspace.dependencies]\nws = { package = 'yawc', version = '1' }",
        );
        let text = "[package]\nname = 'my-app'\n[dependencies]\ntt = { package = 'tokio-tungstenite', version = '0.29' }\n\
            tokio = '1'\nown-name = { package = 'own_name', path = 'x' }\nws.workspace = true\n\
            [target.'cfg(unix)'.dev-dependencies]\n'a-b' = { package = 'async-tungstenite', version = '0.1' }\n";
        let manifest = Manifest::new("Cargo.toml", text);
        let root = manifest.toml(&mut Vec::new()).unwrap();
        let renamed = renamed(&dependencies(root, Some(&workspace)));
        let pairs: Vec<(&str, &str)> = renamed.iter().map(|(name, of)| (name.as_str(), of.as_str())).collect();
        assert_eq!(
            pairs,
            [
                ("a_b", "async_tungstenite"),
                ("tt", "tokio_tungstenite"),
                ("ws", "yawc")
            ]
        );
    }

    #[test]
    fn packages_of_the_repository_are_found_and_those_that_depend_on_them() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("repository");
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write(
            "Cargo.toml",
            "[workspace]\nmembers = ['app']\n[workspace.dependencies]\nwire = { path = 'wire' }\n",
        );
        write(
            "app/Cargo.toml",
            "[package]\nname = 'the-app'\n[[bin]]\nname = 'x'\npath = 'programs/x.rs'\n[dependencies]\nwire.workspace = true\n\
            far = { path = '../../far' }\nnone = { path = '../none' }\nother = '1'\n",
        );
        write(
            "wire/Cargo.toml",
            "[package]\nname = 'wire'\n[lib]\nname = 'wires'\npath = 'lib/wire.rs'\n",
        );
        write("../far/Cargo.toml", "[package]\nname = 'far'\n");
        let manifests = CrateManifests::default();
        let app = manifests.names(&root.join("app"));
        assert_eq!(app.library.as_deref(), Some("the_app"));
        assert_eq!(app.library_root, root.join("app/src/lib.rs"));
        assert_eq!(Vec::from_iter(&app.roots), [&root.join("app/programs/x.rs")]);
        assert_eq!(
            Vec::from_iter(&app.neighbours),
            [(&"wire".to_owned(), &root.join("wire"))]
        );
        let wire = manifests.names(&root.join("wire"));
        assert_eq!(
            (wire.library.as_deref(), &wire.library_root),
            (Some("wires"), &root.join("wire/lib/wire.rs"))
        );
        assert_eq!(manifests.users(&root.join("wire")), [root.join("app")]);
        assert!(manifests.users(&root.join("app")).is_empty());
        assert_eq!(manifests.all_users(&root.join("wire")), [root.join("app")]);
    }
}
