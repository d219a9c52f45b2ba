//! New suppressions: `--add-ignore` writes a comment for every finding that is left.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use super::directive::{self, Allows, Form};
use crate::finding::{Applicability, Change, Edit, Finding, Fix, Refusal};
use crate::rules::{self, ws002_unused_suppression as unused_suppression};
use crate::source::{Language, SourceFile, Span};

/// Where a comment about some code can come to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At the end of the code's line.
    Behind {
        /// The line's end.
        at: usize,
        /// The comment that stands there.
        comment: Option<Span>,
    },
    /// On a line of its own, in front of the one that begins here.
    Above {
        /// Behind a byte order mark.
        at: usize,
    },
}

/// What stands behind the codes of a new comment; may be empty. It neither ends the comment nor begins another one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reason(String);

impl FromStr for Reason {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let breaks = |c: char| {
            c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        if text.contains(breaks) {
            return Err("a reason is one line without control characters");
        }
        let is_one_comment =
            |marker| directive::comment_starts(&format!("{marker} ws-lint: ignore[WS101] {text}"), marker).len() == 1;
        if !["#", "//"].into_iter().all(is_one_comment) {
            return Err("a reason may not begin another comment: leave `#` and `//` out");
        }
        Ok(Self(text.to_owned()))
    }
}

/// For each of `findings` the comment that allows it; those that share a comment have the same fix. `places` says for offsets
/// where a comment about what stands there can come.
#[must_use]
pub fn comments_for(
    source: &SourceFile,
    findings: &[Finding],
    places: impl FnOnce(&[usize]) -> Vec<Option<Place>>,
    reason: &Reason,
) -> Vec<Result<Fix, Refusal>> {
    if let Some(refusal) = findings.iter().find_map(|finding| {
        rules::is_syntax_error(finding.rule)
            .then(|| Refusal::because("the file does not parse, so no comment in it is read"))
    }) {
        return vec![Err(refusal); findings.len()];
    }
    let offsets: Vec<usize> = findings.iter().map(|finding| finding.span.start).collect();
    let places = places(&offsets);
    let found: Vec<Result<Place, Refusal>> = findings
        .iter()
        .zip(places.into_iter().chain(std::iter::repeat(None)))
        .map(|(finding, place)| allowable(source, finding, place))
        .collect();
    let mut codes: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for (finding, place) in findings.iter().zip(&found) {
        if let Ok(place) = place {
            codes.entry(place.at()).or_default().insert(finding.rule.code);
        }
    }
    let fix = |place: Place| {
        fix(
            source,
            place,
            codes.get(&place.at()).unwrap_or(&BTreeSet::new()),
            reason,
        )
    };
    found.into_iter().map(|place| place.map(fix)).collect()
}

impl Place {
    fn at(self) -> usize {
        match self {
            Self::Behind { at, .. } | Self::Above { at } => at,
        }
    }

    /// The comment that stands where the new one would.
    fn existing(self, source: &SourceFile) -> &str {
        match self {
            Self::Behind { comment, .. } => comment.map_or("", |comment| source.slice(comment)),
            Self::Above { at } => {
                let line = source.position(at).line;
                source.slice(source.line(line.saturating_sub(1))).trim_start()
            }
        }
    }
}

fn allowable(source: &SourceFile, finding: &Finding, place: Option<Place>) -> Result<Place, Refusal> {
    if finding.rule.code == unused_suppression::RULE.code {
        return Err(Refusal::because("only a `file-ignore` allows WS002: mend the comment"));
    }
    let place = place.ok_or_else(|| Refusal::because("no comment can stand at its line"))?;
    let said = directive::parse(place.existing(source), marker(source), 0)
        .into_iter()
        .any(|directive| match directive.allows {
            Allows::Listed(listed) if directive.form == Form::Ignore => listed
                .iter()
                .any(|item| item.rule.is_some_and(|rule| rule.code == finding.rule.code)),
            _ => false,
        });
    match said {
        true => Err(Refusal::because("the comment that is there already does not reach it")),
        false => Ok(place),
    }
}

fn fix(source: &SourceFile, place: Place, codes: &BTreeSet<&str>, reason: &Reason) -> Fix {
    let codes: Vec<&str> = codes.iter().copied().collect();
    let comment = format!("{} ws-lint: ignore[{}] {}", marker(source), codes.join(", "), reason.0);
    let comment = comment.trim_end();
    let (text, longer) = match place {
        Place::Behind { at, comment: existing } => {
            let before = source.slice(Span::new(source.line_start(at), at));
            let blanks = before.len() - before.trim_end_matches([' ', '\t']).len();
            let missing = if source.language() == Language::Rust {
                1_usize
            } else {
                2
            }
            .saturating_sub(blanks);
            (format!("{}{comment}", " ".repeat(missing)), existing)
        }
        Place::Above { at } => {
            let line = source.slice(Span::new(at, source.next_line_start(at)));
            let indent = &line[..line.len() - line.trim_start().len()];
            (format!("{indent}{comment}{}", line_ending(source, at)), None)
        }
    };
    Fix {
        title: "allow it by a comment".to_owned(),
        applicability: Applicability::Safe,
        edits: vec![Edit::insert(place.at(), text)],
        changes: vec![Change::Suppression {
            comment: longer.unwrap_or(Span::empty(place.at())),
        }],
        takes_python_for_granted: false,
        claims: Vec::new(),
        awaits: Vec::new(),
    }
}

fn marker(source: &SourceFile) -> &'static str {
    match source.language() {
        Language::Python | Language::Manifest => "#",
        Language::Rust => "//",
    }
}

/// The terminator of the line that holds `offset`, else of the file's first line, else `\n`.
fn line_ending(source: &SourceFile, offset: usize) -> &str {
    let endings = [offset, 0].into_iter().map(|at| {
        let line = source.line(source.position(at).line);
        source.slice(Span::new(line.end, source.next_line_start(at)))
    });
    endings.into_iter().find(|ending| !ending.is_empty()).unwrap_or("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `text` with comments for a WS101 and a WS102 wherever `connect` stands.
    fn allowed(name: &str, language: Language, text: &str) -> String {
        let source = SourceFile::new(name, language, text.to_owned());
        let findings: Vec<Finding> = text
            .match_indices("connect")
            .flat_map(|(at, word)| {
                let span = Span::new(at, at + word.len());
                ["WS101", "WS102"].map(|code| Finding::new(rules::find(code).unwrap(), span, "found"))
            })
            .collect();
        let fixes = crate::check::comments_for(&source, &findings, &"why".parse().unwrap());
        let fixes: Vec<Fix> = fixes.into_iter().map(Result::unwrap).collect();
        crate::fix::apply(text, &fixes.iter().collect::<Vec<_>>()).text
    }

    const COMMENT: &str = "ws-lint: ignore[WS101, WS102] why";

    #[test]
    fn python_gets_a_comment_behind_the_line_where_one_can_stand() {
        for (before, after) in [
            ("connect()\n", "connect()  # @\n"),
            ("connect()", "connect()  # @"),
            ("connect() \r\nx\r\n", "connect()  # @\r\nx\r\n"),
            ("connect()  # type: ignore\n", "connect()  # type: ignore  # @\n"),
            ("f(\n    connect,\n    2)\n", "f(\n    connect,  # @\n    2)\n"),
            ("\u{feff}connect()\rx\r", "\u{feff}connect()  # @\rx\r"),
        ] {
            assert_eq!(
                allowed("a.py", Language::Python, before),
                after.replace('@', COMMENT),
                "{before:?}"
            );
        }
    }

    #[test]
    fn python_gets_it_above_the_statement_else() {
        for (before, after) in [
            (
                "if x:\n    connect(\"\"\"\na\"\"\")\n",
                "if x:\n    # @\n    connect(\"\"\"\na\"\"\")\n",
            ),
            (
                "x = 1\r\ny = \"\"\"\r\n connect\r\n\"\"\"\r\n",
                "x = 1\r\n# @\r\ny = \"\"\"\r\n connect\r\n\"\"\"\r\n",
            ),
            ("\u{feff}x = connect + \\\n  1", "\u{feff}# @\nx = connect + \\\n  1"),
            ("f(\nf'''{\n connect\n}''')\n", "# @\nf(\nf'''{\n connect\n}''')\n"),
            (
                "\tx = 1 + \\\n\tconnect + \\\n\t2\n",
                "\tx = 1 + \\\n\tconnect + \\\n\t2\n",
            ),
        ] {
            let (before, after) = match before.starts_with('\t') {
                true => (format!("if y:\n{before}"), format!("if y:\n\t# @\n{after}")),
                false => (before.to_owned(), after.to_owned()),
            };
            assert_eq!(
                allowed("a.py", Language::Python, &before),
                after.replace('@', COMMENT),
                "{before:?}"
            );
        }
    }

    #[test]
    fn rust_gets_a_comment_where_one_can_stand() {
        for (before, after) in [
            ("f(connect);\n", "f(connect); // @\n"),
            ("f(connect); // why not", "f(connect); // why not // @"),
            ("f(connect, /* a\n b */ c);\n", "// @\nf(connect, /* a\n b */ c);\n"),
            (
                "    f(connect, \"a\r\n b\");\r\n",
                "    // @\r\n    f(connect, \"a\r\n b\");\r\n",
            ),
            (
                "struct A {\n    connect: u8, /// documented\n}",
                "struct A {\n    // @\n    connect: u8, /// documented\n}",
            ),
        ] {
            assert_eq!(
                allowed("a.rs", Language::Rust, before),
                after.replace('@', COMMENT),
                "{before:?}"
            );
        }
    }

    #[test]
    fn manifests_get_a_comment_where_their_readers_see_one() {
        for (name, before, after) in [
            ("requirements.txt", "connect==1\n", "connect==1  # @\n"),
            (
                "requirements.txt",
                "connect==1 \\\n  --hash=x\n",
                "# @\nconnect==1 \\\n  --hash=x\n",
            ),
            (
                "pyproject.toml",
                "a = [\n  'connect', # b\n]\n",
                "a = [\n  'connect', # b  # @\n]\n",
            ),
            (
                "setup.cfg",
                "[a]\nb =\n    connect\n",
                "[a]\nb =\n    # @\n    connect\n",
            ),
        ] {
            assert_eq!(
                allowed(name, Language::Manifest, before),
                after.replace('@', COMMENT),
                "{before:?}"
            );
        }
    }

    #[test]
    fn a_reason_is_one_comment() {
        for reason in ["a\nb", "a # noqa", "a // b", "\u{202e}a", "x\u{7}"] {
            assert!(Reason::from_str(reason).is_err(), "{reason:?}");
        }
        assert_eq!(
            Reason::from_str(" see #12, https://x ").unwrap().0,
            "see #12, https://x"
        );
    }
}
