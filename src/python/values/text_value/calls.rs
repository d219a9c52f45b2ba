//! Text that a call or a template makes: `%`, `.format`, `.join`, `str`, `chr` and the like.

use ruff_python_ast::{Expr, ExprCall};

use super::choices::{Choice, parted, values_of};
use super::elsewhere::elements_elsewhere;
use super::operations::integer;
use super::{Style, Writer, WrittenPiece, each_of, span};
use crate::encodings::is_printable;
use crate::python::syntax::format_template::{Field, bracket_fields, fill_of, percent_fields};
use crate::python::values::variables::{elements, item, values_by_keyword};
use crate::source::Span;

impl Writer<'_> {
    /// Writes `template % arguments`.
    pub(super) fn percent(&mut self, template: &Expr, arguments: &Expr, style: Style) {
        let mut given: Vec<&Expr> = match arguments {
            Expr::Tuple(tuple) => tuple.elts.iter().collect(),
            Expr::Dict(_) => Vec::new(),
            single => vec![single],
        };
        given.reverse();
        let mut by_order = |_: &Field| given.pop();
        let mut by_key = |field: &Field| entry(arguments, field.key.as_deref()?);
        if arguments.is_dict_expr() {
            self.template(template, percent_fields, &mut by_key, style);
        } else {
            self.template(template, percent_fields, &mut by_order, style);
        }
    }

    /// Writes `template.format(…)`.
    fn format(&mut self, template: &Expr, call: &ExprCall, style: Style) {
        let mut next = 0;
        let mut argument = |field: &Field| {
            let key = field.key.as_deref()?;
            if key.is_empty() || key.bytes().all(|byte| byte.is_ascii_digit()) {
                let index = key.parse().unwrap_or(next);
                next += 1;
                let before = call.arguments.args.get(..=index)?;
                return before.last().filter(|_| !before.iter().any(Expr::is_starred_expr));
            }
            call.arguments.find_keyword(key).map(|keyword| &keyword.value)
        };
        self.template(template, bracket_fields, &mut argument, style);
    }

    /// Writes a template: its own text, and the arguments in its fields.
    fn template<'e>(
        &mut self,
        template: &Expr,
        split: fn(&str) -> Vec<Field>,
        argument: &mut dyn FnMut(&Field) -> Option<&'e Expr>,
        style: Style,
    ) {
        let mut inner = Writer::new(self.reader);
        (inner.depth, inner.steps, inner.name) = (self.depth, self.steps, self.name);
        (inner.in_field, inner.in_template) = (self.in_field, true);
        inner.value(template, Style::Text);
        self.steps = inner.steps;
        if style == Style::Repr || inner.pieces.is_empty() {
            self.unknown();
        }
        for written in inner.pieces {
            let text = &written.piece.text;
            let mut rest = 0;
            for field in split(text) {
                let before = text.get(rest..field.span.start).unwrap_or_default();
                self.template_text(&written, before);
                rest = field.span.end;
                self.fill(field.fill, written.piece.span);
                match (field.is_plain, argument(&field)) {
                    (Some(plain), Some(value)) => self.value(value, if plain { Style::Text } else { Style::Repr }),
                    _ if field.text.is_some() => {
                        let text = field.text.unwrap_or_default();
                        self.template_text(&written, text);
                    }
                    _ => self.unknown(),
                }
            }
            let behind = text.get(rest..).unwrap_or_default();
            self.template_text(&written, behind);
            if written.piece.open {
                self.unknown();
            }
        }
    }

    /// Writes the character that fills a field up, however often that is, and where `span` says so.
    pub(super) fn fill(&mut self, fill: Option<char>, span: Span) {
        if let Some(fill) = fill.filter(|fill| !fill.is_ascii()) {
            self.unknown();
            self.known(span, fill.encode_utf8(&mut [0; 4]), false, None);
            self.unknown();
        }
    }

    fn template_text(&mut self, written: &WrittenPiece, text: &str) {
        self.known(written.piece.span, text, written.piece.surrogate, written.literal);
    }

    pub(super) fn call(&mut self, call: &ExprCall, style: Style) {
        if let Expr::Attribute(method) = &*call.func
            && self.reader.names.resolve(&call.func).is_none_or(is_of_dict)
        {
            return self.method(&method.value, &method.attr, call, style);
        }
        let path = self.reader.names.resolve(&call.func);
        let argument = match &*call.arguments.args {
            [argument] => argument,
            [argument, specification] if path == Some("format") => {
                return self.formatted(argument, specification, style);
            }
            _ => return self.unknown(),
        };
        match path {
            Some("str" | "format") if call.arguments.keywords.is_empty() => self.value(argument, style),
            Some("repr") => self.value(argument, Style::Repr),
            Some("chr") => self.character(argument, style),
            Some("textwrap.dedent" | "inspect.cleandoc" | "click.style" | "typer.style") => {
                self.unknown();
                self.value(argument, style);
                self.unknown();
            }
            _ => self.unknown(),
        }
    }

    /// Writes `format(argument, specification)`.
    fn formatted(&mut self, argument: &Expr, specification: &Expr, style: Style) {
        self.unknown();
        let Expr::StringLiteral(text) = specification else {
            return;
        };
        self.fill(fill_of(text.value.to_str()), span(specification));
        if !text.value.to_str().contains('.') {
            self.value(argument, style);
        }
        self.unknown();
    }

    fn character(&mut self, argument: &Expr, style: Style) {
        let code = integer(argument).and_then(|code| u32::try_from(code).ok());
        match code.and_then(char::from_u32) {
            Some(character) => self.one_character(argument, character, style),
            None => self.unknown(),
        }
    }

    /// Writes the one character that `expr` is.
    pub(super) fn one_character(&mut self, expr: &Expr, character: char, style: Style) {
        if style == Style::Repr && !is_printable(character) {
            return self.unknown();
        }
        self.known(span(expr), character.encode_utf8(&mut [0; 4]), false, None);
    }

    fn method(&mut self, receiver: &Expr, name: &str, call: &ExprCall, style: Style) {
        match (name, &*call.arguments.args) {
            ("join", [parts]) => self.joined(receiver, parts, style),
            ("format", _) => self.format(receiver, call, style),
            ("center" | "ljust" | "rjust" | "zfill" | "expandtabs", arguments) => {
                self.unknown();
                self.value(receiver, style);
                if let [_, fill] = arguments {
                    self.unknown();
                    self.value(fill, style);
                }
                self.unknown();
            }
            ("get", [key, default @ ..]) if default.len() <= 1 => self.got(receiver, key, default.first(), style),
            (method, []) if let Some(stays) = what_stays(method) => self.altered(receiver, stays),
            _ => self.unknown(),
        }
    }

    /// Writes `display.get(key, default)`.
    fn got(&mut self, display: &Expr, key: &Expr, default: Option<&Expr>, style: Style) {
        let known = self.reader.variables.only_value(display);
        let display = known.unwrap_or(display);
        let mut choices: Vec<Choice<'_>> = match (display, key.is_literal_expr()) {
            (Expr::Dict(_), true) => item(display, key, self.reader.names)
                .map(Choice::Is)
                .into_iter()
                .collect(),
            (Expr::Dict(_), false) => values_of(display),
            (made, true) if values_by_keyword(made, self.reader.names).is_some() => {
                let value = item(made, key, self.reader.names);
                value.map(Choice::Is).into_iter().collect()
            }
            _ => return self.got_elsewhere(display, key, style),
        };
        // A key that is there is found.
        if choices.is_empty() || !key.is_literal_expr() {
            choices.push(default.map_or(Choice::Unknown, Choice::Is));
        }
        match known {
            Some(_) => self.elsewhere(key, |this| this.either(&choices, style)),
            None => self.either(&choices, style),
        }
    }

    /// Writes what is between white space in a text, or one of its characters.
    pub(super) fn part_of(&mut self, text: &Expr) {
        self.altered(text, |character| !character.is_whitespace());
    }

    /// Writes `map(method, texts)`, one behind the other.
    fn mapped(&mut self, call: &ExprCall) {
        let names = self.reader.names;
        let [method, texts] = &*call.arguments.args else {
            return;
        };
        let stays: fn(char) -> bool = match names
            .resolve(method)
            .filter(|_| names.resolve(&call.func) == Some("map"))
        {
            Some("str") => |_| true,
            Some(method) if let Some(stays) = method.strip_prefix("str.").and_then(what_stays) => stays,
            _ => return,
        };
        let values = elements(texts, &[], self.reader.variables).unwrap_or_default();
        for value in values {
            self.elsewhere(texts, |this| this.altered(value, stays));
        }
    }

    /// Writes what of a text certainly stays: the characters that `stays` names.
    fn altered(&mut self, receiver: &Expr, stays: fn(char) -> bool) {
        let first = self.pieces.len();
        self.unknown();
        self.value(receiver, Style::Text);
        self.unknown();
        for written in self.pieces.iter_mut().skip(first) {
            written.piece.text.retain(stays);
            (written.piece.offset, written.piece.open) = (None, true);
        }
    }

    /// Writes `separator.join(parts)`.
    fn joined(&mut self, separator: &Expr, parts: &Expr, style: Style) {
        let held = self.reader.variables.only_value(parts);
        let elements = match held.unwrap_or(parts) {
            Expr::List(list) => &list.elts,
            Expr::Tuple(tuple) => &tuple.elts,
            parts => {
                self.unknown();
                let put_in = parts
                    .as_name_expr()
                    .and_then(|_| elements(parts, &[], self.reader.variables));
                for element in put_in.into_iter().flatten() {
                    self.elsewhere(parts, |this| this.value(element, style));
                    self.unknown();
                }
                if let Some(each) = each_of(parts) {
                    self.value(each, style);
                    self.unknown();
                }
                if let Expr::Call(call) = parts {
                    self.mapped(call);
                }
                if let Some(text) = parted(parts, self.reader.variables) {
                    self.elsewhere(parts, |this| this.part_of(text));
                }
                let texts = elements_elsewhere(parts, &[], self.reader.names);
                self.one_elsewhere(parts, &texts, style);
                self.value(separator, style);
                return self.unknown();
            }
        };
        for (index, element) in elements.iter().enumerate() {
            if index > 0 {
                self.value(separator, style);
            }
            match held {
                Some(_) => self.elsewhere(parts, |this| this.value(element, style)),
                None => self.value(element, style),
            }
        }
    }
}

/// Which characters of a text certainly stay where this method of it makes another one.
fn what_stays(method: &str) -> Option<fn(char) -> bool> {
    match method {
        "strip" | "lstrip" | "rstrip" => Some(|character| !character.is_whitespace()),
        "upper" | "lower" | "title" | "capitalize" | "swapcase" | "casefold" => {
            Some(|character| !character.is_alphabetic())
        }
        _ => None,
    }
}

/// `made.get` behind `made = dict(…)`.
fn is_of_dict(path: &str) -> bool {
    path.starts_with("dict.")
}

/// The value of a literal key in a dict display.
fn entry<'e>(dict: &'e Expr, key: &str) -> Option<&'e Expr> {
    let items = &dict.as_dict_expr()?.items;
    items
        .iter()
        .rev()
        .find(|item| matches!(&item.key, Some(Expr::StringLiteral(name)) if name.value.to_str() == key))
        .map(|item| &item.value)
}
