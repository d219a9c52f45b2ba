//! Reads a unified diff as `git diff`, `diff -u` and GitHub write it. Nothing is guessed: what a hunk announces must be
//! there, because a line that is miscounted puts every finding below it in the wrong place.

use std::collections::BTreeMap;

use super::quoted_path::{self, Sides};

/// What a diff says of the files that are there afterwards, by their paths, which are bytes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct UnifiedDiff {
    pub(super) files: BTreeMap<Vec<u8>, FileDiff>,
    /// Files that are not there afterwards.
    pub(super) deleted: Vec<Vec<u8>>,
}

/// What a diff says of one file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct FileDiff {
    /// The file was not there before.
    pub(super) is_new: bool,
    /// The diff does not show the lines.
    pub(super) is_binary: bool,
    /// The content is another repository's commit.
    pub(super) is_submodule: bool,
    /// In the order of their lines.
    pub(super) hunks: Vec<Hunk>,
}

/// Lines that stand together in a diff.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hunk {
    /// The number (1-based) of the first line in the new file; of the line behind the hunk's place where no line is
    /// left.
    pub(super) first: usize,
    pub(super) lines: Vec<DiffLine>,
}

/// A line of a hunk, without its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum DiffLine {
    Kept(String),
    Gone(String),
    New(String),
}

impl Hunk {
    /// How many lines of the new file it shows.
    pub(super) fn new_len(&self) -> usize {
        let shown = |line: &&DiffLine| !matches!(line, DiffLine::Gone(_));
        self.lines.iter().filter(shown).count()
    }
}

/// Where a text is no unified diff, and why.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct Malformed {
    /// 1-based.
    pub line: usize,
    /// What is wrong there.
    pub reason: String,
}

impl UnifiedDiff {
    /// # Errors
    /// The text is something else, or a part of it is missing.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let text = String::from_utf8_lossy(bytes);
        let mut reader = Reader::new(&text);
        let mut diff = Self::default();
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Err(reader
                .wrong("it is UTF-16, as PowerShell's `>` writes it: let git write it (`git diff --output=FILE`)"));
        }
        let mut any = false;
        while let Some(section) = reader.section()? {
            any = true;
            let at = reader.number;
            section
                .file_into(&mut diff)
                .map_err(|reason| Malformed { line: at, reason })?;
        }
        match any || text.trim().is_empty() {
            true => Ok(diff),
            false => Err(Malformed {
                line: 1,
                reason: "no file is named: a unified diff has `--- a/FILE` and `+++ b/FILE` in lines of their own (without colours)".to_owned(),
            }),
        }
    }
}

/// What stands between the names of one file and those of the next.
#[derive(Default)]
struct Section {
    /// What `diff --git` says, for files without lines.
    header: Option<Sides>,
    old: Option<Vec<u8>>,
    new: Option<Vec<u8>>,
    /// What `rename to` and `copy to` say.
    renamed: Option<Vec<u8>>,
    is_deleted: bool,
    file: FileDiff,
}

const ONE_DIFF: &str =
    "another commit begins: give one diff of all changes (`git diff BASE...HEAD`), not one of each commit";

pub(super) const NOWHERE: &[u8] = b"/dev/null";

impl Section {
    fn file_into(self, diff: &mut UnifiedDiff) -> Result<(), String> {
        let named = match (self.old, self.new) {
            (Some(old), Some(new)) => Some(Sides { old, new }),
            _ => None,
        };
        // Of names that differ the head of a file's part tells no border, and they are named once more.
        let renamed = self.renamed.clone().map(|new| Sides { old: new.clone(), new });
        let Some(sides) = named.or(self.header).or(renamed) else {
            return Err("the names of the file cannot be read".to_owned());
        };
        let mut file = self.file;
        file.is_new |= sides.old == NOWHERE;
        let is_deleted = self.is_deleted || sides.new == NOWHERE;
        let Sides { old, new } = sides.without_prefixes();
        if is_deleted {
            diff.deleted.push(old);
            return Ok(());
        }
        let name = self.renamed.unwrap_or(new);
        let shown = String::from_utf8_lossy(&name).into_owned();
        match diff.files.insert(name, file) {
            None => Ok(()),
            Some(_) => Err(format!(
                "`{shown}` is named twice: give one diff of all changes (`git diff BASE...HEAD`), not one of each commit"
            )),
        }
    }
}

struct Reader<'a> {
    lines: std::iter::Peekable<std::str::SplitTerminator<'a, char>>,
    /// Of the line that was read last.
    number: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            lines: text.split_terminator('\n').peekable(),
            number: 0,
        }
    }

    fn wrong(&self, reason: impl Into<String>) -> Malformed {
        Malformed {
            line: self.number.max(1),
            reason: reason.into(),
        }
    }

    fn next(&mut self) -> Option<&'a str> {
        let line = self.lines.next()?;
        self.number += 1;
        Some(line)
    }

    /// The next line, where it begins like this, from there on.
    fn next_after(&mut self, prefix: &str) -> Option<&'a str> {
        let rest = self.lines.peek()?.strip_prefix(prefix)?;
        self.next();
        Some(rest.trim_end_matches('\r'))
    }

    /// Everything about the next file. What stands in front of it (a mail's head, `index …`) says nothing.
    fn section(&mut self) -> Result<Option<Section>, Malformed> {
        let mut section = Section::default();
        loop {
            if let Some(names) = self.next_after("diff --git ") {
                section.header = quoted_path::both(names);
                break;
            }
            if let Some(old) = self.next_after("--- ") {
                self.names(old, &mut section)?;
                break;
            }
            let Some(line) = self.next() else {
                return Ok(None);
            };
            if line.starts_with("diff --cc ") || line.starts_with("diff --combined ") {
                return Err(self.wrong(
                    "it is the combined diff of a merge: give the diff against one commit (`git diff BASE...HEAD`)",
                ));
            }
            if line.starts_with("@@ -") {
                return Err(self.wrong("a hunk stands in front of the names of its file"));
            }
        }
        while let Some(&line) = self.lines.peek() {
            if line.starts_with("diff --") || (line.starts_with("--- ") && section.new.is_some()) {
                break;
            }
            self.next();
            self.about(line.trim_end_matches('\r'), &mut section)?;
        }
        Ok(Some(section))
    }

    /// A line of a section.
    fn about(&mut self, line: &'a str, section: &mut Section) -> Result<(), Malformed> {
        if let Some(old) = line.strip_prefix("--- ") {
            return self.names(old, section);
        }
        if let Some(header) = line.strip_prefix("@@ ") {
            if section.new.is_none() {
                return Err(self.wrong("a hunk stands in front of the names of its file"));
            }
            let hunk = self.hunk(header)?;
            let before = section.file.hunks.last();
            if before.is_some_and(|before| before.first + before.new_len() > hunk.first) {
                return Err(self.wrong("a hunk begins above the end of the one in front of it"));
            }
            section.file.hunks.push(hunk);
            return Ok(());
        }
        if let Some(name) = line
            .strip_prefix("rename to ")
            .or_else(|| line.strip_prefix("copy to "))
        {
            section.renamed = Some(quoted_path::one(name));
        }
        if section.new.is_some() && (line.starts_with("commit ") || line.starts_with("From ")) {
            return Err(self.wrong(ONE_DIFF));
        }
        let file = &mut section.file;
        file.is_new |= line.starts_with("new file mode ");
        section.is_deleted |= line.starts_with("deleted file mode ");
        file.is_binary |= line.starts_with("Binary files ") || line == "GIT binary patch";
        let is_link = |prefix| {
            line.strip_prefix(prefix)
                .is_some_and(|rest: &str| rest.ends_with("160000"))
        };
        file.is_submodule |= is_link("new file mode ") || is_link("index ") || is_link("new mode ");
        let is_signature = line.trim_end() == "--";
        if !file.hunks.is_empty() && line.starts_with(['+', '-', ' ']) && !is_signature {
            return Err(self.wrong("the hunk above has more lines than it announces"));
        }
        Ok(())
    }

    /// The rest of `--- a/FILE`, and `+++ b/FILE` in the next line.
    fn names(&mut self, old: &str, section: &mut Section) -> Result<(), Malformed> {
        let Some(new) = self.next_after("+++ ") else {
            return Err(self.wrong("`+++ b/FILE` has to follow on `--- a/FILE`"));
        };
        section.old = Some(quoted_path::one(old));
        section.new = Some(quoted_path::one(new));
        Ok(())
    }

    /// A hunk, behind the `@@ ` of its head.
    fn hunk(&mut self, header: &str) -> Result<Hunk, Malformed> {
        let Some((mut old_left, first, mut new_left)) = ranges(header) else {
            return Err(self.wrong("the head of a hunk has to be `@@ -LINE,COUNT +LINE,COUNT @@`"));
        };
        let at = self.number;
        let mut lines = Vec::new();
        while old_left > 0 || new_left > 0 {
            let line = self.next().unwrap_or("@");
            let (sign, text) = match line.chars().next() {
                // Some tools take the blank off an empty line.
                None | Some('\r') => (' ', ""),
                Some(sign @ (' ' | '-' | '+')) => (sign, line.get(1..).unwrap_or_default()),
                Some('\\') if !lines.is_empty() => continue,
                Some(_) => ('@', ""),
            };
            let text = text.trim_end_matches('\r').to_owned();
            let (takes_old, takes_new) = (usize::from(sign != '+'), usize::from(sign != '-'));
            if sign == '@' || takes_old > old_left || takes_new > new_left {
                return Err(Malformed {
                    line: at,
                    reason: format!("the hunk has other lines than it announces (see line {})", self.number),
                });
            }
            old_left -= takes_old;
            new_left -= takes_new;
            lines.push(match sign {
                '-' => DiffLine::Gone(text),
                '+' => DiffLine::New(text),
                _ => DiffLine::Kept(text),
            });
        }
        Ok(Hunk { first, lines })
    }
}

/// How many lines of the old file, the first line of the new file, and how many of it.
fn ranges(header: &str) -> Option<(usize, usize, usize)> {
    let (old, rest) = header.strip_prefix('-')?.split_once(" +")?;
    let (new, _) = rest.split_once(" @@")?;
    let range = |text: &str| -> Option<(u32, u32)> {
        match text.split_once(',') {
            Some((first, count)) => Some((first.parse().ok()?, count.parse().ok()?)),
            None => Some((text.parse().ok()?, 1)),
        }
    };
    let ((_, old_count), (first, count)) = (range(old)?, range(new)?);
    // An empty range names the line in front of it.
    let first = usize::try_from(first).ok()? + usize::from(count == 0);
    (first > 0).then_some((usize::try_from(old_count).ok()?, first, usize::try_from(count).ok()?))
}

#[cfg(test)]
mod tests;
