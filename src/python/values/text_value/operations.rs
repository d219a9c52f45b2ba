//! The text of operations: concatenation, `"─" * 40`, and the template of `%`.

use ruff_python_ast::{Expr, ExprBinOp, Number, Operator, UnaryOp};

use super::{LONGEST, Style, Writer};

impl Writer<'_> {
    /// Writes the outcome of an operation, as far as it is a text.
    pub(super) fn operation(&mut self, operation: &ExprBinOp, style: Style) {
        match operation.op {
            Operator::Add => {
                self.value(&operation.left, style);
                self.value(&operation.right, style);
            }
            Operator::Mult => match (count(&operation.left), count(&operation.right)) {
                (Some(times), _) => self.repeated(&operation.right, times, style),
                (_, times) => self.repeated(&operation.left, times.unwrap_or(Count::Unknown), style),
            },
            Operator::Mod => self.percent(&operation.left, &operation.right, style),
            _ => self.unknown(),
        }
    }

    fn repeated(&mut self, expr: &Expr, times: Count, style: Style) {
        let first = self.pieces.len();
        match times {
            Count::Known(0) => {}
            Count::Known(1) => self.value(expr, style),
            Count::Known(times) => {
                self.value(expr, style);
                let only_one = self.pieces.len() == first + 1 && self.last == [first];
                match self.pieces.get_mut(first) {
                    Some(written) if only_one && written.piece.text.len().saturating_mul(times) <= LONGEST => {
                        let length = written.piece.text.chars().count();
                        written.piece.text = written.piece.text.repeat(times);
                        self.offset = self.offset.map(|offset| offset + length * (times - 1));
                    }
                    _ => self.unknown(),
                }
            }
            Count::Unknown => {
                self.value(expr, style);
                self.unknown();
            }
        }
    }
}

/// How often a text is repeated.
enum Count {
    Known(usize),
    Unknown,
}

fn count(expr: &Expr) -> Option<Count> {
    integer(expr).map(|count| Count::Known(usize::try_from(count).unwrap_or(0)))
}

/// The number that is written here.
pub(super) fn integer(expr: &Expr) -> Option<i64> {
    match expr {
        Expr::NumberLiteral(literal) => match &literal.value {
            Number::Int(value) => value.as_i64(),
            _ => None,
        },
        Expr::UnaryOp(operation) if operation.op == UnaryOp::USub => integer(&operation.operand).map(|value| -value),
        _ => None,
    }
}
