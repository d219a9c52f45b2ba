//! The text of a module seen through its tokens: where lines begin and end, what is a comment, what is inside a string.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::Ranged;

use crate::python::syntax::spans::span;
use crate::source::{SourceFile, Span};
use crate::steps;

/// The bytes that a node or a token covers.
pub(super) fn span_of(node: &impl Ranged) -> Span {
    steps::take();
    span(node)
}

/// A text and its tokens.
#[derive(Clone, Copy)]
pub(super) struct Code<'a> {
    source: &'a SourceFile,
    tokens: &'a [Token],
}

impl<'a> Code<'a> {
    /// `tokens` are all tokens of `source`, by position.
    pub(super) fn new(source: &'a SourceFile, tokens: &'a [Token]) -> Self {
        Self { source, tokens }
    }

    /// The text of a span; empty where the span is not one of this text.
    pub(super) fn text(self, span: Span) -> &'a str {
        self.source.text().get(span.range()).unwrap_or_default()
    }

    /// Where the line that holds `offset` begins: behind a byte order mark.
    pub(super) fn line_start(self, offset: usize) -> usize {
        let start = self.source.line_start(offset);
        if start == 0 && self.source.text().starts_with('\u{feff}') {
            offset.min('\u{feff}'.len_utf8())
        } else {
            start
        }
    }

    /// Where the next line begins; the text's length on the last line.
    pub(super) fn next_line_start(self, offset: usize) -> usize {
        self.source.next_line_start(offset)
    }

    /// The text's length in bytes.
    pub(super) fn len(self) -> usize {
        self.source.text().len()
    }

    /// The terminator of the line that holds `offset`, else of the file's first line, else `\n`.
    pub(super) fn line_ending(self, offset: usize) -> &'static str {
        [offset, 0]
            .into_iter()
            .find_map(|at| {
                let line = self.text(Span::new(self.line_start(at), self.next_line_start(at)));
                ["\r\n", "\n", "\r"].into_iter().find(|ending| line.ends_with(ending))
            })
            .unwrap_or("\n")
    }

    /// The tokens that begin in `span`.
    pub(super) fn tokens_in(self, span: Span) -> &'a [Token] {
        let from = self.first_at(span.start);
        let to = self.first_at(span.end).max(from);
        self.tokens.get(from..to).unwrap_or_default()
    }

    /// Whether a comment begins in `span`.
    pub(super) fn has_comment(self, span: Span) -> bool {
        self.tokens_in(span)
            .iter()
            .any(|token| token.kind() == TokenKind::Comment)
    }

    /// The comments that begin in `span`.
    pub(super) fn comments(self, span: Span) -> impl Iterator<Item = Span> {
        self.tokens_in(span)
            .iter()
            .filter(|token| token.kind() == TokenKind::Comment)
            .map(span_of)
    }

    /// Where the lines begin that have comments alone and end right above `line`, behind `floor`; `line` where there are none.
    /// One that begins a cell speaks of all that is in it, and who is above it is in another cell.
    pub(super) fn comments_above(self, floor: usize, mut line: usize) -> usize {
        while line > floor {
            let above = self.line_start(line - 1);
            if above < floor || above == line || !self.is_comment(above) || self.begins_cell(above) {
                break;
            }
            line = above;
        }
        line
    }

    /// Whether the line that begins at `line` begins a cell of a script in cells: `# %%`, and `# In[3]:` in scripts that nbconvert
    /// or Spyder wrote.
    fn begins_cell(self, line: usize) -> bool {
        let text = self.text(Span::new(line, self.next_line_start(line)));
        let said = text.trim_start_matches('#').trim_start();
        said.starts_with("%%") || said.starts_with("In[")
    }

    /// Whether the line that begins at `line` has a comment alone. What looks like one may be a line of a string.
    fn is_comment(self, line: usize) -> bool {
        let whole = Span::new(line, self.next_line_start(line));
        let text = self.text(whole);
        let begins = line + text.len() - text.trim_start_matches(is_margin).len();
        let first = self.tokens_in(whole).first();
        first.is_some_and(|token| token.kind() == TokenKind::Comment && token.start().to_usize() == begins)
    }

    /// The last token of code (no comment, no line end, no indentation) that ends at or before `offset`.
    pub(super) fn before(self, offset: usize) -> Option<&'a Token> {
        self.tokens
            .get(..self.first_at(offset))?
            .iter()
            .rev()
            .find(|token| is_code(token) && token.end().to_usize() <= offset)
    }

    /// Whether a backslash ends the line above the one that begins at `line`, outside strings and comments.
    pub(super) fn continues_by_backslash(self, line: usize) -> bool {
        let end = self.before(line).map_or(line, |token| token.end().to_usize());
        let between = Span::new(end, line);
        self.text(between).trim_end().ends_with('\\') && !self.has_comment(between)
    }

    /// What stands between a comma and an item of `statement` at `offset` that something is put before: a new line where the
    /// item begins its own, behind a backslash where one is needed.
    pub(super) fn gap_before(self, statement: Span, offset: usize) -> String {
        let line = self.line_start(offset);
        let margin = self.text(Span::new(line, offset));
        if line <= statement.start || !margin.chars().all(is_margin) {
            return " ".to_owned();
        }
        let backslash = if self.continues_by_backslash(line) { " \\" } else { "" };
        format!("{backslash}{}{}", self.line_ending(line), after_form_feed(margin))
    }

    /// The first token of code that begins at or after `offset`.
    pub(super) fn after(self, offset: usize) -> Option<&'a Token> {
        self.tokens
            .get(self.first_at(offset)..)?
            .iter()
            .find(|token| is_code(token))
    }

    /// The start of the line after the logical line that holds `offset`; `None` where the text ends without a line end.
    pub(super) fn after_logical_line(self, offset: usize) -> Option<usize> {
        let end = self
            .tokens
            .get(self.first_at(offset)..)?
            .iter()
            .find(|token| token.kind() == TokenKind::Newline)
            .map(span_of)?;
        (!end.is_empty()).then_some(end.end)
    }

    /// The white space before a statement that begins its own logical line at `offset`, from the last form feed on
    /// (which sets the column back to 0). `None` where something else stands before it on the logical line.
    pub(super) fn margin(self, offset: usize) -> Option<&'a str> {
        let line = self.line_start(offset);
        let before = self.text(Span::new(line, offset));
        if !before.chars().all(is_margin) || self.continues_a_line(line) {
            return None;
        }
        Some(after_form_feed(before))
    }

    /// Whether the line that begins at `line` goes on after a backslash at the end of the one before.
    fn continues_a_line(self, line: usize) -> bool {
        let earlier = self.text(Span::new(0, line)).trim_end_matches(['\r', '\n']);
        if !earlier.ends_with('\\') {
            return false;
        }
        let backslash = earlier.len().saturating_sub(1);
        let last = self.tokens.get(..self.first_at(backslash)).and_then(<[Token]>::last);
        !last.is_some_and(|token| token.kind() == TokenKind::Comment && token.end().to_usize() > backslash)
    }

    fn all(self) -> impl Iterator<Item = &'a Token> {
        self.tokens.iter().inspect(|_| steps::take())
    }

    /// The margin of the file's first block, tabs included, else four spaces.
    pub(super) fn first_margin(self) -> &'a str {
        self.all()
            .find(|token| token.kind() == TokenKind::Indent)
            .map(|token| after_form_feed(self.text(span_of(token))))
            .filter(|margin| !margin.is_empty())
            .unwrap_or("    ")
    }

    /// Whether more strings of the file stand in single quotes than in double ones; docstrings and others in three apart.
    pub(super) fn prefers_single_quotes(self) -> bool {
        let begins = self
            .all()
            .filter(|token| matches!(token.kind(), TokenKind::String | TokenKind::FStringStart));
        let quotes = begins.filter_map(|token| {
            let text = self.text(span_of(token));
            let quoted = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
            let is_triple = quoted.starts_with("\"\"\"") || quoted.starts_with("'''");
            quoted.chars().next().filter(|_| !is_triple)
        });
        let (single, double): (Vec<char>, Vec<char>) = quotes.partition(|quote| *quote == '\'');
        single.len() > double.len()
    }

    /// One unit of indentation as this file writes it with spaces: the margin of its first block that is indented so, else
    /// four spaces.
    pub(super) fn indent_unit(self) -> &'a str {
        self.all()
            .filter(|token| token.kind() == TokenKind::Indent)
            .filter_map(|token| self.text(span_of(token)).rsplit(|c| !matches!(c, ' ' | '\t')).next())
            .find(|unit| unit.starts_with(' '))
            .unwrap_or("    ")
    }

    /// The index of the first token that begins at or after `offset`.
    fn first_at(self, offset: usize) -> usize {
        self.tokens.partition_point(|token| token.start().to_usize() < offset)
    }
}

/// White space that can stand before a statement.
pub(super) fn is_margin(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\u{c}')
}

/// What counts of a margin: a form feed sets the column back to 0.
pub(super) fn after_form_feed(margin: &str) -> &str {
    margin.rsplit('\u{c}').next().unwrap_or(margin)
}

fn is_code(token: &Token) -> bool {
    !matches!(
        token.kind(),
        TokenKind::Comment
            | TokenKind::NonLogicalNewline
            | TokenKind::Newline
            | TokenKind::Indent
            | TokenKind::Dedent
            | TokenKind::EndOfFile
    )
}
