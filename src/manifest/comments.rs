//! The comments of a manifest that may speak to ws-lint, each with the line that it speaks of.

use crate::project::Kind;
use crate::sites::Comment;
use crate::source::{SourceFile, Span};

/// The comments that name ws-lint's word for allowing, or none of ws-lint's: one such as `# ws-lint: see the handbook` above
/// `[tool.ws-lint]` is about the configuration.
pub(super) fn collect(source: &SourceFile, kind: Kind) -> Vec<Comment> {
    let spans = spans(source.text(), kind);
    let mut next = NextLine::of(source, &spans);
    // From the last one up, so that each line is looked at once.
    let governed = spans.iter().rev().map(|span| {
        let line = source.position(span.start).line;
        let before = Span::new(source.line_start(span.start), span.start);
        let own_line = source.slice(before).trim().is_empty();
        Comment {
            span: *span,
            own_line,
            governs: match own_line {
                true => next.below(line),
                false => source.line(line),
            },
        }
    });
    let speaks = |comment: &Comment| {
        let text = source.slice(comment.span);
        !text.contains("ws-lint") || text.contains("ignore")
    };
    let mut found: Vec<Comment> = governed.filter(speaks).collect();
    found.reverse();
    found
}

/// Where the comments of a text stand, by position.
pub(super) fn spans(text: &str, kind: Kind) -> Vec<Span> {
    match kind {
        Kind::Pyproject | Kind::Cargo => of_toml(text),
        Kind::Requirements => of_lines(text, |line| {
            let marks = line.match_indices('#').map(|(at, _)| at);
            let mut begins = marks.filter(|at| line[..*at].chars().next_back().is_none_or(char::is_whitespace));
            begins.next()
        }),
        // What stands behind a value is part of it.
        Kind::SetupCfg => of_lines(text, |line| {
            let indent = line.len() - line.trim_start().len();
            line[indent..].starts_with('#').then_some(indent)
        }),
    }
}

fn of_lines(text: &str, begins: impl Fn(&str) -> Option<usize>) -> Vec<Span> {
    let mut start = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        let at = start;
        start += line.len();
        (at, line.trim_end())
    });
    let comments = lines.filter_map(|(at, line)| Some(Span::new(at + begins(line)?, at + line.len())));
    comments.collect()
}

/// `#` to the end of the line, where it does not stand in a string.
fn of_toml(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(offset) = text[at..].find(['#', '"', '\'']) {
        let start = at + offset;
        let rest = &text[start..];
        at = match rest.starts_with('#') {
            true => {
                let line = rest.lines().next().unwrap_or_default();
                found.push(Span::new(start, start + line.trim_end().len()));
                start + line.len()
            }
            false => start + string_length(rest),
        };
    }
    found
}

/// How long the string is that a TOML text begins with; one that is not closed ends with its line.
fn string_length(text: &str) -> usize {
    let quote = &text[..1];
    let triple = quote.repeat(3);
    let (delimiter, is_long) = match text.starts_with(&triple) {
        true => (triple.as_str(), true),
        false => (quote, false),
    };
    let has_escapes = quote == "\"";
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(delimiter.len()) {
        if escaped {
            escaped = false;
        } else if has_escapes && c == '\\' {
            escaped = true;
        } else if text[at..].starts_with(delimiter) {
            // Of more quotes in a row the last ones close it.
            let more = text[at + delimiter.len()..]
                .chars()
                .take_while(|c| is_long && quote.starts_with(*c));
            return at + delimiter.len() + more.take(2).count();
        } else if c == '\n' && !is_long {
            return at;
        }
    }
    text.len()
}

/// The way up through a file, in search of lines that hold anything but a comment.
struct NextLine<'a> {
    source: &'a SourceFile,
    comments: &'a [Span],
    /// The lines from this one on were looked at.
    seen: usize,
    /// The first of those that holds anything else; empty behind the last one.
    found: Span,
}

impl<'a> NextLine<'a> {
    fn of(source: &'a SourceFile, comments: &'a [Span]) -> Self {
        Self {
            source,
            comments,
            seen: source.line_count() + 1,
            found: Span::empty(source.text().len()),
        }
    }

    /// The next such line below a line; the lines that are asked for go up.
    fn below(&mut self, line: usize) -> Span {
        while self.seen > line + 1 {
            self.seen -= 1;
            let span = self.source.line(self.seen);
            let text = self.source.slice(span);
            let start = span.start + text.len() - text.trim_start().len();
            let is_comment = self
                .comments
                .binary_search_by_key(&start, |comment| comment.start)
                .is_ok();
            if !text.trim().is_empty() && !is_comment {
                self.found = span;
            }
        }
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Language;

    /// Each comment as `text -> governed text`, with `!` for one on its own line.
    fn described(name: &str, text: &str) -> Vec<String> {
        let source = SourceFile::new(name, Language::Manifest, text.to_owned());
        let found = collect(&source, Kind::of(source.path()).unwrap());
        let described = found.iter().map(|comment| {
            let mark = if comment.own_line { "!" } else { "" };
            format!(
                "{mark}{} -> {}",
                source.slice(comment.span),
                source.slice(comment.governs)
            )
        });
        described.collect()
    }

    #[test]
    fn a_comment_of_toml_stands_in_no_string() {
        let text = "a = '#b' # c\nd = \"\\\"# e\" # f\ng = \"\"\"\n# h \\\"\"\"\n# i\"\"\"\" # j\n# k\n\n# l\nm = ''  # é\nn = '''#'o''''\n# p";
        assert_eq!(
            described("pyproject.toml", text),
            [
                "# c -> a = '#b' # c",
                "# f -> d = \"\\\"# e\" # f",
                "# j -> # i\"\"\"\" # j",
                "!# k -> m = ''  # é",
                "!# l -> m = ''  # é",
                "# é -> m = ''  # é",
                "!# p -> ",
            ]
        );
        assert_eq!(described("Cargo.toml", "a = 'b\nc = \" # d\n# e"), ["!# e -> "]);
    }

    #[test]
    fn comments_of_other_manifests_follow_their_readers() {
        assert_eq!(
            described("requirements.txt", "a==1#b\nc==1  # d\n#e\nf\n"),
            ["# d -> c==1  # d", "!#e -> f"]
        );
        assert_eq!(
            described("setup.cfg", "[a]\nb = c # d\n    # e\n    f\n"),
            ["!# e ->     f"]
        );
    }

    #[test]
    fn comments_about_the_configuration_do_not_speak_to_ws_lint() {
        let text = "# ws-lint: the handbook says why\n# ws-lint: ignore[WS402]\n# noqa: WS402\n";
        assert_eq!(described("pyproject.toml", text).len(), 2);
    }
}
