//! ASCII stand-ins for symbols: data from `rules/glyphs.toml`.

use std::collections::HashMap;
use std::sync::LazyLock;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The stand-in for the longest sequence that `text` begins with, and how many characters that has. `None` where there is
/// none for its first character. The stand-in is printable ASCII without backslashes, braces and percent signs; it is
/// empty for what only changes how a neighbour looks.
#[must_use]
pub fn stand_in(text: &[char]) -> Option<(&'static str, usize)> {
    let longest = text.len().min(GLYPHS.longest);
    (1..=longest).rev().find_map(|length| {
        let sequence: String = text.get(..length)?.iter().collect();
        GLYPHS
            .stand_ins
            .get(&sequence)
            .map(|stand_in| (stand_in.as_str(), length))
    })
}

struct Glyphs {
    stand_ins: HashMap<String, String>,
    /// The most characters that a sequence has.
    longest: usize,
}

/// A file that does not parse is a defect of ws-lint and leaves every character without a stand-in; the test
/// `every_stand_in_is_plain_ascii` keeps that from happening.
static GLYPHS: LazyLock<Glyphs> = LazyLock::new(|| {
    let table = DeTable::parse(include_str!("../rules/glyphs.toml")).map(Spanned::into_inner);
    let stand_ins: HashMap<_, _> = table
        .unwrap_or_default()
        .into_iter()
        .filter_map(|(glyph, stand_in)| match stand_in.into_inner() {
            DeValue::String(stand_in) => Some((glyph.into_inner().into_owned(), stand_in.into_owned())),
            _ => None,
        })
        .collect();
    let longest = stand_ins.keys().map(|key| key.chars().count()).max().unwrap_or(0);
    Glyphs { stand_ins, longest }
});

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<(&'static str, usize)> {
        stand_in(&text.chars().collect::<Vec<_>>())
    }

    #[test]
    fn every_stand_in_is_plain_ascii() {
        assert!(GLYPHS.stand_ins.len() > 1_500);
        for (glyph, stand_in) in &GLYPHS.stand_ins {
            let plain = |c: char| (' '..='~').contains(&c) && !matches!(c, '\\' | '{' | '}' | '%');
            assert!(stand_in.chars().all(plain), "{glyph} {stand_in}");
            assert!(glyph.chars().next().is_some_and(|first| !first.is_ascii()), "{glyph}");
        }
    }

    #[test]
    fn the_stand_ins_of_the_report_are_kept() {
        assert_eq!(of("✓ ok"), Some(("[OK]", 1)));
        assert_eq!(of("⚠"), Some(("[WARNING]", 1)));
        assert_eq!(of("•"), Some(("-", 1)));
    }

    #[test]
    fn the_longest_sequence_counts() {
        assert_eq!(of("👨\u{200d}💻!"), Some(("[DEV]", 3)));
        assert_eq!(of("👨\u{200d}🚀"), Some(("[MAN]", 1)));
        assert_eq!(of("❤\u{fe0f}\u{200d}🔥"), Some(("<3", 4)));
        assert_eq!(of("\u{fe0f}"), Some(("", 1)));
        assert_eq!(of("日"), None);
        assert_eq!(of(""), None);
    }

    #[test]
    fn box_drawing_keeps_its_width() {
        for glyph in "─│┌┐└┘├┤┬┴┼═║╔╗╚╝█░▒".chars() {
            let (stand_in, _) = stand_in(&[glyph]).unwrap();
            assert_eq!(stand_in.len(), 1, "{glyph}");
        }
    }
}
