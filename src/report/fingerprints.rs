//! What a service knows a finding by from one run to the next: a hash of the rule, the path and the text of its lines,
//! so it stays the same where lines move. Equal ones in a file are numbered, because services take them for one.

use std::collections::HashMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::source::SourceFile;

/// The fingerprints of one file, in the order of its findings.
pub(super) struct Fingerprints<'a> {
    source: &'a SourceFile,
    path: &'a str,
    /// By first and last line: a line of megabytes with a thousand findings is hashed once.
    lines: HashMap<(usize, usize), Sha256>,
    seen: HashMap<String, usize>,
}

impl<'a> Fingerprints<'a> {
    pub(super) fn new(source: &'a SourceFile, path: &'a str) -> Self {
        Self {
            source,
            path,
            lines: HashMap::new(),
            seen: HashMap::new(),
        }
    }

    /// That of a finding of this rule in these lines (first and last, 1-based), the next one of the file.
    pub(super) fn of(&mut self, code: &str, (first, last): (usize, usize)) -> String {
        let lines = self.lines.entry((first, last)).or_insert_with(|| {
            let mut hash = Sha256::new_with_prefix(self.path.as_bytes());
            for line in first..=last {
                hash.update(b"\0");
                hash.update(self.source.slice(self.source.line(line)).trim().as_bytes());
            }
            hash
        });
        let unnumbered = hex(lines.clone().chain_update(b"\0").chain_update(code));
        let count = self.seen.entry(unnumbered.clone()).or_default();
        *count += 1;
        match *count {
            1 => unnumbered,
            count => hex(Sha256::new_with_prefix(unnumbered).chain_update(format!("\0{count}"))),
        }
    }
}

fn hex(hash: Sha256) -> String {
    hash.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Language;

    fn fingerprints(text: &str, lines: &[usize]) -> Vec<String> {
        let source = SourceFile::new("a.py", Language::Python, text.to_owned());
        let mut fingerprints = Fingerprints::new(&source, "a.py");
        lines
            .iter()
            .map(|&line| fingerprints.of("WS101", (line, line)))
            .collect()
    }

    #[test]
    fn fingerprints_survive_moved_lines_and_are_unique() {
        let before = fingerprints("connect()\n  connect()\nx\n", &[1, 2, 3, 3]);
        let after = fingerprints("# new\r\n\tconnect()\r\n\r\nconnect()\r\nx\r\n", &[2, 4, 5, 5]);
        assert_eq!(before, after);
        let unique: std::collections::BTreeSet<_> = before.iter().collect();
        assert_eq!(unique.len(), before.len());
    }
}
