//! Puts a connect under `timeout(…)` in a form that keeps the type of the awaited expression, so that whatever follows
//! (`?`, `.unwrap()`, `match`, …) compiles as before (`facts/rust.md` 3).

use super::layout::{self, Around};
use super::{argument, duration, in_brackets, without_time};
use crate::catalog::{Entry as Api, Runtime, Unit};
use crate::facts::Rustfmt;
use crate::finding::{Applicability, Change, Edit, Fix, Refusal};
use crate::rules::{Context, DeadlineRequest, Limit};
use crate::rust::assemble::ConnectNote;
use crate::rust::collect::errors::Takes;
use crate::rust::collect::found::Runtimes;
use crate::rust::collect::frames::{AwaitPoint, JoinPoint};
use crate::rust::names::spelling::Spelling;
use crate::rust::syntax::lexer;
use crate::sites::{Bound, Connect, Entry};
use crate::source::{SourceFile, Span};

/// What the expiry of the deadline says.
pub(in crate::rust) const EXPIRED: &str = "connect timed out";

/// Methods between the call and its `.await` that leave the error's type alone.
const NEUTRAL_ADAPTORS: [&str; 5] = ["boxed", "boxed_local", "fuse", "instrument", "in_current_span"];

/// Puts the wait under a deadline.
pub(in crate::rust) fn external_deadline(
    source: &SourceFile,
    connect: &Connect,
    note: &ConnectNote,
    request: &DeadlineRequest<'_>,
) -> Result<Fix, Refusal> {
    let api = request.context.catalog.entry(connect.api);
    let wrapper = Wrapper::choose(connect, note, api, request)?;
    let site = Site::of(connect, note)?;
    let in_test = connect.in_test || request.context.test_file;
    let expiry = Expiry::choose(&site, note, api, in_test)?;
    let limit = limit(source, connect, note, request)?;

    let mut edits = match &site {
        Site::Await(point) => {
            let around = Around {
                function: &wrapper.function,
                limit: &limit.text,
                suffix: &expiry.suffix(&wrapper),
                edit: limit.edit.as_ref().map(|(edit, _)| edit),
            };
            around_await(source, point, around, &request.context.project.rustfmt)
        }
        Site::Join(join) => around_join(join, &wrapper, &limit.text),
    };
    let mut changes = vec![Change::Deadline { around: site.waited() }];
    if let Some((edit, name)) = limit.edit {
        edits.push(edit);
        changes.push(Change::Argument {
            name,
            call: connect.call,
        });
    }
    edits.sort_by_key(|edit| edit.span);
    Ok(Fix {
        title: format!("wrap the connect in `{}`", wrapper.function),
        // What failed by itself after a while fails otherwise now: by a panic, or with another error.
        applicability: Applicability::Unsafe,
        edits,
        changes,
        takes_python_for_granted: false,
        claims: vec![site.span().cover(connect.call)],
        awaits: Vec::new(),
    })
}

/// The function that sets the deadline.
struct Wrapper {
    function: String,
    runtime: Runtime,
    std: String,
}

impl Wrapper {
    fn choose(
        connect: &Connect,
        note: &ConnectNote,
        api: &Api,
        request: &DeadlineRequest<'_>,
    ) -> Result<Self, Refusal> {
        if connect.entry == Entry::Blocking {
            return Err(Refusal::because(blocking_advice(api)));
        }
        let at = Surroundings {
            in_test: connect.in_test,
            no_timer: note.no_timer,
            runtimes: note.runtimes,
            spelling: &note.spelling,
        };
        Ok(Self {
            function: timeout_function(api.runtime, &at, request.context)?,
            runtime: api.runtime,
            std: note.spelling.std.clone(),
        })
    }
}

/// What is known of the place where a wait stands.
pub(super) struct Surroundings<'n> {
    /// It is compiled for tests alone.
    pub(super) in_test: bool,
    /// Why no timer can be trusted there.
    pub(super) no_timer: Option<&'static str>,
    /// The runtimes that the file itself uses something of.
    pub(super) runtimes: Runtimes,
    /// How names are written there.
    pub(super) spelling: &'n Spelling,
}

/// The function that bounds a future of `runtime`, as it is written at a place.
///
/// # Errors
/// Nothing says that there is one.
pub(super) fn timeout_function(
    runtime: Runtime,
    at: &Surroundings<'_>,
    context: &Context<'_>,
) -> Result<String, Refusal> {
    if let Some(reason) = at.no_timer {
        return Err(Refusal::because(reason));
    }
    match runtime {
        Runtime::Tokio => tokio_timeout(at, context),
        Runtime::Actix | Runtime::Other if at.runtimes.tokio => tokio_timeout(at, context),
        Runtime::AsyncStd if at.runtimes.async_std => Ok(at.spelling.async_std_timeout.clone()),
        Runtime::AsyncStd => Err(Refusal::because(
            "nothing in this file says that the crate itself depends on async-std, whose `future::timeout` would \
             be needed",
        )),
        Runtime::Smol => Err(Refusal::because(
            "smol has no timeout function: race the connect with `smol::Timer::after(…)` in `smol::future::or`",
        )),
        _ => Err(Refusal::because(
            "nothing in this file says which runtime's timer it can use: put the timeout of the one that runs \
             this code around the connect",
        )),
    }
}

/// `tokio::time::timeout` as it is written here, unless the crate has no such thing.
fn tokio_timeout(at: &Surroundings<'_>, context: &Context<'_>) -> Result<String, Refusal> {
    let tokio = context.project.tokio_time(at.in_test);
    match tokio.filter(|fact| !fact.value) {
        Some(fact) => Err(without_time("tokio::time::timeout", fact)),
        None => Ok(at.spelling.tokio_timeout.clone()),
    }
}

fn blocking_advice(api: &Api) -> String {
    let advice = match api.package.as_str() {
        "tungstenite" => {
            "connect with `TcpStream::connect_timeout`, set read and write timeouts on the stream, and hand it to \
             `tungstenite::client`"
        }
        "std" => "`TcpStream::connect_timeout` takes a limit",
        _ => "run it on a thread of its own and wait for that with `mpsc::Receiver::recv_timeout`",
    };
    format!("the call blocks its thread, and no timer of a runtime can end it: {advice}")
}

/// Where the deadline goes.
enum Site<'n> {
    Await(&'n AwaitPoint),
    Join(&'n JoinPoint),
}

impl<'n> Site<'n> {
    fn of(connect: &Connect, note: &'n ConnectNote) -> Result<Self, Refusal> {
        if let Some(sealed) = &note.sealed {
            return Err(Refusal::because(format!(
                "the connect stands inside `{}`, whose tokens are not edited",
                sealed.name
            )));
        }
        match (connect.entry, &note.awaited, &note.join) {
            (Entry::Await, Some(point), _) => Ok(Self::Await(point)),
            (Entry::Argument, _, Some((join, connects))) => {
                if join.futures != *connects {
                    return Err(Refusal::because(
                        "other futures run beside the connect in the same `join!`, and a deadline around it would end \
                         them too",
                    ));
                }
                if !join.closed {
                    return Err(Refusal::because("the futures of the `join!` can leave the function"));
                }
                Ok(Self::Join(join))
            }
            (Entry::Argument, ..) => Err(Refusal::because(
                "the future is handed to another function: put the timeout where it is awaited",
            )),
            (Entry::Returned, ..) => Err(Refusal::because(
                "the future is returned without having been awaited: the callers have to bound it",
            )),
            _ => Err(Refusal::because(
                "the future is kept: put the timeout where it is awaited",
            )),
        }
    }

    fn span(&self) -> Span {
        match self {
            Site::Await(point) => point.base.cover(point.suffix),
            Site::Join(join) => join.call,
        }
    }

    /// What the deadline goes around.
    fn waited(&self) -> Span {
        match self {
            Site::Await(point) => point.base,
            Site::Join(join) => join.call,
        }
    }
}

/// What becomes of an expired deadline.
#[derive(Clone, Copy, PartialEq)]
enum Expiry {
    /// `.expect("connect timed out")`.
    Panic,
    /// An error of the connect's own type.
    Error,
    /// `?`: the function's own error is made of it.
    Leaves,
}

impl Expiry {
    fn choose(site: &Site<'_>, note: &ConnectNote, api: &Api, in_test: bool) -> Result<Self, Refusal> {
        let can_fail = matches!(site, Site::Await(_))
            && api.from_io_error
            && note
                .adaptors
                .iter()
                .all(|adaptor| NEUTRAL_ADAPTORS.contains(&adaptor.as_str()));
        let leaves = match site {
            Site::Await(point) => match point.leaves_with {
                Some(Takes::Everything) => true,
                Some(Takes::Elapsed) => api.runtime != Runtime::AsyncStd,
                None => false,
            },
            Site::Join(_) => false,
        };
        if leaves && !in_test {
            return Ok(Self::Leaves);
        }
        match (in_test, note.in_loop || note.in_task, can_fail) {
            // Where it is tried again a timeout is one more failure; in a task of its own a panic goes unheard.
            (_, true, true) | (false, _, true) => Ok(Self::Error),
            (true, _, _) if note.in_task => Err(Refusal::because(
                "the connect runs in a task of its own, where a panic would go unheard, and its error cannot be made of \
                 a timeout",
            )),
            (true, _, _) => Ok(Self::Panic),
            (false, _, false) => Err(Refusal::because(
                "outside tests a timeout should become an error, and nothing says that this one can be made of a timeout",
            )),
        }
    }

    fn suffix(self, wrapper: &Wrapper) -> String {
        let std = &wrapper.std;
        match (self, wrapper.runtime) {
            (Self::Panic, _) => format!(".expect(\"{EXPIRED}\")"),
            (Self::Leaves, _) => "?".to_owned(),
            (Self::Error, Runtime::AsyncStd) => {
                format!(".unwrap_or_else(|e| Err({std}::io::Error::new({std}::io::ErrorKind::TimedOut, e).into()))")
            }
            (Self::Error, _) => format!(".unwrap_or_else(|e| Err({std}::io::Error::from(e).into()))"),
        }
    }
}

/// The length of the deadline as it is written, and the edit that takes the argument out of force that it comes from.
struct WrittenLimit {
    text: String,
    edit: Option<(Edit, String)>,
}

fn limit(
    source: &SourceFile,
    connect: &Connect,
    note: &ConnectNote,
    request: &DeadlineRequest<'_>,
) -> Result<WrittenLimit, Refusal> {
    let seconds = match request.limit {
        Limit::Seconds(seconds) => seconds,
        Limit::Argument(index) if request.argument == Some(index) => {
            return argument_limit(source, connect, note, request);
        }
        Limit::Argument(_) => {
            return Err(Refusal::because(
                "another argument says how long the connect may take: what it stands for may not be in sight here",
            ));
        }
    };
    Ok(WrittenLimit {
        text: duration::seconds(seconds, &note.spelling.duration),
        edit: None,
    })
}

fn argument_limit(
    source: &SourceFile,
    connect: &Connect,
    note: &ConnectNote,
    request: &DeadlineRequest<'_>,
) -> Result<WrittenLimit, Refusal> {
    let outer = request
        .argument
        .and_then(|index| connect.arguments.get(index))
        .map_or(Bound::Unknown, |argument| argument.value);
    let taken = argument::take_away(source, connect, note, request, outer)?;
    let argument = &taken.found.argument;
    let text = source.slice(argument.value_span);
    let unit = request
        .context
        .catalog
        .entry(connect.api)
        .parameter(&argument.name)
        .map(|parameter| parameter.unit);
    if unit != Some(Unit::Duration) || text.starts_with("Some") {
        return Err(Refusal::because(format!(
            "`{}` is not given as a plain `Duration`",
            argument.name
        )));
    }
    if lexer::tokens(text, 0).any(lexer::Token::is_comment) {
        return Err(Refusal::because(format!("a comment stands in `.{}(…)`", argument.name)));
    }
    Ok(WrittenLimit {
        text: text.to_owned(),
        edit: Some((taken.edit, argument.name.clone())),
    })
}

/// Puts what is awaited at `point` into a call, laid out as `rustfmt` says.
pub(super) fn around_await(
    source: &SourceFile,
    point: &AwaitPoint,
    around: Around<'_>,
    rustfmt: &Rustfmt,
) -> Vec<Edit> {
    let laid_out =
        layout::around(source, point, around, rustfmt).or_else(|| in_brackets::around(source, point, around, rustfmt));
    let Around {
        function,
        limit,
        suffix,
        ..
    } = around;
    if let Some(edits) = laid_out {
        return edits;
    }
    let margin = Some(point.suffix).filter(|_| suffix.starts_with('.'));
    let margin = margin
        .and_then(|suffix| margin_of_own_line(source, suffix))
        .unwrap_or_default();
    vec![
        Edit::insert(point.base.start, format!("{function}({limit}, ")),
        Edit::insert(point.base.end, ")"),
        Edit::insert(point.suffix.end, format!("{margin}{suffix}")),
    ]
}

/// The line end and the indentation of an `.await` that begins its line: what follows it goes on a line of its own, too.
fn margin_of_own_line(source: &SourceFile, suffix: Span) -> Option<String> {
    let start = source.line_start(suffix.start);
    let indent = source.text().get(start..suffix.start)?;
    let line_end = if source.text().get(..start)?.ends_with("\r\n") {
        "\r\n"
    } else {
        "\n"
    };
    (start > 0 && indent.trim().is_empty()).then(|| format!("{line_end}{indent}"))
}

fn around_join(join: &JoinPoint, wrapper: &Wrapper, limit: &str) -> Vec<Edit> {
    vec![
        Edit::insert(join.call.start, format!("{}({limit}, async {{ ", wrapper.function)),
        Edit::insert(join.call.end, format!(" }}).await.expect(\"{EXPIRED}\")")),
    ]
}
