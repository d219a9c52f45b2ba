//! What code scanning knows an alert by: a hash of the hundred characters from the start of its line, blanks not
//! counted. It is the `primaryLocationLineHash` that `github/codeql-action/upload-sarif` computes where the source is
//! checked out, so that an upload by other means gives the same alerts.

use std::collections::HashMap;

/// How many characters count.
const WINDOW: usize = 100;

/// The base of the rolling hash.
const BASE: u64 = 37;

/// Stands for the end of the file.
const END: u16 = 0xffff;

/// The hash of each line of one text.
pub(super) struct LineHashes {
    /// By the offset of the line's first byte.
    lines: Vec<(usize, String)>,
}

impl LineHashes {
    /// Reads the whole text once.
    pub(super) fn new(text: &str) -> Self {
        let mut rolling = Rolling::new();
        let mut line_offset = 0;
        let mut at_line_start = true;
        let mut chars = text.char_indices().peekable();
        while let Some((offset, c)) = chars.next() {
            if c == ' ' || c == '\t' {
                continue;
            }
            let ends_line = c == '\n' || c == '\r';
            let starts_line = std::mem::replace(&mut at_line_start, ends_line);
            let mut units = [0; 2];
            let normal = if ends_line { '\n' } else { c };
            for (index, unit) in normal.encode_utf16(&mut units).iter().enumerate() {
                rolling.read(*unit, (starts_line && index == 0).then_some(line_offset));
            }
            if ends_line {
                line_offset = match chars.next_if(|&(_, next)| c == '\r' && next == '\n') {
                    Some((line_feed, _)) => line_feed + 1,
                    None => offset + 1,
                };
            }
        }
        rolling.read(END, at_line_start.then_some(line_offset));
        Self {
            lines: rolling.finish(),
        }
    }

    /// The hash of the line that holds this byte, and how many equal ones there were up to it: `8b7cf3e952e7aeb2:1`.
    pub(super) fn at(&self, offset: usize) -> Option<&str> {
        let index = self
            .lines
            .partition_point(|&(start, _)| start <= offset)
            .checked_sub(1)?;
        self.lines.get(index).map(|(_, hash)| hash.as_str())
    }
}

/// A hash of the last [`WINDOW`] units, told for each line when that many were read from its start.
struct Rolling {
    window: [(u16, Option<usize>); WINDOW],
    next: usize,
    hash: u64,
    /// `BASE` to the power of `WINDOW`.
    leaving: u64,
    seen: HashMap<u64, usize>,
    lines: Vec<(usize, String)>,
}

impl Rolling {
    fn new() -> Self {
        Self {
            window: [(0, None); WINDOW],
            next: 0,
            hash: 0,
            leaving: (0..WINDOW).fold(1, |power: u64, _| power.wrapping_mul(BASE)),
            seen: HashMap::new(),
            lines: Vec::new(),
        }
    }

    fn read(&mut self, unit: u16, line_offset: Option<usize>) {
        let Some(place) = self.window.get_mut(self.next) else {
            return;
        };
        let (old, line) = std::mem::replace(place, (unit, line_offset));
        if let Some(offset) = line {
            let count = self.seen.entry(self.hash).or_default();
            *count += 1;
            self.lines.push((offset, format!("{:x}:{count}", self.hash)));
        }
        self.hash = self
            .hash
            .wrapping_mul(BASE)
            .wrapping_add(u64::from(unit))
            .wrapping_sub(self.leaving.wrapping_mul(u64::from(old)));
        self.next = (self.next + 1) % WINDOW;
    }

    fn finish(mut self) -> Vec<(usize, String)> {
        for _ in 0..WINDOW {
            self.read(0, None);
        }
        self.lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(text: &str) -> Vec<String> {
        LineHashes::new(text).lines.into_iter().map(|(_, hash)| hash).collect()
    }

    /// The values are those of `src/fingerprints.test.ts` of github/codeql-action.
    #[test]
    fn lines_have_the_hashes_that_the_upload_action_gives_them() {
        assert_eq!(hashes(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            hashes(" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End"),
            [
                "8b7cf3e952e7aeb2:1",
                "b1ae1287ec4718d9:1",
                "bff680108adb0fcc:1",
                "c6805c5e1288b612:1",
                "b86d3392aea1be30:1",
                "e6ceba753e1a442:1",
            ]
        );
    }

    #[test]
    fn every_line_end_starts_a_line() {
        let text = "x = 1\r\n\r\ty\rz\n\u{feff}é🎉\n";
        let hashes = LineHashes::new(text);
        let starts: Vec<_> = hashes.lines.iter().map(|&(start, _)| start).collect();
        assert_eq!(starts, [0, 7, 8, 11, 13, 23]);
        assert_eq!(hashes.at(2), hashes.at(0));
        assert_ne!(hashes.at(9), hashes.at(11));
        let unix = LineHashes::new(&text.replace("\r\n", "\n").replace('\r', "\n"));
        assert_eq!(unix.at(12), hashes.at(13), "line ends do not count");
    }

    #[test]
    fn equal_lines_are_numbered() {
        let line = "a".repeat(2 * WINDOW);
        let hashes = hashes(&format!("{line}\n{line}\n{line}\n"));
        let (first, second) = (
            hashes[0].strip_suffix(":1").unwrap(),
            hashes[1].strip_suffix(":2").unwrap(),
        );
        assert_eq!(first, second);
    }
}
