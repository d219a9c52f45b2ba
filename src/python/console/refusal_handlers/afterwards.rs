//! What a clause does with the error of a print once it has caught it: raises it again, or asks for it by its class.

use ruff_python_ast::{BoolOp, CmpOp, Expr, ExprCall, ExprCompare, Pattern, Stmt, StmtIf, StmtMatch, UnaryOp};

use super::{About, about_of};
use crate::python::values::encoding_questions::asks_for_encoding;
use crate::python::values::variables::Variables;

/// Blocks in blocks and conditions in conditions are followed so far.
const DEEPEST: usize = 32;

/// What becomes of the error behind a clause.
pub(super) enum Afterwards {
    Raised,
    Kept {
        /// The clause asks whether it is this error.
        asks: bool,
    },
}

/// What the `body` of a clause does with the error of a print, which it binds to `name`.
pub(super) fn afterwards(body: &[Stmt], name: Option<&str>, variables: &dyn Variables) -> Afterwards {
    let mut clause = Clause {
        name,
        variables,
        asks: false,
    };
    match clause.body(body, DEEPEST) {
        End::Raised => Afterwards::Raised,
        End::Left | End::GoesOn => Afterwards::Kept { asks: clause.asks },
    }
}

/// How a block ends with this error.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Raised,
    Left,
    GoesOn,
}

struct Clause<'a, 'v> {
    name: Option<&'a str>,
    variables: &'v dyn Variables,
    asks: bool,
}

impl Clause<'_, '_> {
    fn body(&mut self, body: &[Stmt], depth: usize) -> End {
        let Some(depth) = depth.checked_sub(1) else {
            return End::GoesOn;
        };
        for statement in body {
            let end = match statement {
                Stmt::Raise(raise) => match raise.exc.as_deref() {
                    None => End::Raised,
                    Some(raised) if self.is_error(raised) => End::Raised,
                    Some(_) => End::Left,
                },
                Stmt::Return(_) | Stmt::Continue(_) | Stmt::Break(_) => End::Left,
                Stmt::If(choice) => self.choice(choice, depth),
                Stmt::Match(choice) if self.is_error(&choice.subject) => self.cases(choice, depth),
                _ => End::GoesOn,
            };
            if end != End::GoesOn {
                return end;
            }
        }
        End::GoesOn
    }

    fn choice(&mut self, choice: &StmtIf, depth: usize) -> End {
        let first = (Some(&*choice.test), choice.body.as_slice());
        let others = choice
            .elif_else_clauses
            .iter()
            .map(|clause| (clause.test.as_ref(), clause.body.as_slice()));
        for (test, body) in std::iter::once(first).chain(others) {
            match test.map_or(Some(true), |test| self.holds(test, depth)) {
                Some(true) => return self.body(body, depth),
                Some(false) => {}
                // What it asks in there is asked, however it ends.
                None => {
                    self.body(body, depth);
                }
            }
        }
        End::GoesOn
    }

    fn cases(&mut self, choice: &StmtMatch, depth: usize) -> End {
        for case in &choice.cases {
            let matches = match case.guard {
                Some(_) => self.matches(&case.pattern).filter(|matches| !matches),
                None => self.matches(&case.pattern),
            };
            match matches {
                Some(true) => return self.body(&case.body, depth),
                Some(false) => {}
                None => {
                    self.body(&case.body, depth);
                }
            }
        }
        End::GoesOn
    }

    /// Whether the error matches a pattern; `None` where that cannot be told.
    fn matches(&mut self, pattern: &Pattern) -> Option<bool> {
        let alternatives = match pattern {
            Pattern::MatchAs(capture) => match capture.pattern.as_deref() {
                None => return Some(true),
                Some(inner) => std::slice::from_ref(inner),
            },
            Pattern::MatchOr(several) => several.patterns.as_slice(),
            single => std::slice::from_ref(single),
        };
        let mut all = Some(false);
        for alternative in alternatives {
            let is_one = match alternative {
                Pattern::MatchClass(class)
                    if class.arguments.patterns.is_empty() && class.arguments.keywords.is_empty() =>
                {
                    self.is_of(&class.cls)
                }
                other if other.is_wildcard() => Some(true),
                _ => None,
            };
            all = or(all, is_one);
        }
        all
    }

    /// Whether a condition holds for the error; `None` where that cannot be told.
    fn holds(&mut self, test: &Expr, depth: usize) -> Option<bool> {
        let depth = depth.checked_sub(1)?;
        match test {
            Expr::UnaryOp(not) if not.op == UnaryOp::Not => self.holds(&not.operand, depth).map(|holds| !holds),
            Expr::BoolOp(several) => {
                let mut all = Some(several.op == BoolOp::And);
                for value in &several.values {
                    let holds = self.holds(value, depth);
                    all = match several.op {
                        BoolOp::And => or(all.map(|all| !all), holds.map(|holds| !holds)).map(|any| !any),
                        BoolOp::Or => or(all, holds),
                    };
                }
                all
            }
            Expr::Named(named) => self.holds(&named.value, depth),
            Expr::Call(call) if let Some(classes) = self.asked(call) => self.is_of(classes),
            Expr::Compare(compare) => self.comparison(compare),
            _ => {
                self.asks |= asks_for_encoding(test);
                None
            }
        }
    }

    /// The classes of `isinstance(e, …)` and `issubclass(type(e), …)`.
    fn asked<'e>(&self, call: &'e ExprCall) -> Option<&'e Expr> {
        let (function, [of, classes]) = (self.variables.names().resolve(&call.func)?, &*call.arguments.args) else {
            return None;
        };
        let is_about_it = match function {
            "isinstance" => self.is_error(of),
            "issubclass" => self.is_its_class(of),
            _ => false,
        };
        is_about_it.then_some(classes)
    }

    /// `type(e) is …`, `type(e) in (…)`, `type(e).__name__ == "…"`
    fn comparison(&mut self, compare: &ExprCompare) -> Option<bool> {
        let ([op], [right]) = (&*compare.ops, &*compare.comparators) else {
            return None;
        };
        let is_positive = match op {
            CmpOp::Is | CmpOp::Eq | CmpOp::In => true,
            CmpOp::IsNot | CmpOp::NotEq | CmpOp::NotIn => false,
            _ => return None,
        };
        if let Expr::Attribute(name) = &*compare.left
            && name.attr.as_str() == "__name__"
            && self.is_its_class(&name.value)
        {
            let text = right.as_string_literal_expr()?.value.to_str();
            self.asks |= text == "UnicodeEncodeError";
            return Some((text == "UnicodeEncodeError") == is_positive);
        }
        if !self.is_its_class(&compare.left) {
            return None;
        }
        // A class above it is another one.
        let is_one = self.is_one(about_of(right, self.variables), false);
        is_one.map(|is_one| is_one == is_positive)
    }

    /// Whether the error is an instance of any of these classes.
    fn is_of(&mut self, classes: &Expr) -> Option<bool> {
        self.is_one(about_of(classes, self.variables), true)
    }

    /// Whether the error is what classes are `about`; `above` is what holds where they are above its own.
    fn is_one(&mut self, about: Option<About>, above: bool) -> Option<bool> {
        match about {
            None => Some(false),
            Some(About::Above) => Some(above),
            Some(About::Own) => {
                self.asks = true;
                Some(true)
            }
            Some(About::Unknown) => {
                self.asks = true;
                None
            }
        }
    }

    fn is_error(&self, expr: &Expr) -> bool {
        let name = expr.as_name_expr().map(|name| name.id.as_str());
        name.is_some() && name == self.name
    }

    /// `type(e)`, `e.__class__`
    fn is_its_class(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Call(call) => match &*call.arguments.args {
                [of] => self.is_error(of) && self.variables.names().resolve(&call.func) == Some("type"),
                _ => false,
            },
            Expr::Attribute(attribute) => attribute.attr.as_str() == "__class__" && self.is_error(&attribute.value),
            _ => false,
        }
    }
}

fn or(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}
