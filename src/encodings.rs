//! Which characters a Python codec takes: what decides whether a print raises `UnicodeEncodeError`.
//!
//! The tables in `rules/encodings.txt` are Python's own, written by `rules/encodings.py`. The encoding crates follow the
//! WHATWG standard, which differs: its windows-1252 has the five bytes that Python's cp1252 leaves undefined, its latin-1
//! is windows-1252, its gbk is gb18030's encoder, and cp720, cp1125 and most DOS code pages are missing.

use std::fmt;
use std::sync::LazyLock;

/// One of Python's text codecs.
#[derive(Clone, Copy)]
pub struct Encoding(&'static Codec);

impl Encoding {
    /// The codec that Python's `codecs.lookup` finds by this name: `cp1252`, `windows-1252`, `Latin 1`. `None` for a name
    /// that Python does not know, and for the codecs whose answer for a character depends on its neighbours (`utf-7`,
    /// `iso2022_jp`, `big5hkscs`, …), which no console uses.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let name = normalized(name);
        let underscored = name.replace('.', "_");
        CODECS
            .iter()
            .find(|codec| codec.answers_to(&name) || codec.answers_to(&underscored))
            .map(Self)
    }

    /// Python's name of the codec, as its module is called: `cp1252`, `latin_1`, `utf_8`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// Whether it encodes `character`.
    #[must_use]
    pub fn takes(self, character: char) -> bool {
        self.0.characters.contains(character)
    }

    /// The text of the `UnicodeEncodeError` for a string in which `run` is the first stretch of characters that the codec
    /// does not take, `position` characters from the start of the string. A lone surrogate is a code of its own, so
    /// these are code points. `None` for an empty `run`.
    #[must_use]
    pub fn error(self, run: &[u32], position: usize) -> Option<String> {
        let codec = self.0;
        let first = run.first()?;
        let what = if codec.reports_runs && run.len() > 1 {
            format!("characters in position {position}-{}", position + run.len() - 1)
        } else {
            format!("character '{}' in position {position}", Escaped(*first))
        };
        Some(format!(
            "'{}' codec can't encode {what}: {}",
            codec.error_name, codec.reason
        ))
    }

    /// The same where neither the position nor the length of the stretch is known.
    #[must_use]
    pub fn error_somewhere(self, first: u32) -> String {
        let codec = self.0;
        format!(
            "'{}' codec can't encode '{}': {}",
            codec.error_name,
            Escaped(first),
            codec.reason
        )
    }
}

impl fmt::Debug for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Encoding").field(&self.name()).finish()
    }
}

impl PartialEq for Encoding {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Encoding {}

/// Whether `repr` leaves the character as it is, which is `str.isprintable` of Python 3.8 (Unicode 12.1): what is
/// printable there is so in every later version.
#[must_use]
pub fn is_printable(character: char) -> bool {
    static PRINTABLE: LazyLock<CodePoints> =
        LazyLock::new(|| CodePoints::parse(include_str!("../rules/printable.txt").lines()));
    PRINTABLE.contains(character)
}

/// A code point as Python's errors write it: `\xe9`, `\u2713`, `\U0001f680`.
struct Escaped(u32);

impl fmt::Display for Escaped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            code @ ..0x100 => write!(f, "\\x{code:02x}"),
            code @ ..0x1_0000 => write!(f, "\\u{code:04x}"),
            code => write!(f, "\\U{code:08x}"),
        }
    }
}

/// One paragraph of `rules/encodings.txt`.
struct Codec {
    name: &'static str,
    error_name: &'static str,
    reason: &'static str,
    /// One error covers the whole stretch of bad characters, not its first one only.
    reports_runs: bool,
    aliases: &'static str,
    characters: LazyLock<CodePoints, Box<dyn FnOnce() -> CodePoints + Send>>,
}

impl Codec {
    /// Reads a paragraph; the ranges only when they are asked for. `None` for one that is not of the documented form.
    fn parse(paragraph: &'static str) -> Option<Self> {
        let (header, ranges) = paragraph.split_once('\n')?;
        let mut fields = header.split('|');
        Some(Self {
            name: fields.next()?,
            error_name: fields.next()?,
            reason: fields.next()?,
            reports_runs: fields.next()? == "2",
            aliases: fields.next()?,
            characters: LazyLock::new(Box::new(|| CodePoints::parse(ranges.lines()))),
        })
    }

    fn answers_to(&self, name: &str) -> bool {
        self.name == name || self.aliases.split_whitespace().any(|alias| alias == name)
    }
}

static CODECS: LazyLock<Vec<Codec>> = LazyLock::new(|| {
    include_str!("../rules/encodings.txt")
        .split("\n\n")
        .filter_map(Codec::parse)
        .collect()
});

/// A set of code points: the half-open ranges in it, ascending.
struct CodePoints(Vec<(u32, u32)>);

impl CodePoints {
    /// Reads ranges of the form `gap+length` or `gap`, where the gap is counted from the end of the range before.
    fn parse(lines: impl Iterator<Item = &'static str>) -> Self {
        let mut end = 0;
        let mut ranges = Vec::new();
        for word in lines.flat_map(str::split_whitespace) {
            let (gap, length) = word.split_once('+').unwrap_or((word, "1"));
            if let (Ok(gap), Ok(length)) = (gap.parse::<u32>(), length.parse::<u32>()) {
                let start = end + gap;
                end = start + length;
                ranges.push((start, end));
            }
        }
        Self(ranges)
    }

    fn contains(&self, character: char) -> bool {
        let code = u32::from(character);
        let following = self.0.partition_point(|&(start, _)| start <= code);
        following
            .checked_sub(1)
            .and_then(|index| self.0.get(index))
            .is_some_and(|&(_, end)| code < end)
    }
}

/// A name as Python's `encodings.normalize_encoding` writes it (3.13): lower case, each run of characters other than
/// letters, digits and dots one underscore, none at the ends.
fn normalized(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    let mut pending = false;
    for character in name.chars() {
        if character.is_ascii_alphanumeric() || character == '.' {
            if pending && !normal.is_empty() {
                normal.push('_');
            }
            pending = false;
            normal.push(character.to_ascii_lowercase());
        } else {
            pending |= character.is_ascii();
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoding(name: &str) -> Encoding {
        Encoding::from_name(name).unwrap_or_else(|| panic!("{name} is unknown"))
    }

    #[test]
    fn every_paragraph_is_read() {
        let paragraphs = include_str!("../rules/encodings.txt").matches('|').count() / 4;
        assert_eq!(CODECS.len(), paragraphs);
        for codec in CODECS.iter() {
            let taken: u32 = codec.characters.0.iter().map(|(start, end)| end - start).sum();
            assert!(taken >= 128, "{} takes {taken} characters", codec.name);
        }
    }

    #[test]
    fn names_are_found_as_python_finds_them() {
        for (name, codec) in [
            ("CP1252", "cp1252"),
            ("windows-1252", "cp1252"),
            ("1252", "cp1252"),
            ("Latin 1", "latin_1"),
            ("latin--1", "latin_1"),
            ("ISO-8859-1", "latin_1"),
            ("-utf8", "utf_8"),
            ("utf-8é", "utf_8"),
            ("us.ascii", "ascii"),
            ("cp936", "gbk"),
            ("ms932", "cp932"),
        ] {
            assert_eq!(encoding(name).name(), codec, "{name}");
        }
        for unknown in ["", "-", "cp-1252", "cp.1252", "cp9999", "mbcs", "utf-7"] {
            assert!(Encoding::from_name(unknown).is_none(), "{unknown}");
        }
    }

    #[test]
    fn the_table_of_the_facts_holds() {
        let rows = [
            ("✓✔✗✅❌⚠ℹ🚀⭐➜\u{fe0f}\u{200b}\u{feff}", ""),
            ("•—–", "cp1252"),
            ("→←↑↓●★日中П", "cp932"),
            ("éñü", "cp1252 cp437 cp850 latin_1"),
            ("…“”’", "cp1252 cp932"),
            ("€™", "cp1252"),
            ("×", "cp1252 cp850 cp932 latin_1"),
            ("°±", "cp1252 cp437 cp850 cp932 latin_1"),
            ("─│├└■", "cp437 cp850 cp932"),
            ("═║╔█░", "cp437 cp850"),
            ("√∞π", "cp437 cp932"),
            ("≤≥", "cp437"),
            ("\u{a0}", "cp1252 cp437 cp850 latin_1"),
        ];
        for (characters, codecs) in rows {
            for codec in ["cp1252", "cp437", "cp850", "cp932", "ascii", "latin_1", "utf_8"] {
                let expected = codec == "utf_8" || codecs.split(' ').any(|name| name == codec);
                for character in characters.chars() {
                    assert_eq!(encoding(codec).takes(character), expected, "{codec} {character:?}");
                }
            }
        }
    }

    #[test]
    fn the_holes_of_cp1252_are_holes() {
        let cp1252 = encoding("cp1252");
        assert!(!cp1252.takes('\u{81}') && !cp1252.takes('\u{95}'));
        assert!(encoding("latin-1").takes('\u{95}'));
    }

    #[test]
    fn errors_read_as_pythons_do() {
        let one = |name: &str, code| encoding(name).error(&[code], 0).unwrap();
        assert_eq!(
            one("cp1252", 0x2713),
            r"'charmap' codec can't encode character '\u2713' in position 0: character maps to <undefined>"
        );
        assert_eq!(
            one("cp936", 0x1f600),
            r"'gbk' codec can't encode character '\U0001f600' in position 0: illegal multibyte sequence"
        );
        assert_eq!(
            one("ascii", 0xe9),
            r"'ascii' codec can't encode character '\xe9' in position 0: ordinal not in range(128)"
        );
        assert_eq!(
            one("utf-8", 0xd83d),
            r"'utf-8' codec can't encode character '\ud83d' in position 0: surrogates not allowed"
        );
        assert_eq!(
            encoding("latin-1").error(&[0x2713, 0x2717], 2).unwrap(),
            "'latin-1' codec can't encode characters in position 2-3: ordinal not in range(256)"
        );
        assert_eq!(
            encoding("cp932").error(&[0x2713, 0x2717], 2).unwrap(),
            r"'cp932' codec can't encode character '\u2713' in position 2: illegal multibyte sequence"
        );
    }

    #[test]
    fn repr_escapes_what_is_not_printable() {
        for character in ['✓', 'é', '\u{fe0f}', ' '] {
            assert!(is_printable(character), "{character:?}");
        }
        for character in ['\u{a0}', '\u{200b}', '\u{95}', '\n'] {
            assert!(!is_printable(character), "{character:?}");
        }
    }
}
