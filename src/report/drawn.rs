//! What was drawn before: thousands of findings of one file come with the same paragraphs and the same inserted lines.

use std::hash::Hash;

use foldhash::HashMap;

/// So much is kept at once. Most runs say fewer different things; of the others each says most of them once.
const MOST_KEPT: usize = 256;

/// Texts that were drawn, by all that they depend on.
pub(super) struct Drawn<K>(HashMap<K, String>);

impl<K> Default for Drawn<K> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<K: Eq + Hash> Drawn<K> {
    /// The text for `key`, drawn by `draw` where it is not known.
    pub(super) fn get_or_draw(&mut self, key: K, draw: impl FnOnce() -> String) -> &str {
        if self.0.len() >= MOST_KEPT && !self.0.contains_key(&key) {
            self.0.clear();
        }
        self.0.entry(key).or_insert_with(draw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_not_drawn_again_and_little_is_kept() {
        let mut drawn = Drawn::default();
        assert_eq!(drawn.get_or_draw(0, || "a".to_owned()), "a");
        assert_eq!(drawn.get_or_draw(0, || "b".to_owned()), "a");
        for key in 0..=MOST_KEPT {
            drawn.get_or_draw(key, String::new);
        }
        assert!(drawn.0.len() <= MOST_KEPT);
        assert_eq!(drawn.get_or_draw(0, || "b".to_owned()), "b");
    }
}
