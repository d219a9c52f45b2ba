//! A small lexer for what syn throws away or needs to be protected from: comments, and how deeply brackets nest.
//! It knows strings of every kind, nested block comments, and lifetimes from characters; it accepts any text.

use memchr::{memchr, memchr2};

use crate::source::Span;

/// What a token is, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rust) enum Kind {
    /// `// …` without the line's end, doc comments included.
    LineComment,
    /// `/* … */`, nested ones inside.
    BlockComment,
    /// A string, byte string, C string or character, prefix and hashes included.
    Text,
    /// A name, a keyword or a number.
    Word,
    /// `'a`.
    Lifetime,
    /// One of `( [ {`.
    Open,
    /// One of `) ] }`.
    Close,
    /// One character of punctuation.
    Punct,
}

/// A token and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rust) struct Token {
    pub(in crate::rust) kind: Kind,
    pub(in crate::rust) span: Span,
}

impl Token {
    /// Whether it is a comment, doc comments included.
    pub(in crate::rust) fn is_comment(self) -> bool {
        matches!(self.kind, Kind::LineComment | Kind::BlockComment)
    }
}

/// The tokens of `text` from the byte `start` on, white space left out. What does not end (a string, a block comment)
/// reaches to the end of the text.
pub(in crate::rust) fn tokens(text: &str, start: usize) -> Lexer<'_> {
    Lexer { text, at: start }
}

/// The iterator of [`tokens`].
pub(in crate::rust) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.skip(Class::Blank);
        let start = self.at;
        let kind = self.scan()?;
        Some(Token {
            kind,
            span: Span::new(start, self.at),
        })
    }
}

/// What a character begins or goes on, told from its first byte alone where that is ASCII.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Blank,
    Word,
    Open,
    Close,
    Quote,
    Apostrophe,
    Slash,
    Punct,
    /// Not ASCII: the whole character decides.
    Wide,
}

/// The class of every byte: the lexer passes over whole files, most of whose bytes are blanks and names.
const CLASSES: [Class; 256] = {
    let mut classes = [Class::Punct; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b' ' | b'\t'..=b'\r' => Class::Blank,
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' => Class::Word,
            b'(' | b'[' | b'{' => Class::Open,
            b')' | b']' | b'}' => Class::Close,
            b'"' => Class::Quote,
            b'\'' => Class::Apostrophe,
            b'/' => Class::Slash,
            0x80.. => Class::Wide,
            _ => Class::Punct,
        };
        byte += 1;
    }
    classes
};

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    /// The class of what comes next, and its length in bytes.
    fn class(&self) -> Option<(Class, usize)> {
        match CLASSES[usize::from(self.byte(0)?)] {
            Class::Wide => {
                let first = self.rest().chars().next()?;
                let class = if is_blank(first) { Class::Blank } else { Class::Word };
                Some((class, first.len_utf8()))
            }
            class => Some((class, 1)),
        }
    }

    /// Over all that is of one class.
    fn skip(&mut self, class: Class) {
        while let Some((next, length)) = self.class()
            && next == class
        {
            self.at += length;
        }
    }

    fn scan(&mut self) -> Option<Kind> {
        let (class, length) = self.class()?;
        match class {
            Class::Word => return Some(self.word_or_prefixed_text()),
            Class::Quote => {
                self.quoted(b'"');
                return Some(Kind::Text);
            }
            Class::Apostrophe => return Some(self.lifetime_or_char()),
            Class::Slash if self.byte(1) == Some(b'/') => {
                self.line_comment();
                return Some(Kind::LineComment);
            }
            Class::Slash if self.byte(1) == Some(b'*') => {
                self.at += block_comment_len(self.rest());
                return Some(Kind::BlockComment);
            }
            _ => self.at += length,
        }
        Some(match class {
            Class::Open => Kind::Open,
            Class::Close => Kind::Close,
            _ => Kind::Punct,
        })
    }

    fn line_comment(&mut self) {
        let rest = self.rest().as_bytes();
        let length = memchr(b'\n', rest).unwrap_or(rest.len());
        let ends_in_return = rest.get(..length).is_some_and(|line| line.ends_with(b"\r"));
        self.at += length - usize::from(ends_in_return);
    }

    /// From an opening quote to behind the closing one.
    fn quoted(&mut self, quote: u8) {
        self.at += 1;
        let bytes = self.text.as_bytes();
        while let Some(found) = bytes.get(self.at..).and_then(|rest| memchr2(quote, b'\\', rest)) {
            self.at += found + 1;
            if bytes.get(self.at - 1) == Some(&quote) {
                return;
            }
            // What is escaped.
            self.at += self.rest().chars().next().map_or(0, char::len_utf8);
        }
        self.at = self.text.len();
    }

    fn lifetime_or_char(&mut self) -> Kind {
        let mut chars = self.rest().chars().skip(1);
        let (name, behind) = (chars.next(), chars.next());
        if name.is_some_and(is_word) && behind != Some('\'') {
            self.at += 1;
            self.skip(Class::Word);
            return Kind::Lifetime;
        }
        // Three in a row are a character to syn's lexer, which the compiler refuses.
        if self.rest().starts_with("'''") {
            self.at += 3;
            return Kind::Text;
        }
        self.quoted(b'\'');
        Kind::Text
    }

    fn word_or_prefixed_text(&mut self) -> Kind {
        let start = self.at;
        self.skip(Class::Word);
        if !matches!(self.byte(0), Some(b'"' | b'\'' | b'#')) {
            return Kind::Word;
        }
        let prefix = self.text.get(start..self.at).unwrap_or_default();
        let rest = self.rest();
        if matches!(prefix, "b" | "c") && rest.starts_with('"') {
            self.quoted(b'"');
            return Kind::Text;
        }
        if prefix == "b" && rest.starts_with('\'') {
            self.quoted(b'\'');
            return Kind::Text;
        }
        if matches!(prefix, "r" | "br" | "cr") {
            let hashes = rest.len() - rest.trim_start_matches('#').len();
            let behind = rest.get(hashes..).unwrap_or_default();
            if behind.starts_with('"') {
                let end = format!("\"{}", "#".repeat(hashes));
                let body = behind.get(1..).unwrap_or_default();
                let len = body.find(&end).map_or(body.len(), |index| index + end.len());
                self.at += hashes + 1 + len;
                return Kind::Text;
            }
            if hashes == 1 && behind.starts_with(is_word) {
                self.at += 1;
                self.skip(Class::Word);
            }
        }
        Kind::Word
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{feff}')
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || (!c.is_ascii() && !is_blank(c))
}

fn block_comment_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0_usize, 0_usize);
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr2(b'/', b'*', rest)) {
        at += found;
        match bytes.get(at..at + 2) {
            Some(b"/*") => {
                depth += 1;
                at += 2;
            }
            Some(b"*/") => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexed(text: &str) -> Vec<(Kind, &str)> {
        tokens(text, 0)
            .map(|token| (token.kind, &text[token.span.range()]))
            .collect()
    }

    #[test]
    fn comment_marks_in_strings_are_no_comments() {
        let text = r####"a("//", r#"/* " "#, b"\"//", br##""#//"##, c"//", '"', b'/', '\'') // yes"####;
        let comments: Vec<_> = lexed(text)
            .into_iter()
            .filter(|(kind, _)| *kind == Kind::LineComment)
            .collect();
        assert_eq!(comments, [(Kind::LineComment, "// yes")]);
    }

    #[test]
    fn block_comments_nest_and_may_not_end() {
        assert_eq!(
            lexed("/* a /* b */ c */x"),
            [(Kind::BlockComment, "/* a /* b */ c */"), (Kind::Word, "x")]
        );
        assert_eq!(lexed("/* a /* b */"), [(Kind::BlockComment, "/* a /* b */")]);
        assert_eq!(lexed("/*/"), [(Kind::BlockComment, "/*/")]);
    }

    #[test]
    fn a_lifetime_is_no_character() {
        assert_eq!(
            lexed("'a 'b' '\\u{1F600}' 'é' r#type"),
            [
                (Kind::Lifetime, "'a"),
                (Kind::Text, "'b'"),
                (Kind::Text, "'\\u{1F600}'"),
                (Kind::Text, "'é'"),
                (Kind::Word, "r#type"),
            ]
        );
    }

    #[test]
    fn a_line_comment_leaves_its_line_end_out() {
        assert_eq!(lexed("// a\r\nb"), [(Kind::LineComment, "// a"), (Kind::Word, "b")]);
    }

    /// Positions agree with proc_macro2's on this crate's own sources.
    #[test]
    fn tokens_stand_where_proc_macro2_sees_them() {
        for text in [
            include_str!("lexer.rs"),
            include_str!("../names/resolve.rs"),
            include_str!("../../source.rs"),
        ] {
            let stream: proc_macro2::TokenStream = text.parse().unwrap();
            let mut starts = Vec::new();
            leaves(stream, &mut starts);
            // What proc_macro2 sees as `'` and a name is one lifetime here.
            let ours: std::collections::HashSet<usize> = tokens(text, 0)
                .flat_map(|token| {
                    [
                        token.span.start,
                        token.span.start + usize::from(token.kind == Kind::Lifetime),
                    ]
                })
                .collect();
            for start in starts {
                assert!(
                    ours.contains(&start),
                    "no token at {start}: {:?}",
                    text.get(start..start + 20)
                );
            }
        }
    }

    /// Where the groups and names of a stream begin.
    fn leaves(stream: proc_macro2::TokenStream, starts: &mut Vec<usize>) {
        for tree in stream {
            match tree {
                proc_macro2::TokenTree::Group(group) => {
                    starts.push(group.span_open().byte_range().start);
                    leaves(group.stream(), starts);
                }
                proc_macro2::TokenTree::Ident(ident) => starts.push(ident.span().byte_range().start),
                proc_macro2::TokenTree::Literal(literal) if literal.to_string().starts_with(['"', 'r', '\'']) => {
                    starts.push(literal.span().byte_range().start);
                }
                _ => {}
            }
        }
    }
}
