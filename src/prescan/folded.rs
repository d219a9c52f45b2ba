//! Letters that Python folds to ASCII ones in names: `import ｗebsockets` imports `websockets`.

/// The ranges of the characters that may stand in a Python name and hold an ASCII letter, digit or underscore after
/// Unicode's compatibility folding (NFKC); narrow gaps between them are filled.
const FOLDED: &[(char, char)] = &[
    ('\u{aa}', '\u{ba}'),
    ('\u{132}', '\u{149}'),
    ('\u{17f}', '\u{17f}'),
    ('\u{1c4}', '\u{1f3}'),
    ('\u{2b0}', '\u{2b8}'),
    ('\u{2e1}', '\u{2e3}'),
    ('\u{1d2c}', '\u{1d65}'),
    ('\u{1d9c}', '\u{1dbb}'),
    ('\u{1e9a}', '\u{1e9a}'),
    ('\u{2071}', '\u{209c}'),
    ('\u{2102}', '\u{217f}'),
    ('\u{2c7c}', '\u{2c7d}'),
    ('\u{a7f2}', '\u{a7f4}'),
    ('\u{fb00}', '\u{fb06}'),
    ('\u{fe33}', '\u{fe4f}'),
    ('\u{ff10}', '\u{ff5a}'),
    ('\u{107a5}', '\u{107a5}'),
    ('\u{1d400}', '\u{1d6a3}'),
    ('\u{1d7ce}', '\u{1d7ff}'),
    ('\u{1fbf0}', '\u{1fbf9}'),
];

/// Whether a text holds one. Bytes that are no UTF-8 are passed over.
pub(super) fn has_folded_letter(bytes: &[u8]) -> bool {
    let is_folded = |c: char| FOLDED.iter().any(|(first, last)| (*first..=*last).contains(&c));
    !bytes.is_ascii()
        && bytes
            .utf8_chunks()
            .flat_map(|chunk| chunk.valid().chars())
            .any(|c| !c.is_ascii() && is_folded(c))
}
