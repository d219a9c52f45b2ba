//! Path patterns as the configuration writes them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Globs that stand in one configuration. A pattern without a slash means every file or folder of that name, at any
/// depth; one with a slash is relative to the configuration's folder. `*` does not cross a slash, `**` does.
#[derive(Clone, Debug)]
pub struct Patterns {
    base: PathBuf,
    /// One list for all folders that the patterns are relative to.
    texts: Arc<[String]>,
    /// No pattern speaks of folders: what a path ends with is all that matters.
    are_names: bool,
    set: Arc<Set>,
}

type Set = LazyLock<GlobSet, Box<dyn FnOnce() -> GlobSet + Send>>;

impl Patterns {
    /// Compiles `texts`, which are relative to the absolute folder `base`.
    ///
    /// # Errors
    /// The index of the first pattern that is none, and what is wrong with it.
    pub fn new(base: &Path, texts: Vec<String>) -> Result<Self, (usize, String)> {
        let set = compiled(&texts)?;
        Ok(Self {
            base: base.to_owned(),
            are_names: are_names(&texts),
            texts: texts.into(),
            set: Arc::new(Set::new(Box::new(|| set))),
        })
    }

    /// The same for texts that certainly are patterns (others match nothing): they are compiled when the first path is
    /// asked about.
    pub(super) fn certain(base: &Path, texts: &'static [&'static str]) -> Self {
        Self {
            base: base.to_owned(),
            texts: texts.iter().map(|text| (*text).to_owned()).collect(),
            are_names: are_names(texts),
            set: Arc::new(Set::new(Box::new(|| compiled(texts).unwrap_or_default()))),
        }
    }

    /// The same patterns, relative to another folder.
    pub(super) fn rebased(&self, base: &Path) -> Self {
        Self {
            base: base.to_owned(),
            ..self.clone()
        }
    }

    /// The patterns as they were written.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// Whether a pattern means this absolute path itself, which lies in the configuration's folder.
    #[must_use]
    pub fn match_path(&self, path: &Path) -> bool {
        match path.file_name().filter(|_| self.are_names) {
            Some(name) => self.set.is_match(name),
            None => self.set.is_match(self.relative(path)),
        }
    }

    /// Whether a pattern means this absolute path, or a folder on the way to it from the configuration's folder.
    #[must_use]
    pub fn cover(&self, path: &Path) -> bool {
        !self.texts.is_empty()
            && self
                .relative(path)
                .ancestors()
                .any(|part| !part.as_os_str().is_empty() && self.set.is_match(part))
    }

    fn relative<'p>(&self, path: &'p Path) -> &'p Path {
        path.strip_prefix(&self.base).unwrap_or(path)
    }
}

fn are_names(texts: &[impl AsRef<str>]) -> bool {
    // Windows takes both.
    texts.iter().all(|text| !text.as_ref().contains(['/', '\\']))
}

/// The patterns as one set.
///
/// # Errors
/// The index of the first pattern that is none, and what is wrong with it.
fn compiled(texts: &[impl AsRef<str>]) -> Result<GlobSet, (usize, String)> {
    let mut set = GlobSetBuilder::new();
    for (index, text) in texts.iter().enumerate() {
        let glob = GlobBuilder::new(&anchored(text.as_ref()))
            .literal_separator(true)
            .build()
            .map_err(|error| (index, error.kind().to_string()))?;
        set.add(glob);
    }
    set.build().map_err(|error| (0, error.kind().to_string()))
}

fn anchored(text: &str) -> String {
    let text = text.strip_prefix("./").unwrap_or(text);
    let text = text.strip_suffix('/').unwrap_or(text);
    match text.strip_prefix('/') {
        Some(_) => text.to_owned(),
        None if text.contains('/') => text.to_owned(),
        None => format!("**/{text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(texts: &[&str]) -> Patterns {
        Patterns::new(
            Path::new("/repo"),
            texts.iter().map(|text| (*text).to_owned()).collect(),
        )
        .unwrap()
    }

    #[test]
    fn a_bare_name_means_any_depth_and_a_path_is_anchored() {
        let names = patterns(&["build", "test_*.py"]);
        assert!(names.match_path(Path::new("/elsewhere/build")));
        assert!(names.match_path(Path::new("/repo/a/build")));
        assert!(!names.match_path(Path::new("/repo/a/build/x.py")));
        assert!(names.cover(Path::new("/repo/a/build/x.py")));
        assert!(names.cover(Path::new("/repo/a/test_x.py")));

        let path = patterns(&["src/gen/", "docs/*.py"]);
        assert!(path.cover(Path::new("/repo/src/gen/deep/x.py")));
        assert!(!path.cover(Path::new("/repo/a/src/gen/x.py")));
        assert!(path.cover(Path::new("/repo/docs/x.py")));
        assert!(!path.cover(Path::new("/repo/docs/deep/x.py")));
    }

    #[test]
    fn folders_above_the_configuration_do_not_count() {
        let tests = Patterns::new(Path::new("/home/tests/repo"), vec!["tests".to_owned()]).unwrap();
        assert!(!tests.cover(Path::new("/home/tests/repo/src/x.py")));
        assert!(tests.cover(Path::new("/home/tests/repo/tests/x.py")));
    }

    #[test]
    fn a_broken_glob_is_named_by_its_index() {
        let texts = vec!["ok".to_owned(), "a[".to_owned()];
        let (index, message) = Patterns::new(Path::new("/repo"), texts).unwrap_err();
        assert_eq!((index, message.as_str()), (1, "unclosed character class; missing ']'"));
    }
}
