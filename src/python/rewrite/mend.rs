//! Enters a deadline the way that its function wants to be entered.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtWith, WithItem};

use super::code::{Code, span_of};
use super::edits::Draft;
use super::{imports, locate};
use crate::finding::{Change, Fix, Refusal};
use crate::python::Module;
use crate::python::deadlines::setter;
use crate::python::syntax::nodes::{Scope, expressions_in};
use crate::rules::DeadlineMend;
use crate::sites::{DeadlineCall, DeadlineKind, DeadlineUsage, NewerName};
use crate::source::Span;

/// Enters the deadline as `mend` says.
///
/// # Errors
/// Why what is around it does not allow for that.
pub(in crate::python) fn mend_deadline(
    module: &Module<'_>,
    call: &DeadlineCall,
    mend: DeadlineMend,
) -> Result<Fix, Refusal> {
    if mend != DeadlineMend::PlainWith && !call.in_async {
        return Err(Refusal::because("the function around it is not async"));
    }
    let place = Place::of(module, call.call)?;
    match mend {
        DeadlineMend::AsyncWith => place.enter(DeadlineKind::AsyncManager),
        DeadlineMend::PlainWith => place.enter(DeadlineKind::Manager),
        DeadlineMend::Await => place.await_it(call),
        DeadlineMend::BeforeConnect => place.move_item(),
    }
}

/// Calls async-timeout's function in the place of the one that only newer Pythons have.
///
/// # Errors
/// Why it would not do the same.
pub(in crate::python) fn older_deadline(module: &Module<'_>, name: &NewerName) -> Result<Fix, Refusal> {
    let Some(used) = &name.used else {
        return Err(Refusal::because(
            "what is imported may be used in ways that `async_timeout` does not know",
        ));
    };
    if used.is_bound || used.block.is_none() {
        return Err(Refusal::because(
            "the deadline is kept in a variable, and `async_timeout` gives one with other methods on these Pythons",
        ));
    }
    let place = Place::of(module, used.call)?;
    if !place.call.arguments.keywords.is_empty() {
        return Err(Refusal::because(
            "its limit is given by name, which may be another one in `async_timeout`",
        ));
    }
    let path = name.path.replacen("asyncio.", "async_timeout.", 1);
    let mut draft = Draft::new();
    let spelled = place.spell(&path, &mut draft)?;
    draft.replace(span_of(&*place.call.func), spelled.clone());
    draft.change(Change::Callee {
        name: spelled.clone(),
        call: used.call,
    });
    draft.finish(format!("call `{spelled}`"), vec![used.call])
}

/// A call in its statement.
struct Place<'a> {
    module: &'a Module<'a>,
    code: Code<'a>,
    statement: &'a Stmt,
    call: &'a ExprCall,
}

impl<'a> Place<'a> {
    fn of(module: &'a Module<'_>, call: Span) -> Result<Self, Refusal> {
        let unknown = || Refusal::because("the place of this call is not known");
        let statement = locate::statement_around(module.parsed.suite(), call).ok_or_else(unknown)?;
        Ok(Self {
            module,
            code: Code::new(module.source, module.parsed.tokens()),
            statement,
            call: locate::call(statement, call).ok_or_else(unknown)?,
        })
    }

    fn call_span(&self) -> Span {
        span_of(self.call)
    }

    fn with(&self) -> Result<&'a StmtWith, Refusal> {
        self.statement
            .as_with_stmt()
            .ok_or_else(|| Refusal::because("it is no item of a `with`"))
    }

    /// `with` becomes `async with`, or the other way round: every item must want that.
    fn enter(&self, kind: DeadlineKind) -> Result<Fix, Refusal> {
        let with = self.with()?;
        let wants_it = |item: &WithItem| match &item.context_expr {
            Expr::Call(call) => setter(call, &self.module.names).is_some_and(|setter| setter.kind == kind),
            _ => false,
        };
        if !with.items.iter().all(wants_it) {
            return Err(Refusal::because(
                "the other items of the `with` may want the one that is there",
            ));
        }
        let mut draft = Draft::new();
        let start = span_of(with).start;
        let title = match kind {
            DeadlineKind::AsyncManager => {
                draft.insert(start, "async ");
                "enter it by `async with`"
            }
            DeadlineKind::Manager | DeadlineKind::Wait => {
                let mut tokens = self.code.tokens_in(span_of(with)).iter();
                let first = tokens.next().filter(|token| token.kind() == TokenKind::Async);
                let (Some(_), Some(keyword)) = (first, tokens.next()) else {
                    return Err(Refusal::because("the `async` stands apart from its `with`"));
                };
                draft.delete(Span::new(start, span_of(keyword).start));
                "enter it by a plain `with`"
            }
        };
        draft.change(Change::WithKind { item: self.call_span() });
        draft.finish(title.to_owned(), vec![self.header(with)])
    }

    fn await_it(&self, call: &DeadlineCall) -> Result<Fix, Refusal> {
        let mut draft = Draft::new();
        // It did nothing so far: from now on it waits.
        if call.usage == DeadlineUsage::Bare {
            draft.distrust();
        }
        draft.insert(self.call_span().start, "await ");
        draft.change(Change::Awaited { call: self.call_span() });
        draft.finish("await it".to_owned(), vec![self.call_span()])
    }

    /// The deadline's item goes in front of the first item that enters a connect.
    fn move_item(&self) -> Result<Fix, Refusal> {
        let with = self.with()?;
        let connects = |item: &WithItem| {
            let mut inside = self.module.sites.connects_within(span_of(&item.context_expr));
            inside.next().is_some()
        };
        let not_found = || Refusal::because("the items of the `with` are not what they were taken for");
        let to = with.items.iter().position(connects).ok_or_else(not_found)?;
        let from = with
            .items
            .iter()
            .position(|item| span_of(&item.context_expr) == self.call_span())
            .ok_or_else(not_found)?;
        let (Some(target), Some(moved), Some(passed)) =
            (with.items.get(to), with.items.get(from), with.items.get(to..from))
        else {
            return Err(not_found());
        };
        if self.code.has_comment(self.header(with)) {
            return Err(Refusal::because("a comment stands among the items of the `with`"));
        }
        if passed
            .iter()
            .filter_map(|item| item.optional_vars.as_deref())
            .any(|bound| reads(self.call, bound))
        {
            return Err(Refusal::because("the deadline's length depends on an item before it"));
        }
        let place = span_of(moved);
        let comma = self
            .code
            .before(place.start)
            .filter(|token| token.kind() == TokenKind::Comma);
        let next = self.code.after(place.end).map(|token| token.kind());
        let (Some(comma), Some(TokenKind::Comma | TokenKind::Colon | TokenKind::Rpar)) = (comma, next) else {
            return Err(Refusal::because("parentheses stand around the deadline"));
        };
        let target_start = span_of(target).start;
        let opened = self.code.before(target_start).map(|token| token.kind());
        if !matches!(opened, Some(TokenKind::Comma | TokenKind::With | TokenKind::Lpar))
            || target_start != span_of(&target.context_expr).start
        {
            return Err(Refusal::because("parentheses stand around the connect"));
        }
        let mut draft = Draft::new();
        draft.distrust();
        draft.delete(Span::new(span_of(comma).start, place.end));
        draft.insert(
            target_start,
            format!(
                "{},{}",
                self.code.text(place),
                self.code.gap_before(span_of(with), target_start)
            ),
        );
        draft.change(Change::ItemOrder {
            before: span_of(&target.context_expr),
        });
        draft.finish("enter the deadline first".to_owned(), vec![self.header(with)])
    }

    fn header(&self, with: &StmtWith) -> Span {
        let end = with.items.last().map_or(span_of(with).end, |item| span_of(item).end);
        Span::new(span_of(with).start, end)
    }

    fn spell(&self, path: &str, draft: &mut Draft) -> Result<String, Refusal> {
        let head = imports::Head {
            code: self.code,
            tree: self.module.parsed.syntax(),
            facts: &self.module.facts,
        };
        let [spelled] = imports::spell(head, &self.module.names, [path], self.call_span().start, draft)?;
        Ok(spelled)
    }
}

/// Whether the arguments of `call` read a name that `bound` binds; a target that is no name may be anything.
fn reads(call: &ExprCall, bound: &Expr) -> bool {
    let Expr::Name(name) = bound else {
        return true;
    };
    expressions_in(&call.arguments, Scope::All).any(|expr| matches!(expr, Expr::Name(read) if read.id == name.id))
}
