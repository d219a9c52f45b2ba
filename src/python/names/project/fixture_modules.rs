//! The modules that pytest takes fixtures from for a module: the `conftest.py` beside it, and the plugins that these or itself name
//! by `pytest_plugins`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::HashSet;
use memchr::memmem;

use super::super::value::Elsewhere;
use super::{Home, Modules};

/// So many modules that are plugins are followed.
const MOST_PLUGINS: usize = 64;

/// What pytest reads the names of plugins from.
const PLUGINS: &str = "pytest_plugins";

impl Modules {
    /// The modules that pytest takes fixtures from beside the module at `home`, those that win over others first: the nearest
    /// `conftest.py`, and behind all of them plugins, the last one that is loaded (executed with pytest 9.2.0).
    pub(in crate::python::names) fn conftests(&self, home: &Home) -> Vec<Elsewhere> {
        // What is kept is of the folder: one of its modules may be a `conftest.py` itself, the next one asks for that.
        let (conftests, plugins) = home.place.conftests.get_or_init(|| {
            let files = self.conftests_above(home);
            let summaries = |files: &[PathBuf]| files.iter().filter_map(|file| self.summary(file)).collect();
            (summaries(&files), summaries(&self.plugins_of(files.iter().rev())))
        });
        let own = self.plugins_of([&home.file]);
        let own = own.iter().filter_map(|file| self.summary(file));
        let mut found: Vec<Elsewhere> = Vec::with_capacity(conftests.len() + plugins.len());
        for module in conftests.iter().cloned().chain(own).chain(plugins.iter().cloned()) {
            if module.0.file() != home.file && !found.contains(&module) {
                found.push(module);
            }
        }
        found
    }

    /// The files of those beside the module at this absolute path.
    pub(in crate::python) fn conftests_at(&self, file: &Path) -> Vec<Arc<Path>> {
        let files = self.conftest_files(&self.home(file));
        files.into_iter().map(Arc::from).collect()
    }

    /// The files of the same.
    pub(in crate::python::names) fn conftest_files(&self, home: &Home) -> Vec<PathBuf> {
        let mut files = self.conftests_above(home);
        let plugins = self.plugins_of(files.iter().rev().chain([&home.file]));
        files.extend(plugins);
        files.retain(|file| *file != home.file);
        files
    }

    /// The `conftest.py` of the folder that the module at `home` lies in, and of those above it, the nearest first.
    fn conftests_above(&self, home: &Home) -> Vec<PathBuf> {
        let (Some(folder), Some(top)) = (home.file.parent(), home.place.top()) else {
            return Vec::new();
        };
        let folders = folder.ancestors().take_while(|folder| folder.starts_with(top));
        let has_one = |folder: &&Path| self.folder(folder).modules.contains(OsStr::new("conftest"));
        folders
            .filter(has_one)
            .map(|folder| folder.join("conftest.py"))
            .collect()
    }

    /// The modules of the project that these files, in the order in which pytest loads them, or their plugins name as plugins: the last
    /// one that is loaded first.
    fn plugins_of<'f>(&self, files: impl IntoIterator<Item = &'f PathBuf>) -> Vec<PathBuf> {
        let (mut found, mut seen) = (Vec::new(), HashSet::default());
        for file in files {
            let mut pending = self.plugins(file);
            pending.reverse();
            while let Some(plugin) = pending.pop().filter(|_| found.len() < MOST_PLUGINS) {
                if seen.insert(plugin.clone()) {
                    found.push(plugin.to_path_buf());
                    pending.extend(self.plugins(&plugin).into_iter().rev());
                }
            }
        }
        found.reverse();
        found
    }
}

/// The modules that a text names as plugins, by their dotted paths: `pytest_plugins = ["tests.fixtures"]`, at the top of a module.
pub(in crate::python::names) fn plugins_named(text: &[u8]) -> Vec<&str> {
    let mut found = Vec::new();
    for at in memmem::find_iter(text, PLUGINS) {
        let is_line = at.checked_sub(1).is_none_or(|before| text.get(before) == Some(&b'\n'));
        let rest = text.get(at + PLUGINS.len()..).unwrap_or_default();
        let head = memchr::memchr2(b'=', b'\n', rest).filter(|end| rest.get(*end) == Some(&b'='));
        if let Some(equals) = head.filter(|_| is_line) {
            texts_in(rest.get(equals + 1..).unwrap_or_default(), &mut found);
        }
    }
    found
}

/// The names in the texts that a value is made of, up to the end of its line, or of its brackets.
fn texts_in<'t>(value: &'t [u8], found: &mut Vec<&'t str>) {
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(byte) = value.get(at) {
        let rest = value.get(at + 1..).unwrap_or_default();
        match byte {
            b'[' | b'(' => depth += 1,
            b']' | b')' if depth <= 1 => return,
            b']' | b')' => depth -= 1,
            b'\n' if depth == 0 => return,
            b'#' => at += memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
            b'"' | b'\'' => {
                let Some(end) = memchr::memchr2(*byte, b'\n', rest) else {
                    return;
                };
                let text = rest.get(..end).and_then(|text| std::str::from_utf8(text).ok());
                found.extend(text.into_iter().flat_map(|text| text.split(',')).map(str::trim));
                at += end + 1;
            }
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plugins_are_named_by_a_text_or_a_list_at_the_top() {
        assert_eq!(plugins_named(b"pytest_plugins = 'a.b, c'\nx = ['d']\n"), ["a.b", "c"]);
        let list = b"import x\npytest_plugins: list[str] = [\n    \"a\",  # not \"n\"\n    'b',\n]\nx = 'd'\n";
        assert_eq!(plugins_named(list), ["a", "b"]);
        assert_eq!(
            plugins_named(b"pytest_plugins = (\"a\",)\npytest_plugins += [\"b\"]"),
            ["a", "b"]
        );
        assert!(plugins_named(b"    pytest_plugins = 'a'\nuse(pytest_plugins)\n").is_empty());
        assert!(plugins_named(b"pytest_plugins = names\npytest_plugins\n").is_empty());
    }
}
