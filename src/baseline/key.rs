//! What makes two findings the same for a baseline: the rule and the text of the line, wherever the line stands.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::source::SourceFile;

/// The hash of a line's text without the blanks around it: FNV-1a of its UTF-8 bytes, with 64 bits, written as 16 hexadecimal
/// digits. It is the same on every system and in every version of ws-lint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LineHash(u64);

impl LineHash {
    fn of(line: &str) -> Self {
        let line = line.trim_start_matches('\u{feff}').trim();
        let hash = line.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(hash)
    }
}

impl fmt::Display for LineHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl From<LineHash> for String {
    fn from(hash: LineHash) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for LineHash {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_hash = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let hash = is_hash.then(|| u64::from_str_radix(&text, 16).ok()).flatten();
        hash.map(Self)
            .ok_or_else(|| format!("`{text}` is not a hash of 16 hexadecimal digits"))
    }
}

/// What a baseline knows a finding of one file by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The rule's code.
    pub rule: String,
    /// The line that the finding begins in.
    pub line: LineHash,
}

impl Key {
    /// The key of a finding in this text.
    #[must_use]
    pub fn of(finding: &Finding, source: &SourceFile) -> Self {
        let line = source.line(source.position(finding.span.start).line);
        Self {
            rule: finding.rule.code.to_owned(),
            line: LineHash::of(source.slice(line)),
        }
    }
}

/// How many findings of each key one file has.
pub type Counts = BTreeMap<Key, usize>;

/// The counts of these findings.
#[must_use]
pub fn count<'f>(findings: impl IntoIterator<Item = &'f Finding>, source: &SourceFile) -> Counts {
    let mut counts = Counts::new();
    for finding in findings {
        *counts.entry(Key::of(finding, source)).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_the_published_algorithm() {
        assert_eq!(LineHash::of("").to_string(), "cbf29ce484222325");
        assert_eq!(LineHash::of("a").to_string(), "af63dc4c8601ec8c");
        assert_eq!(LineHash::of("\u{feff}\t foobar \r").to_string(), "85944171f73967e8");
    }

    #[test]
    fn only_sixteen_digits_are_a_hash() {
        for text in ["", "ff", "+000000000000001", "000000000000000g", "00000000000000001"] {
            assert!(LineHash::try_from(text.to_owned()).is_err(), "{text}");
        }
        assert_eq!(LineHash::try_from("00000000000000FF".to_owned()), Ok(LineHash(255)));
    }
}
