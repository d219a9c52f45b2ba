//! What an expression looks like once it is written as text, as far as the source shows: the values of literals, with
//! their escapes resolved, through concatenation, formatting and the module's constants.

mod calls;
mod choices;
mod elsewhere;
mod f_strings;
mod held;
mod items;
mod operations;

use ruff_python_ast::Expr;

use self::choices::{Choice, choices_of, parted};
use self::elsewhere::elements_elsewhere;
use crate::encodings::is_printable;
use crate::python::names::Names;
use crate::python::syntax::literal_text::Literal;
use crate::python::syntax::spans::span;
use crate::python::values::variables::{Variables, chooses, elements};
use crate::python::values::windows::on_windows;
use crate::sites::Piece;
use crate::source::{SourceFile, Span};

/// How many expressions one print is followed through.
const MOST_STEPS: u32 = 4_000;

/// How deep expressions and constants are followed.
const DEEPEST: u32 = 100;

/// How many bytes `"─" * n` is written out to, and how many bytes of a constant are copied to one print.
const LONGEST: usize = 4_096;

/// What is needed to read expressions of one module.
#[derive(Clone, Copy)]
pub(in crate::python) struct TextReader<'a> {
    pub(in crate::python) source: &'a SourceFile,
    pub(in crate::python) names: &'a Names,
    pub(in crate::python) variables: &'a dyn Variables,
}

/// A piece of text that is written, and where it is spelled.
#[derive(Clone, Debug)]
pub(in crate::python) struct WrittenPiece {
    pub(in crate::python) piece: Piece,
    /// The literal that spells it out at the print itself; `None` where it comes from elsewhere: a constant, `chr(…)`.
    pub(in crate::python) literal: Option<Literal>,
}

impl<'a> TextReader<'a> {
    /// The text of `str(expr)`. Pieces of nothing but ASCII are left out: every console takes them.
    pub(in crate::python) fn text(self, expr: &Expr) -> Vec<WrittenPiece> {
        let mut writer = Writer::new(self);
        writer.value(expr, Style::Text);
        writer.finish()
    }

    /// The texts of the elements of what is iterated over, as far as they are known.
    pub(in crate::python) fn texts(self, iterated: &'a Expr) -> Vec<WrittenPiece> {
        let is_here = matches!(iterated, Expr::List(_) | Expr::Tuple(_) | Expr::Set(_));
        let Some(values) = elements(iterated, &[], self.variables) else {
            let mut writer = Writer::new(self);
            if let Some(each) = each_of(iterated) {
                writer.value(each, Style::Text);
                return writer.finish();
            }
            if let Some(text) = parted(iterated, self.variables) {
                writer.elsewhere(iterated, |writer| writer.part_of(text));
                return writer.finish();
            }
            let texts = elements_elsewhere(iterated, &[], self.names);
            writer.one_elsewhere(iterated, &texts, Style::Text);
            return writer.finish();
        };
        let text = |value: &Expr| {
            let mut writer = Writer::new(self);
            match is_here {
                true => writer.value(value, Style::Text),
                false => writer.elsewhere(iterated, |writer| writer.value(value, Style::Text)),
            }
            writer.finish()
        };
        values.into_iter().flat_map(text).collect()
    }
}

/// Which of its two texts of a value is written.
#[derive(Clone, Copy, PartialEq)]
enum Style {
    /// `str(value)`.
    Text,
    /// `repr(value)`.
    Repr,
}

struct Writer<'a> {
    reader: TextReader<'a>,
    pieces: Vec<WrittenPiece>,
    /// How many characters stand before what comes next.
    offset: Option<usize>,
    /// The pieces that end where the next one begins.
    last: Vec<usize>,
    steps: u32,
    depth: u32,
    /// The name at the print that stands for what is read.
    name: Option<Span>,
    /// What is read are the fields of a formatted string.
    in_field: bool,
    /// What is read is the template of `%` or `.format`.
    in_template: bool,
}

impl<'a> Writer<'a> {
    fn new(reader: TextReader<'a>) -> Self {
        Self {
            reader,
            pieces: Vec::new(),
            offset: Some(0),
            last: Vec::new(),
            steps: 0,
            depth: 0,
            name: None,
            in_field: false,
            in_template: false,
        }
    }

    fn finish(mut self) -> Vec<WrittenPiece> {
        self.pieces.retain(|written| !written.piece.text.is_ascii());
        self.pieces
    }

    fn unknown(&mut self) {
        for index in self.last.drain(..) {
            if let Some(written) = self.pieces.get_mut(index) {
                written.piece.open = true;
            }
        }
        self.offset = None;
    }

    fn known(&mut self, span: Span, text: &str, surrogate: bool, literal: Option<Literal>) {
        if text.is_empty() {
            return;
        }
        let offset = self.offset;
        self.unknown();
        let text = match self.name {
            Some(_) => text.get(..text.floor_char_boundary(LONGEST)).unwrap_or_default(),
            None => text,
        };
        self.offset = offset.map(|offset| offset + text.chars().count());
        self.last.push(self.pieces.len());
        self.pieces.push(WrittenPiece {
            piece: Piece {
                span: self.name.unwrap_or(span),
                text: text.to_owned(),
                surrogate,
                offset,
                open: false,
            },
            literal: literal.filter(|_| self.name.is_none()),
        });
    }

    /// Writes the text of a literal; as `repr` does it, where that is asked for.
    fn literal(&mut self, literal: Literal, value: &str, style: Style) {
        let surrogate = value.contains('\u{fffd}') && literal.has_surrogate(self.reader.source);
        match style {
            Style::Text => self.known(literal.content, value, surrogate, Some(literal)),
            Style::Repr => {
                self.unknown();
                // `repr` escapes what is not printable, lone surrogates among it.
                let shown: String = value
                    .chars()
                    .filter(|&character| is_printable(character) && !(surrogate && character == '\u{fffd}'))
                    .collect();
                self.known(literal.content, &shown, false, Some(literal));
                self.unknown();
            }
        }
    }

    fn value(&mut self, expr: &Expr, style: Style) {
        self.steps += 1;
        if self.steps > MOST_STEPS || self.depth >= DEEPEST {
            self.unknown();
            return;
        }
        self.depth += 1;
        self.expression(expr, style);
        self.depth -= 1;
    }

    fn expression(&mut self, expr: &Expr, style: Style) {
        match expr {
            Expr::StringLiteral(string) => {
                for part in &string.value {
                    let literal = Literal::of_string(part, self.in_field, self.in_template);
                    self.literal(literal, &part.value, style);
                }
            }
            Expr::FString(string) => self.f_string(string, style),
            Expr::Name(_) | Expr::Attribute(_) => self.held(expr, style),
            Expr::BinOp(operation) => self.operation(operation, style),
            Expr::If(choice) if self.reader.variables.asks_for_encoding(&choice.test) => self.unknown(),
            Expr::If(choice) if let Some(is_so) = on_windows(&choice.test, self.reader.names) => {
                self.value(if is_so { &choice.body } else { &choice.orelse }, style);
            }
            Expr::If(choice) => self.either(&[Choice::Is(&choice.body), Choice::Is(&choice.orelse)], style),
            Expr::BoolOp(choice) => self.either(&choice.values.iter().map(Choice::Is).collect::<Vec<_>>(), style),
            Expr::Named(named) => self.value(&named.value, style),
            Expr::Call(call) if chooses(call, self.reader.names) && self.one_possible(expr, style) => {}
            Expr::Call(call) => self.call(call, style),
            Expr::Subscript(subscript) => self.item(expr, subscript, style),
            Expr::List(_) | Expr::Tuple(_) | Expr::Set(_) | Expr::Dict(_) => self.container(expr),
            _ => self.unknown(),
        }
    }

    /// Writes one of several values: each begins where the others do.
    fn either(&mut self, choices: &[Choice<'_>], style: Style) {
        let (offset, before) = (self.offset, std::mem::take(&mut self.last));
        let mut last = Vec::new();
        let mut after = None;
        for choice in choices {
            self.offset = offset;
            match choice {
                Choice::Is(value) => self.value(value, style),
                Choice::PartOf(text) => self.part_of(text),
                Choice::Grown(before, more) => {
                    self.either(&choices_of(before, self.reader.variables), style);
                    self.value(more, style);
                }
                Choice::Unknown => self.unknown(),
            }
            last.append(&mut self.last);
            after = match after {
                None => Some(self.offset),
                same if same == Some(self.offset) => same,
                _ => Some(None),
            };
        }
        self.last = before;
        self.unknown();
        self.last = last;
        self.offset = after.flatten();
    }

    fn container(&mut self, expr: &Expr) {
        let elements: Vec<&Expr> = match expr {
            Expr::List(list) => list.elts.iter().collect(),
            Expr::Tuple(tuple) => tuple.elts.iter().collect(),
            Expr::Set(set) => set.elts.iter().collect(),
            Expr::Dict(dict) => dict
                .items
                .iter()
                .flat_map(|item| item.key.iter().chain([&item.value]))
                .collect(),
            _ => Vec::new(),
        };
        self.unknown();
        for element in elements {
            self.value(element, Style::Repr);
            self.unknown();
        }
    }
}

/// What a comprehension puts in.
fn each_of(iterated: &Expr) -> Option<&Expr> {
    match iterated {
        Expr::ListComp(all) => Some(&all.elt),
        Expr::SetComp(all) => Some(&all.elt),
        Expr::Generator(all) => Some(&all.elt),
        _ => None,
    }
}
