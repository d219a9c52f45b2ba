//! How long a duration is, as far as the source shows.

use syn::{BinOp, Expr, Lit};

use super::names::plain;
use crate::sites::Bound;

/// The length that an expression of type `Duration` (or a number of `unit` seconds) has. `named` answers for a constant
/// or a variable.
pub(super) fn bound(expr: &Expr, unit: f64, named: &dyn Fn(&syn::Path) -> Option<Bound>) -> Bound {
    match expr {
        Expr::Paren(paren) => bound(&paren.expr, unit, named),
        Expr::Group(group) => bound(&group.expr, unit, named),
        Expr::Lit(_) => number(expr).map_or(Bound::Unknown, |value| Bound::Seconds(value * unit)),
        Expr::Path(path) => constant(&path.path)
            .or_else(|| named(&path.path))
            .unwrap_or(Bound::Unknown),
        Expr::Call(call) => match &*call.func {
            Expr::Path(func) => constructed(&func.path, call.args.iter(), unit, named),
            _ => Bound::Unknown,
        },
        Expr::Binary(binary) if matches!(binary.op, BinOp::Mul(_)) => {
            match (bound(&binary.left, unit, named), number(&binary.right)) {
                (Bound::Seconds(left), Some(right)) => Bound::Seconds(left * right),
                (left @ Bound::Unlimited, Some(_)) => left,
                _ => Bound::Unknown,
            }
        }
        _ => Bound::Unknown,
    }
}

/// The length of `Instant::now() + d`: how far away the end of a `timeout_at` is.
pub(super) fn until(expr: &Expr, named: &dyn Fn(&syn::Path) -> Option<Bound>) -> Bound {
    let Expr::Binary(binary) = expr else {
        return match expr {
            Expr::Path(path) => named(&path.path).unwrap_or(Bound::Unknown),
            _ => Bound::Unknown,
        };
    };
    let from_now = matches!(&*binary.left, Expr::Call(call)
        if matches!(&*call.func, Expr::Path(func) if last_two(&func.path) == Some(["Instant".to_owned(), "now".to_owned()])));
    if from_now && matches!(binary.op, BinOp::Add(_)) {
        bound(&binary.right, 1.0, named)
    } else {
        Bound::Unknown
    }
}

fn constant(path: &syn::Path) -> Option<Bound> {
    let [of, name] = last_two(path)?;
    if of != "Duration" {
        return None;
    }
    Some(match name.as_str() {
        "MAX" => Bound::Unlimited,
        "ZERO" => Bound::Seconds(0.0),
        "SECOND" => Bound::Seconds(1.0),
        "MILLISECOND" => Bound::Seconds(1e-3),
        _ => return None,
    })
}

fn constructed<'a>(
    path: &syn::Path,
    mut arguments: impl Iterator<Item = &'a Expr>,
    unit: f64,
    named: &dyn Fn(&syn::Path) -> Option<Bound>,
) -> Bound {
    let Some(first) = arguments.next() else {
        return Bound::Unknown;
    };
    match path.segments.last().map(|segment| plain(&segment.ident)).as_deref() {
        Some("Some") => return bound(first, unit, named),
        Some(_) if last_two(path).is_some_and(|[of, _]| of == "Duration") => {}
        _ => return Bound::Unknown,
    }
    let scale = match path.segments.last().map(|segment| plain(&segment.ident)).as_deref() {
        Some("from_secs" | "from_secs_f64" | "from_secs_f32" | "new") => 1.0,
        Some("from_millis") => 1e-3,
        Some("from_micros") => 1e-6,
        Some("from_nanos") => 1e-9,
        Some("from_mins") => 60.0,
        Some("from_hours") => 3_600.0,
        Some("from_days") => 86_400.0,
        Some("from_weeks") => 604_800.0,
        _ => return Bound::Unknown,
    };
    if matches!(first, Expr::Path(path) if last_two(&path.path).is_some_and(|[_, name]| name == "MAX")) {
        return Bound::Unlimited;
    }
    let nanoseconds = arguments.next().map_or(Some(0.0), number);
    match (number(first), nanoseconds) {
        (Some(value), Some(nanoseconds)) => Bound::Seconds(value * scale + nanoseconds * 1e-9),
        _ => Bound::Unknown,
    }
}

/// The value of a number that is written out.
pub(super) fn number(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(int) => int.base10_digits().parse().ok(),
            Lit::Float(float) => float.base10_digits().parse().ok(),
            _ => None,
        },
        Expr::Paren(paren) => number(&paren.expr),
        _ => None,
    }
}

/// Whether `path` makes a duration of seconds.
pub(super) fn counts_seconds(path: &syn::Path) -> bool {
    last_two(path).is_some_and(|[of, name]| {
        of == "Duration" && matches!(name.as_str(), "from_secs" | "from_secs_f64" | "from_secs_f32")
    })
}

/// The last part of a name or a field, a conversion behind it left out: `timeout_ms` of `self.timeout_ms as u64`.
pub(super) fn name_of(value: &Expr) -> Option<String> {
    match value {
        Expr::Path(path) => path.path.segments.last().map(|segment| plain(&segment.ident)),
        Expr::Field(field) => match &field.member {
            syn::Member::Named(name) => Some(plain(name)),
            syn::Member::Unnamed(_) => None,
        },
        Expr::Cast(cast) => name_of(&cast.expr),
        Expr::Paren(paren) => name_of(&paren.expr),
        Expr::MethodCall(call) if call.method == "into" => name_of(&call.receiver),
        Expr::Call(call) => match (&*call.func, call.args.first()) {
            (Expr::Path(func), Some(value)) if func.path.segments.last()?.ident == "from" => name_of(value),
            _ => None,
        },
        _ => None,
    }
}

fn last_two(path: &syn::Path) -> Option<[String; 2]> {
    let mut names = path.segments.iter().rev().map(|segment| plain(&segment.ident));
    let last = names.next()?;
    Some([names.next()?, last])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Bound {
        bound(&syn::parse_str(text).unwrap(), 1.0, &|_| None)
    }

    #[test]
    fn constructors_give_seconds() {
        for (text, seconds) in [
            ("Duration::from_secs(5)", 5.0),
            ("std::time::Duration::from_millis(1_500)", 1.5),
            ("Duration::from_secs_f64(0.25)", 0.25),
            ("tokio::time::Duration::from_mins(2)", 120.0),
            ("(Duration::new(1, 500_000_000))", 1.5),
            ("Some(Duration::from_secs(30))", 30.0),
            ("Duration::from_secs(5) * 2", 10.0),
            ("Duration::ZERO", 0.0),
        ] {
            assert_eq!(read(text), Bound::Seconds(seconds), "{text}");
        }
    }

    #[test]
    fn no_limit_and_no_knowledge_differ() {
        assert_eq!(read("Duration::MAX"), Bound::Unlimited);
        assert_eq!(read("Duration::from_secs(u64::MAX)"), Bound::Unlimited);
        for text in [
            "limit",
            "5.seconds()",
            "Duration::from_secs(n)",
            "chrono::Duration::seconds(5)",
            "Other::from_secs(5)",
        ] {
            assert_eq!(read(text), Bound::Unknown, "{text}");
        }
    }

    #[test]
    fn an_instant_counts_from_now() {
        let read = |text: &str| until(&syn::parse_str(text).unwrap(), &|_| None);
        assert_eq!(read("Instant::now() + Duration::from_secs(3)"), Bound::Seconds(3.0));
        assert_eq!(read("start + Duration::from_secs(3)"), Bound::Unknown);
    }
}
