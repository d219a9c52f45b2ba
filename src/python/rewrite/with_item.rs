//! A deadline for `async with connect(…) as ws:`: around the statement, or as an item before the connect.
//!
//! It covers the block where the block certainly ends in time. Else the block's first line lifts it; then it bounds the
//! connect alone, and what works today works afterwards. Executed with websockets 12.0 and 15.0.1: a block of 1.5 s
//! survives a lifted deadline of 0.8 s, and a peer that never answers is left after 0.8 s.
//!
//! A block that yields (an async generator, a fixture) may be left in another task than it was entered in. Executed on
//! Python 3.12 with `asyncio.timeout`: lifted it does no harm there. Cancel scopes of trio and anyio must not be left so.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Decorator, Expr, Stmt, StmtWith, WithItem};

use super::code::{Code, span_of};
use super::deadline::{Outcome, Wanted};
use super::edits::Draft;
use super::indent::{indent, with_trailing_comments};
use super::job::Job;
use super::timer::Timer;
use super::{contents, locate, statement};
use crate::budget;
use crate::finding::Refusal;
use crate::python::deadlines::setter;
use crate::python::names::Names;
use crate::python::sites::anchor::Place;
use crate::python::testing::test_functions::is_marked_anyio;
use crate::settings::DeadlineScope;
use crate::sites::{Bound, Connect, DeadlineKind, Entry};
use crate::source::Span;

/// An `async with` that has the connect among its items.
pub(super) struct With<'a> {
    pub(super) node: &'a StmtWith,
    pub(super) span: Span,
    /// The connect's item.
    pub(super) item: &'a WithItem,
    /// The connect's number among the file's.
    connect: usize,
    /// The items before it.
    pub(super) earlier: &'a [WithItem],
    /// The items behind it.
    pub(super) later: &'a [WithItem],
    /// The white space before the statement.
    pub(super) margin: &'a str,
    /// The white space before the body's statements, where the body has lines of its own.
    pub(super) body_margin: Option<&'a str>,
    /// The body's first statement.
    pub(super) first: &'a Stmt,
    /// One unit of indentation: what the body is deeper than the statement.
    pub(super) unit: &'a str,
}

impl<'a> With<'a> {
    /// # Errors
    /// The place is no item of an `async with` that begins its line.
    pub(super) fn of(job: &Job<'a>) -> Result<Self, Refusal> {
        let unexpected = || Refusal::because("the connect is not an item of an `async with` on lines of its own");
        let (Stmt::With(node), Place::WithItem { item: index }) = (job.statement, &job.anchor.place) else {
            return Err(unexpected());
        };
        let item = node
            .items
            .get(*index)
            .filter(|_| node.is_async)
            .ok_or_else(unexpected)?;
        let first = node.body.first().ok_or_else(unexpected)?;
        let span = span_of(node);
        let margin = job.code.margin(span.start).ok_or_else(unexpected)?;
        let body_margin = job.code.margin(span_of(first).start);
        let unit = body_margin
            .and_then(|body| body.strip_prefix(margin))
            .filter(|unit| !unit.is_empty());
        Ok(Self {
            node,
            span,
            item,
            connect: job.connect.id,
            earlier: node.items.get(..*index).unwrap_or_default(),
            later: node.items.get(*index + 1..).unwrap_or_default(),
            margin,
            body_margin,
            first,
            unit: unit.unwrap_or_else(|| job.indent_unit(margin)),
        })
    }

    /// As [`With::of`], with the first connect of the statement that nothing bounds in the place of the job's own: before
    /// that one a deadline bounds both. A limit that the job's own connect has is meant for it alone.
    fn of_the_first_unbounded(job: &Job<'a>) -> Result<Self, Refusal> {
        let own = Self::of(job)?;
        let mut earlier = own.earlier.iter().enumerate();
        let front = match job.request.argument {
            Some(_) => None,
            None => earlier.find_map(|(front, item)| Some((front, item, unbounded_connect(job, item)?))),
        };
        let Some((front, item, connect)) = front else {
            return Ok(own);
        };
        let items = &own.node.items;
        Ok(Self {
            item,
            connect,
            earlier: items.get(..front).unwrap_or_default(),
            later: items.get(front + 1..).unwrap_or_default(),
            ..own
        })
    }
}

/// The number of the connect that an item enters, where that waits as long as its library likes.
fn unbounded_connect(job: &Job<'_>, item: &WithItem) -> Option<usize> {
    let mut inside = job.request.context.sites.connects_within(span_of(&item.context_expr));
    let is_unbounded = |connect: &&Connect| {
        let entry = job.request.context.catalog.entry(connect.api);
        let says_something = connect
            .arguments
            .iter()
            .any(|argument| entry.bounds_connect(&argument.name) && argument.value != Bound::Unlimited);
        connect.entry == Entry::AsyncWith && !connect.is_under_a_deadline() && !says_something
    };
    Some(inside.find(is_unbounded)?.id)
}

impl With<'_> {
    /// The `pass` or `...` that is all of the body, where no comment stands beside it, between it and the header, or right behind it,
    /// which would come to stand at other code: it may go once the body has another statement.
    pub(super) fn idle(&self, code: Code<'_>, header_end: usize) -> Option<Span> {
        let [only] = &*self.node.body else {
            return None;
        };
        let is_idle = match only {
            Stmt::Pass(_) => true,
            Stmt::Expr(expression) => expression.value.is_ellipsis_literal_expr(),
            _ => false,
        };
        let span = span_of(only);
        let line_end = code.after_logical_line(span.end).unwrap_or(code.len());
        let behind = code.tokens_in(Span::new(line_end, code.len())).iter();
        let mut trivia = behind.take_while(|token| token.kind().is_trivia() || token.kind() == TokenKind::Dedent);
        let is_commented =
            code.has_comment(Span::new(header_end, line_end)) || trivia.any(|token| token.kind() == TokenKind::Comment);
        (is_idle && !is_commented).then_some(span)
    }
}

/// Puts the statement into a block of the deadline.
///
/// # Errors
/// Items before the connect would come under the deadline too, the statement cannot be made deeper, or its body yields
/// under a cancel scope.
pub(super) fn nest(job: &Job<'_>, wanted: &Wanted) -> Result<Outcome, Refusal> {
    let with = With::of_the_first_unbounded(job)?;
    if !with.earlier.is_empty() {
        return Err(Refusal::because(
            "what is entered before the connect would come under the deadline too",
        ));
    }
    if !with.later.is_empty() && wanted.timer.is_item_of_async_with() {
        return Err(Refusal::because("the deadline fits beside the other items"));
    }
    let mut draft = Draft::new();
    let [timer] = job.spell([wanted.timer.path()], &mut draft)?;
    let cover = Cover::of(job, &with, wanted, &mut draft)?;
    let (margin, unit) = (with.margin, with.unit);
    let region = with_trailing_comments(job.code, with.span, with.body_margin.unwrap_or(margin));
    let region = if with.body_margin.is_some() { region } else { with.span };
    let head = cover.head(&timer, wanted);
    let ending = job.code.line_ending(with.span.start);
    draft.insert(
        with.span.start,
        format!("{} {head}:{ending}{margin}{unit}", wanted.timer.keyword()),
    );
    indent(job.code, region, margin, unit, &mut draft)?;
    cover.lift(job, &with, wanted, unit, &mut draft);
    Ok(Outcome {
        draft,
        title: statement::title(&timer, wanted),
        around: span_of(&with.item.context_expr),
        claim: region,
        deeper: unit.to_owned(),
        uses_timer: true,
    })
}

/// Puts the deadline beside the connect, as the item before it: where several connects of the statement wait unbounded,
/// before the first of them. All lines stay as deep as they are.
///
/// # Errors
/// The names that this needs are not to be had.
pub(super) fn join(job: &Job<'_>, wanted: &Wanted) -> Result<Outcome, Refusal> {
    let with = With::of_the_first_unbounded(job)?;
    let mut draft = Draft::new();
    let [timer] = job.spell([wanted.timer.path()], &mut draft)?;
    let cover = Cover::of(job, &with, wanted, &mut draft)?;
    let start = span_of(with.item).start;
    let separator = format!(",{}", job.code.gap_before(with.span, start));
    draft.insert(start, format!("{}{separator}", cover.head(&timer, wanted)));
    cover.lift(job, &with, wanted, "", &mut draft);
    Ok(Outcome {
        draft,
        title: statement::title(&timer, wanted),
        around: span_of(&with.item.context_expr),
        claim: with.span,
        deeper: String::new(),
        uses_timer: true,
    })
}

/// Whether one task runs the fixture that `job` stands in from its beginning to its end: anyio's plugin does (executed with anyio
/// 4.16.0), where the module's mark says that it runs the tests.
fn is_left_where_it_was_entered(job: &Job<'_>, timer: Timer) -> bool {
    let is_fixture = |decorator: &Decorator| {
        let made_by = match &decorator.expression {
            Expr::Call(call) => &*call.func,
            other => other,
        };
        job.names.resolve(made_by) == Some("pytest.fixture")
    };
    timer == Timer::Anyio
        && is_marked_anyio(&job.tree.body, job.names)
        && locate::function_around(&job.tree.body, job.statement_span())
            .is_some_and(|function| function.decorator_list.iter().any(is_fixture))
}

/// What the deadline covers.
enum Cover {
    /// The connect and the block.
    Block,
    /// The connect: the block's first line lifts the deadline of this name.
    Connect(String),
}

impl Cover {
    fn of(job: &Job<'_>, with: &With<'_>, wanted: &Wanted, draft: &mut Draft) -> Result<Self, Refusal> {
        let yields = contents::yields(&with.node.body);
        if yields && !wanted.timer.runs_in_asyncio() && !is_left_where_it_was_entered(job, wanted.timer) {
            return Err(Refusal::because(format!(
                "the block yields, and a scope of `{}` must not stay open meanwhile",
                wanted.timer.path()
            )));
        }
        let fits = ends_in_time(job, with.connect, wanted.length.seconds);
        let covers_block = match job.settings().deadline.scope {
            DeadlineScope::Block => !yields,
            DeadlineScope::Auto => fits && !yields,
            DeadlineScope::Connect => false,
        };
        // What is entered behind the connect runs before the block's first line.
        let waits_before_the_block = !with.later.iter().all(|item| is_deadline(item, job.names));
        if !fits && (covers_block || waits_before_the_block) {
            draft.distrust();
        }
        let at = with.span.start;
        Ok(if covers_block {
            Cover::Block
        } else {
            Cover::Connect(job.names.fresh(wanted.timer.variable(), at))
        })
    }

    /// `asyncio.timeout(10) as deadline`.
    fn head(&self, timer: &str, wanted: &Wanted) -> String {
        let text = &wanted.length.text;
        match self {
            Cover::Block => format!("{timer}({text})"),
            Cover::Connect(name) => format!("{timer}({text}) as {name}"),
        }
    }

    /// Makes the block's first line lift the deadline, before comments that speak of the statement after them.
    /// `deeper` is what the block's lines get deeper.
    fn lift(&self, job: &Job<'_>, with: &With<'_>, wanted: &Wanted, deeper: &str, draft: &mut Draft) {
        let Cover::Connect(name) = self else { return };
        let lift = job.facts.quoted(job.code, &wanted.timer.lift(name));
        let header_end = with
            .later
            .last()
            .map_or(span_of(with.item).end, |item| span_of(item).end);
        if let Some(idle) = with.idle(job.code, header_end) {
            draft.replace(idle, lift);
            return;
        }
        match (with.body_margin, job.code.after_logical_line(header_end)) {
            (Some(body_margin), Some(line)) => {
                let ending = job.code.line_ending(with.span.start);
                let margin = match body_margin.strip_prefix(with.margin) {
                    Some(own) => format!("{}{deeper}{own}", with.margin),
                    // Tabs against spaces: `nest` refuses such a body, so it stays where it is.
                    None => body_margin.to_owned(),
                };
                draft.insert(line, format!("{margin}{lift}{ending}"));
            }
            _ => draft.insert(span_of(with.first).start, format!("{lift}; ")),
        }
    }
}

/// Whether all that happens behind the connect of this number certainly ends before a deadline of `seconds`.
fn ends_in_time(job: &Job<'_>, connect: usize, seconds: Option<f64>) -> bool {
    let context = job.request.context;
    let ends = job
        .facts
        .block_ends
        .get_or_init(|| budget::blocks(context.sites, context.catalog, context.project));
    match (ends.get(&connect), seconds) {
        (Some(longest), Some(seconds)) => *longest < seconds,
        // What waits for nothing ends before any deadline.
        (Some(longest), None) => *longest <= 0.0,
        (None, _) => false,
    }
}

/// Whether entering the item waits for nothing, because it is a deadline.
fn is_deadline(item: &WithItem, names: &Names) -> bool {
    let call = item.context_expr.as_call_expr();
    let setter = call.and_then(|call| setter(call, names));
    setter.is_some_and(|setter| setter.kind != DeadlineKind::Wait)
}
