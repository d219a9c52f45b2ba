//! How ws-lint came to its answer for a connect, a wait for a message, or a print: the sites and the answers that the rules
//! themselves use, as data; and what rules find elsewhere. `--explain-site` prints it.

use serde::Serialize;

use crate::finding::Finding;
use crate::rules::Context;
use crate::rules::silence::{self, Silent};
use crate::sites::{
    Argument, Bound, CallersElsewhere, Carried, Connect, Deadline, Entered, Entry, Print, Receive, Related,
    RelatedPlace,
};
use crate::source::{Span, SpanIndex};

/// Everything that is known of one site.
#[derive(Debug)]
pub struct Explanation {
    /// What it is.
    pub kind: SiteKind,
    /// The call, the wait or the print.
    pub span: Span,
    /// The path that it resolves to: `websockets.connect`. Of a finding its first line.
    pub resolves_to: String,
    /// What was asked, and what the answer is, in the order of asking.
    pub answers: Vec<Said>,
    /// The rules that say nothing of it, and why.
    pub silent: Vec<SilentRule>,
}

/// What kind of site is explained.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum SiteKind {
    /// A call that opens a connection.
    Connect,
    /// A call of a function of the project that hands its keywords on to a connect.
    ConnectThroughKeywords,
    /// A wait for a message.
    Receive,
    /// A call that writes to the console.
    Print,
    /// Something else that a rule has found something at.
    Finding,
}

/// A question and its answer.
#[derive(Debug)]
pub struct Said {
    /// `deadline`.
    pub question: &'static str,
    /// A clause.
    pub answer: String,
    /// Where the answer stands.
    pub places: Vec<Related>,
}

/// A rule that says nothing.
#[derive(Debug, Serialize)]
pub struct SilentRule {
    /// `WS102`.
    pub code: &'static str,
    /// Why, a clause.
    pub why: String,
}

impl SiteKind {
    /// As a sentence names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Connect => "a connect",
            Self::ConnectThroughKeywords => "a call that gives keywords to a connect",
            Self::Receive => "a wait for a message",
            Self::Print => "a print",
            Self::Finding => "what a rule finds",
        }
    }
}

/// What leads from a name to what it means.
pub trait Trail {
    /// The files of other modules that the meaning of what is called at `callee` comes through, as messages name them.
    fn files(&self, _callee: Span) -> Vec<String> {
        Vec::new()
    }
}

/// Everything that is known of every site of a file, by position. `findings` are those of the file, whoever allows them;
/// `allowed` those that a comment allows.
pub(crate) fn of_file(
    context: &Context<'_>,
    trail: &dyn Trail,
    findings: &[&Finding],
    allowed: &[&Finding],
) -> Vec<Explanation> {
    let sites = context.sites;
    let connects = sites.connects.iter().map(|connect| of_connect(context, trail, connect));
    let handed = sites.handed.iter().map(|connect| of_connect(context, trail, connect));
    let receives = sites.receives.iter().map(|receive| of_receive(context, receive));
    let prints = sites.prints.iter().map(|print| of_print(context, print));
    let mut all: Vec<Explanation> = connects.chain(handed).chain(receives).chain(prints).collect();
    let explained = SpanIndex::of(all.iter().map(|explanation| explanation.span));
    let is_explained = |finding: &Finding| {
        let mut near = explained.nested_with(finding.span).into_iter();
        near.any(|place| all.get(place).is_some_and(|near| near.span.contains(finding.span)))
    };
    let elsewhere = findings.iter().chain(allowed).filter(|finding| !is_explained(finding));
    let elsewhere: Vec<Explanation> = elsewhere.map(|finding| of_finding(context, finding)).collect();
    all.extend(elsewhere);
    all.sort_by_key(|explanation| explanation.span);
    for explanation in &mut all {
        for (verb, some) in [("finds", findings), ("is allowed by a comment to find", allowed)] {
            let here = some.iter().filter(|finding| explanation.span.contains(finding.span));
            explanation
                .answers
                .extend(here.map(|finding| said("rule", format!("{} {verb}: {}", finding.rule.code, finding.message))));
        }
    }
    all
}

fn said(question: &'static str, answer: impl Into<String>) -> Said {
    Said {
        question,
        answer: answer.into(),
        places: Vec::new(),
    }
}

fn silent(context: &Context<'_>, rules: Vec<Silent>) -> Vec<SilentRule> {
    let of = |(rule, why): Silent| SilentRule {
        code: rule.code,
        why: match context.settings.is_enabled(rule) {
            true => why.to_string(),
            false => "the configuration switches it off".to_owned(),
        },
    };
    rules.into_iter().map(of).collect()
}

fn of_connect(context: &Context<'_>, trail: &dyn Trail, connect: &Connect) -> Explanation {
    let known = context.catalog.entry(connect.api);
    let mut answers = vec![said("library", known.package.clone())];
    let files = trail.files(connect.callee);
    if !files.is_empty() {
        answers.push(said("through", files.join(", ")));
    }
    answers.extend(connect.through.first().map(|_| Said {
        places: connect.through.clone(),
        ..said("hands on", "the keywords get there through functions of the project")
    }));
    if !connect.is_handed() {
        answers.push(said("entered", entered(connect.entry)));
    }
    answers.extend(
        connect
            .arguments
            .iter()
            .map(|argument| said("argument", given(argument))),
    );
    if connect.unpacks {
        answers.push(said("argument", "unpacked ones that cannot be seen may be among them"));
    }
    if !connect.is_handed() {
        answers.extend(deadlines(&connect.deadlines));
        answers.extend(callers(connect));
    }
    let patience = context.patience(connect);
    answers.push(match (&connect.carried, connect.carried_bound) {
        (Carried::Limit, Bound::Seconds(seconds)) => said(
            "by itself",
            format!("it gives up after {seconds} s, the limit that what it is called on, or given, carries"),
        ),
        _ => said("by itself", patience.fact()),
    });
    if let Some(releases) = context.releases(connect) {
        let newest = releases.newest_told().map(|newest| format!("; {newest}"));
        answers.push(said(
            "release",
            format!("{}{}", releases.here(), newest.unwrap_or_default()),
        ));
    }
    if connect.chosen_by_version {
        answers.push(said(
            "chosen",
            "the code around it chooses by what the installed library takes",
        ));
    }
    Explanation {
        kind: match connect.is_handed() {
            false => SiteKind::Connect,
            true => SiteKind::ConnectThroughKeywords,
        },
        span: connect.call,
        resolves_to: connect.path.clone(),
        answers,
        silent: silent(context, silence::of_connect(context, connect)),
    }
}

fn of_receive(context: &Context<'_>, receive: &Receive) -> Explanation {
    let opened = receive.connect.and_then(|index| context.sites.connects.get(index));
    let connection = match opened {
        Some(connect) => Said {
            places: vec![Related {
                what: format!("`{}` opens it", connect.path),
                place: RelatedPlace::Here(connect.call),
            }],
            ..said("connection", "one that this file opens")
        },
        None => said("connection", "one that comes from elsewhere"),
    };
    let mut answers = vec![connection];
    answers.extend(deadlines(&receive.deadlines));
    if receive.limited {
        answers.push(said(
            "argument",
            "one of its own, or of the connect, ends the wait or may do so",
        ));
    }
    Explanation {
        kind: SiteKind::Receive,
        span: receive.span,
        resolves_to: receive.source.clone(),
        answers,
        silent: silent(context, silence::of_receive(context, receive)),
    }
}

fn of_print(context: &Context<'_>, print: &Print) -> Explanation {
    let text: String = print.text.iter().map(|piece| piece.text.as_str()).collect();
    let known = match text.is_empty() {
        true => "nothing of it is known".to_owned(),
        false => format!("`{text}` certainly reaches the stream"),
    };
    Explanation {
        kind: SiteKind::Print,
        span: print.call,
        resolves_to: print.path.clone(),
        answers: vec![said("text", known)],
        silent: silent(context, silence::of_print(context, print)),
    }
}

fn of_finding(context: &Context<'_>, finding: &Finding) -> Explanation {
    let mut lines = context.source.slice(finding.span).lines();
    Explanation {
        kind: SiteKind::Finding,
        span: finding.span,
        resolves_to: lines.next().unwrap_or_default().to_owned(),
        answers: Vec::new(),
        silent: Vec::new(),
    }
}

fn entered(entry: Entry) -> &'static str {
    match entry {
        Entry::Await => "it is awaited",
        Entry::AsyncWith => "`async with` enters it",
        Entry::AsyncFor => "each round of a loop makes one",
        Entry::Argument => "it is given to something that awaits it",
        Entry::Stored => "it is kept, and entered somewhere else",
        Entry::Returned => "it is returned without having been awaited",
        Entry::Blocking => "the call itself blocks its thread",
    }
}

fn length(bound: Bound) -> String {
    match bound {
        Bound::Seconds(seconds) => format!("{seconds} s"),
        Bound::Unlimited => "no limit".to_owned(),
        Bound::Unknown => "of unknown length".to_owned(),
    }
}

fn given(argument: &Argument) -> String {
    format!("`{}`, {}", argument.name, length(argument.value))
}

fn deadlines(deadlines: &[Deadline]) -> Vec<Said> {
    if deadlines.is_empty() {
        return vec![said("deadline", "none around it in this file")];
    }
    let one = |deadline: &Deadline| {
        let answer = format!("`{}`, {}", deadline.path, length(deadline.bound));
        let place = match &deadline.entered {
            Entered::ByCallers => None,
            Entered::Here => Some(RelatedPlace::Here(deadline.span)),
            Entered::There(place) => Some(RelatedPlace::There(place.clone())),
        };
        match place {
            // It may stand in another file.
            None => said(
                "deadline",
                format!("{answer}, around every call of the function that it stands in"),
            ),
            Some(place) => Said {
                places: vec![Related {
                    what: "is entered".to_owned(),
                    place,
                }],
                ..said("deadline", answer)
            },
        }
    };
    deadlines.iter().map(one).collect()
}

fn callers(connect: &Connect) -> Option<Said> {
    match &connect.callers {
        _ if connect.is_under_a_deadline() => None,
        CallersElsewhere::NotAsked => None,
        CallersElsewhere::BoundByName => Some(said(
            "callers",
            "a call of a method of its name, of an object that is not known, stands under a deadline and may mean it",
        )),
        CallersElsewhere::Asked { open: None, all_seen } => Some(said(
            "callers",
            match all_seen {
                true => "looked for in the whole project",
                false => "looked for in the whole project; what it is handed to may call it where that is not seen",
            },
        )),
        CallersElsewhere::Asked { open: Some(open), .. } => Some(Said {
            places: vec![open.clone()],
            ..said(
                "callers",
                "looked for in the whole project: one at least puts no deadline around it",
            )
        }),
    }
}
