//! Where a file stands in its crate, and where the code of a module is.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Crates;
use crate::reading::{self, Kind, without_dots};
use crate::rust::syntax::module_files::{ModuleFiles, module_files};

/// How many folders up a module may be declared, and how many modules are followed up to the root.
const HIGHEST: usize = 3;
const FARTHEST: usize = 16;

/// How many folders up the manifest of a package is looked for.
const HIGHEST_PACKAGE: usize = 32;

/// So many files of a folder are asked whether they are the root of a crate that has a module in common with others.
const MOST_ROOTS: usize = 64;

/// The folders with a crate in each of their files.
const MANY_ROOTS: [&str; 3] = ["tests", "examples", "benches"];

/// Where a file stands in its crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::rust) struct Place {
    /// The folder of the package.
    pub(in crate::rust) package: PathBuf,
    /// The file of the crate's root.
    pub(in crate::rust) root: PathBuf,
    /// The names of the modules from there on; none for the root itself.
    pub(in crate::rust) names: Vec<String>,
}

impl Crates {
    /// Where the file at an absolute path stands in its crate; in the first one, if it is in several.
    pub(in crate::rust) fn place(&self, path: &Path) -> Option<Place> {
        let place = self.places.get(path.to_owned(), || {
            let package = self.package(path)?;
            let (root, names) = self.up(path, &package, FARTHEST)?;
            Some(Place { package, root, names })
        });
        Option::clone(&place)
    }

    /// Whether the file at an absolute path is part of what the manifest of its package calls a test or a benchmark.
    #[must_use]
    pub fn is_of_tests(&self, path: &Path) -> bool {
        let place = self.place(path);
        place.is_some_and(|place| self.manifests.names(&place.package).test_roots.contains(&place.root))
    }

    /// The folder of the package that a file belongs to: the nearest one above with a manifest.
    pub(super) fn package(&self, path: &Path) -> Option<PathBuf> {
        let folder = path.parent()?;
        let package = self.folders.get(folder.to_owned(), || {
            let mut above = folder.ancestors().take(HIGHEST_PACKAGE);
            above
                .find(|folder| folder.join("Cargo.toml").is_file())
                .map(Path::to_owned)
        });
        Option::clone(&package)
    }

    fn up(&self, path: &Path, package: &Path, hops: usize) -> Option<(PathBuf, Vec<String>)> {
        let hops = hops.checked_sub(1)?;
        if self.is_root(path, package) {
            return Some((path.to_owned(), Vec::new()));
        }
        let said = self.manifests.names(package);
        let said = said.roots.iter().chain([&said.library_root]);
        let said = said.filter(|root| *root != path && root.parent().is_some_and(|folder| path.starts_with(folder)));
        let named = candidates(path, package).into_iter();
        for parent in named.chain(said.filter(|root| root.is_file()).cloned()) {
            let modules = self.modules_of(&parent);
            let declared = modules.iter().flat_map(|modules| modules.that_may_be(path));
            for declared in declared {
                let (is_root, file) = (self.is_root(&parent, package), declared.path.as_deref());
                if Self::file_of(package, &parent, is_root, &declared.names, file).as_deref() != Some(path) {
                    continue;
                }
                if let Some((root, mut names)) = self.up(&parent, package, hops) {
                    names.extend(declared.names.iter().cloned());
                    return Some((root, names));
                }
            }
        }
        None
    }

    /// Whether a file of a package is the root of a crate.
    fn is_root(&self, path: &Path, package: &Path) -> bool {
        let names = self.manifests.names(package);
        let may_be_found = |inside: &Path| is_usual_root(inside) && names.may_be_found(inside);
        path.strip_prefix(package).is_ok_and(may_be_found) || names.begin_with(path)
    }

    pub(super) fn modules_of(&self, path: &Path) -> Arc<Option<ModuleFiles>> {
        let modules = || text(path).map(|text| module_files(&text));
        self.modules.get(path.to_owned(), modules)
    }

    /// The file of a module that `parent` declares, itself the module of these names (none for a root).
    pub(super) fn file_of(
        package: &Path,
        parent: &Path,
        is_root: bool,
        names: &[String],
        path: Option<&str>,
    ) -> Option<PathBuf> {
        let found = match (path, names) {
            (Some(path), [_]) => vec![parent.parent()?.join(path)],
            (Some(path), [inline @ .., _]) => vec![folder(parent, is_root)?.join(inline.join("/")).join(path)],
            _ => {
                let mut module = folder(parent, is_root)?;
                module.extend(names);
                vec![module.with_extension("rs"), module.join("mod.rs")]
            }
        };
        let mut found = found.iter().map(|path| without_dots(path));
        found.find(|path| path.starts_with(package) && path.is_file())
    }
}

/// Whether cargo takes a file of a package for the root of a crate, where the manifest says nothing else.
fn is_usual_root(inside: &Path) -> bool {
    let parts: Vec<&str> = inside.iter().filter_map(|part| part.to_str()).collect();
    match parts.as_slice() {
        ["build.rs"] | ["src", "lib.rs" | "main.rs"] | ["src", "bin", _] | ["src", "bin", _, "main.rs"] => true,
        [folder, _] | [folder, _, "main.rs"] => MANY_ROOTS.contains(folder),
        _ => false,
    }
}

/// The files that may declare the module whose code is at `path`.
fn candidates(path: &Path, package: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let folders = path.ancestors().skip(1).take(HIGHEST);
    for folder in folders.take_while(|folder| folder.starts_with(package)) {
        let beside = ["lib.rs", "main.rs", "mod.rs"].map(|name| folder.join(name));
        let named_so = folder.file_name().map(|_| folder.with_extension("rs"));
        found.extend(beside.into_iter().chain(named_so));
        if folder.parent() == Some(package)
            && folder
                .file_name()
                .and_then(|name| name.to_str())
                .is_some_and(|name| MANY_ROOTS.contains(&name))
        {
            found.extend(roots_in(folder));
        }
    }
    found.retain(|candidate| candidate != path && candidate.is_file());
    found
}

fn roots_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut roots: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    roots.sort();
    roots.truncate(MOST_ROOTS);
    roots
}

/// The folder that the modules of a file are in.
fn folder(file: &Path, is_root: bool) -> Option<PathBuf> {
    let folder = file.parent()?;
    match file.file_stem()?.to_str()? {
        "mod" => Some(folder.to_owned()),
        _ if is_root => Some(folder.to_owned()),
        stem => Some(folder.join(stem)),
    }
}

/// The text of a plain file; without `mod` in it, it declares none.
fn text(path: &Path) -> Option<String> {
    let bytes = reading::read(path, Kind::Configuration).ok()?;
    memchr::memmem::find(&bytes, b"mod")?;
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_manifest_calls_a_test_is_one_with_its_modules() {
        let root = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(root.path()).unwrap();
        for (path, text) in [
            (
                "Cargo.toml",
                "[package]\nname = 'a'\n[[test]]\nname = 'it'\npath = 'it/all.rs'\n[[bench]]\nname = 'b'\npath = 'speed/b.rs'\n\
                 [[bin]]\nname = 'c'\npath = 'tools/c.rs'\n",
            ),
            ("it/all.rs", "mod support;"),
            ("it/support.rs", "pub mod deeper;"),
            ("it/support/deeper.rs", ""),
            ("it/nowhere.rs", ""),
            ("speed/b.rs", ""),
            ("tools/c.rs", "mod d;"),
            ("tools/d.rs", ""),
            ("src/lib.rs", ""),
        ] {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let crates = Crates::new(&root);
        for (path, expected) in [
            ("it/all.rs", true),
            ("it/support.rs", true),
            ("it/support/deeper.rs", true),
            ("it/nowhere.rs", false),
            ("speed/b.rs", true),
            ("tools/c.rs", false),
            ("tools/d.rs", false),
            ("src/lib.rs", false),
        ] {
            assert_eq!(crates.is_of_tests(&root.join(path)), expected, "{path}");
        }
    }
}
