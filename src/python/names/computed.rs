//! Constants that a module or a class computes of others: `LONG = MINUTE - 20`, `LINE = OK + " passed"`.

use ruff_python_ast::{Expr, FStringPart, InterpolatedStringElement, Operator};

use super::binding::{Meaning, ScopeId, ScopeKind};
use super::build::Builder;
use super::evaluate::Evaluation;
use super::meaning::{meanings, reference};
use super::value::Value;
use crate::python::syntax::literal_number::{literal_number, operated};

/// Longer computations are followed so far.
const DEEPEST: usize = 8;

/// Longer texts are not kept, in bytes.
const LONGEST_TEXT: usize = 1 << 12;

impl Builder {
    /// What a name may be bound to that is assigned `value` here.
    pub(super) fn assigned(&self, value: &Expr) -> Vec<Meaning> {
        let found = meanings(value, self.scope);
        // What a function computes, or keeps in an object, changes as it goes on.
        let is_of_constants = || matches!(self.names.scope(self.scope).kind, ScopeKind::Module | ScopeKind::Class);
        match (found.as_slice(), value) {
            ([Meaning::Opaque], Expr::BinOp(_) | Expr::FString(_)) if is_of_constants() => {
                vec![computed(value, self.scope, DEEPEST).unwrap_or(Meaning::Opaque)]
            }
            _ => found,
        }
    }
}

impl Evaluation<'_, '_> {
    /// The number or the text that comes out of an operation. Of a text it is what is known of it.
    pub(super) fn computed(&self, operator: Operator, left: &Meaning, right: &Meaning) -> Vec<Value> {
        let (left, right) = (self.operand(left), self.operand(right));
        let value = match (operator, left, right) {
            (_, Some(Value::Number(left)), Some(Value::Number(right))) => {
                let number = operated(operator, f64::from_bits(left), f64::from_bits(right));
                number.map(|number| Value::Number(number.to_bits()))
            }
            (Operator::Add, Some(Value::Text(left)), Some(Value::Text(right))) => {
                let both = format!("{left}{right}");
                (both.len() <= LONGEST_TEXT).then(|| Value::Text(both.into()))
            }
            (Operator::Add | Operator::Mod, text @ Some(Value::Text(_)), _)
            | (Operator::Add, _, text @ Some(Value::Text(_))) => text,
            _ => None,
        };
        let is_said = |value: &Value| !matches!(value, Value::Text(text) if text.is_ascii());
        value.into_iter().filter(is_said).collect()
    }

    fn operand(&self, operand: &Meaning) -> Option<Value> {
        match self.meaning(operand, false).as_slice() {
            [value @ (Value::Number(_) | Value::Text(_))] => Some(value.clone()),
            _ => None,
        }
    }
}

/// Whether what is computed may be a text beyond ASCII.
pub(super) fn may_be_text(meaning: &Meaning) -> bool {
    match meaning {
        Meaning::Text(text) => !text.is_ascii(),
        Meaning::Alias(_) => true,
        Meaning::Computed(_, parts) => may_be_text(&parts.0) || may_be_text(&parts.1),
        _ => false,
    }
}

/// What an expression computes of constants; nothing where it is made of something else.
fn computed(value: &Expr, scope: ScopeId, depth: usize) -> Option<Meaning> {
    match value {
        Expr::BinOp(operation) => {
            let depth = depth.checked_sub(1)?;
            let part = |expr: &Expr| part(expr, scope, depth);
            let parts = (part(&operation.left), part(&operation.right));
            Some(Meaning::Computed(operation.op, Box::new(parts)))
        }
        Expr::FString(text) => {
            let parts = text.value.iter().flat_map(|part| match part {
                FStringPart::Literal(literal) => vec![Meaning::Text((&*literal.value).into())],
                FStringPart::FString(text) => text.elements.iter().map(|element| of_element(element, scope)).collect(),
            });
            let joined = |left, right| Meaning::Computed(Operator::Add, Box::new((left, right)));
            Some(parts.take(DEEPEST).fold(Meaning::Text("".into()), joined))
        }
        _ => None,
    }
}

fn part(expr: &Expr, scope: ScopeId, depth: usize) -> Meaning {
    match expr {
        Expr::StringLiteral(text) => Meaning::Text(text.value.to_str().into()),
        Expr::Name(_) | Expr::Attribute(_) => reference(expr, scope).map_or(Meaning::Opaque, Meaning::Alias),
        _ => match literal_number(expr) {
            Some(number) => Meaning::Number(number.to_bits()),
            None => computed(expr, scope, depth).unwrap_or(Meaning::Opaque),
        },
    }
}

fn of_element(element: &InterpolatedStringElement, scope: ScopeId) -> Meaning {
    match element {
        InterpolatedStringElement::Literal(literal) => Meaning::Text((&*literal.value).into()),
        // What a conversion or a format makes of it need not be in the text.
        InterpolatedStringElement::Interpolation(value)
            if value.conversion.is_none() && value.format_spec.is_none() =>
        {
            part(&value.expression, scope, 0)
        }
        InterpolatedStringElement::Interpolation(_) => Meaning::Opaque,
    }
}
