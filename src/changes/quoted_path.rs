//! The names of files as diffs write them.

/// The names of one file before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sides {
    pub(super) old: Vec<u8>,
    pub(super) new: Vec<u8>,
}

/// What git writes in front of the names: for commits, and with `diff.mnemonicPrefix` for the index, the working tree
/// and objects.
const PREFIXES: [&[u8]; 6] = [b"a/", b"b/", b"c/", b"i/", b"w/", b"o/"];

impl Sides {
    /// The paths without `a/` and `b/`. Both sides have different ones; where they have the same it is a folder's name.
    pub(super) fn without_prefixes(self) -> Self {
        let prefix = |name: &[u8]| PREFIXES.into_iter().find(|prefix| name.starts_with(prefix));
        let are_prefixes = match (prefix(&self.old), prefix(&self.new)) {
            (Some(old), Some(new)) => old != new,
            (Some(_), None) => self.new == super::unified_diff::NOWHERE,
            (None, Some(_)) => self.old == super::unified_diff::NOWHERE,
            (None, None) => false,
        };
        let strip = |name: Vec<u8>| match are_prefixes && name != super::unified_diff::NOWHERE {
            true => name.get(2..).unwrap_or_default().to_vec(),
            false => name,
        };
        Self {
            old: strip(self.old),
            new: strip(self.new),
        }
    }
}

/// A name that has the rest of its line for itself, or that a tab ends.
pub(super) fn one(text: &str) -> Vec<u8> {
    match unquoted(text) {
        Some((name, _)) => name,
        None => text.split('\t').next().unwrap_or(text).as_bytes().to_vec(),
    }
}

/// Both names of `diff --git a/FILE b/FILE`. Where they are not quoted only equal ones can be told apart: others are
/// named once more in lines of their own.
pub(super) fn both(text: &str) -> Option<Sides> {
    if let Some((old, rest)) = unquoted(text) {
        let new = one(rest.strip_prefix(' ')?);
        return Some(Sides { old, new });
    }
    if text.ends_with('"')
        && let Some((old, quoted)) = text.split_once(" \"")
    {
        let (new, _) = unquoted_after(quoted)?;
        let old = old.as_bytes().to_vec();
        return Some(Sides { old, new });
    }
    let middle = text.len() / 2;
    let (old, new) = (text.get(..middle)?, text.get(middle..)?.strip_prefix(' ')?);
    Some(Sides {
        old: old.as_bytes().to_vec(),
        new: new.as_bytes().to_vec(),
    })
}

/// What stands between quotes, as C writes it, and what follows on it.
fn unquoted(text: &str) -> Option<(Vec<u8>, &str)> {
    unquoted_after(text.strip_prefix('"')?)
}

/// As [`unquoted`], behind the first quote.
fn unquoted_after(inside: &str) -> Option<(Vec<u8>, &str)> {
    let mut name = Vec::new();
    let mut bytes = inside.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => return Some((name, inside.get(at + 1..)?)),
            b'\\' => {
                let (_, escaped) = bytes.next()?;
                name.push(match escaped {
                    b'a' => 7,
                    b'b' => 8,
                    b't' => b'\t',
                    b'n' => b'\n',
                    b'v' => 11,
                    b'f' => 12,
                    b'r' => b'\r',
                    b'0'..=b'3' => {
                        let (_, second) = bytes.next()?;
                        let (_, third) = bytes.next()?;
                        octal(escaped)? * 64 + octal(second)? * 8 + octal(third)?
                    }
                    other => other,
                });
            }
            other => name.push(other),
        }
    }
    None
}

fn octal(digit: u8) -> Option<u8> {
    matches!(digit, b'0'..=b'7').then(|| digit - b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_one_line_are_told_apart() {
        let sides = |old: &str, new: &str| {
            Some(Sides {
                old: old.as_bytes().to_vec(),
                new: new.as_bytes().to_vec(),
            })
        };
        assert_eq!(both("a/x y b/x y"), sides("a/x y", "b/x y"));
        assert_eq!(both("\"a/\\303\\251\" \"b/\\303\\251\""), sides("a/é", "b/é"));
        assert_eq!(both("\"a/\\\"\" b/x"), sides("a/\"", "b/x"));
        assert_eq!(both("a/x \"b/\\\\\""), sides("a/x", "b/\\"));
        assert_eq!(both("a/x b/long"), None);
        for broken in ["", "\"", "\"a\\", "\"\\3", "\"\\39x\"", "é", "\"a\"b"] {
            assert_eq!(both(broken), None, "{broken}");
        }
    }
}
