//! From text to tree: ruff's parser behind a guard that keeps every tree shallow enough to recurse over.

use std::mem;

use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_ast::{ModModule, PythonVersion};
use ruff_python_parser::{Mode, ParseOptions, Parsed, lexer, parse_unchecked};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::source::{SourceFile, Span, SyntaxError};

/// How deep a tree may be. CPython 3.8 to 3.12 give up between 1,000 and 3,000 operators, attributes or calls in one
/// chain, at 200 nested brackets and at 100 nested blocks; 3.13 gives up between 6,000 and 20,000 in a chain.
const DEEPEST: usize = 3_000;

/// Texts of up to so many bytes are parsed before anybody knows how deep they are, and not lexed twice: the parser gets a
/// stack as large as it needs by itself (ruff 0.0.10), and so little text does not need much of it.
const MEASURED_BEHIND: usize = 64 << 10;

/// Parses a file as the newest Python that the parser knows; of a notebook with the lines that IPython adds to it.
///
/// # Errors
/// The first place that does not parse, or that no Python version accepts, or that is nested too deeply to be looked at.
pub(in crate::python) fn parse(source: &SourceFile) -> Result<Parsed<ModModule>, SyntaxError> {
    parse_of(source, source.text())
}

/// As [`parse`] what sites can be in: of a long text not all.
///
/// # Errors
/// As [`parse`], for what is parsed.
pub(in crate::python) fn parse_relevant(source: &SourceFile) -> Result<Parsed<ModModule>, SyntaxError> {
    parse_of(source, source.relevant())
}

/// A piece of a module; nothing where it does not parse alone.
pub(in crate::python) fn parse_snippet(text: &str) -> Option<Parsed<ModModule>> {
    parse_as(text, Mode::Module).ok()
}

fn parse_of(source: &SourceFile, text: &str) -> Result<Parsed<ModModule>, SyntaxError> {
    if !source.is_notebook() {
        return parse_as(text, Mode::Module);
    }
    // What is open at the end of one cell is told at the end of another one, unless each is parsed alone.
    parse_as(text, Mode::Ipython).map_err(|error| in_its_cell(source).unwrap_or(error))
}

/// The first cell that does not parse alone.
fn in_its_cell(source: &SourceFile) -> Option<SyntaxError> {
    source.cells().into_iter().find_map(|cell| {
        let error = parse_as(source.slice(cell), Mode::Ipython).err()?;
        let last = cell.end.saturating_sub(1).max(cell.start);
        let start = (cell.start + error.span.start).min(last);
        let end = (cell.start + error.span.end).min(last).max(start);
        Some(SyntaxError {
            span: Span::new(start, end),
            ..error
        })
    })
}

fn parse_as(text: &str, mode: Mode) -> Result<Parsed<ModModule>, SyntaxError> {
    if u32::try_from(text.len()).is_err() {
        return Err(error(text, TextRange::default(), "the file is larger than 4 GiB"));
    }
    if text.len() > MEASURED_BEHIND && is_too_deep(tokens(text, mode)) {
        return Err(too_deep(text, mode));
    }
    let options = ParseOptions::from(mode).with_target_version(PythonVersion::PY315);
    let Some(parsed) = parse_unchecked(text, options).try_into_module() else {
        return Err(error(text, TextRange::default(), "the file is not a module"));
    };
    if text.len() <= MEASURED_BEHIND && is_too_deep(parsed.tokens().iter().map(Token::kind)) {
        // To drop it would recurse over it.
        mem::forget(parsed);
        return Err(too_deep(text, mode));
    }
    let syntax = parsed
        .errors()
        .first()
        .map(|found| (found.location, found.error.to_string()));
    let unsupported = parsed
        .unsupported_syntax_errors()
        .first()
        .map(|found| (found.range, found.to_string()));
    match syntax
        .into_iter()
        .chain(unsupported)
        .min_by_key(|(range, _)| range.start())
    {
        Some((range, message)) => Err(error(text, range, &message)),
        None => Ok(parsed),
    }
}

fn error(text: &str, range: TextRange, message: &str) -> SyntaxError {
    let start = text.floor_char_boundary(range.start().to_usize());
    let end = text.floor_char_boundary(range.end().to_usize()).max(start);
    SyntaxError {
        span: Span::new(start, end),
        message: message.trim_end_matches('.').to_owned(),
    }
}

/// The error of a text that is nested deeper than [`DEEPEST`], at the last character of the shortest beginning of it that
/// is. (The lexer does not say where its tokens stand.)
fn too_deep(text: &str, mode: Mode) -> SyntaxError {
    // A tree cannot be deeper than its text is long.
    let (mut fine, mut deep) = (DEEPEST.min(text.len()), text.len());
    while deep - fine > 1 {
        let middle = fine.midpoint(deep);
        match is_too_deep(tokens(&text[..text.floor_char_boundary(middle)], mode)) {
            true => deep = middle,
            false => fine = middle,
        }
    }
    let at = |offset: usize| TextSize::try_from(offset).unwrap_or_default();
    let last = TextRange::new(at(fine), at(deep));
    error(text, last, "the code is nested too deeply to be checked")
}

/// Whether what these tokens make is nested deeper than [`DEEPEST`]. Works on tokens, because every visitor and the tree's
/// own destructor recurse.
fn is_too_deep(mut tokens: impl Iterator<Item = TokenKind>) -> bool {
    let mut nesting = Nesting::new();
    tokens.any(|kind| {
        nesting.token(kind);
        nesting.depth > DEEPEST
    })
}

fn tokens(text: &str, mode: Mode) -> impl Iterator<Item = TokenKind> {
    let mut lexer = lexer::lex(text, mode);
    std::iter::from_fn(move || Some(lexer.next_token()).filter(|kind| *kind != TokenKind::EndOfFile))
}

/// An upper bound of the tree's depth at a token, up to a constant factor: every node that has the token below it has a
/// token of its own among those that are counted.
struct Nesting {
    levels: Vec<Level>,
    depth: usize,
}

/// What is open between two brackets.
#[derive(Default)]
struct Level {
    /// Tokens of nodes that may hold everything up to the next comma: `lambda`, `if`, `else`, `yield`, `:=`, ….
    loose: usize,
    /// Tokens of nodes that hold nothing behind the next `and` or `or`: operators, dots, brackets.
    tight: usize,
    /// Lambdas whose colon is still to come: the commas before it are not between values.
    lambdas: usize,
    /// The level is the inside of an f-string or t-string: its fields stand side by side.
    is_string: bool,
}

impl Nesting {
    fn new() -> Self {
        Self {
            levels: vec![Level::default()],
            depth: 0,
        }
    }

    fn token(&mut self, kind: TokenKind) {
        match kind {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                self.tight();
                self.levels.push(Level::default());
            }
            TokenKind::FStringStart | TokenKind::TStringStart => {
                self.levels.push(Level {
                    is_string: true,
                    ..Level::default()
                });
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::FStringEnd | TokenKind::TStringEnd => {
                self.close()
            }
            TokenKind::Newline => {
                while self.levels.len() > 1 {
                    self.close();
                }
                self.reset_all();
            }
            TokenKind::Semi => self.reset_all(),
            TokenKind::Comma if self.level().lambdas == 0 => self.reset_all(),
            TokenKind::And | TokenKind::Or => self.reset_tight(),
            TokenKind::Colon => {
                let level = self.level();
                level.lambdas = level.lambdas.saturating_sub(1);
            }
            TokenKind::Lambda => {
                self.loose();
                self.level().lambdas += 1;
            }
            // An indentation stays until its end: it is counted beside the levels.
            TokenKind::Indent => self.depth += 1,
            TokenKind::Dedent => self.depth = self.depth.saturating_sub(1),
            TokenKind::If
            | TokenKind::Else
            | TokenKind::Yield
            | TokenKind::ColonEqual
            | TokenKind::Equal
            | TokenKind::From
            | TokenKind::For
            | TokenKind::Async => self.loose(),
            TokenKind::Await => self.tight(),
            _ if kind.is_operator() && !is_comparison(kind) => self.tight(),
            _ => {}
        }
    }

    fn level(&mut self) -> &mut Level {
        if self.levels.is_empty() {
            self.levels.push(Level::default());
        }
        let last = self.levels.len() - 1;
        &mut self.levels[last]
    }

    fn tight(&mut self) {
        self.level().tight += 1;
        self.depth += 1;
    }

    fn loose(&mut self) {
        self.level().loose += 1;
        self.depth += 1;
    }

    fn reset_tight(&mut self) {
        let tight = std::mem::take(&mut self.level().tight);
        self.depth = self.depth.saturating_sub(tight);
    }

    fn reset_all(&mut self) {
        self.reset_tight();
        let level = self.level();
        level.lambdas = 0;
        let loose = std::mem::take(&mut level.loose);
        self.depth = self.depth.saturating_sub(loose);
    }

    fn close(&mut self) {
        if self.levels.len() < 2 {
            return;
        }
        self.reset_all();
        self.levels.pop();
        if self.level().is_string {
            self.reset_all();
        }
    }
}

/// Comparisons are one node however long the chain.
fn is_comparison(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::EqEqual
            | TokenKind::NotEqual
            | TokenKind::Less
            | TokenKind::LessEqual
            | TokenKind::Greater
            | TokenKind::GreaterEqual
            | TokenKind::In
            | TokenKind::Is
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::facts::ProjectFacts;
    use crate::prescan::Announced;
    use crate::python::Module;
    use crate::source::Language;
    use crate::stack::STACK_BYTES;

    /// Parses, collects and drops on a worker's stack; the message of what is refused.
    fn parsed(text: String) -> Result<(), String> {
        let work = move || {
            let source = SourceFile::new("a.py", Language::Python, text);
            let module = Module::parse(
                &source,
                Catalog::builtin(),
                &ProjectFacts::default(),
                Announced::EVERYTHING,
                None,
            );
            module
                .map(|module| assert!(module.sites().connects.is_empty()))
                .map_err(|error| error.message)
        };
        let worker = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(work).unwrap();
        worker.join().unwrap()
    }

    fn refused(text: String) -> bool {
        parsed(text).is_err_and(|message| message.contains("nested too deeply"))
    }

    #[test]
    fn what_is_nested_too_deeply_is_refused_and_never_overflows() {
        let forms: [fn(usize) -> String; 14] = [
            |n| "(".repeat(n),
            |n| "(".repeat(n) + &")".repeat(n),
            |n| format!("x = 1{}", " + 1".repeat(n)),
            |n| format!("x = a{}", ".a".repeat(n)),
            |n| format!("x = a{}", "()".repeat(n)),
            |n| format!("x = {}a", "not ".repeat(n)),
            |n| format!("x = {}a", "lambda x, y: ".repeat(n)),
            |n| format!("x = {}b", "a if a else ".repeat(n)),
            |n| format!("x = {}b", "a or b if c else ".repeat(n)),
            |n| format!("x = {}b", "await ".repeat(n)),
            |n| format!("x = {}", "f'{".repeat(n)),
            |n| format!("x = {}a", "-".repeat(n)),
            |n| format!("x = 2{}", "**2".repeat(n)),
            |n| format!("match x:\n  case {}", "[".repeat(n)),
        ];
        for form in forms {
            // As deep as it gets before it is measured, and far beyond.
            let repeated = form(2).len() - form(1).len();
            for n in [(MEASURED_BEHIND - 20) / repeated, 100_000] {
                let text = form(n);
                assert_eq!(text.len() <= MEASURED_BEHIND, n < 100_000);
                assert!(refused(text), "{}", form(2));
            }
        }
        let blocks = |depth: usize| -> String {
            let heads = (0..depth).map(|depth| format!("{}if a:\n", " ".repeat(depth)));
            heads.collect::<String>() + &" ".repeat(depth) + "b"
        };
        assert!(refused(blocks(4_000)));
    }

    #[test]
    fn what_is_nested_just_less_deeply_is_parsed_resolved_and_dropped() {
        let n = DEEPEST - 10;
        parsed("(".repeat(n) + "1" + &")".repeat(n)).unwrap();
        parsed(format!("x = 1{}", " + 1".repeat(n))).unwrap();
        parsed(format!("x = a{}", ".a".repeat(n))).unwrap();
        parsed(format!("x = a{}", "()".repeat(n))).unwrap();
        parsed(format!("x = {}a", "lambda: ".repeat(n))).unwrap();
        parsed("[".repeat(n) + &"]".repeat(n)).unwrap();
        let blocks: String = (0..n).map(|depth| format!("{}class A:\n", " ".repeat(depth))).collect();
        parsed(blocks + &" ".repeat(n) + "b").unwrap();
        let comprehensions = "[x for x in ".repeat(n / 3) + "y" + &"]".repeat(n / 3);
        parsed(comprehensions).unwrap();
    }

    #[test]
    fn what_is_only_long_is_parsed() {
        let n = 20_000;
        parsed("a = [\n".to_owned() + &"  (1 + 2, {'a': -1}, x.y(z), lambda x, y: x),\n".repeat(n) + "]").unwrap();
        parsed(format!("a = b == 1{}", " or x.y == -1 and c".repeat(n))).unwrap();
        parsed(format!("a = f'{}'", "{a.b}".repeat(n))).unwrap();
        parsed(format!("a = ({})", "f'{a}'\n".repeat(n))).unwrap();
        parsed("if a:\n  b\n".repeat(n)).unwrap();
        parsed(format!("if a: pass\n{}", "elif a: pass\n".repeat(n))).unwrap();
    }

    #[test]
    fn a_syntax_error_has_a_place_and_a_message_without_full_stop() {
        let source = SourceFile::new("a.py", Language::Python, "x = 1\ny = (é\n".to_owned());
        let error = parse(&source).unwrap_err();
        assert!(error.span.start >= 6, "{error:?}");
        assert!(!error.message.is_empty() && !error.message.ends_with('.'));
    }

    #[test]
    fn syntax_that_no_version_accepts_is_an_error() {
        let of = |text: &str| parse(&SourceFile::new("a.py", Language::Python, text.to_owned())).is_err();
        assert!(of("x: = 3"));
        assert!(of("f((a)=1)"));
        assert!(!of("type X[T = int] = T\nmatch a:\n  case _: pass\n"));
        assert!(!of("\u{feff}a = 1\x0c\r\n"));
        assert!(!of(""));
    }

    #[test]
    fn the_place_of_too_much_nesting_is_where_it_gets_too_much() {
        let text = format!("é = {}", "(".repeat(DEEPEST + 100));
        let source = SourceFile::new("a.py", Language::Python, text);
        let error = parse(&source).unwrap_err();
        assert!((DEEPEST..DEEPEST + 10).contains(&error.span.start), "{error:?}");
    }
}
