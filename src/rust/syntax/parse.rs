//! From text to syn's tree, with positions that are offsets into the original text.

use std::cell::Cell;

use crate::rust::syntax::depth;
use crate::rust::syntax::lexer;
use crate::source::{SourceFile, Span, SyntaxError};

/// Turns syn's positions into byte offsets of the original text.
#[derive(Clone, Copy)]
pub(in crate::rust) struct Offsets {
    /// How many bytes (byte order mark, shebang) stand before what was parsed.
    base: usize,
}

impl Offsets {
    /// The span of a token or of joined tokens. syn knows the range of what it parsed only; the parse of this file has
    /// to be the one that made the token.
    pub(in crate::rust) fn of(self, span: proc_macro2::Span) -> Span {
        let range = span.byte_range();
        Span::new(self.base + range.start, self.base + range.end.max(range.start))
    }
}

/// Parses `source` and hands the tree to `read`. The tree's positions are only good inside `read`: afterwards
/// proc_macro2's copy of the source is given back, once the outermost of nested readers on this thread is done.
///
/// # Errors
/// Where and why the text does not parse, or that it nests too deeply.
pub(in crate::rust) fn with_tree<R>(
    source: &SourceFile,
    read: impl FnOnce(&syn::File, Offsets) -> R,
) -> Result<R, SyntaxError> {
    let text = source.text();
    let base = start_of_code(text);
    depth::guard(text, base)?;
    let _reader = Reader::enter();
    let offsets = Offsets { base };
    match syn::parse_str::<syn::File>(text.get(base..).unwrap_or_default()) {
        Ok(file) => Ok(read(&file, offsets)),
        Err(error) => Err(syntax_error(&error, offsets, text)),
    }
}

/// The same for loose tokens.
pub(in crate::rust) fn with_tokens<R>(
    source: &SourceFile,
    read: impl FnOnce(proc_macro2::TokenStream, Offsets) -> R,
) -> Result<R, SyntaxError> {
    let text = source.text();
    let base = start_of_code(text);
    depth::guard(text, base)?;
    let _reader = Reader::enter();
    let offsets = Offsets { base };
    match text.get(base..).unwrap_or_default().parse::<proc_macro2::TokenStream>() {
        Ok(tokens) => Ok(read(tokens, offsets)),
        Err(error) => Err(SyntaxError {
            span: offsets.of(error.span()),
            message: error.to_string(),
        }),
    }
}

/// The offset behind a byte order mark and a shebang line.
pub(in crate::rust) fn start_of_code(text: &str) -> usize {
    let mark = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let rest = text.get(mark..).unwrap_or_default();
    if !rest.starts_with("#!") {
        return mark;
    }
    let is_attribute = lexer::tokens(rest, 2)
        .find(|token| !token.is_comment())
        .is_some_and(|token| rest.get(token.span.range()) == Some("["));
    if is_attribute {
        return mark;
    }
    mark + rest.find('\n').unwrap_or(rest.len())
}

fn syntax_error(error: &syn::Error, offsets: Offsets, text: &str) -> SyntaxError {
    let message = error.to_string();
    let span = if message.starts_with("unexpected end of input") {
        Span::empty(text.len())
    } else {
        offsets.of(error.span())
    };
    SyntaxError { span, message }
}

thread_local! {
    static READERS: Cell<usize> = const { Cell::new(0) };
    static READ: Cell<u64> = const { Cell::new(0) };
    static TREE: Cell<Option<Tree>> = const { Cell::new(None) };
}

/// Which of the trees that a thread has read it was. Positions are those of one tree: two have the same ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::rust) struct Tree(u64);

impl Tree {
    /// The one that is being read: the innermost of nested ones.
    pub(in crate::rust) fn current() -> Option<Self> {
        TREE.get()
    }
}

/// Counts the readers of this thread; the last one gives proc_macro2's memory back, also when it unwinds.
struct Reader {
    /// The tree that is read on afterwards.
    outer: Option<Tree>,
}

impl Reader {
    fn enter() -> Self {
        READERS.set(READERS.get() + 1);
        READ.set(READ.get() + 1);
        Self {
            outer: TREE.replace(Some(Tree(READ.get()))),
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        TREE.set(self.outer);
        let left = READERS.get().saturating_sub(1);
        READERS.set(left);
        if left == 0 {
            proc_macro2::extra::invalidate_current_thread_spans();
        }
    }
}

#[cfg(test)]
mod tests {
    use syn::spanned::Spanned;

    use super::*;
    use crate::source::Language;

    fn rust(text: &str) -> SourceFile {
        SourceFile::new("a.rs", Language::Rust, text.to_owned())
    }

    /// The text of the first item as the tree's positions give it.
    fn first_item(text: &str) -> String {
        let source = rust(text);
        with_tree(&source, |file, offsets| {
            source.slice(offsets.of(file.items[0].span())).to_owned()
        })
        .unwrap()
    }

    #[test]
    fn positions_are_offsets_of_the_original_text() {
        for before in [
            "",
            "\u{feff}",
            "#!/usr/bin/env rust\n",
            "\u{feff}#!/usr/bin/é\r\n",
            "#![allow(x)]\r\n",
            "#! /* c */ [allow(x)]\n",
            "// é日\r\n",
        ] {
            assert_eq!(
                first_item(&format!("{before}fn f() {{ \"é\" }}\r\n")),
                "fn f() { \"é\" }",
                "{before:?}"
            );
        }
    }

    #[test]
    fn errors_have_their_place() {
        let source = rust("\u{feff}fn f() {\n    let = 3;\n}\n");
        let error = with_tree(&source, |_, _| ()).unwrap_err();
        assert_eq!(source.position(error.span.start).line, 2);
        let source = rust("fn f() -> ");
        assert_eq!(with_tree(&source, |_, _| ()).unwrap_err().span, Span::empty(10));
        for text in ["\"", "/*", "'", "}", "#!", "\u{feff}", "r#", "0x", "#!\r", "///\r x"] {
            let _ = with_tree(&rust(text), |_, _| ());
        }
    }

    #[test]
    fn nested_readers_keep_their_positions() {
        let (outer, inner) = (rust("fn outer() {}"), rust("  fn inner() {}"));
        with_tree(&outer, |file, offsets| {
            let span = with_tree(&inner, |file, offsets| offsets.of(file.items[0].span())).unwrap();
            assert_eq!(inner.slice(span), "fn inner() {}");
            assert_eq!(outer.slice(offsets.of(file.items[0].span())), "fn outer() {}");
        })
        .unwrap();
    }
}
