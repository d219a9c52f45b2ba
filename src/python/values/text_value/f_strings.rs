//! The text of f-strings: their literal parts, and their fields with conversions and formats.

use ruff_python_ast::{
    ConversionFlag, ExprFString, FStringPart, InterpolatedElement, InterpolatedStringElement,
    InterpolatedStringElements,
};

use super::{Style, Writer};
use crate::python::syntax::format_template::fill_of;
use crate::python::syntax::literal_text::{Literal, Spelling};
use crate::python::syntax::spans::span;

impl Writer<'_> {
    /// Writes an f-string, with the plain literals that stand beside it.
    pub(super) fn f_string(&mut self, string: &ExprFString, style: Style) {
        for part in &string.value {
            match part {
                FStringPart::Literal(part) => {
                    let literal = Literal::of_string(part, self.in_field, self.in_template);
                    self.literal(literal, &part.value, style);
                }
                FStringPart::FString(part) => {
                    let spelling = Spelling::of_f_string(part.flags, self.in_field, self.in_template);
                    self.f_string_elements(&part.elements, spelling, style);
                }
            }
        }
    }

    fn f_string_elements(&mut self, elements: &InterpolatedStringElements, spelling: Spelling, style: Style) {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(text) => {
                    let literal = Literal {
                        content: span(text),
                        spelling,
                    };
                    self.literal(literal, &text.value, style);
                }
                InterpolatedStringElement::Interpolation(field) => self.field(field, style),
            }
        }
    }

    fn field(&mut self, field: &InterpolatedElement, style: Style) {
        if let Some(debug) = &field.debug_text {
            let expression = self.reader.source.slice(span(&*field.expression));
            let shown = format!("{}{expression}{}", debug.leading(), debug.trailing());
            self.known(span(&*field.expression), &shown, false, None);
        }
        let inner = match field.conversion {
            ConversionFlag::Ascii => return self.unknown(),
            ConversionFlag::Repr => Style::Repr,
            // `=` alone shows the `repr`.
            ConversionFlag::None if field.debug_text.is_some() && field.format_spec.is_none() => Style::Repr,
            ConversionFlag::None | ConversionFlag::Str => style,
        };
        let was_in_field = std::mem::replace(&mut self.in_field, true);
        match &field.format_spec {
            None => self.value(&field.expression, inner),
            // A width puts fill characters beside the text; a precision may cut it.
            Some(spec) if self.reader.source.slice(span(&**spec)).contains(['.', '{']) => self.unknown(),
            Some(spec) => {
                self.unknown();
                self.fill(fill_of(self.reader.source.slice(span(&**spec))), span(&**spec));
                self.value(&field.expression, inner);
                self.unknown();
            }
        }
        self.in_field = was_in_field;
    }
}
