//! Which modules a text declares whose code is in other files, and which of them are only compiled for tests. Told from its
//! tokens: nothing else of such a file is asked for.

use std::path::Path;

use foldhash::HashMap;

use crate::rust::syntax::cfg;
use crate::rust::syntax::lexer::{self, Kind, Token};
use crate::rust::syntax::parse;

/// What one file says of modules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModuleFiles {
    /// The file itself is only compiled for tests: `#![cfg(test)]`.
    pub for_tests: bool,
    /// The modules that are in files of their own.
    pub declared: Vec<ModuleFile>,
    /// By their first names: of the modules around them in the file, if there are such.
    by_first: HashMap<String, Vec<usize>>,
    by_last: HashMap<String, Vec<usize>>,
    /// Those that say themselves where they are.
    placed: Vec<usize>,
}

impl ModuleFiles {
    fn add(&mut self, module: ModuleFile) {
        let index = self.declared.len();
        if let (Some(first), Some(last)) = (module.names.first(), module.names.last()) {
            self.by_first.entry(first.clone()).or_default().push(index);
            self.by_last.entry(last.clone()).or_default().push(index);
        }
        if module.path.is_some() {
            self.placed.push(index);
        }
        self.declared.push(module);
    }

    /// Whether a path that begins with this name may lead to a file of its own.
    pub(in crate::rust) fn has(&self, name: &str) -> bool {
        self.by_first.contains_key(name)
    }

    /// The first module on a path of these names that is in a file of its own.
    pub(in crate::rust) fn on(&self, names: &[String]) -> Option<&ModuleFile> {
        let known = names.first().and_then(|first| self.by_first.get(first))?;
        let mut known = known.iter().filter_map(|index| self.declared.get(*index));
        known.find(|module| names.starts_with(&module.names))
    }

    /// Those whose code may be at `path`.
    pub fn that_may_be(&self, path: &Path) -> impl Iterator<Item = &ModuleFile> {
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        let name = match stem {
            Some("mod") => path.parent().and_then(Path::file_name).and_then(|name| name.to_str()),
            stem => stem,
        };
        let named = name.and_then(|name| self.by_last.get(name)).into_iter().flatten();
        named.chain(&self.placed).filter_map(|index| self.declared.get(*index))
    }
}

/// `mod name;`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleFile {
    /// Its name behind those of the modules around it in the same file.
    pub names: Vec<String>,
    /// Where it is by `#[path = "…"]`.
    pub path: Option<String>,
    /// It is only compiled for tests.
    pub for_tests: bool,
}

/// What `text` says of modules. A text that does not parse says what its tokens say.
#[must_use]
pub fn module_files(text: &str) -> ModuleFiles {
    let tokens = lexer::tokens(text, parse::start_of_code(text)).filter(|token| !token.is_comment());
    let tokens: Vec<Token> = tokens.collect();
    let mut reader = Reader {
        text,
        tokens: &tokens,
        at: 0,
        found: ModuleFiles::default(),
        around: Vec::new(),
    };
    reader.read();
    reader.found
}

struct Reader<'a> {
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
    found: ModuleFiles,
    /// The modules around, and whether each is only compiled for tests.
    around: Vec<(String, bool)>,
}

/// What the attributes before an item say of it.
#[derive(Default)]
struct Marks {
    for_tests: bool,
    path: Option<String>,
}

impl<'a> Reader<'a> {
    fn word(&self, ahead: usize) -> &'a str {
        let token = self.tokens.get(self.at + ahead);
        token
            .and_then(|token| self.text.get(token.span.range()))
            .unwrap_or_default()
    }

    fn read(&mut self) {
        let mut marks = Marks::default();
        while let Some(token) = self.tokens.get(self.at).copied() {
            match self.word(0) {
                "#" if self.word(1) == "[" => {
                    self.at += 1;
                    self.attribute(&mut marks);
                }
                "#" if self.word(1) == "!" && self.word(2) == "[" => {
                    self.at += 2;
                    let mut inner = Marks::default();
                    self.attribute(&mut inner);
                    match self.around.last_mut() {
                        Some((_, for_tests)) => *for_tests |= inner.for_tests,
                        None => self.found.for_tests |= inner.for_tests,
                    }
                }
                "mod" if self.word(2) == ";" => {
                    self.declared(std::mem::take(&mut marks));
                    self.at += 3;
                }
                "mod" if self.word(2) == "{" => {
                    let marks = std::mem::take(&mut marks);
                    self.around.push((self.name(), marks.for_tests));
                    self.at += 3;
                }
                "pub" => {
                    self.at += 1;
                    if self.word(0) == "(" {
                        self.pass_brackets();
                    }
                }
                "}" => {
                    self.around.pop();
                    self.at += 1;
                    marks = Marks::default();
                }
                _ if token.kind == Kind::Open => {
                    self.pass_brackets();
                    marks = Marks::default();
                }
                _ => {
                    self.at += 1;
                    marks = Marks::default();
                }
            }
        }
    }

    /// The name behind `mod`.
    fn name(&self) -> String {
        self.word(1).trim_start_matches("r#").to_owned()
    }

    fn declared(&mut self, marks: Marks) {
        let mut names: Vec<String> = self.around.iter().map(|(name, _)| name.clone()).collect();
        names.push(self.name());
        let for_tests = marks.for_tests || self.around.iter().any(|(_, for_tests)| *for_tests);
        self.found.add(ModuleFile {
            names,
            path: marks.path,
            for_tests,
        });
    }

    /// From the bracket of an attribute to behind it.
    fn attribute(&mut self, marks: &mut Marks) {
        let is_cfg = self.word(1) == "cfg" && self.word(2) == "(";
        if self.word(1) == "path" && self.word(2) == "=" {
            marks.path = string(self.word(3));
        }
        let inside = self.tokens.get(self.at + 2).map(|open| open.span.end);
        self.pass_brackets();
        // The `)` before the `]`.
        let end = self.at.checked_sub(2).and_then(|close| self.tokens.get(close));
        if let (true, Some(start), Some(end)) = (is_cfg, inside, end) {
            let predicate = self.text.get(start..end.span.start);
            marks.for_tests |= predicate.is_some_and(cfg::is_for_tests);
        }
    }

    /// From an open bracket to behind the one that closes it.
    fn pass_brackets(&mut self) {
        let mut depth = 0_usize;
        while let Some(token) = self.tokens.get(self.at) {
            self.at += 1;
            match token.kind {
                Kind::Open => depth += 1,
                Kind::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }
}

/// The value of a plain string.
fn string(literal: &str) -> Option<String> {
    let value = literal.strip_prefix('"')?.strip_suffix('"')?;
    (!value.contains('\\')).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::module_files;

    fn declared(text: &str) -> Vec<String> {
        let files = module_files(text);
        let shown = files.declared.iter().map(|file| {
            let path = file.path.as_deref().unwrap_or_default();
            let for_tests = if file.for_tests { " for tests" } else { "" };
            format!("{} {path}{for_tests}", file.names.join("::"))
        });
        shown.map(|line| line.trim_end().to_owned()).collect()
    }

    #[test]
    fn modules_in_other_files_are_found_with_what_they_are_for() {
        assert_eq!(
            declared(
                "mod a; #[cfg(test)] pub(crate) mod r#b; #[cfg(all(test, unix))] #[path = \"c/d.rs\"] mod e; #[cfg(not(test))] mod f;"
            ),
            ["a", "b  for tests", "e c/d.rs for tests", "f"]
        );
        assert_eq!(
            declared("#[cfg(test)] mod a { mod b; fn f() { mod c; } } mod d { #![cfg(test)] mod e; } mod g;"),
            ["a::b  for tests", "d::e  for tests", "g"]
        );
        assert_eq!(declared("#[cfg(test)] use a::b; mod c; // mod d;\n\"mod e;\""), ["c"]);
        assert_eq!(
            declared("macro_rules! m { () => { mod a; } } #[cfg(test) mod"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_file_says_of_itself_what_it_is_for() {
        assert!(module_files("//! x\n#![allow(y)]\n#![cfg(test)]\nmod a;").for_tests);
        assert!(!module_files("#![cfg(not(test))] #[cfg(test)] mod a {}").for_tests);
    }
}
