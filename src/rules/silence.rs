//! Why a rule says nothing of a site: the other half of its answer.

use std::borrow::Cow;
use std::fmt;

use super::{
    Context, ws101_connect_timeout_argument as ws101, ws102_connect_without_deadline as ws102,
    ws103_rejected_connect_argument as ws103, ws104_misread_timeout_argument as ws104,
    ws201_receive_without_deadline as ws201, ws301_unencodable_print as ws301,
};
use crate::finding::{Finding, Rule};
use crate::sites::{Connect, Print, Receive};

/// Why a rule says nothing, a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Silence(Cow<'static, str>);

/// What a rule says of one site.
pub(super) type Answer = Result<Finding, Silence>;

impl From<&'static str> for Silence {
    fn from(why: &'static str) -> Self {
        Self(Cow::Borrowed(why))
    }
}

impl From<String> for Silence {
    fn from(why: String) -> Self {
        Self(Cow::Owned(why))
    }
}

impl fmt::Display for Silence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A rule that says nothing, and why.
pub(crate) type Silent = (&'static Rule, Silence);

/// The rules about connects that say nothing of this one.
pub(crate) fn of_connect(context: &Context<'_>, connect: &Connect) -> Vec<Silent> {
    let mut silent: Vec<Silent> = Vec::new();
    if !connect.is_handed() {
        let ws101 = ws101::check_connect(context, connect).err();
        let ws102 = ws102::check_connect(context, connect).err();
        silent.extend(ws101.map(|why| (&ws101::RULE, why)));
        silent.extend(ws102.map(|why| (&ws102::RULE, why)));
    }
    silent.extend(ws103::silence(context, connect).map(|why| (&ws103::RULE, why)));
    silent.extend(ws104::silence(context, connect).map(|why| (&ws104::RULE, why)));
    silent.retain(|(rule, _)| rule.languages.contains(&context.source.language()));
    silent
}

/// The same of a wait for a message.
pub(crate) fn of_receive(context: &Context<'_>, receive: &Receive) -> Vec<Silent> {
    let why = ws201::why_not(context, receive);
    why.map(|why| (&ws201::RULE, why)).into_iter().collect()
}

/// The same of a print.
pub(crate) fn of_print(context: &Context<'_>, print: &Print) -> Vec<Silent> {
    let is_looked_at = ws301::RULE.languages.contains(&context.source.language());
    let why = ws301::silence(context, print).filter(|_| is_looked_at);
    why.map(|why| (&ws301::RULE, why)).into_iter().collect()
}
