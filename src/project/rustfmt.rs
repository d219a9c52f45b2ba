//! How rustfmt lays a crate out: what its `rustfmt.toml` says of widths and indentation (executed with rustfmt 1.9.0).

use toml::de::DeValue;

use super::manifest::{Manifest, count, is_true};
use crate::facts::Rustfmt;

impl Rustfmt {
    /// What a `rustfmt.toml` says.
    pub(super) fn of(manifest: &Manifest) -> Self {
        let Some(settings) = manifest.toml(&mut Vec::new()) else {
            return Self::default();
        };
        let columns = |key: &str| count(settings, key).filter(|columns| *columns <= WIDEST);
        let own = Self::default();
        let line = columns("max_width").unwrap_or(own.line);
        let heuristics = settings.get("use_small_heuristics").map(toml::Spanned::get_ref);
        let part = match heuristics {
            Some(DeValue::String(text)) if text.eq_ignore_ascii_case("max") => line,
            Some(DeValue::String(text)) if text.eq_ignore_ascii_case("off") => usize::MAX,
            // A line that is wider than usual has wider parts: 72 of 120 columns.
            _ if line > own.line => own.chain * ((line + 5) / 10) / 10,
            _ => own.chain.min(line),
        };
        let tab = columns("tab_spaces").unwrap_or(own.tab);
        Self {
            line,
            chain: columns("chain_width").unwrap_or(part),
            arguments: columns("fn_call_width").unwrap_or(part),
            step: match settings.get("hard_tabs").is_some_and(is_true) {
                true => "\t".to_owned(),
                false => " ".repeat(tab),
            },
            tab,
        }
    }
}

/// No file asks for more.
const WIDEST: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> (usize, usize, usize, String) {
        let settings = Rustfmt::of(&Manifest::new("rustfmt.toml", text));
        (settings.line, settings.chain, settings.arguments, settings.step)
    }

    #[test]
    fn widths_are_a_part_of_the_line_unless_they_are_told() {
        let four = || "    ".to_owned();
        assert_eq!(of("edition = '2024'\n"), (100, 60, 60, four()));
        assert_eq!(of("max_width = 120\n"), (120, 72, 72, four()));
        assert_eq!(of("max_width = 80\n"), (80, 60, 60, four()));
        assert_eq!(of("use_small_heuristics = 'Max'\n"), (100, 100, 100, four()));
        assert_eq!(of("max_width = 120\nfn_call_width = 90\n"), (120, 72, 90, four()));
        assert_eq!(
            of("use_small_heuristics = 'Off'\n"),
            (100, usize::MAX, usize::MAX, four())
        );
    }

    #[test]
    fn indentation_is_told_in_spaces_or_tabs() {
        assert_eq!(of("tab_spaces = 2\n").3, "  ");
        assert_eq!(of("hard_tabs = true\n").3, "\t");
        assert_eq!(of("tab_spaces = 2000000\n").3, "    ");
        assert_eq!(of("= broken\n").3, "    ");
    }
}
