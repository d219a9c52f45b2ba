//! Lays a deadline around an awaited call out that stands in the brackets of a line, `seen.push(ws.next().await);`, as rustfmt
//! does where the line has no room for it (executed with rustfmt 1.9.0): the arguments get lines of their own, from the outermost
//! brackets on, as far as it takes. An only argument may begin beside its bracket.

mod above;
mod brackets;
mod open;
mod room;

use above::Above;
use brackets::{Brackets, Form};

use super::layout::{A_LITTLE, Around};
use crate::facts::Rustfmt;
use crate::finding::Edit;
use crate::rust::collect::frames::AwaitPoint;
use crate::source::{SourceFile, Span};

/// The edits; `None` where it stands elsewhere, or the line has room.
pub(super) fn around(
    source: &SourceFile,
    point: &AwaitPoint,
    around: Around<'_>,
    rustfmt: &Rustfmt,
) -> Option<Vec<Edit>> {
    let is_plain = around.edit.is_none_or(|edit| !point.base.contains(edit.span));
    if !is_plain || point.base.end != point.suffix.start {
        return None;
    }
    let layout = Layout {
        source,
        point,
        around,
        rustfmt,
        brackets: Brackets::of(source, point)?,
        line_end: super::line_end(source),
    };
    layout.edits()
}

struct Layout<'t> {
    source: &'t SourceFile,
    point: &'t AwaitPoint,
    around: Around<'t>,
    rustfmt: &'t Rustfmt,
    brackets: Brackets<'t>,
    line_end: &'static str,
}

/// Where a part of the statement comes to stand.
#[derive(Clone)]
struct Place {
    /// The indentation of its line.
    indent: String,
    /// The columns before it.
    column: usize,
    /// The columns of what follows it in its line.
    behind: usize,
    /// Whether it stands in a macro, whose last argument gets no comma.
    in_macro: bool,
}

/// By position, those of the same place as one.
fn joined(mut edits: Vec<Edit>) -> Vec<Edit> {
    edits.sort_by_key(|edit| edit.span);
    let mut joined: Vec<Edit> = Vec::with_capacity(edits.len());
    for edit in edits {
        match joined.last_mut().filter(|last| last.span.end == edit.span.start) {
            Some(last) => {
                last.span.end = edit.span.end;
                last.text.push_str(&edit.text);
            }
            None => joined.push(edit),
        }
    }
    joined.retain(|edit| !edit.span.is_empty() || !edit.text.is_empty());
    joined
}

impl Layout<'_> {
    fn edits(&self) -> Option<Vec<Edit>> {
        let Brackets { indent, prefix, .. } = self.brackets;
        let step = self.rustfmt.step.as_str();
        let first = Place {
            indent: indent.to_owned(),
            column: self.width(indent) + self.width(prefix),
            behind: self.brackets.end,
            in_macro: self.brackets.in_macro,
        };
        let stays = self.around.suffix == "?" && self.is_a_little_wider(&first);
        if stays || self.fits(0, first.column, first.behind) {
            return None;
        }
        if let Some(above) = &self.brackets.above {
            return Some(self.joined_with(above, first));
        }
        let deeper = self.width(indent) + self.width(step);
        let has_room = self.fits(0, deeper, first.behind);
        let begins_beside = self.brackets.pairs.len() == 1 && self.hugs(0);
        let is_value = prefix.ends_with(' ') && self.brackets.pairs.first()?.form != Form::Block;
        if has_room && is_value && !begins_beside && self.brackets.brace.is_none() {
            let start = self.brackets.pairs.first()?.callee.start;
            let value = prefix.ends_with("= ") || prefix.ends_with(": ");
            let blank = Edit::replace(Span::new(start - 1, start), format!("{}{indent}{step}", self.line_end));
            // The arm may get a block.
            return value.then(|| [blank].into_iter().chain(self.on_one_line()).collect());
        }
        let mut edits = Vec::new();
        self.item(0, first, &mut edits);
        Some(joined(edits))
    }

    /// A value of several lines begins beside its `=`, and the last link of a chain beside the others, where one line has room for
    /// what comes before the first of these lines.
    fn joined_with(&self, above: &Above<'_>, below: Place) -> Vec<Edit> {
        let column = self.width(&above.joined);
        let callee = self.brackets.pairs.first();
        let first_line = column + callee.map_or(0, |pair| self.columns(pair.callee.start, pair.open));
        let is_chain = above.joint.is_empty() && first_line - self.width(above.indent) > self.rustfmt.chain;
        let mut edits = Vec::new();
        let mut place = below;
        if first_line <= self.rustfmt.line && !is_chain {
            edits.extend(above.blanks.iter().map(|blanks| Edit::replace(*blanks, above.joint)));
            place = Place {
                indent: above.indent.to_owned(),
                column,
                ..place
            };
        }
        self.item(0, place, &mut edits);
        joined(edits)
    }

    /// Lays out what the pair of this number belongs to, or the wait behind the last.
    fn item(&self, number: usize, place: Place, edits: &mut Vec<Edit>) {
        let Some(pair) = self.brackets.pairs.get(number) else {
            return self.wait(&place, edits);
        };
        if self.fits(number, place.column, place.behind) {
            return edits.extend(self.on_one_line());
        }
        let step = self.rustfmt.step.as_str();
        let mut indent = place.indent.clone();
        let broken = self.broken_dots(pair);
        if !broken.is_empty() {
            indent.push_str(step);
        }
        let same = format!("{}{indent}", self.line_end);
        edits.extend(broken.iter().map(|dot| Edit::insert(*dot, same.as_str())));
        let hugs = self.hugs(number);
        let in_macro = place.in_macro || pair.form == Form::Macro;
        let closing = pair.end - pair.close + place.behind;
        if hugs {
            let column = place.column + self.columns(pair.callee.start, pair.open);
            let inner = Place {
                indent: indent.clone(),
                column,
                behind: closing,
                in_macro,
            };
            self.item(number + 1, inner, edits);
        } else {
            let deeper = format!("{indent}{step}");
            let own_line = format!("{}{deeper}", self.line_end);
            let inner = Place {
                column: self.width(&deeper),
                indent: deeper,
                behind: usize::from(!in_macro),
                in_macro,
            };
            // A block has blanks within its braces.
            let blank = usize::from(pair.form == Form::Block);
            edits.push(Edit::replace(
                Span::new(pair.open, pair.open + blank),
                own_line.as_str(),
            ));
            let gap = |blanks: &Span| Edit::replace(*blanks, own_line.as_str());
            let is_before = |blanks: &&Span| blanks.end <= self.point.base.start;
            edits.extend(pair.gaps.iter().filter(is_before).map(gap));
            self.item(number + 1, inner, edits);
            edits.extend(pair.gaps.iter().filter(|blanks| !is_before(blanks)).map(gap));
            let comma = if in_macro || blank > 0 { "" } else { "," };
            edits.push(Edit::replace(
                Span::new(pair.close - blank, pair.close),
                format!("{comma}{same}"),
            ));
        }
        edits.extend(pair.methods.iter().map(|blanks| Edit::replace(*blanks, same.as_str())));
        if let Some(blank) = self
            .brackets
            .brace
            .filter(|_| number == 0 && !self.ends_with_brackets())
        {
            edits.push(Edit::replace(blank, format!("{}{}", self.line_end, place.indent)));
        }
    }

    /// Whether nothing but brackets that close stands in the last line.
    fn ends_with_brackets(&self) -> bool {
        let pairs = &self.brackets.pairs;
        let own_line = (0..pairs.len()).find(|number| !self.hugs(*number));
        own_line.is_some_and(|own_line| pairs.iter().take(own_line + 1).all(|pair| pair.methods.is_empty()))
    }

    /// Lays the awaited call out.
    fn wait(&self, place: &Place, edits: &mut Vec<Edit>) {
        if self.wait_fits(place.column, place.behind) {
            return edits.extend(self.on_one_line());
        }
        let Around {
            function,
            limit,
            suffix,
            ..
        } = self.around;
        let same = format!("{}{}", self.line_end, place.indent);
        let deeper = format!("{same}{}", self.rustfmt.step);
        let signs = self.columns(self.brackets.operand, self.point.base.start);
        let is_beside = self.hugs(self.brackets.pairs.len() - 1);
        let is_one_line = self.arguments() <= self.rustfmt.arguments
            && place.column + signs + self.root() <= self.rustfmt.line
            && (!is_beside || self.root() <= self.room_beside());
        let comma = if place.in_macro { "" } else { "," };
        let (open, close, margin) = match is_one_line {
            true => (format!("{function}({limit}, "), ")".to_owned(), deeper),
            false => (
                format!("{function}({deeper}{limit},{deeper}"),
                format!("{comma}{same})"),
                same,
            ),
        };
        edits.push(Edit::insert(self.point.base.start, open));
        edits.push(Edit::insert(self.point.base.end, format!("{close}{margin}")));
        let own_suffix = if suffix.starts_with('.') { margin.as_str() } else { "" };
        edits.push(Edit::insert(self.point.suffix.end, format!("{own_suffix}{suffix}")));
        edits.extend(
            self.brackets
                .methods
                .iter()
                .map(|blanks| Edit::replace(*blanks, margin.as_str())),
        );
    }

    fn on_one_line(&self) -> [Edit; 3] {
        let Around {
            function,
            limit,
            suffix,
            ..
        } = self.around;
        [
            Edit::insert(self.point.base.start, format!("{function}({limit}, ")),
            Edit::insert(self.point.base.end, ")"),
            Edit::insert(self.point.suffix.end, suffix),
        ]
    }
}
