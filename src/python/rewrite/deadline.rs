//! Chooses the form of a new deadline by the place of its connect.

use super::edits::Draft;
use super::job::Job;
use super::layout::get_too_long;
use super::length::Length;
use super::own_timeout;
use super::spoken::spoken_seconds;
use super::timer::Timer;
use super::{exit_stack, expression, statement, with_item};
use crate::finding::{Change, Fix, Refusal};
use crate::python::sites::anchor::Place;
use crate::rules::Limit;
use crate::sites::{Argument, Bound, Connect, Expected};
use crate::source::Span;

/// A deadline to put in.
pub(super) struct Wanted {
    /// The function that sets it.
    pub(super) timer: Timer,
    /// How long it is.
    pub(super) length: Length,
    /// What stands in lines of its own.
    pub(super) in_lines: InLines,
}

/// Which of the calls around the connect get what they are given in lines of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum InLines {
    /// None: the whole statement is laid out afterwards.
    Nowhere,
    /// So many, because one line would be too long, and those that are given something of several lines.
    Calls(usize),
}

impl InLines {
    /// As many as one line was too long for.
    pub(super) fn calls(self) -> usize {
        match self {
            Self::Nowhere => 0,
            Self::Calls(calls) => calls,
        }
    }
}

/// A form that was carried out: the deadline stands, the connect's own argument is still there.
pub(super) struct Outcome {
    pub(super) draft: Draft,
    /// What the fix does.
    pub(super) title: String,
    /// What the deadline is around: what the job enters, or another connect in front of it that waits unbounded too.
    pub(super) around: Span,
    /// The lines that it was computed from.
    pub(super) claim: Span,
    /// How much deeper the call's own lines get.
    pub(super) deeper: String,
    /// It calls the function of [`Wanted::timer`], and not `asyncio.wait_for` in its place.
    pub(super) uses_timer: bool,
}

/// A way to put a deadline in.
type Form = fn(&Job<'_>, &Wanted) -> Result<Outcome, Refusal>;

/// Puts the job's connect under an external deadline, and takes its own timeout away or switches it off where it would
/// end the wait first.
pub(super) fn put_outside(job: &Job<'_>) -> Result<Fix, Refusal> {
    if job.connect.runs_session(&job.entry().api) {
        return Err(Refusal::because(
            "it runs the whole session, which a deadline around it would end too",
        ));
    }
    says_no_other_length(job)?;
    if let Some(fix) = job.as_formatted(&laid_out(job, InLines::Nowhere)?) {
        return Ok(fix);
    }
    let mut fix = laid_out(job, InLines::Calls(0))?;
    for in_lines in 1..=MOST_CALLS {
        if !is_too_wide(job, &fix) {
            break;
        }
        fix = laid_out(job, InLines::Calls(in_lines))?;
    }
    Ok(fix)
}

/// A form puts at most so many calls around a connect.
const MOST_CALLS: usize = 2;

/// Whether the lines that the connect stands in get too long.
fn is_too_wide(job: &Job<'_>, fix: &Fix) -> bool {
    let (code, entered) = (job.code, job.entered_span());
    let lines = Span::new(code.line_start(entered.start), code.next_line_start(entered.end));
    get_too_long(code, lines, &fix.edits, job.request.context.project.line_width())
}

fn laid_out(job: &Job<'_>, in_lines: InLines) -> Result<Fix, Refusal> {
    let wanted = Wanted {
        timer: Timer::of(job),
        length: Length::of(job)?,
        in_lines,
    };
    bounds_no_other_length(job, &wanted.length)?;
    let mut outcome = first_that_works(forms(job, wanted.timer)?, job, &wanted)?;
    // A block bounds what the arguments wait for; a connection that is entered after it was awaited closes with 1011 where its
    // block raises, and not with 1000 (websockets 13.0.1 to 17.4).
    let is_entered = matches!(job.anchor.place, Place::WithItem { .. });
    let waits_for_more = job.waits_for_more() && (outcome.uses_timer || is_entered);
    let is_told_of = job.connect.expected == Expected::Told;
    if waits_for_more
        || is_told_of
        || !wanted.length.moves_well(job)
        || !wanted.timer.raises_as_clients_do(job.python())
    {
        outcome.draft.distrust();
    }
    if outcome.uses_timer && wanted.timer.takes_python_for_granted(job.request.context) {
        outcome.draft.take_python_for_granted();
    }
    let deeper = if job.is_kept() { "" } else { &outcome.deeper };
    own_timeout::adjust(job, wanted.length.seconds, deeper, &mut outcome.draft)?;
    // What was entered is awaited now.
    own_timeout::distrust_stand_ins(job, is_entered && !outcome.uses_timer, &mut outcome.draft);
    outcome.draft.change(Change::Deadline { around: outcome.around });
    let mut claims = vec![outcome.claim];
    if !outcome.claim.contains(job.call_span()) {
        claims.insert(0, job.call_span());
    }
    outcome.draft.finish(outcome.title, claims)
}

/// That no comment beside the connect speaks of another length than the default one that is to come.
///
/// # Errors
/// The comment's seconds: what they are about is for a person to say.
fn says_no_other_length(job: &Job<'_>) -> Result<(), Refusal> {
    let (Limit::Seconds(seconds), None) = (job.request.limit, job.request.argument) else {
        return Ok(());
    };
    let (code, entered) = (job.code, job.entered_span());
    let above = code.line_start(code.line_start(job.statement_span().start).saturating_sub(1));
    let beside = Span::new(above, code.next_line_start(entered.end));
    let said = code
        .comments(beside)
        .find_map(|comment| spoken_seconds(code.text(comment)));
    match said.filter(|said| *said != seconds) {
        Some(said) => Err(Refusal::because(format!(
            "a comment beside the connect speaks of {said} s"
        ))),
        None => Ok(()),
    }
}

/// That another connect which may be made in its place has the same length: `connect(a, …) if far else connect(b, …)`.
///
/// # Errors
/// It has another one, and the deadline would be around both.
fn bounds_no_other_length(job: &Job<'_>, length: &Length) -> Result<(), Refusal> {
    let context = job.request.context;
    let own_limit = |connect: &Connect| {
        let entry = context.catalog.entry(connect.api);
        let is_limit = |argument: &&Argument| entry.bounds_connect(&argument.name);
        connect.arguments.iter().find(is_limit).map(|argument| argument.value)
    };
    let is_alike = |connect: &Connect| match own_limit(connect) {
        Some(bound) => length.seconds.map(Bound::Seconds) == Some(bound),
        None => job.request.argument.is_none(),
    };
    match job.entered_beside().all(is_alike) {
        true => Ok(()),
        false => Err(Refusal::because(
            "another connect of the same expression has a limit of another length",
        )),
    }
}

/// The forms that suit the place, the best first. The later ones leave the lines where they are: they serve where a
/// statement shares its line, or cannot be made deeper.
fn forms(job: &Job<'_>, timer: Timer) -> Result<&'static [Form], Refusal> {
    let in_asyncio = timer.runs_in_asyncio();
    // A block would bound what the arguments wait for as well: `wait_for` gets the connect when they are there.
    let bounds_more = in_asyncio && job.waits_for_more();
    Ok(match job.anchor.place {
        Place::Fixed(reason) => return Err(Refusal::because(reason)),
        // It bounds what it is given, and no block.
        Place::Statement { .. } if timer == Timer::WaitFor => &[expression::wrap],
        Place::WithItem { .. } if timer == Timer::WaitFor => match job.gives_managed_connection() {
            true => &[expression::wrap, exit_stack::enter],
            false => &[exit_stack::enter],
        },
        Place::Statement { .. } if bounds_more => &[expression::wrap, statement::wrap],
        Place::WithItem { .. } if bounds_more => &[expression::wrap, with_item::nest, with_item::join],
        Place::Statement { .. } if in_asyncio => &[statement::wrap, expression::wrap],
        Place::Statement { .. } => &[statement::wrap],
        Place::WithItem { .. } if timer == Timer::AsyncTimeout && job.gives_managed_connection() => {
            &[expression::wrap, with_item::nest, with_item::join]
        }
        Place::WithItem { .. } if in_asyncio => &[with_item::nest, with_item::join, expression::wrap],
        Place::WithItem { .. } => &[with_item::nest],
        Place::Expression { .. } if in_asyncio => &[expression::wrap],
        Place::Expression { .. } => {
            return Err(Refusal::because(format!(
                "`{}` bounds a block, and the connect stands inside a larger expression",
                timer.path()
            )));
        }
    })
}

/// The outcome of the first form that works, else why the best one does not.
fn first_that_works(forms: &[Form], job: &Job<'_>, wanted: &Wanted) -> Result<Outcome, Refusal> {
    let mut reason = None;
    for form in forms {
        match form(job, wanted) {
            Ok(outcome) => return Ok(outcome),
            Err(refusal) => {
                reason.get_or_insert(refusal);
            }
        }
    }
    Err(reason.unwrap_or_else(|| Refusal::because("no form suits the place of this connect")))
}
