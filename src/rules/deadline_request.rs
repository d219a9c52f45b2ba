//! Which deadline a rule wants, and what takes the place of an argument that is meant as one.

use super::Context;
use crate::finding::{Fix, Refusal};
use crate::sites::{Bound, Connect};

/// Which deadline is wanted.
#[derive(Clone, Copy)]
pub struct DeadlineRequest<'a> {
    /// Its length.
    pub limit: Limit,
    /// The connect's own argument that the deadline takes the place of: an index into [`Connect::arguments`].
    pub argument: Option<usize>,
    /// That argument cannot stay with another value either: the library rejects its name.
    pub rejected: bool,
    /// The configuration, project facts and catalogue that decide the form.
    pub context: &'a Context<'a>,
}

/// The length of a new deadline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// What this argument of the connect says, in its own words: an index into [`Connect::arguments`].
    Argument(usize),
    /// This many seconds.
    Seconds(f64),
}

/// Puts a deadline in the place of the argument at `index`, which is meant as a limit of the connect and is none; where
/// something else bounds the connect already the argument only goes.
pub(super) fn in_place_of_argument(
    context: &Context<'_>,
    connect: &Connect,
    index: usize,
    rejected: bool,
) -> Result<Fix, Refusal> {
    let known = context.catalog.entry(connect.api);
    let has_own_limit = connect.arguments.iter().enumerate().any(|(other, argument)| {
        let parameter = known.parameter(&argument.name);
        other != index && parameter.is_some_and(|parameter| parameter.replaceable) && argument.value != Bound::Unlimited
    });
    let says_nothing = connect
        .arguments
        .get(index)
        .is_some_and(|argument| argument.value == Bound::Unlimited);
    let request = DeadlineRequest {
        limit: Limit::Argument(index),
        argument: Some(index),
        rejected,
        context,
    };
    match connect.is_under_a_deadline() || has_own_limit || says_nothing {
        true => context.rewrite.drop_timeout_argument(connect, &request),
        false => context.rewrite.external_deadline(connect, &request),
    }
}
