//! Files that matter only through others: which of them lead, by what they import, to a file that is announced by its own
//! words. Told from bytes; names in comments and strings count, which costs a look and loses nothing.

use std::collections::{HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memchr::memmem;

use super::Crates;
use super::place::Place;
use super::written_paths::{self, WrittenPath};
use crate::reading::{self, Kind};

/// So many files are looked at for one; a file that leads to more may lead anywhere.
const MOST_FILES: usize = 256;

/// So many packages are asked what one depends on through them.
const MOST_PACKAGES: usize = 64;

/// How many folders up a manifest may say what its workspace's dependencies are called.
const HIGHEST_WORKSPACE: usize = 8;

/// What is asked of bytes that nobody parsed.
pub struct Signs<'a> {
    /// Whether the bytes of a file announce a connect or a wait for messages.
    pub announced: &'a (dyn Fn(&[u8]) -> bool + Sync),
    /// The names of the packages whose connects are looked at.
    pub packages: &'a [&'a str],
}

/// What the bytes of a file say.
#[derive(Debug)]
pub(super) struct Bytes {
    is_announced: bool,
    leads: Vec<Lead>,
    /// The names that stand behind a word that defines them.
    defined: HashSet<String>,
}

/// What a path leads to.
#[derive(Clone, Debug)]
struct Lead {
    file: PathBuf,
    /// The name behind the modules; none for all names.
    name: Option<String>,
    /// What it is called where the path stands.
    called: Option<String>,
}

/// A file, and the name of it that is asked for, where it only hands that on.
type Node = (PathBuf, Option<String>);

impl Crates {
    /// Whether the file at `path`, of these bytes, may have something in it that only other files of its package announce.
    pub fn lead_on(&self, path: &Path, bytes: &[u8], signs: &Signs<'_>) -> bool {
        if !may_lead(bytes) {
            return false;
        }
        let of_package = self.package_of(path, signs.packages);
        let Some(package) = of_package.filter(|_| self.depends(path, signs.packages)) else {
            return false;
        };
        let Some(place) = self.place(path) else { return false };
        if package.renamed.iter().any(|name| has_path_of(bytes, name)) {
            return true;
        }
        let leads = self.leads(path, &place, bytes);
        let mut seen: HashSet<Node> = HashSet::new();
        let mut pending: VecDeque<Node> = leads.into_iter().map(|lead| (lead.file, lead.name)).collect();
        let mut files: HashSet<PathBuf> = HashSet::new();
        while let Some(node) = pending.pop_front() {
            if node.0 == path || !seen.insert(node.clone()) {
                continue;
            }
            if files.insert(node.0.clone()) && files.len() > MOST_FILES {
                return true;
            }
            crate::steps::take();
            let said = self.bytes_of(&node.0, signs);
            let Some(said) = &*said else { continue };
            if said.is_announced {
                return true;
            }
            let (_, name) = node;
            let is_own = name.as_ref().is_none_or(|name| said.defined.contains(name));
            let on = said
                .leads
                .iter()
                .filter(|lead| is_own || lead.called.is_none() || lead.called == name);
            pending.extend(on.map(|lead| (lead.file.clone(), lead.name.clone())));
        }
        false
    }

    /// Whether the package of the file at `path` depends on one of these, or is one: itself, or by its neighbours.
    pub(super) fn depends(&self, path: &Path, packages: &[&str]) -> bool {
        let Some(folder) = self.package(path) else { return false };
        *self
            .depending
            .get(folder.clone(), || self.leads_to_one(folder, packages))
    }

    fn leads_to_one(&self, folder: PathBuf, packages: &[&str]) -> bool {
        let (mut pending, mut seen) = (vec![folder.clone()], HashSet::from([folder]));
        while let Some(next) = pending.pop() {
            let package = self.package_in(&next, packages);
            if package.depends {
                return true;
            }
            // Parsed only where it may name a folder.
            let names = package.may_have_neighbours.then(|| self.manifests.names(&next));
            for neighbour in names.iter().flat_map(|names| names.neighbours.values()) {
                if seen.len() < MOST_PACKAGES && seen.insert(neighbour.clone()) {
                    pending.push(neighbour.clone());
                }
            }
        }
        false
    }

    fn package_of(&self, path: &Path, packages: &[&str]) -> Option<Arc<Package>> {
        Some(self.package_in(&self.package(path)?, packages))
    }

    fn package_in(&self, folder: &Path, packages: &[&str]) -> Arc<Package> {
        self.packages.get(folder.to_owned(), || Package::of(folder, packages))
    }

    fn bytes_of(&self, path: &Path, signs: &Signs<'_>) -> Arc<Option<Bytes>> {
        self.bytes.get_deep(path.to_owned(), || {
            let bytes = reading::read(path, Kind::Configuration).ok()?;
            let place = self.place(path);
            let package = self.package_of(path, signs.packages);
            let mut renamed = package.iter().flat_map(|package| &package.renamed);
            let mut libraries = signs.packages.iter().map(|package| package.replace('-', "_"));
            Some(Bytes {
                is_announced: (signs.announced)(&bytes)
                    || renamed.any(|name| has_path_of(&bytes, name))
                    || libraries.any(|name| written_paths::hands_on(&bytes, &name)),
                leads: place.map_or_else(Vec::new, |place| self.leads(path, &place, &bytes)),
                defined: written_paths::defined(&bytes),
            })
        })
    }

    /// What the paths in the bytes of a file lead to.
    fn leads(&self, path: &Path, place: &Place, bytes: &[u8]) -> Vec<Lead> {
        let modules = self.modules_of(path);
        let has_module = |name: &str| modules.as_ref().as_ref().is_some_and(|modules| modules.has(name));
        let names_here = self.manifests.names(&place.package);
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        for written in written_paths::paths(bytes) {
            let WrittenPath { names, called } = written;
            let Some((first, rest)) = names.split_first() else {
                continue;
            };
            let ups = names.iter().take_while(|name| *name == "super").count();
            let (root, above, rest) = match first.as_str() {
                "crate" => (&place.root, &[][..], rest),
                "self" => (&place.root, place.names.as_slice(), rest),
                // What is in a module of the file itself has one more `super` to go.
                "super" => {
                    for fewer in 0..=ups {
                        let left = place.names.len().checked_sub(fewer);
                        let above = left.and_then(|left| place.names.get(..left));
                        let rest = names.get(ups..).unwrap_or_default();
                        if let Some(above) = above {
                            found.extend(self.lead(
                                &place.package,
                                &place.root,
                                above,
                                rest,
                                called.as_ref(),
                                &mut seen,
                            ));
                        }
                    }
                    continue;
                }
                name if has_module(name) => (&place.root, place.names.as_slice(), names.as_slice()),
                name if names_here.library.as_deref() == Some(name) => (&names_here.library_root, &[][..], rest),
                name => {
                    if let Some(package) = names_here.neighbours.get(name) {
                        let root = &self.manifests.names(package).library_root;
                        found.extend(self.lead(package, root, &[], rest, called.as_ref(), &mut seen));
                    }
                    continue;
                }
            };
            found.extend(self.lead(&place.package, root, above, rest, called.as_ref(), &mut seen));
        }
        found
    }

    fn lead(
        &self,
        package: &Path,
        root: &Path,
        above: &[String],
        rest: &[String],
        called: Option<&String>,
        seen: &mut HashSet<Vec<String>>,
    ) -> Option<Lead> {
        let names: Vec<String> = above.iter().chain(rest).cloned().collect();
        let key: Vec<String> = std::iter::once(root.display().to_string())
            .chain(names.iter().cloned())
            .chain(called.cloned())
            .collect();
        if !seen.insert(key) {
            return None;
        }
        let (file, behind) = self.file_behind(package, root, &names);
        let name = names.get(behind).filter(|name| *name != "*").cloned();
        Some(Lead {
            called: name.as_ref().map(|last| called.unwrap_or(last).clone()),
            file,
            name,
        })
    }

    /// The file of the last module of these that has one, and how many lead there.
    fn file_behind(&self, package: &Path, root: &Path, names: &[String]) -> (PathBuf, usize) {
        let (mut file, mut at) = (root.to_owned(), 0);
        while let Some((next, taken)) = self.child(package, &file, at == 0, names.get(at..).unwrap_or_default()) {
            file = next;
            at += taken;
        }
        (file, at)
    }

    fn child(&self, package: &Path, parent: &Path, is_root: bool, names: &[String]) -> Option<(PathBuf, usize)> {
        let modules = self.modules_of(parent);
        let modules = modules.as_ref().as_ref()?;
        let module = modules.on(names)?;
        let file = Self::file_of(package, parent, is_root, &module.names, module.path.as_deref())?;
        Some((file, module.names.len()))
    }
}

/// What the manifests say of a package, told from their bytes.
#[derive(Debug)]
pub(super) struct Package {
    /// It depends on a package whose connects are looked at.
    depends: bool,
    /// It may depend on packages of its repository: itself, or by what it inherits.
    may_have_neighbours: bool,
    /// How the code calls such packages, where that is another name.
    renamed: Vec<String>,
}

impl Package {
    fn of(folder: &Path, packages: &[&str]) -> Self {
        let manifest = |folder: &Path| reading::read(&folder.join("Cargo.toml"), Kind::Manifest).unwrap_or_default();
        let own = manifest(folder);
        let mut renamed = renamed_in(&own, packages);
        let above = folder.ancestors().skip(1).take(HIGHEST_WORKSPACE);
        let inherits = memmem::find(&own, b"workspace").is_some();
        for names in above
            .filter(|_| inherits)
            .map(|folder| renamed_in(&manifest(folder), packages))
        {
            renamed.extend(
                names
                    .into_iter()
                    .filter(|name| memmem::find(&own, name.as_bytes()).is_some()),
            );
        }
        let text = String::from_utf8_lossy(&own);
        let depends = dependencies(&text).any(|line| is_named(line, packages));
        Self {
            depends: depends || !renamed.is_empty(),
            may_have_neighbours: inherits || memmem::find(&own, b"path").is_some(),
            renamed: renamed.iter().map(|name| name.replace('-', "_")).collect(),
        }
    }
}

/// The lines of a manifest that may name its dependencies, or the package itself: a feature, a keyword or a program can be called
/// like a package.
fn dependencies(manifest: &str) -> impl Iterator<Item = &str> {
    let mut table = "";
    manifest.lines().filter(move |line| {
        let line = line.trim_start();
        if line.starts_with('[') {
            table = line;
        }
        let is_aside = ["[features", "[package.", "[[", "[lib]", "[lints", "[badges", "[profile"]
            .iter()
            .any(|aside| table.starts_with(aside));
        !is_aside && (!table.starts_with("[package]") || line.starts_with("name"))
    })
}

/// Whether a part of a manifest has the whole name of one of the packages in it.
fn is_named(text: &str, packages: &[&str]) -> bool {
    let is_between = |letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_'));
    let mut names = text.split(is_between).filter(|name| !name.is_empty());
    names.any(|name| packages.contains(&name) || packages.contains(&name.replace('_', "-").as_str()))
}

/// The keys of the lines, or of the tables, that give one of the packages another name.
fn renamed_in(manifest: &[u8], packages: &[&str]) -> Vec<String> {
    let text = String::from_utf8_lossy(manifest);
    let mut found = Vec::new();
    let mut table = "";
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with('[') {
            table = line;
        }
        let Some((_, package)) = line.split_once("package") else {
            continue;
        };
        if is_named(package, packages) {
            let key = match line.starts_with("package") {
                true => table.trim_end_matches(']').rsplit('.').next().unwrap_or_default(),
                false => line.split(['=', '.']).next().unwrap_or_default(),
            };
            found.push(key.trim().trim_matches(['"', '\'']).to_owned());
        }
    }
    found
}

/// Whether bytes may name something of another file.
fn may_lead(bytes: &[u8]) -> bool {
    memmem::find(bytes, b"::").is_some()
}

/// Whether a path, or an import, begins with this name.
fn has_path_of(bytes: &[u8], name: &str) -> bool {
    memmem::find_iter(bytes, name.as_bytes()).any(|start| {
        let is_of_name = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        let before = start.checked_sub(1).and_then(|before| bytes.get(before));
        let after = bytes.get(start + name.len());
        !is_of_name(before) && !is_of_name(after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_depends_on_what_its_tables_of_dependencies_name() {
        let depends = |manifest: &str| dependencies(manifest).any(|line| is_named(line, &["ws"]));
        for manifest in [
            "[package]\nname = 'ws'",
            "[package]\nname = 'a'\n[features]\nb = []\n[dependencies]\nws = '0.9'",
            "[target.'cfg(unix)'.dev-dependencies.ws]\nversion = '0.9'",
            "[workspace.dependencies]\nsocket = { package = \"ws\", version = '0.9' }",
            "dependencies = { ws = '0.9' }",
        ] {
            assert!(depends(manifest), "{manifest}");
        }
        for manifest in [
            "[package]\nname = 'a'\nkeywords = ['ws']",
            "[features]\nws = []\n[dependencies]\nwss = '1'",
            "[[example]]\nname = 'ws'",
        ] {
            assert!(!depends(manifest), "{manifest}");
        }
    }
}
