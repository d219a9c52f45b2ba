//! Who speaks of a connect where several rules could: a table for each thing that may be said of one.
//!
//! A rule is silent where one above it in a table speaks of the same thing: the fix of that one does what its own would
//! do, so a second pass has nothing to add. What a fix does not do is no reason to be silent. A keyword that only gets
//! another name leaves the wait as long as it was, and both are told at once.

use super::{
    Context, misfit, ws102_connect_without_deadline as ws102, ws103_rejected_connect_argument as ws103,
    ws104_misread_timeout_argument as ws104, ws105_deadline_not_entered as ws105, ws106_deadline_out_of_range as ws106,
    ws201_receive_without_deadline as ws201, ws204_endless_reconnect as ws204,
};
use crate::finding::Rule;
use crate::sites::{Argument, Connect, DeadlineCall, Receive};
use crate::source::Span;

/// A row: a rule, and whether it speaks of a site.
struct Claim<T: ?Sized> {
    rule: &'static Rule,
    speaks: fn(&Context<'_>, &Connect, &T) -> bool,
}

/// The length of the wait for the connection: who knows of a limit that is meant for it and is none. Behind them comes
/// WS102, which knows of none.
static WAIT: &[Claim<()>] = &[
    Claim {
        rule: &ws103::RULE,
        speaks: |context, connect, ()| ws103::replaces_a_limit(context, connect),
    },
    Claim {
        rule: &ws104::RULE,
        speaks: |context, connect, ()| ws104::replaces_a_limit(context, connect),
    },
    Claim {
        rule: &ws105::RULE,
        speaks: |context, connect, ()| ws105::moves_a_deadline(context, connect),
    },
    Claim {
        rule: &ws106::RULE,
        speaks: |context, connect, ()| ws106::knows_no_length(context, connect),
    },
];

/// One argument: what becomes of it comes before what it seems to say. Behind them comes WS101, for one that bounds the
/// connect.
static ARGUMENT: &[Claim<str>] = &[
    Claim {
        rule: &ws103::RULE,
        speaks: misfit::is_misfit,
    },
    Claim {
        rule: &ws104::RULE,
        speaks: |context, connect, name| {
            let mut arguments = connect.arguments.iter();
            arguments.any(|argument: &Argument| argument.name == name && ws104::is_misread(context, connect, argument))
        },
    },
];

/// What a test waits for in the connect: who asks for a deadline that ends the test, too. Behind them comes WS205.
static TEST: &[Claim<()>] = &[
    Claim {
        rule: &ws102::RULE,
        speaks: |context, connect, ()| ws102::speaks(context, connect),
    },
    Claim {
        rule: &ws204::RULE,
        speaks: |context, connect, ()| ws204::speaks(context, connect),
    },
];

/// Whether a rule whose fix bounds the wait for the connection speaks of it.
pub(super) fn wait_is_told(context: &Context<'_>, connect: &Connect) -> bool {
    WAIT.iter().any(|claim| claim.holds(context, connect, &()))
}

/// Whether a rule in front of `rule` speaks of the argument called `name`; any, where `rule` is none of the table.
pub(super) fn argument_is_told(context: &Context<'_>, connect: &Connect, name: &str, rule: &Rule) -> bool {
    let mut before = ARGUMENT.iter().take_while(|claim| claim.rule.code != rule.code);
    before.any(|claim| claim.holds(context, connect, name))
}

/// Whether a rule speaks of what a test waits for in the connect.
pub(super) fn test_is_told(context: &Context<'_>, connect: &Connect) -> bool {
    TEST.iter().any(|claim| claim.holds(context, connect, &()))
}

/// Whether WS105 has to be heard first: the deadline ends nothing, so it cannot come too late.
pub(super) fn deadline_is_past_mending(context: &Context<'_>, call: &DeadlineCall) -> bool {
    context.settings.is_enabled(&ws105::RULE) && ws105::is_past_mending(context, call)
}

/// Whether the number of a deadline, by its call, is one that WS106 doubts, whoever asks: a fix must not make it count.
pub(super) fn length_is_doubted(context: &Context<'_>, call: Span) -> bool {
    let calls = &context.sites.deadlines.calls;
    let known = calls.binary_search_by_key(&call, |known| known.call);
    let call = known.ok().and_then(|index| calls.get(index));
    call.is_some_and(|call| ws106::is_doubted(context, call))
}

/// Whether a rule speaks of the loop whose head stands here: it tries again for ever.
pub(super) fn loop_is_told(context: &Context<'_>, head: Span) -> bool {
    context.settings.is_enabled(&ws204::RULE) && ws204::speaks_of_loop(context, head)
}

/// Whether a rule speaks of a wait for a message.
pub(super) fn receive_is_told(context: &Context<'_>, receive: &Receive) -> bool {
    context.settings.is_enabled(&ws201::RULE) && ws201::speaks(context, receive)
}

impl<T: ?Sized> Claim<T> {
    fn holds(&self, context: &Context<'_>, connect: &Connect, of: &T) -> bool {
        context.settings.is_enabled(self.rule) && (self.speaks)(context, connect, of)
    }
}
