//! Where an import line goes.

use ruff_python_ast::Stmt;

use super::super::code::{Code, span_of};
use super::super::edits::Draft;
use super::Head;
use super::section::{Line, Order, Section};
use crate::source::Span;

/// Where import lines go, and what blank lines they need around them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Place {
    /// A line begins here, or the text ends.
    offset: usize,
    /// The text ends here without a line end.
    at_end: bool,
    blank_before: bool,
    blank_after: usize,
}

impl Place {
    /// At the start of a line, among others of its like.
    fn line(offset: usize) -> Self {
        Self {
            offset,
            at_end: false,
            blank_before: false,
            blank_after: 0,
        }
    }

    /// Behind the logical line of a statement.
    fn behind(code: Code<'_>, statement: &Stmt) -> Self {
        match code.after_logical_line(span_of(statement).end) {
            Some(offset) => Self::line(offset),
            None => Self {
                at_end: true,
                ..Self::line(code.len())
            },
        }
    }

    /// Puts `lines` here.
    pub(super) fn insert(self, code: Code<'_>, lines: &[String], draft: &mut Draft) {
        let ending = code.line_ending(0);
        let lines = lines.join(ending);
        let before = if self.blank_before { ending } else { "" };
        draft.insert(
            self.offset,
            match self.at_end {
                true => format!("{ending}{before}{lines}"),
                false => format!("{before}{lines}{ending}{}", ending.repeat(self.blank_after)),
            },
        );
    }
}

/// The place of a line that is needed at `used_at`: among the first imports if these come before, else at the top. `None`
/// where there is none.
pub(super) fn of(head: Head<'_>, line: &Line<'_>, used_at: usize) -> Option<Place> {
    among_the_first(head, line)
        .filter(|(_, usable_from)| *usable_from <= used_at)
        .map(|(place, _)| place)
        .or_else(|| at_the_top(head.code, &head.tree.body))
}

/// The start of the line before which a module without imports and docstring takes what comes first: behind a shebang
/// and the declaration of an encoding.
pub(in super::super) fn top(head: Head<'_>) -> Option<usize> {
    at_the_top(head.code, &head.tree.body)
        .filter(|place| !place.at_end)
        .map(|place| place.offset)
}

/// The place among the first imports, and where these end.
fn among_the_first(head: Head<'_>, line: &Line<'_>) -> Option<(Place, usize)> {
    let mut places = head.facts.places.borrow_mut();
    *places.entry(line.to_string()).or_insert_with(|| {
        let imports = FirstImports::of(head)?;
        Some((imports.place(line)?, imports.end()))
    })
}

/// The first imports at the module's level that stand next to each other.
struct FirstImports<'a> {
    code: Code<'a>,
    /// Those from `__future__`.
    futures: &'a [Stmt],
    /// The others.
    statements: &'a [Stmt],
    /// What follows them.
    next: Option<&'a Stmt>,
    /// One for each statement.
    lines: Vec<Line<'a>>,
}

impl<'a> FirstImports<'a> {
    fn of(head: Head<'a>) -> Option<Self> {
        let body = &head.tree.body;
        let is_import = |statement: &Stmt| matches!(statement, Stmt::Import(_) | Stmt::ImportFrom(_));
        let block = body.get(body.iter().position(is_import)?..)?;
        let length = block.iter().take_while(|statement| is_import(statement)).count();
        let (block, rest) = block.split_at_checked(length)?;
        let futures = block.iter().take_while(|statement| is_future(statement)).count();
        let (futures, statements) = block.split_at_checked(futures)?;
        Some(Self {
            code: head.code,
            futures,
            statements,
            next: rest.first(),
            lines: statements.iter().filter_map(Line::of).collect(),
        })
    }

    fn end(&self) -> usize {
        let last = self.statements.last().or(self.futures.last());
        last.map_or(0, |last| span_of(last).end)
    }

    fn place(&self, line: &Line<'_>) -> Option<Place> {
        let order = Order::of(self.lines.chunk_by(|one, next| one.section == next.section));
        if let Some(section) = self.section(line) {
            return self.in_order(self.around(section, order), order, line);
        }
        let above = match line.section {
            Section::Standard => None,
            _ => self.lines.iter().rposition(|other| other.section == Section::Standard),
        };
        let is_apart = self.keeps_sections_apart();
        let first = self.statements.first().filter(|_| above.is_none());
        if let Some(place) = first.and_then(|first| self.before_the_first(first)) {
            return Some(Place {
                blank_after: usize::from(is_apart),
                ..place
            });
        }
        let last = above
            .and_then(|last| self.statements.get(last))
            .or(first)
            .or(self.futures.last())?;
        let place = Place::behind(self.code, last);
        let is_last = span_of(last).end == self.end();
        Some(Place {
            blank_before: is_apart,
            blank_after: match self.next.filter(|_| is_last && !place.at_end) {
                Some(next) => missing_blank_lines(self.code, place.offset, next),
                None => 0,
            },
            ..place
        })
    }

    /// The statements of the line's section that stand together; those of its package, where it is installed.
    fn section(&self, line: &Line<'_>) -> Option<(usize, usize)> {
        let root = |module: &str| module.split('.').next().unwrap_or(module).to_owned();
        let mut runs = Vec::new();
        let mut start = 0;
        for run in self.lines.chunk_by(|one, next| one.section == next.section) {
            if run.first().is_some_and(|first| first.section == line.section) {
                let has_its_package = run.iter().any(|other| root(other.module) == root(line.module));
                runs.push((start, start + run.len(), has_its_package));
            }
            start += run.len();
        }
        let best = runs
            .iter()
            .find(|(.., has_its_package)| *has_its_package)
            .or(runs.first());
        best.map(|(start, end, _)| (*start, *end))
    }

    /// The paragraph around a section, where that is sorted as a whole; else the section.
    fn around(&self, (start, end): (usize, usize), order: Order) -> (usize, usize) {
        let breaks = |index: &usize| self.is_paragraph(*index);
        let from = (0..=start).rev().find(breaks).unwrap_or(0);
        let to = (end..self.statements.len())
            .find(breaks)
            .unwrap_or(self.statements.len());
        match self.lines.get(from..to) {
            Some(lines) if order.sorts(lines) => (from, to),
            _ => (start, end),
        }
    }

    /// The place for `line` in the group of statements from `start` to `end`.
    fn in_order(&self, (start, end): (usize, usize), order: Order, line: &Line<'_>) -> Option<Place> {
        let group = self.lines.get(start..end)?;
        let follower = group.iter().position(|other| order.is_after(other, line));
        let Some(index) = follower.map(|index| start + index) else {
            return Some(Place::behind(self.code, self.statements.get(end.checked_sub(1)?)?));
        };
        let statement = self.statements.get(index)?;
        let begin = span_of(statement).start;
        let predecessor = index.checked_sub(1).filter(|before| *before >= start);
        let behind = predecessor.and_then(|before| self.statements.get(before));
        match (behind, self.begins_line(index)) {
            // A comment stays with the import below it, but that of the first one speaks of all.
            (Some(before), _) if has_comment_above(self.code, begin) => Some(Place::behind(self.code, before)),
            (_, Some(line)) => Some(Place::line(line)),
            (Some(before), None) => Some(Place::behind(self.code, before)),
            (None, None) => Some(Place::behind(self.code, statement)),
        }
    }

    /// The start of the line that a statement stands on, where that begins with an import.
    fn begins_line(&self, index: usize) -> Option<usize> {
        let begin = span_of(self.statements.get(index)?).start;
        let line = self.code.line_start(begin);
        let on_line = self.statements.iter().map(|statement| span_of(statement).start);
        let first = on_line.filter(|start| (line..=begin).contains(start)).min()?;
        self.code.margin(first).map(|_| line)
    }

    /// Before the first of all: above the comment that stands on it, unless that is the first thing in the file. `None`
    /// where the first shares its line with what is before it.
    fn before_the_first(&self, first: &Stmt) -> Option<Place> {
        let begin = span_of(first).start;
        self.code.margin(begin)?;
        let line = self.code.line_start(begin);
        let comment = self.code.comments_above(0, line);
        let text = self.code.text(Span::new(comment, self.code.next_line_start(comment)));
        let speaks_of_the_file = comment == self.code.line_start(0) || text.starts_with("#!");
        Some(Place::line(if speaks_of_the_file { line } else { comment }))
    }

    /// Whether blank lines stand between the file's sections, as far as it has several.
    fn keeps_sections_apart(&self) -> bool {
        let differs = |index: &usize| match (self.lines.get(index - 1), self.lines.get(*index)) {
            (Some(one), Some(next)) => one.section != next.section,
            _ => false,
        };
        let futures_stand_apart = match (self.futures.last(), self.statements.first()) {
            (Some(last), Some(first)) => has_blank_line(self.code, span_of(last).end, span_of(first).start),
            _ => true,
        };
        futures_stand_apart
            && (1..self.lines.len())
                .filter(differs)
                .all(|index| self.is_paragraph(index))
    }

    /// Whether a blank line stands before a statement.
    fn is_paragraph(&self, index: usize) -> bool {
        let before = index.checked_sub(1).and_then(|before| self.statements.get(before));
        match (before, self.statements.get(index)) {
            (Some(before), Some(next)) => has_blank_line(self.code, span_of(before).end, span_of(next).start),
            _ => true,
        }
    }
}

/// Where a module without imports at its head takes the first one.
fn at_the_top(code: Code<'_>, body: &[Stmt]) -> Option<Place> {
    let first = body.first()?;
    if is_docstring(first) {
        let place = Place::behind(code, first);
        return Some(Place {
            blank_before: true,
            blank_after: match body.get(1).filter(|_| !place.at_end) {
                Some(next) => missing_blank_lines(code, place.offset, next),
                None => 0,
            },
            ..place
        });
    }
    let start = span_of(first).start;
    code.margin(start)?;
    let line = code.comments_above(behind_the_encoding(code), code.line_start(start));
    Some(Place {
        blank_after: missing_blank_lines(code, line, first),
        ..Place::line(line)
    })
}

/// Where the lines end that have to be the first ones: a shebang, and the declaration of the encoding.
fn behind_the_encoding(code: Code<'_>) -> usize {
    let first = code.line_start(0);
    let second = code.next_line_start(first);
    let lines = [(first, second), (second, code.next_line_start(second))];
    let has_to_be_first = |(start, end): &&(usize, usize)| {
        let text = code.text(Span::new(*start, *end));
        text.starts_with("#!") || text.starts_with('#') && text.contains("coding")
    };
    let last = lines.iter().rfind(has_to_be_first);
    last.map_or(first, |(_, end)| *end)
}

/// How many blank lines a formatter would add between imports that end at `offset` and what follows.
fn missing_blank_lines(code: Code<'_>, offset: usize, next: &Stmt) -> usize {
    let wanted = match next {
        Stmt::FunctionDef(_) | Stmt::ClassDef(_) => 2,
        _ => 1,
    };
    let mut line = offset;
    let mut there = 0;
    while line < code.len() && there < wanted {
        let end = code.next_line_start(line);
        if !code.text(Span::new(line, end)).trim().is_empty() {
            break;
        }
        there += 1;
        line = end;
    }
    wanted - there
}

fn has_blank_line(code: Code<'_>, from: usize, to: usize) -> bool {
    let mut line = code.next_line_start(from);
    while line < to {
        let next = code.next_line_start(line);
        if code.text(Span::new(line, next)).trim().is_empty() {
            return true;
        }
        line = next;
    }
    false
}

fn has_comment_above(code: Code<'_>, offset: usize) -> bool {
    let line = code.line_start(offset);
    code.comments_above(0, line) < line
}

fn is_future(statement: &Stmt) -> bool {
    matches!(statement, Stmt::ImportFrom(import) if import.module.as_ref().is_some_and(|name| name.as_str() == "__future__"))
}

fn is_docstring(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Expr(expression) if expression.value.is_string_literal_expr())
}
