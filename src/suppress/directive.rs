//! Reads what a comment says to ws-lint.
//!
//! ```text
//! # ws-lint: ignore[WS101, connect-without-deadline] reason     the lines that the comment governs
//! # ws-lint: ignore reason                                      the same, every rule
//! # ws-lint: file-ignore[WS301] reason                          the whole file
//! # noqa: WS101, E501                                           as `ignore`; other tools' codes are left alone
//! # noqa                                                        as `ignore`, every rule
//! # ruff: noqa: ASYNC251                                        as `file-ignore`, by the codes alone; `flake8:` as well
//! ```
//!
//! In Rust `//` stands for `#`. A directive stands at the start of a comment, or behind another comment on the same
//! line: `# type: ignore  # ws-lint: ignore[WS101]`. A word that merely mentions one is none.

use memchr::{memchr2_iter, memmem};

use super::mistake::{Mistake, did_you_mean, unknown_rule};
use crate::finding::Rule;
use crate::rules::{self};
use crate::source::Span;

/// One thing that a comment says to ws-lint.
#[derive(Debug)]
pub(super) struct Directive {
    /// From its comment marker to the end of its reason.
    pub(super) span: Span,
    /// Where the next comment on the same line begins, behind this directive.
    pub(super) followed_by: Option<usize>,
    /// How it is written.
    pub(super) form: Form,
    /// What it allows.
    pub(super) allows: Allows,
    /// A person's words behind it.
    pub(super) reason: Option<String>,
    /// What is wrong with it.
    pub(super) mistakes: Vec<Mistake>,
}

/// How a directive is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `ws-lint: ignore`.
    Ignore,
    /// `ws-lint: file-ignore`.
    FileIgnore,
    /// `noqa`.
    Noqa,
    /// `ruff: noqa: …`, `flake8: noqa: …`: for the whole file.
    FileNoqa,
}

/// What a directive allows.
#[derive(Debug)]
pub(super) enum Allows {
    /// Every rule.
    Everything,
    /// What its list names.
    Listed(Vec<Listed>),
}

/// One item of a list.
#[derive(Debug)]
pub(super) struct Listed {
    /// The item without blanks around it.
    pub(super) span: Span,
    /// Its rule; none for another tool's code and for what no rule is called.
    pub(super) rule: Option<&'static Rule>,
}

/// The directives in the comment `text`, which begins with `marker` (`#` or `//`) at `offset`.
pub(super) fn parse(text: &str, marker: &str, offset: usize) -> Vec<Directive> {
    if !may_direct(text) || is_documentation(text, marker) {
        return Vec::new();
    }
    let starts = comment_starts(text, marker);
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|(&start, end)| {
            let part = Scanner::new(text.get(..end)?, start + marker.len(), offset);
            let mut directive = part.directive()?;
            let length = text.get(start..end)?.trim_end().len();
            directive.span = Span::new(offset + start, offset + start + length);
            directive.followed_by = (end < text.len()).then_some(offset + end);
            Some(directive)
        })
        .collect()
}

/// Whether a comment in `text` may be a directive. Where none may, nobody needs to know what its comments speak of.
pub(crate) fn may_direct(text: &str) -> bool {
    memmem::find(text.as_bytes(), b"ws-lint").is_some() || contains_noqa(text.as_bytes())
}

fn contains_noqa(text: &[u8]) -> bool {
    // Of its letters the rarest.
    memchr2_iter(b'q', b'Q', text).any(|at| {
        let start = at.checked_sub(2);
        let word = start.and_then(|start| text.get(start..at + 2));
        word.is_some_and(|word| word.eq_ignore_ascii_case(b"noqa"))
    })
}

/// Rust's `///` and `//!` are text for readers of the documentation.
fn is_documentation(text: &str, marker: &str) -> bool {
    marker == "//" && (text.starts_with("///") || text.starts_with("//!"))
}

/// Where comments begin in `text`: at its start, and at every marker with a blank before it and a blank or a letter
/// behind it. So `see #12` and `https://…` are part of a reason.
pub(crate) fn comment_starts(text: &str, marker: &str) -> Vec<usize> {
    text.match_indices(marker)
        .map(|(index, _)| index)
        .filter(|&index| {
            let before = text[..index].chars().next_back();
            let behind = text[index + marker.len()..].chars().next();
            index == 0
                || before.is_some_and(char::is_whitespace)
                    && behind.is_some_and(|c| c.is_whitespace() || c.is_alphabetic())
        })
        .collect()
}

/// Reads one comment from left to right.
#[derive(Clone, Copy)]
struct Scanner<'a> {
    text: &'a str,
    at: usize,
    offset: usize,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str, at: usize, offset: usize) -> Self {
        Self { text, at, offset }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.at += word.len();
        }
        found
    }

    /// The longest run of characters that `belongs` takes, and its place in the file.
    fn word(&mut self, belongs: impl Fn(char) -> bool) -> (&'a str, Span) {
        let rest = self.rest();
        let length = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        let span = Span::new(self.offset + self.at, self.offset + self.at + length);
        self.at += length;
        (rest.get(..length).unwrap_or_default(), span)
    }

    fn directive(mut self) -> Option<Directive> {
        self.skip_blanks();
        if self.eat("ws-lint") {
            return self.own();
        }
        let (word, _) = self.word(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        match word {
            "ruff" | "flake8" => self.of_whole_file(),
            _ => word.eq_ignore_ascii_case("noqa").then(|| self.noqa()),
        }
    }

    /// Behind the name of another tool: the codes that it passes over in the whole file. Without a list it means its own rules.
    fn of_whole_file(mut self) -> Option<Directive> {
        self.skip_blanks();
        let colon = self.eat(":");
        self.skip_blanks();
        let (word, _) = self.word(|c| c.is_ascii_alphanumeric());
        let is_noqa = colon && word.eq_ignore_ascii_case("noqa");
        let directive = is_noqa.then(|| self.noqa())?;
        let Allows::Listed(listed) = directive.allows else {
            return None;
        };
        let listed = listed.into_iter().map(|item| Listed { rule: None, ..item });
        Some(Directive {
            form: Form::FileNoqa,
            allows: Allows::Listed(listed.collect()),
            ..directive
        })
    }

    /// Behind `ws-lint`.
    fn own(mut self) -> Option<Directive> {
        self.skip_blanks();
        let colon = self.eat(":");
        self.skip_blanks();
        let (word, span) = self.word(|c| c.is_alphanumeric() || c == '-' || c == '_');
        let form = ACTIONS.iter().find(|(name, _)| *name == word).map(|&(_, form)| form);
        match form {
            Some(form) if colon => Some(self.allowance(form, word)),
            Some(_) if self.rest().trim_start().starts_with('[') => Some(mistaken(
                span,
                format!("a colon is missing between `ws-lint` and `{word}`"),
                Some(format!("write `ws-lint: {word}[…]`")),
            )),
            _ if !colon => None,
            _ => Some(mistaken(
                span,
                format!("`ws-lint: {word}` means nothing"),
                Some(
                    did_you_mean(word, ACTIONS.iter().map(|&(name, _)| name))
                        .unwrap_or_else(|| "write `ws-lint: ignore[…]` or `ws-lint: file-ignore[…]`".to_owned()),
                ),
            )),
        }
    }

    /// Behind `ignore` or `file-ignore`.
    fn allowance(mut self, form: Form, action: &str) -> Directive {
        let spaced = self.rest().starts_with(char::is_whitespace);
        self.skip_blanks();
        if self.rest().starts_with('[') {
            return self.bracketed(form, action);
        }
        let reason = self.rest();
        let (first, span) = self.word(|c| !c.is_whitespace());
        let in_brackets = first.trim_matches(|c: char| !c.is_alphanumeric());
        if !reason.is_empty() && (!spaced || rules::find(in_brackets).is_some()) {
            return mistaken(
                span,
                format!("the rules behind `{action}` are not in brackets"),
                Some(format!("write `ws-lint: {action}[{in_brackets}]`")),
            );
        }
        Directive {
            reason: words(reason),
            ..Directive::new(form, Allows::Everything)
        }
    }

    /// At the opening bracket.
    fn bracketed(mut self, form: Form, action: &str) -> Directive {
        let opened = Span::new(self.offset + self.at, self.offset + self.at + 1);
        self.eat("[");
        let Some(length) = self.rest().find(']') else {
            return mistaken(
                opened,
                format!("the bracket behind `{action}` is never closed"),
                Some(format!("write `ws-lint: {action}[WS101]`")),
            );
        };
        let close = self.at + length;
        let mut listed = Vec::new();
        let mut mistakes = Vec::new();
        while self.at < close {
            let (item, span) = self.word(|c| c != ',' && c != ']');
            self.eat(",");
            let Some(span) = trimmed(item, span) else { continue };
            let rule = rules::find(item.trim());
            if rule.is_none() {
                mistakes.push(unknown_rule(item.trim(), span));
            }
            listed.push(Listed { span, rule });
        }
        self.at = close + 1;
        if listed.is_empty() {
            mistakes.push(Mistake {
                span: opened,
                message: format!("the brackets behind `{action}` name no rule"),
                help: Some(format!("write `ws-lint: {action}` to allow every rule")),
            });
        }
        Directive {
            reason: words(self.rest()),
            mistakes,
            ..Directive::new(form, Allows::Listed(listed))
        }
    }

    /// Behind `noqa`. As in flake8, what follows a colon and is no code makes it a bare one.
    fn noqa(mut self) -> Directive {
        self.skip_blanks();
        let mut listed = Vec::new();
        if self.eat(":") {
            loop {
                let before = self;
                self.word(|c| c == ',' || c.is_whitespace());
                let (code, span) = self.word(|c| c.is_ascii_alphanumeric());
                if !is_code(code) {
                    self = before;
                    break;
                }
                // Only so it announces itself.
                let rule = rules::find(code).filter(|rule| rule.code == code);
                listed.push(Listed { span, rule });
            }
        }
        let allows = if listed.is_empty() {
            Allows::Everything
        } else {
            Allows::Listed(listed)
        };
        Directive {
            reason: words(self.rest()),
            ..Directive::new(Form::Noqa, allows)
        }
    }
}

/// What a ws-lint comment can ask for.
const ACTIONS: &[(&str, Form)] = &[("ignore", Form::Ignore), ("file-ignore", Form::FileIgnore)];

impl Directive {
    fn new(form: Form, allows: Allows) -> Self {
        Self {
            span: Span::empty(0),
            followed_by: None,
            form,
            allows,
            reason: None,
            mistakes: Vec::new(),
        }
    }
}

/// A directive that allows nothing.
fn mistaken(span: Span, message: String, help: Option<String>) -> Directive {
    Directive {
        mistakes: vec![Mistake { span, message, help }],
        ..Directive::new(Form::Ignore, Allows::Listed(Vec::new()))
    }
}

/// A reason, where anything stands there.
fn words(rest: &str) -> Option<String> {
    let words = rest.trim();
    (!words.is_empty()).then(|| words.to_owned())
}

/// The span of `item` without the blanks around it; nothing if there is nothing else.
fn trimmed(item: &str, span: Span) -> Option<Span> {
    let start = span.start + item.len() - item.trim_start().len();
    let length = item.trim().len();
    (length > 0).then(|| Span::new(start, start + length))
}

/// Letters, then digits: `WS101`, `E501`.
fn is_code(word: &str) -> bool {
    let digits = word.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    !digits.is_empty() && digits.len() < word.len() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
