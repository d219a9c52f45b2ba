//! What one fix would change, as a small diff. Only the lines around its edits are read and compared.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use similar::{Algorithm, Change, ChangeTag, DiffOp, capture_diff_slices, group_diff_ops};

use super::cut::fitting_part;
use super::drawing::Drawing;
use super::drawn::Drawn;
use super::escape;
use super::full::TAB_WIDTH;
use crate::finding::{Applicability, Edit, Fix};
use crate::source::{Language, SourceFile, Span, lines_with_ends};

/// Unchanged lines shown before and after changed ones.
const CONTEXT_LINES: usize = 1;

/// Of an insertion with more lines than this only the first [`SHOWN_OF_INSERTION`] are shown.
const LONG_INSERTION: usize = 8;

/// See [`LONG_INSERTION`].
const SHOWN_OF_INSERTION: usize = 3;

/// What the lines of a diff begin with.
const INDENT: &str = "    ";

/// A hunk with more lines than this is not shown: nobody reads it here, and comparing gets slow.
const MAX_LINES: usize = 300;

/// A hunk with more bytes than this is not shown: a minified line says nothing.
const MAX_BYTES: usize = 20_000;

const REMOVED: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red)));
const ADDED: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Green)));
const FAINT: Style = Style::new().dimmed();

/// The word that tells people what they may do with the fix.
pub(super) fn lead(fix: &Fix) -> &'static str {
    match fix.applicability {
        Applicability::Safe => "fix",
        Applicability::Unsafe => "unsafe fix",
        Applicability::Display => "suggestion",
    }
}

/// The hunks of one file that were drawn and that other fixes have too: the same helper is added with each print. By the
/// line numbers that they begin with, their bytes, and the text that takes their place.
pub(super) type Hunks = Drawn<(Numbers, Span, String)>;

/// Writes the diff of `fix` in `source`, both line numbers before each line. `drawn` are hunks of `source`.
pub(super) fn write(
    out: &mut dyn Write,
    drawing: Drawing,
    fix: &Fix,
    source: &SourceFile,
    drawn: &mut Hunks,
) -> io::Result<()> {
    let added: usize = fix.edits.iter().map(|edit| edit.text.lines().count()).sum();
    let digits = (source.line_count() + added).to_string().len();
    let mut added_before = 0;
    let mut told_cell = fix.edits.first().and_then(|edit| source.place(edit.span.start).cell);
    if fix.edits.last().and_then(|edit| source.place(edit.span.start).cell) != told_cell {
        told_cell = None;
    }
    for (index, hunk) in hunks(&fix.edits, source).iter().enumerate() {
        if index > 0 {
            let gap = if drawing.unicode { "⋮" } else { "..." };
            writeln!(out, "    {}", drawing.paint(FAINT, gap))?;
        }
        let place = source.place(hunk.span.start);
        let line = place.line;
        if place.cell != told_cell {
            let told = place.cell.map(|cell| format!("    (cell {cell})"));
            writeln!(out, "{}", drawing.paint(FAINT, told.unwrap_or_default()))?;
            (told_cell, added_before) = (place.cell, 0);
        }
        let numbers = Numbers {
            digits,
            old: line,
            new: line.saturating_add_signed(added_before),
        };
        added_before += hunk.added_lines(source);
        match hunk.new_text(source) {
            Some(new) => {
                let compared = || Compared::new(source.slice(hunk.span), &new, source.language());
                if hunk.inserts_much() {
                    let key = (numbers, hunk.span, new.clone());
                    let text = drawn.get_or_draw(key, || draw_hunk(drawing, numbers, compared()));
                    out.write_all(text.as_bytes())?;
                } else {
                    out.write_all(draw_hunk(drawing, numbers, compared()).as_bytes())?;
                }
            }
            None => writeln!(
                out,
                "{}",
                drawing.paint(
                    FAINT,
                    format_args!("    (line {line}: too long to show here, see --diff)")
                )
            )?,
        }
    }
    Ok(())
}

/// The diff of `fix` in `source` without colours and numbers, a line `@@ line 12 @@` before each hunk.
pub(super) fn plain(fix: &Fix, source: &SourceFile) -> String {
    let mut text = String::new();
    for hunk in hunks(&fix.edits, source) {
        let line = source.place(hunk.span.start).line_told();
        let Some(new) = hunk.new_text(source) else {
            text.push_str(&format!("@@ {line}: too long to show here, see --diff @@\n"));
            continue;
        };
        text.push_str(&format!("@@ {line} @@\n"));
        let compared = Compared::new(source.slice(hunk.span), &new, source.language());
        for change in compared.ops.iter().flat_map(|op| compared.changes(op)) {
            let line = format!("{}{}", sign(change.tag()), shown_line(change.value()));
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    text
}

/// Edits that are close enough to be shown together, and the whole lines around them.
struct Hunk<'a> {
    edits: &'a [Edit],
    span: Span,
}

impl Hunk<'_> {
    /// The text in the place of the hunk's lines; nothing where it is too long to be shown.
    fn new_text(&self, source: &SourceFile) -> Option<String> {
        let inserted: usize = self.edits.iter().map(|edit| edit.text.len()).sum();
        let inserted_lines: usize = self.edits.iter().map(|edit| edit.text.lines().count()).sum();
        let old_lines = source.position(self.span.end).line - source.position(self.span.start).line;
        if self.span.len() + inserted > MAX_BYTES || old_lines + inserted_lines > MAX_LINES {
            return None;
        }
        let mut text = String::with_capacity(self.span.len() + inserted);
        let mut from = self.span.start;
        for edit in self.edits {
            text.push_str(source.text().get(from..edit.span.start)?);
            text.push_str(&edit.text);
            from = edit.span.end;
        }
        text.push_str(source.text().get(from..self.span.end)?);
        Some(text)
    }

    /// Whether it is costly to compare; other fixes often do the same.
    fn inserts_much(&self) -> bool {
        self.edits
            .iter()
            .any(|edit| edit.text.lines().nth(LONG_INSERTION).is_some())
    }

    /// By how many lines the file grows here.
    fn added_lines(&self, source: &SourceFile) -> isize {
        let lines = |text: &str| text.bytes().filter(|&byte| byte == b'\n').count().cast_signed();
        self.edits
            .iter()
            .map(|edit| lines(&edit.text) - lines(source.slice(edit.span)))
            .sum()
    }
}

/// Groups sorted edits: those whose lines, context included, meet are shown together.
fn hunks<'a>(edits: &'a [Edit], source: &SourceFile) -> Vec<Hunk<'a>> {
    let mut hunks: Vec<(usize, usize, Span)> = Vec::new();
    for (index, edit) in edits.iter().enumerate() {
        let lines = lines_around(edit.span, source);
        match hunks.last_mut() {
            Some((_, end, span)) if lines.start <= span.end && source.cell_of(span.start).contains(lines) => {
                *end = index + 1;
                *span = span.cover(lines);
            }
            _ => hunks.push((index, index + 1, lines)),
        }
    }
    hunks
        .into_iter()
        .filter_map(|(start, end, span)| {
            Some(Hunk {
                edits: edits.get(start..end)?,
                span,
            })
        })
        .collect()
}

/// The whole lines of `span` and its context.
fn lines_around(span: Span, source: &SourceFile) -> Span {
    let cell = source.cell_of(span.start);
    let mut start = source.line_start(span.start);
    let mut end = source.next_line_start(span.end);
    for _ in 0..CONTEXT_LINES {
        start = source.line_start(start.saturating_sub(1)).max(cell.start);
        end = source.next_line_start(end).min(cell.end);
    }
    Span::new(start.min(span.start), end.max(span.end))
}

/// Line numbers at the start of a hunk, 1-based.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Numbers {
    digits: usize,
    old: usize,
    new: usize,
}

impl Numbers {
    /// Both numbers of a line (given by its index in the hunk) and the bar behind them.
    fn gutter(self, drawing: Drawing, old_index: Option<usize>, new_index: Option<usize>) -> String {
        let number =
            |first: usize, index: Option<usize>| index.map_or(String::new(), |index| (first + index).to_string());
        let (old, new) = (number(self.old, old_index), number(self.new, new_index));
        let bar = if drawing.unicode { '│' } else { '|' };
        let digits = self.digits;
        format!("{old:>digits$} {new:>digits$} {bar}")
    }
}

/// The lines of two texts, and what makes the new ones of the old ones.
struct Compared<'t> {
    old: Vec<&'t str>,
    new: Vec<&'t str>,
    ops: Vec<DiffOp>,
}

impl<'t> Compared<'t> {
    fn new(old: &'t str, new: &'t str, language: Language) -> Self {
        let (old, new) = (lines_with_ends(old, language), lines_with_ends(new, language));
        let ops = capture_diff_slices(Algorithm::Myers, &old, &new);
        Self { old, new, ops }
    }

    fn changes(&self, op: &DiffOp) -> impl Iterator<Item = Change<&'t str>> {
        op.iter_changes(&self.old, &self.new)
    }
}

fn draw_hunk(drawing: Drawing, numbers: Numbers, compared: Compared<'_>) -> String {
    let mut drawn = String::new();
    for op in group_diff_ops(compared.ops.clone(), CONTEXT_LINES).iter().flatten() {
        let folded = folded_lines(op);
        let shown = compared.changes(op).count() - folded;
        let lines: Vec<_> = compared
            .changes(op)
            .take(shown)
            .map(|change| (change, shown_line(change.value())))
            .collect();
        for (index, (change, line)) in lines.iter().enumerate() {
            let focus = counterpart(&lines, index).map(|other| common_start(line, other));
            drawn.push_str(&drawn_line(drawing, numbers, *change, line, focus));
        }
        if folded > 0 {
            let gap = if drawing.unicode { "⋮" } else { "..." };
            let told = drawing
                .paint(FAINT, format_args!("{gap} ({folded} more new lines)"))
                .to_string();
            drawn.extend(["    ", &told, "\n"]);
        }
    }
    drawn
}

/// The line that takes the place of this one, or whose place it takes.
fn counterpart<'l>(lines: &'l [(Change<&str>, String)], index: usize) -> Option<&'l str> {
    let (own, other) = match lines.get(index)?.0.tag() {
        ChangeTag::Delete => (ChangeTag::Delete, ChangeTag::Insert),
        ChangeTag::Insert => (ChangeTag::Insert, ChangeTag::Delete),
        ChangeTag::Equal => return None,
    };
    let with = |tag: ChangeTag| move |(change, _): &&(Change<&str>, String)| change.tag() == tag;
    let nth = lines.get(..index)?.iter().filter(with(own)).count();
    lines.iter().filter(with(other)).nth(nth).map(|(_, line)| line.as_str())
}

/// How many bytes two lines begin with alike.
fn common_start(line: &str, other: &str) -> usize {
    let pairs = line.chars().zip(other.chars());
    pairs.take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum()
}

/// How many lines of a long insertion are not shown: the same helper function stands below every print otherwise.
fn folded_lines(op: &DiffOp) -> usize {
    match op {
        DiffOp::Insert { new_len, .. } if *new_len > LONG_INSERTION => new_len - SHOWN_OF_INSERTION,
        _ => 0,
    }
}

/// A line of the diff, cut to what fits around `focus`.
fn drawn_line(drawing: Drawing, numbers: Numbers, change: Change<&str>, line: &str, focus: Option<usize>) -> String {
    let sign = sign(change.tag());
    let style = match change.tag() {
        ChangeTag::Delete => REMOVED,
        ChangeTag::Insert => ADDED,
        ChangeTag::Equal => Style::new(),
    };
    let gutter = numbers.gutter(drawing, change.old_index(), change.new_index());
    let limit = drawing.line_limit(INDENT.len() + gutter.chars().count() + 3);
    let part = fitting_part(line, focus, limit);
    let mark = |is_cut: bool| if is_cut { limit.cut_mark } else { "" };
    let (before, after) = (mark(part.start > 0), mark(part.end < line.len()));
    let text = format!("{sign} {before}{}{after}", line.get(part).unwrap_or_default());
    let gutter = drawing.paint(FAINT, gutter);
    format!("{INDENT}{gutter} {}\n", drawing.paint(style, text.trim_end()))
}

fn sign(tag: ChangeTag) -> char {
    match tag {
        ChangeTag::Delete => '-',
        ChangeTag::Insert => '+',
        ChangeTag::Equal => ' ',
    }
}

/// A line without its end, tabs expanded, hidden characters escaped.
fn shown_line(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut column = 0;
    for c in line.trim_end_matches(['\r', '\n']).chars() {
        if c == '\t' {
            let blanks = TAB_WIDTH - column % TAB_WIDTH;
            shown.extend(std::iter::repeat_n(' ', blanks));
            column += blanks;
        } else {
            escape::push(&mut shown, c);
            column += escape::width(c);
        }
    }
    shown
}
