//! How long a duration is, as far as the source shows.

use syn::{BinOp, Expr, Lit};

use crate::rust::names::{last_name, plain};
use crate::sites::Bound;

/// The length that an expression of type `Duration` (or a number of `unit` seconds) has. `named` answers for a constant
/// or a variable.
pub(in crate::rust) fn bound(expr: &Expr, unit: f64, named: &dyn Fn(&syn::Path) -> Option<Bound>) -> Bound {
    match expr {
        Expr::Paren(paren) => bound(&paren.expr, unit, named),
        Expr::Group(group) => bound(&group.expr, unit, named),
        Expr::Lit(_) | Expr::Cast(_) => {
            number(expr, named).map_or(Bound::Unknown, |value| Bound::Seconds(value * unit))
        }
        // Where numbers are asked for, what has the name is one.
        Expr::Path(path) => match constant(&path.path) {
            Some(constant) => constant,
            None => scaled(named(&path.path).unwrap_or(Bound::Unknown), unit),
        },
        Expr::Call(call) => match &*call.func {
            Expr::Path(func) => constructed(&func.path, call.args.iter(), unit, named),
            _ => Bound::Unknown,
        },
        Expr::Binary(binary) => reckoned(binary, unit, named),
        _ => Bound::Unknown,
    }
}

fn scaled(length: Bound, by: f64) -> Bound {
    match length {
        Bound::Seconds(seconds) => Bound::Seconds(seconds * by),
        other => other,
    }
}

/// The sum, the difference, a multiple or a part of durations.
fn reckoned(binary: &syn::ExprBinary, unit: f64, named: &dyn Fn(&syn::Path) -> Option<Bound>) -> Bound {
    let of = |side: &Expr| bound(side, unit, named);
    let (left, right) = (&*binary.left, &*binary.right);
    let both = |join: fn(f64, f64) -> f64| match (of(left), of(right)) {
        (Bound::Seconds(left), Bound::Seconds(right)) => Bound::Seconds(join(left, right)),
        _ => Bound::Unknown,
    };
    let times = |length: &Expr, factor: &Expr| match (of(length), number(factor, named)) {
        (length, Some(factor)) if factor > 0.0 || length != Bound::Unlimited => scaled(length, factor),
        _ => Bound::Unknown,
    };
    match binary.op {
        BinOp::Add(_) => both(|left, right| left + right),
        BinOp::Sub(_) => match both(|left, right| left - right) {
            // It panics.
            Bound::Seconds(seconds) if seconds < 0.0 => Bound::Unknown,
            difference => difference,
        },
        BinOp::Mul(_) => match times(left, right) {
            Bound::Unknown => times(right, left),
            known => known,
        },
        BinOp::Div(_) if unit == 1.0 => match (of(left), number(right, named)) {
            // Whole numbers are divided without their rest.
            (Bound::Seconds(left), Some(right)) if right > 0.0 && (left / right).fract() == 0.0 => {
                Bound::Seconds(left / right)
            }
            _ => Bound::Unknown,
        },
        _ => Bound::Unknown,
    }
}

/// How far away a moment is: that of `Instant::now() + d`, or of a name that `moment` answers for.
pub(in crate::rust) fn until(
    expr: &Expr,
    named: &dyn Fn(&syn::Path) -> Option<Bound>,
    moment: &dyn Fn(&syn::Path) -> Option<Bound>,
) -> Bound {
    let later = |from: &Expr, by: &Expr| match (until(from, named, moment), bound(by, 1.0, named)) {
        (Bound::Seconds(from), Bound::Seconds(by)) => Bound::Seconds(from + by),
        (Bound::Seconds(_), Bound::Unlimited) => Bound::Unlimited,
        _ => Bound::Unknown,
    };
    match expr {
        Expr::Paren(paren) => until(&paren.expr, named, moment),
        Expr::Group(group) => until(&group.expr, named, moment),
        Expr::Path(path) => moment(&path.path).unwrap_or(Bound::Unknown),
        Expr::Call(call) if is_now(call) => Bound::Seconds(0.0),
        Expr::Binary(binary) if matches!(binary.op, BinOp::Add(_)) => later(&binary.left, &binary.right),
        Expr::MethodCall(call) => match (plain(&call.method).as_str(), call.args.first()) {
            ("checked_add" | "add", Some(by)) => later(&call.receiver, by),
            ("unwrap" | "expect" | "into" | "clone", _) => until(&call.receiver, named, moment),
            _ => Bound::Unknown,
        },
        _ => Bound::Unknown,
    }
}

fn is_now(call: &syn::ExprCall) -> bool {
    matches!(&*call.func, Expr::Path(func)
        if last_two(&func.path) == Some(["Instant".to_owned(), "now".to_owned()]))
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
        return match last_two(path) {
            Some([of, name]) if of == "Duration" && name == "default" => Bound::Seconds(0.0),
            _ => Bound::Unknown,
        };
    };
    match last_name(path).as_deref() {
        Some("Some") => return bound(first, unit, named),
        Some(_) if last_two(path).is_some_and(|[of, _]| of == "Duration") => {}
        _ => return Bound::Unknown,
    }
    let scale = match last_name(path).as_deref() {
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
    let nanoseconds = arguments
        .next()
        .map_or(Some(0.0), |nanoseconds| number(nanoseconds, named));
    match (number(first, named), nanoseconds) {
        (Some(value), Some(nanoseconds)) => Bound::Seconds(value * scale + nanoseconds * 1e-9),
        _ => Bound::Unknown,
    }
}

/// The value of a number, as far as the source shows it; `named` answers for a constant or a variable.
pub(in crate::rust) fn number(expr: &Expr, named: &dyn Fn(&syn::Path) -> Option<Bound>) -> Option<f64> {
    match expr {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(int) => int.base10_digits().parse().ok(),
            Lit::Float(float) => float.base10_digits().parse().ok(),
            _ => None,
        },
        Expr::Paren(paren) => number(&paren.expr, named),
        Expr::Group(group) => number(&group.expr, named),
        Expr::Cast(cast) => number(&cast.expr, named),
        Expr::MethodCall(call) if call.method == "into" => number(&call.receiver, named),
        Expr::Call(call) => match (&*call.func, call.args.first()) {
            (Expr::Path(func), Some(value))
                if last_two(&func.path).is_some_and(|[of, name]| is_number_type(&of) && name == "from") =>
            {
                number(value, named)
            }
            _ => None,
        },
        Expr::Path(path) => match named(&path.path)? {
            Bound::Seconds(value) => Some(value),
            Bound::Unknown | Bound::Unlimited => None,
        },
        Expr::Binary(binary) => {
            let (left, right) = (number(&binary.left, named)?, number(&binary.right, named)?);
            match binary.op {
                BinOp::Add(_) => Some(left + right),
                BinOp::Sub(_) => Some(left - right),
                BinOp::Mul(_) => Some(left * right),
                // Whole numbers are divided without their rest.
                BinOp::Div(_) => Some(left / right).filter(|whole| whole.fract() == 0.0),
                _ => None,
            }
        }
        _ => None,
    }
}

fn is_number_type(name: &str) -> bool {
    matches!(
        name,
        "u8" | "u16" | "u32" | "u64" | "usize" | "i32" | "i64" | "f32" | "f64"
    )
}

/// Whether `path` makes a duration of seconds.
pub(in crate::rust) fn counts_seconds(path: &syn::Path) -> bool {
    last_two(path).is_some_and(|[of, name]| {
        of == "Duration" && matches!(name.as_str(), "from_secs" | "from_secs_f64" | "from_secs_f32")
    })
}

/// The last part of a name or a field, a conversion behind it left out: `timeout_ms` of `self.timeout_ms as u64`.
pub(in crate::rust) fn name_of(value: &Expr) -> Option<String> {
    match value {
        Expr::Path(path) => last_name(&path.path),
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
            ("Duration::default()", 0.0),
            ("2 * Duration::from_secs(5)", 10.0),
            ("Duration::from_secs(5) + Duration::from_millis(500)", 5.5),
            ("Duration::from_millis(40 * 1000)", 40.0),
            ("Duration::from_secs((40 + 5) as u64)", 45.0),
            ("Duration::from_secs(u64::from(7))", 7.0),
            ("Duration::from_secs(60 / 2)", 30.0),
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
            "Duration::from_secs(5 / 2)",
            "Duration::from_secs(60 % 7)",
        ] {
            assert_eq!(read(text), Bound::Unknown, "{text}");
        }
    }

    #[test]
    fn an_instant_counts_from_now() {
        let start = |path: &syn::Path| path.is_ident("start").then_some(Bound::Seconds(1.0));
        let read = |text: &str| until(&syn::parse_str(text).unwrap(), &|_| None, &start);
        assert_eq!(read("Instant::now() + Duration::from_secs(3)"), Bound::Seconds(3.0));
        assert_eq!(read("start + Duration::from_secs(3)"), Bound::Seconds(4.0));
        let checked = "Instant::now().checked_add(Duration::from_secs(3)).unwrap()";
        assert_eq!(read(checked), Bound::Seconds(3.0));
        for text in [
            "other + Duration::from_secs(3)",
            "Instant::now() - Duration::from_secs(3)",
            "Instant::now() + limit",
        ] {
            assert_eq!(read(text), Bound::Unknown, "{text}");
        }
    }
}
