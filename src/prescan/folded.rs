//! Letters that Python folds to ASCII ones in names: `import ｗebsockets` imports `websockets`.

use unicode_normalization::UnicodeNormalization as _;

use super::characters::beyond_ascii;

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

/// The names of a text that have such a letter, folded. Words in strings and comments are taken for names too.
pub(super) fn names(bytes: &[u8]) -> impl Iterator<Item = String> {
    let mut behind = 0;
    beyond_ascii(bytes).filter_map(move |(offset, character)| {
        if offset < behind || !is_folded(character?) {
            return None;
        }
        let (name, end) = name_around(bytes, offset);
        behind = end;
        Some(name.nfkc().collect())
    })
}

fn is_folded(letter: char) -> bool {
    FOLDED.iter().any(|(first, last)| (*first..=*last).contains(&letter))
}

/// How far names reach, in bytes: no word that is looked for is that long.
const FARTHEST: usize = 256;

/// The name around the letter at `offset`, and where it ends.
fn name_around(bytes: &[u8], offset: usize) -> (String, usize) {
    let from = offset.saturating_sub(FARTHEST);
    let before = String::from_utf8_lossy(bytes.get(from..offset).unwrap_or_default());
    let behind = String::from_utf8_lossy(
        bytes
            .get(offset..bytes.len().min(offset + FARTHEST))
            .unwrap_or_default(),
    );
    let is_of_name = |letter: &char| letter.is_alphanumeric() || *letter == '_' || is_folded(*letter);
    let start = before.len()
        - before
            .chars()
            .rev()
            .take_while(is_of_name)
            .map(char::len_utf8)
            .sum::<usize>();
    let end = behind.chars().take_while(is_of_name).map(char::len_utf8).sum::<usize>();
    let name = [before.get(start..), behind.get(..end)].into_iter().flatten().collect();
    (name, offset + end)
}
