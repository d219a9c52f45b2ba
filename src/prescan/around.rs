//! What stands around a word in a text that nobody parsed yet.

/// The longest escape that a letter of a word can seem to go on from: `\U0001F600`.
const ESCAPE_BYTES: usize = 10;

/// A character beyond ASCII is no part of the name: one that is makes another name of it, and a byte order mark does not.
/// A letter may belong to an escape before the name: `"\nredis.Redis"` is an annotation.
pub(super) fn begins_a_name(text: &[u8], start: usize) -> bool {
    let before = text.get(..start).unwrap_or_default();
    let mut letters = before
        .iter()
        .rev()
        .take(ESCAPE_BYTES)
        .skip_while(|byte| is_of_name(**byte));
    match before.last() {
        Some(&byte) if is_of_name(byte) => letters.next() == Some(&b'\\'),
        _ => true,
    }
}

pub(super) fn ends_a_name(text: &[u8], end: usize) -> bool {
    text.get(end).is_none_or(|&byte| !is_of_name(byte))
}

/// Neither a letter nor a digit stands beside the word: the parts of a package's name are joined by something else.
pub(super) fn is_part_of_package(text: &[u8], start: usize, end: usize) -> bool {
    let before = text.get(..start).unwrap_or_default().last();
    let mut beside = before.into_iter().chain(text.get(end));
    !beside.any(u8::is_ascii_alphanumeric)
}

/// `!` comes next; white space and comments may stand before it.
pub(super) fn is_called_as_macro(text: &[u8], end: usize) -> bool {
    let after = text.get(end..).unwrap_or_default().trim_ascii_start();
    matches!(after.first(), Some(b'!' | b'/') | Some(0x80..))
}

/// Python's words after which a name is a value.
const KEYWORDS: &[&[u8]] = &[
    b"and", b"as", b"assert", b"await", b"elif", b"else", b"except", b"from", b"if", b"import", b"in", b"is",
    b"lambda", b"not", b"or", b"raise", b"return", b"while", b"with", b"yield",
];

/// Nothing, punctuation or a keyword stands before it; in a sentence a word does.
pub(super) fn is_no_prose(text: &[u8], start: usize) -> bool {
    let word = last_word(text, start);
    word.is_empty() || KEYWORDS.contains(&word)
}

/// The word right before, on the same line or the one that goes on here.
pub(super) fn last_word(text: &[u8], start: usize) -> &[u8] {
    split_name(before(text, start)).1
}

/// What stands before the name that the text ends with, and that.
pub(super) fn split_name(text: &[u8]) -> (&[u8], &[u8]) {
    let length = text.iter().rev().take_while(|byte| is_of_name(**byte)).count();
    text.split_at(text.len() - length)
}

/// What stands before, without blanks and continued lines.
pub(super) fn before(text: &[u8], start: usize) -> &[u8] {
    let mut before = text.get(..start).unwrap_or_default();
    loop {
        before = match before {
            [rest @ .., b' ' | b'\t' | b'\x0c' | b'\\'] | [rest @ .., b'\\', b'\r', b'\n'] => rest,
            [rest @ .., b'\\', b'\n' | b'\r'] => rest,
            _ => return before,
        };
    }
}

/// What the word means may get another name here: `say = print`. What is called, raised, imported as it is or an argument
/// does not.
pub(super) fn may_be_renamed(text: &[u8], start: usize, end: usize) -> bool {
    let Some(start) = start_of_path(text, start) else {
        return true;
    };
    let mut before = before(text, start);
    // In brackets a line may end anywhere.
    if let [.., b'(' | b','] = before.trim_ascii_end() {
        before = before.trim_ascii_end();
    }
    let is_bound = match before.split_last() {
        Some((b'(', callee)) => !is_of_arguments(callee),
        Some((b',', _)) => false,
        _ => !matches!(split_name(before).1, b"raise" | b"import"),
    };
    !next_is(text, end, b'(') && !is_assigned(text, end) && (is_bound || is_renamed(text, end))
}

/// Longer dotted names mean nothing to any catalogue.
const MOST_NAMES: usize = 16;

/// Where the dotted name begins that the word at `start` belongs to, if it is nothing but that.
fn start_of_path(text: &[u8], mut start: usize) -> Option<usize> {
    for _ in 0..MOST_NAMES {
        let Some((b'.', owner)) = before(text, start).split_last() else {
            return Some(start);
        };
        let (rest, name) = split_name(before(owner, owner.len()));
        start = Some(rest.len()).filter(|_| !name.is_empty())?;
    }
    None
}

/// Whether a bracket behind the text holds arguments, or what is imported. `enter_context` gives its argument a name.
fn is_of_arguments(text: &[u8]) -> bool {
    let name = last_word(text, text.len());
    let is_callee = !name.is_empty() && !KEYWORDS.contains(&name) && !name.starts_with(b"enter_");
    is_callee || name == b"import"
}

/// `as` comes next, for all that is known.
fn is_renamed(text: &[u8], end: usize) -> bool {
    let mut after = without_blanks(text, end);
    matches!((after.next(), after.next()), (Some(b'a'), Some(b's')) | (Some(b'#'), _))
}

pub(super) fn starts_with_name(text: &[u8], name: &[u8]) -> bool {
    text.starts_with(name) && ends_a_name(text, name.len())
}

/// A dot comes before, on whatever line: a comment may stand between.
pub(super) fn is_attribute(text: &[u8], start: usize) -> bool {
    let on_line = before(text, start);
    match on_line.last() {
        Some(b'.') => true,
        Some(b'\n' | b'\r') => {
            let above = on_line.trim_ascii_end();
            let line = above
                .rsplit(|byte| matches!(byte, b'\n' | b'\r'))
                .next()
                .unwrap_or_default();
            above.last() == Some(&b'.') || line.contains(&b'#')
        }
        _ => false,
    }
}

/// `=` comes next, and no comparison.
pub(super) fn is_assigned(text: &[u8], end: usize) -> bool {
    let after = text.get(end..).unwrap_or_default().trim_ascii_start();
    matches!(after, [b'=', next, ..] if *next != b'=')
}

pub(super) fn next_is(text: &[u8], end: usize, wanted: u8) -> bool {
    without_blanks(text, end).next() == Some(wanted)
}

/// A bracket opens, and a number comes first in it, or a comment.
pub(super) fn gets_a_number(text: &[u8], end: usize) -> bool {
    let mut after = without_blanks(text, end);
    let first = after.next();
    first == Some(b'#') || first == Some(b'(') && after.next().is_some_and(|byte| byte.is_ascii_digit() || byte == b'#')
}

/// The bytes from `start` on without blanks, line ends and what continues lines.
fn without_blanks(text: &[u8], start: usize) -> impl Iterator<Item = u8> {
    let rest = text.get(start..).unwrap_or_default().iter().copied();
    rest.filter(|byte| !byte.is_ascii_whitespace() && *byte != b'\\')
}

pub(super) fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
