//! How long a new deadline is, and how that is written.

use ruff_python_ast::{Expr, ExprCall};

use super::code::span_of;
use super::contents;
use super::job::Job;
use crate::catalog::Unit;
use crate::finding::Refusal;
use crate::python::syntax::literal_number::literal_number;
use crate::rules::Limit;
use crate::sites::{Argument, Bound};
use crate::source::Span;

/// The length of a new deadline.
pub(super) struct Length {
    /// An expression in seconds that can stand between parentheses.
    pub(super) text: String,
    /// Its value, where the source shows it.
    pub(super) seconds: Option<f64>,
    /// It may be evaluated at another moment: literals, names and attributes, and arithmetic on these.
    pub(super) is_plain: bool,
}

impl Length {
    /// The length that the job asks for.
    ///
    /// # Errors
    /// The argument that says it holds no number of seconds, or a comment.
    pub(super) fn of(job: &Job<'_>) -> Result<Self, Refusal> {
        match job.request.limit {
            Limit::Seconds(seconds) => Ok(Self::of_seconds(seconds)),
            Limit::Argument(index) => Self::of_argument(job, index),
        }
    }

    /// Whether evaluating it at the deadline's place gives the same: literals everywhere, names in the same statement
    /// where nothing in the call binds one.
    pub(super) fn moves_well(&self, job: &Job<'_>) -> bool {
        let is_literal = self.seconds.is_some();
        self.is_plain && (is_literal || !(job.is_kept() || contents::binds(job.call)))
    }

    /// How it is named in titles: not longer than a few words.
    pub(super) fn shown(&self) -> &str {
        let fits = self.text.chars().count() <= 30 && !self.text.contains(['\n', '\r']);
        if fits { &self.text } else { "…" }
    }

    /// Written as people write it: `10`, `0.5`.
    fn of_seconds(seconds: f64) -> Self {
        Self {
            text: seconds.to_string(),
            seconds: Some(seconds),
            is_plain: true,
        }
    }

    fn of_argument(job: &Job<'_>, index: usize) -> Result<Self, Refusal> {
        let argument = argument_at(job, Some(index))?;
        let unit = job
            .entry()
            .parameter(&argument.name)
            .map_or(Unit::Seconds, |parameter| parameter.unit);
        let value = value(job.call, argument.value_span)
            .ok_or_else(|| Refusal::because(format!("the value of `{}` is not to be found", argument.name)))?;
        if job.code.has_comment(argument.span) {
            return Err(Refusal::because(format!(
                "a comment stands in the value of `{}`",
                argument.name
            )));
        }
        if let (Bound::Seconds(seconds), Unit::Milliseconds | Unit::Duration) = (argument.value, unit) {
            return Ok(Self::of_seconds(seconds));
        }
        // An argument that stays is evaluated twice.
        if job.request.argument != Some(index) && !is_plain(value) {
            return Err(Refusal::because(format!(
                "`{}` says how long the connect may take, by more than a name",
                argument.name
            )));
        }
        let text = job.code.text(argument.value_span);
        let text = if needs_parentheses(value) {
            format!("({text})")
        } else {
            text.to_owned()
        };
        let (text, seconds) = match unit {
            Unit::Seconds => (text, literal_number(value)),
            Unit::Milliseconds if is_atom(value) => (format!("{text} / 1000"), None),
            Unit::Milliseconds => (format!("({text}) / 1000"), None),
            Unit::Duration => {
                return Err(Refusal::because(format!(
                    "`{}` is given as an object, not in seconds",
                    argument.name
                )));
            }
        };
        Ok(Self {
            text,
            seconds,
            is_plain: is_plain(value),
        })
    }
}

/// The connect's argument that the request speaks of.
///
/// # Errors
/// It speaks of none, or of one that the connect does not have.
pub(super) fn requested_argument<'a>(job: &Job<'a>) -> Result<&'a Argument, Refusal> {
    argument_at(job, job.request.argument)
}

fn argument_at<'a>(job: &Job<'a>, index: Option<usize>) -> Result<&'a Argument, Refusal> {
    index
        .and_then(|index| job.connect.arguments.get(index))
        .ok_or_else(|| Refusal::because("the connect has no timeout argument"))
}

fn value(call: &ExprCall, span: Span) -> Option<&Expr> {
    let keywords = call.arguments.keywords.iter().map(|keyword| &keyword.value);
    call.arguments
        .args
        .iter()
        .chain(keywords)
        .find(|value| span_of(*value) == span)
}

fn needs_parentheses(value: &Expr) -> bool {
    matches!(value, Expr::Yield(_) | Expr::YieldFrom(_) | Expr::Named(_))
}

fn is_atom(value: &Expr) -> bool {
    matches!(
        value,
        Expr::Name(_) | Expr::Attribute(_) | Expr::Call(_) | Expr::Subscript(_) | Expr::NumberLiteral(_)
    )
}

fn is_plain(value: &Expr) -> bool {
    match value {
        Expr::Name(_) => true,
        Expr::Attribute(attribute) => is_plain(&attribute.value),
        Expr::UnaryOp(operation) => is_plain(&operation.operand),
        Expr::BinOp(operation) => is_plain(&operation.left) && is_plain(&operation.right),
        _ => value.is_literal_expr(),
    }
}
