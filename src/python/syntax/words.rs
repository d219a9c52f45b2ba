//! Words in the names that people give: what waits, skips or asks for a version mostly says so.

/// Words of which a name may contain one, each in ASCII's lower case.
pub(in crate::python) struct Words<const N: usize>([Word; N]);

#[derive(Clone, Copy)]
struct Word {
    text: &'static [u8],
    /// Which letters are in it: a name that lacks one of them cannot contain it.
    letters: u32,
}

impl<const N: usize> Words<N> {
    pub(in crate::python) const fn new(texts: [&'static str; N]) -> Self {
        let mut words = [Word { text: &[], letters: 0 }; N];
        let mut index = 0;
        while index < N {
            let text = texts[index].as_bytes();
            words[index] = Word {
                text,
                letters: letters(text),
            };
            index += 1;
        }
        Self(words)
    }

    /// Whether `name` contains one of the words, in upper or lower case.
    pub(in crate::python) fn are_in(&self, name: &str) -> bool {
        let name = name.as_bytes();
        let is_in = |word: &[u8]| name.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
        self.possible(name).any(is_in)
    }

    /// The same of `name` without its underscores and dots: `waitfor` is in `wait_for`.
    pub(in crate::python) fn are_spelled_in(&self, name: &str) -> bool {
        let name = name.as_bytes();
        let places = || (0..name.len()).filter_map(|start| name.get(start..));
        self.possible(name)
            .any(|word| places().any(|rest| begins_like(rest, word) && spells(rest, word)))
    }

    /// Whether `name` without its underscores and dots begins with one of the words.
    pub(in crate::python) fn begin(&self, name: &str) -> bool {
        let name = name.as_bytes();
        self.possible(name).any(|word| spells(name, word))
    }

    fn possible(&self, name: &[u8]) -> impl Iterator<Item = &'static [u8]> {
        let there = letters(name);
        let is_possible = move |word: &&Word| word.letters & there == word.letters;
        self.0.iter().filter(is_possible).map(|word| word.text)
    }
}

/// A bit for each letter, the same for upper and lower case; other bytes share some of the bits.
const fn letters(text: &[u8]) -> u32 {
    let (mut found, mut index) = (0, 0);
    while index < text.len() {
        found |= 1 << (text[index] & 31);
        index += 1;
    }
    found
}

/// Without this, each underscore of a name that is nothing else would be looked at from all those before it.
fn begins_like(name: &[u8], word: &[u8]) -> bool {
    match (name.first(), word.first()) {
        (Some(name), Some(word)) => name.eq_ignore_ascii_case(word),
        _ => false,
    }
}

fn spells(name: &[u8], word: &[u8]) -> bool {
    let mut letters = name.iter().filter(|byte| !matches!(byte, b'_' | b'.'));
    word.iter()
        .all(|wanted| letters.next().is_some_and(|letter| letter.eq_ignore_ascii_case(wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: Words<3> = Words::new(["waitfor", "py3", "is_new"]);

    #[test]
    fn a_name_contains_a_word_in_either_case() {
        for name in ["waitfor", "do_WaitFor", "PY3", "is_new_api", "éwaitforé"] {
            assert!(WORDS.are_in(name), "{name}");
        }
        for name in ["", "wait_for", "waitfo", "p3y", "isnew", "forwait"] {
            assert!(!WORDS.are_in(name), "{name}");
        }
    }

    #[test]
    fn a_name_spells_a_word_across_underscores_and_dots() {
        for name in ["wait_for", "_do_WAIT__FOR_", "wwaitfor", "wait.for", "HAS_PY_3"] {
            assert!(WORDS.are_spelled_in(name), "{name}");
        }
        for name in ["", "___", "wait-for", "forwait", "is_new", "wait_fo"] {
            assert!(!WORDS.are_spelled_in(name), "{name}");
        }
    }

    #[test]
    fn a_name_begins_with_a_word() {
        assert!(WORDS.begin("_wait_for_it") && WORDS.begin("waitFor"));
        assert!(!WORDS.begin("do_wait_for") && !WORDS.begin("wait") && !WORDS.begin(""));
    }

    #[test]
    fn a_long_name_of_underscores_is_looked_at_once() {
        let name = format!("{}w{}", "w".repeat(1 << 10), "_".repeat(1 << 20));
        assert!(!WORDS.are_spelled_in(&format!("{name}aitfo")));
        assert!(WORDS.are_spelled_in(&format!("{name}aitfor")));
    }
}
