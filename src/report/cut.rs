//! Cuts long lines to what fits, around what they are shown for.

use std::ops::Range;

use super::escape;

/// How long a line may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct LineLimit {
    /// In columns, the marks included.
    pub(super) width: usize,
    /// Stands for what is cut off at either end.
    pub(super) cut_mark: &'static str,
}

/// The part of `line` that fits the limit: all of it, else some of what stands before the byte `focus` (before the
/// line's start, where `focus` is outside) and as much as possible behind it. Reads no more than it returns.
pub(super) fn fitting_part(line: &str, focus: Option<usize>, limit: LineLimit) -> Range<usize> {
    if fitting(line.chars(), limit.width) == line.len() {
        return 0..line.len();
    }
    let focus = focus.filter(|&focus| line.is_char_boundary(focus)).unwrap_or(0);
    let start = focus - fitting(line[..focus].chars().rev(), limit.width / 3);
    let width = limit.width.saturating_sub(2 * limit.cut_mark.chars().count());
    start..start + fitting(line[start..].chars(), width)
}

/// How many bytes of the leading characters fit `width` columns.
fn fitting(chars: impl Iterator<Item = char>, width: usize) -> usize {
    let mut columns = 0;
    chars
        .take_while(|&c| {
            columns += escape::width(c).max(1);
            columns <= width
        })
        .map(char::len_utf8)
        .sum()
}
