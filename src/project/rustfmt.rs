//! How rustfmt lays a crate out: what its `rustfmt.toml` says of widths and indentation (executed with rustfmt 1.9.0).

use toml::Spanned;
use toml::de::DeValue;

use super::manifest::{Manifest, as_str, count, is_true, lookup, table};
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
            style: lookup(settings, &["style_edition"]).and_then(year),
        }
    }

    /// The same for a crate, whose edition is its style where none is told.
    pub(super) fn of_crate(self, manifest: &Manifest, workspace: Option<&Manifest>) -> Self {
        let style = self.style.or_else(|| edition(manifest, workspace));
        Self { style, ..self }
    }
}

/// The edition of a crate; cargo's oldest where it names none, and `None` where that cannot be read.
fn edition(manifest: &Manifest, workspace: Option<&Manifest>) -> Option<u16> {
    let package = table(manifest.toml(&mut Vec::new())?, &["package"])?;
    match package.get("edition").map(Spanned::get_ref) {
        None => Some(2015),
        Some(DeValue::Table(_)) => {
            let root = workspace?.toml(&mut Vec::new())?;
            lookup(root, &["workspace", "package", "edition"]).and_then(year)
        }
        Some(_) => package.get("edition").and_then(year),
    }
}

fn year(value: &Spanned<DeValue<'_>>) -> Option<u16> {
    as_str(value)?.parse().ok()
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
    fn the_style_is_that_of_the_edition_unless_it_is_told() {
        let style = |told: &str, text: &str| {
            let workspace = Manifest::new("../Cargo.toml", "[workspace.package]\nedition = '2018'\n");
            let settings = Rustfmt::of(&Manifest::new("rustfmt.toml", told));
            let of = settings.of_crate(&Manifest::new("Cargo.toml", text), Some(&workspace));
            (of.style, of.overflows())
        };
        assert_eq!(style("", "[package]\nedition = '2021'\n"), (Some(2021), true));
        assert_eq!(style("", "[package]\nedition = '2024'\n"), (Some(2024), false));
        assert_eq!(style("", "[package]\nedition.workspace = true\n"), (Some(2018), true));
        assert_eq!(style("", "[package]\nname = 'x'\n"), (Some(2015), true));
        assert_eq!(style("", "[workspace]\n"), (None, false));
        let told = "style_edition = '2024'\n";
        assert_eq!(style(told, "[package]\nedition = '2021'\n"), (Some(2024), false));
    }

    #[test]
    fn indentation_is_told_in_spaces_or_tabs() {
        assert_eq!(of("tab_spaces = 2\n").3, "  ");
        assert_eq!(of("hard_tabs = true\n").3, "\t");
        assert_eq!(of("tab_spaces = 2000000\n").3, "    ");
        assert_eq!(of("= broken\n").3, "    ");
    }
}
