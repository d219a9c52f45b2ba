//! The part of WS103 that is not about names: values that a release refuses, and positional arguments that it does not take.

use pep440_rs::Version;

use super::Context;
use super::misfit::{is_misfit, told_on_both};
use super::ws103_rejected_connect_argument::RULE;
use crate::catalog::{Refused, Releases, Share, Verdict};
use crate::facts::PythonVersion;
use crate::finding::{Finding, Severity};
use crate::sites::{Connect, Entry};
use crate::source::Span;

pub(super) fn check(context: &Context<'_>, connect: &Connect, findings: &mut Vec<Finding>) {
    // A branch on the version, or the fallback of a `try`: each of its connects is right in its own place.
    if connect.chosen_by_version {
        return;
    }
    let known = context.catalog.entry(connect.api);
    let rows = context.catalog.refused(known.language, &known.package);
    for keyword in &connect.keywords {
        let Some(value) = &keyword.value else {
            continue;
        };
        let is_meant = |row: &&Refused| row.is_value(&keyword.name, value, connect.scheme.as_deref());
        let meant: Vec<&Refused> = rows.iter().filter(is_meant).collect();
        if meant.is_empty() || is_misfit(context, connect, &keyword.name) {
            continue;
        }
        let what = match &connect.scheme {
            Some(scheme) if meant.iter().any(|row| row.scheme.is_some()) => {
                format!("`{}={value}` for a {scheme}:// address", keyword.name)
            }
            _ => format!("`{}={value}`", keyword.name),
        };
        findings.extend(report(
            context,
            connect,
            keyword.span,
            &meant,
            &what,
            Some(&keyword.name),
        ));
    }
    for (index, span) in connect.positional.iter().enumerate() {
        let is_meant = |row: &&Refused| row.positional_after == Some(index);
        let meant: Vec<&Refused> = rows.iter().filter(is_meant).collect();
        let what = match index {
            0 => "positional arguments".to_owned(),
            1 => "more than 1 positional argument".to_owned(),
            most => format!("more than {most} positional arguments"),
        };
        let found = report(context, connect, *span, &meant, &what, None);
        if found.is_some() {
            findings.extend(found);
            break;
        }
    }
}

/// The finding of what all of `rows` refuse, each in its own releases.
fn report(
    context: &Context<'_>,
    connect: &Connect,
    span: Span,
    rows: &[&Refused],
    what: &str,
    name: Option<&str>,
) -> Option<Finding> {
    let row_of = |release: &Version| {
        let mut rows = rows.iter().copied();
        rows.find(|row| row.at.iter().any(|at| at.holds(&connect.path, release)))
    };
    let has = |release: &Version| match name {
        Some(name) => context.verdict(connect, name, release) == Verdict::Accepted,
        None => context.verdict(connect, "uri", release) != Verdict::Unknown,
    };
    let releases = context.releases(connect)?.having(has)?;
    let row = row_of(releases.newest_that(|release| row_of(release).is_some())?)?;
    let is_so = |release: &Version| row_of(release).is_some_and(|other| other.error.is_some() == row.error.is_some());
    let share = releases.share(is_so);
    if share == Share::None {
        return None;
    }
    let severity = match (share, &row.error) {
        (Share::All, Some(_)) => Severity::Error,
        _ => Severity::Warning,
    };
    let is_always_so = releases.holds_always(|release| is_so(release) || !has(release));
    let finding = Finding::new(&RULE, span, message(connect, row, what, &releases, is_so, is_always_so))
        .severity(severity)
        .note(note(context, connect, row, &releases, is_always_so)?)
        .related(&connect.through);
    Some(match &row.help {
        Some(help) => finding.help(help.clone()),
        None => finding,
    })
}

fn message(
    connect: &Connect,
    row: &Refused,
    what: &str,
    releases: &Releases<'_>,
    is_so: impl Fn(&Version) -> bool,
    is_always_so: bool,
) -> String {
    let path = &connect.path;
    let verb = match row.error {
        Some(_) => "rejects",
        None => "accepts",
    };
    match is_always_so {
        true => format!("`{path}` {verb} {what}"),
        false => format!("`{path}` of {} {verb} {what}", releases.told(is_so)),
    }
}

fn note(
    context: &Context<'_>,
    connect: &Connect,
    row: &Refused,
    releases: &Releases<'_>,
    is_always_so: bool,
) -> Option<String> {
    let oldest = context.oldest_python();
    let newest = PythonVersion::OLDEST_MAINTAINED.max(oldest);
    let what = match (row.error(newest), row.error(oldest)) {
        (Some(error), Some(before)) => {
            let error = told_on_both(error, before);
            match (row.at_call, connect.entry) {
                (true, _) => format!("the call raises {error}"),
                (false, Entry::AsyncFor) => format!("the call passes, and the first round raises {error}"),
                (false, _) => format!("the call passes, and awaiting or entering it raises {error}"),
            }
        }
        _ => row.effect.clone()?,
    };
    Some(match is_always_so {
        true => what,
        false => format!("{what}; {}", releases.here()),
    })
}
