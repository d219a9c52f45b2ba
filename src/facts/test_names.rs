//! By which names pytest collects tests.

use std::sync::LazyLock;

use globset::{GlobBuilder, GlobMatcher};

/// What pytest takes for test modules, test classes and test functions: its own defaults, or what a project tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct TestNames {
    modules: Vec<Pattern>,
    classes: Vec<Pattern>,
    functions: Vec<Pattern>,
}

impl Default for TestNames {
    fn default() -> Self {
        // Made once: every folder of a project asks for them.
        static OF_PYTEST: LazyLock<TestNames> = LazyLock::new(|| {
            let patterns = |texts: &[&str]| texts.iter().map(|text| Pattern::new(text)).collect();
            TestNames {
                modules: patterns(&["test_*.py", "*_test.py"]),
                classes: patterns(&["Test"]),
                functions: patterns(&["test"]),
            }
        });
        OF_PYTEST.clone()
    }
}

/// Of one key so many patterns are read.
const MOST_PATTERNS: usize = 32;

impl TestNames {
    /// Takes note of what a key of pytest's configuration says, word by word; other keys than `python_files`,
    /// `python_classes` and `python_functions` say nothing here.
    pub(crate) fn tell<'w>(&mut self, key: &str, words: impl Iterator<Item = &'w str>) {
        let patterns = match key {
            "python_files" => &mut self.modules,
            "python_classes" => &mut self.classes,
            "python_functions" => &mut self.functions,
            _ => return,
        };
        *patterns = words.take(MOST_PATTERNS).map(Pattern::new).collect();
    }

    /// Whether a file of this name, its folders left out, is a test module.
    #[must_use]
    pub fn is_test_module(&self, file_name: &str) -> bool {
        self.modules.iter().any(|pattern| pattern.fits(file_name))
    }

    /// Whether a class of this name holds tests.
    #[must_use]
    pub fn is_class(&self, name: &str) -> bool {
        self.classes.iter().any(|pattern| pattern.begins_or_fits(name))
    }

    /// Whether a function of this name is a test.
    #[must_use]
    pub fn is_function(&self, name: &str) -> bool {
        self.functions.iter().any(|pattern| pattern.begins_or_fits(name))
    }
}

/// A prefix, or a glob as `fnmatch` reads it.
#[derive(Clone, Debug)]
struct Pattern {
    text: String,
    /// None for one that is broken.
    glob: Option<GlobMatcher>,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Pattern {
    fn new(text: &str) -> Self {
        let glob = GlobBuilder::new(text).build().ok();
        Self {
            text: text.to_owned(),
            glob: glob.map(|glob| glob.compile_matcher()),
        }
    }

    fn fits(&self, name: &str) -> bool {
        // A pattern with folders in it speaks of the whole path: its last part is all that is known here.
        self.glob.as_ref().is_some_and(|glob| glob.is_match(name))
    }

    fn begins_or_fits(&self, name: &str) -> bool {
        name.starts_with(&self.text) || (self.text.contains(['*', '?', '[']) && self.fits(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pytest_has_names_of_its_own() {
        let names = TestNames::default();
        assert!(names.is_test_module("test_open.py") && names.is_test_module("open_test.py"));
        assert!(!names.is_test_module("testopen.py") && !names.is_test_module("conftest.py"));
        assert!(names.is_function("test") && names.is_function("testopen") && !names.is_function("check_test"));
        assert!(names.is_class("Tests") && !names.is_class("OpenTest"));
    }

    #[test]
    fn a_project_tells_other_names() {
        let mut names = TestNames::default();
        names.tell("python_functions", ["check_", "*_spec"].into_iter());
        names.tell("python_classes", ["*Suite"].into_iter());
        names.tell("python_files", ["check_*.py"].into_iter());
        names.tell("timeout", ["5"].into_iter());
        assert!(names.is_function("check_open") && names.is_function("open_spec") && !names.is_function("test_open"));
        assert!(names.is_class("OpenSuite") && !names.is_class("TestOpen"));
        assert!(names.is_test_module("check_open.py") && !names.is_test_module("test_open.py"));
    }
}
