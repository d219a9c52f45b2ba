//! How output for people is drawn: colour, characters and width.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::str::FromStr;

use anstyle::{AnsiColor, Style};

use super::cut::LineLimit;
use crate::finding::Severity;

/// The width where there is no terminal to ask, in columns.
const DEFAULT_WIDTH: usize = 100;

/// Narrower than this nothing can be drawn sensibly, in columns.
const MINIMAL_WIDTH: usize = 40;

/// `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorChoice {
    /// On a terminal, unless the environment says otherwise.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ColorChoice {
    /// Every choice, in the order in which they are listed to the user.
    pub const ALL: &[Self] = &[Self::Auto, Self::Always, Self::Never];

    /// What the user types: `always`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }

    /// Whether to write colours: an explicit choice counts most, then `NO_COLOR`, then `FORCE_COLOR` (each set to
    /// anything but the empty string; `FORCE_COLOR=0` forbids, as in Node), then `TERM=dumb`, then whether the stream is
    /// a terminal. `variable` looks up an environment variable.
    #[must_use]
    pub fn wants_color(self, is_terminal: bool, variable: impl Fn(&str) -> Option<OsString>) -> bool {
        let given = |name: &str| variable(name).filter(|value| !value.is_empty());
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if given("NO_COLOR").is_some() => false,
            Self::Auto => match given("FORCE_COLOR") {
                Some(value) => value != "0",
                None => is_terminal && given("TERM").is_none_or(|value| value != "dumb"),
            },
        }
    }
}

impl fmt::Display for ColorChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no colour choice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not one of `auto`, `always` and `never`")]
pub struct UnknownColorChoice(String);

impl FromStr for ColorChoice {
    type Err = UnknownColorChoice;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|choice| choice.name() == text)
            .ok_or_else(|| UnknownColorChoice(text.to_owned()))
    }
}

/// How output for people is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// With ANSI colours.
    pub color: bool,
    /// With box-drawing characters; else with ASCII only. Source lines are shown as they are either way.
    pub unicode: bool,
    /// With links (OSC 8).
    pub links: bool,
    /// Columns.
    pub width: usize,
}

impl Default for Drawing {
    /// For a file: no colour, every character, no links, 100 columns.
    fn default() -> Self {
        Self {
            color: false,
            unicode: true,
            links: false,
            width: DEFAULT_WIDTH,
        }
    }
}

impl Drawing {
    /// For the process's standard output, asking the environment and, if it is one, the terminal.
    #[must_use]
    pub fn for_stdout(choice: ColorChoice, is_terminal: bool) -> Self {
        let color = choice.wants_color(is_terminal, |name| env::var_os(name));
        if !is_terminal {
            return Self {
                color,
                ..Self::default()
            };
        }
        Self {
            color,
            unicode: supports_unicode::on(supports_unicode::Stream::Stdout),
            links: supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout),
            width: terminal_size::terminal_size().map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0)),
        }
    }

    /// How long a line of a source may be beside `taken` columns.
    pub(super) fn line_limit(self, taken: usize) -> LineLimit {
        LineLimit {
            width: self.usable_width().saturating_sub(taken),
            cut_mark: if self.unicode { "…" } else { "..." },
        }
    }

    /// The width that drawing can rely on.
    pub(super) fn usable_width(self) -> usize {
        self.width.max(MINIMAL_WIDTH)
    }

    /// `text` as a link to `address`, where links can be followed. An address that a terminal could obey is none.
    pub(super) fn link(self, address: Option<&str>, text: &str) -> String {
        let is_harmless = |address: &&str| address.bytes().all(|byte| byte.is_ascii_graphic());
        match address.filter(|_| self.links).filter(is_harmless) {
            Some(address) => format!("\u{1b}]8;;{address}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\"),
            None => text.to_owned(),
        }
    }

    /// `text` in `style`, or as it is where there is no colour.
    pub(super) fn paint<T: fmt::Display>(self, style: Style, text: T) -> Painted<T> {
        Painted {
            style: if self.color { style } else { Style::new() },
            text,
        }
    }
}

/// A text in its style.
pub(super) struct Painted<T> {
    style: Style,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{:#}", self.style, self.text, self.style)
    }
}

/// The style of a rule's code.
pub(super) fn severity_style(severity: Severity) -> Style {
    let color = match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Info => AnsiColor::Cyan,
    };
    Style::new().bold().fg_color(Some(color.into()))
}

/// The style of a path, and of the summary's first words.
pub(super) const STRONG: Style = Style::new().bold();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn color_follows_the_choice_then_the_environment_then_the_terminal() {
        let with = |pairs: &'static [(&str, &str)]| {
            move |name: &str| {
                pairs
                    .iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, value)| OsString::from(value))
            }
        };
        assert!(ColorChoice::Auto.wants_color(true, with(&[])));
        assert!(!ColorChoice::Auto.wants_color(false, with(&[])));
        assert!(!ColorChoice::Auto.wants_color(true, with(&[("TERM", "dumb")])));
        assert!(!ColorChoice::Auto.wants_color(true, with(&[("NO_COLOR", "1"), ("FORCE_COLOR", "1")])));
        assert!(ColorChoice::Auto.wants_color(true, with(&[("NO_COLOR", "")])));
        assert!(ColorChoice::Auto.wants_color(false, with(&[("FORCE_COLOR", "1")])));
        assert!(!ColorChoice::Auto.wants_color(true, with(&[("FORCE_COLOR", "0")])));
        assert!(ColorChoice::Always.wants_color(false, with(&[("NO_COLOR", "1")])));
        assert!(!ColorChoice::Never.wants_color(true, with(&[("FORCE_COLOR", "1")])));
    }

    #[test]
    fn links_are_for_terminals_that_take_them_and_carry_nothing_else() {
        let drawing = Drawing {
            links: true,
            ..Drawing::default()
        };
        let address = Some("https://example.org/WS101.md");
        assert_eq!(
            drawing.link(address, "WS101"),
            "\u{1b}]8;;https://example.org/WS101.md\u{1b}\\WS101\u{1b}]8;;\u{1b}\\"
        );
        assert_eq!(drawing.link(Some("https://a\u{7}b"), "WS101"), "WS101");
        assert_eq!(drawing.link(None, "WS101"), "WS101");
        assert_eq!(Drawing::default().link(address, "WS101"), "WS101");
    }

    #[test]
    fn every_choice_is_read_by_its_name() {
        for &choice in ColorChoice::ALL {
            assert_eq!(choice.to_string().parse(), Ok(choice));
        }
        assert_eq!("yes".parse::<ColorChoice>(), Err(UnknownColorChoice("yes".to_owned())));
    }
}
