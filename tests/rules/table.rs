//! `rules/apis/TABLE.md`: the catalogue as a table for people.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use ws_lint::catalog::{Api, Form, HeldBy, Holder, Library, Parameter, Phase, Protocol, Receiver, Unit, Waits};

use crate::bless::{assert_none, compare_file};
use crate::root;

/// The languages' folders, as the table calls them.
const LANGUAGES: [(&str, &str); 2] = [("python", "Python"), ("rust", "Rust")];

const HEAD: &str = "\
# How long connects and receives wait

Generated from the catalogue (`WS_LINT_BLESS=1 cargo test --test rules table`); what is said here was run, with the releases that are named. The peer accepts
and never answers; where the one of a receive shakes hands and sends nothing.

A name in the column *what bounds it* is an argument of the call, `Class(…)` one of the object that it is used with; *looks like it* names what has to
do with time and does not bound the whole connect, and what it bounds instead.
";

#[test]
fn the_table_of_the_catalogue_is_current() {
    let mut text = HEAD.to_owned();
    for (folder, language) in LANGUAGES {
        let libraries = libraries(&root().join("rules/apis").join(folder));
        write!(
            text,
            "\n## {language}\n\n| library | releases run | call | by default | what bounds it | looks like it and does not | its limit raises |\n|---|---|---|---|---|---|---|\n"
        )
        .expect("a text can be written to");
        for library in &libraries {
            for api in &library.connects {
                if api.protocol.unwrap_or(library.protocol) == Protocol::Websocket {
                    text.push_str(&connect_row(library, api));
                }
            }
        }
        write!(
            text,
            "\n### Receives in {language}\n\n| library | what gives the connection | waits | by default | what bounds it | its limit raises |\n|---|---|---|---|---|---|\n"
        )
        .expect("a text can be written to");
        for library in &libraries {
            for receiver in library.receivers.iter().filter(|receiver| !receiver.signal) {
                text.push_str(&receive_row(library, receiver));
            }
        }
    }
    let stale = compare_file(&root().join("rules/apis/TABLE.md"), Some(&text));
    assert_none(&stale.into_iter().collect::<Vec<_>>());
}

fn libraries(folder: &Path) -> Vec<Library> {
    let entries = fs::read_dir(folder).expect("the catalogue can be read");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let text = fs::read_to_string(path).expect("a library is UTF-8");
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    paths.iter().map(read).collect()
}

fn connect_row(library: &Library, api: &Api) -> String {
    let bounding = |parameter: &&Parameter| parameter.bounds == Phase::Connect && parameter.form != Form::OffSwitch;
    let bounds = api.arguments.iter().filter(bounding).map(shown);
    // What another library has, is no object whose method connects.
    let is_own = |holder: &Holder| {
        let mut paths = holder.paths.iter().filter_map(|path| path.split('.').next());
        paths.any(|module| library.modules.iter().any(|own| own == module))
    };
    let held = library.holders.iter().filter(|holder| match &api.held_by {
        Some(HeldBy::Receiver) => is_own(holder),
        Some(HeldBy::Argument { .. }) => true,
        None => false,
    });
    let by_object = held.flat_map(|holder| {
        let path = holder.paths.first().map_or("", String::as_str);
        let class = if is_own(holder) { last(path) } else { path };
        let arguments = holder.arguments.iter().filter(|argument| !argument.only_holders);
        arguments.map(move |argument| format!("`{class}({}=…)`", argument.name))
    });
    let bounds: Vec<String> = bounds.chain(by_object).collect();
    let others = api
        .arguments
        .iter()
        .filter(|parameter| parameter.bounds != Phase::Connect);
    let others: Vec<String> = others.map(misread).collect();
    row(&[
        &library.package,
        &releases(library, api),
        &format!("`{}`", api.paths.first().map_or("", String::as_str)),
        &waits(api),
        &bounds.join(", "),
        &others.join("; "),
        &api.raises
            .as_ref()
            .map_or_else(String::new, |raises| format!("`{raises}`")),
    ])
}

fn receive_row(library: &Library, receiver: &Receiver) -> String {
    let made = receiver.of.first().or(receiver.classes.first());
    let mut methods: Vec<String> = receiver.methods.iter().map(|method| format!("`{method}`")).collect();
    if receiver.iterates {
        methods.push("iteration".to_owned());
    }
    let limit = receiver.limit.as_ref();
    let default = match (limit.and_then(|limit| limit.default), receiver.limited_elsewhere) {
        (Some(seconds), _) => format!("{seconds} s"),
        (None, true) => "the object's own limit".to_owned(),
        (None, false) => "for ever".to_owned(),
    };
    let by_connect = receiver
        .connect_limits
        .iter()
        .map(|name| format!("`{name}` of the connect"));
    let by_setter = receiver.setters.iter().map(|name| format!("`.{name}`"));
    let bounds: Vec<String> = limit
        .map(|limit| format!("`{}`", limit.name))
        .into_iter()
        .chain(by_connect)
        .chain(by_setter)
        .collect();
    let ends = limit.map_or_else(String::new, |limit| match (&limit.returns, &limit.raises) {
        (Some(value), _) => format!("nothing: returns `{value}`"),
        (None, Some(raises)) => format!("`{raises}`"),
        (None, None) => "`TimeoutError`".to_owned(),
    });
    row(&[
        &library.package,
        &format!("`{}`", made.map_or("", String::as_str)),
        &methods.join(", "),
        &default,
        &bounds.join(", "),
        &ends,
    ])
}

/// The oldest and the newest release that was run, where that is written down; part of a library's connects may be of some.
fn releases(library: &Library, api: &Api) -> String {
    let described = library.known.releases.iter().filter(|release| api.describes(release));
    let known: Vec<String> = described.map(ToString::to_string).collect();
    match known.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first, .., last] => format!("{first} to {last}"),
    }
}

fn waits(api: &Api) -> String {
    let usual = match api.waits {
        Waits::ForEver => "for ever".to_owned(),
        Waits::InProcess => "within the process".to_owned(),
        Waits::Default => format!("{} s", api.limit.unwrap_or_default()),
    };
    let usual = match &api.limit_holds_for {
        Some(each) => format!("{usual} for {each}"),
        None => usual,
    };
    let usual = match api.limits_a_part {
        true => format!("{usual} for one part of it"),
        false => usual,
    };
    let usual = match api.returns_unconnected {
        true => format!("{usual}, then returns unconnected"),
        false => usual,
    };
    let others = api.otherwise.iter().map(|row| {
        let waits = row
            .limit
            .map_or_else(|| "for ever".to_owned(), |limit| format!("{limit} s"));
        let during = row.at.first().map(|at| &at.during);
        let since = during
            .and_then(|during| during.since.as_ref())
            .map(|since| format!("from {since}"));
        let until = during
            .and_then(|during| during.until.as_ref())
            .map(|until| format!("before {until}"));
        let when: Vec<String> = since.into_iter().chain(until).collect();
        format!("{} {waits}", when.join(" and "))
    });
    let all: Vec<String> = [usual].into_iter().chain(others).collect();
    all.join("; ")
}

/// An argument as it is written, with its unit where that is not seconds.
fn shown(parameter: &Parameter) -> String {
    let name = match (&parameter.within, parameter.form) {
        (Some(dictionary), _) => format!("`{dictionary}={{\"{}\": …}}`", parameter.name),
        (None, Form::Method | Form::OffSwitch) => format!("`.{}(…)`", parameter.name),
        (None, Form::Keyword | Form::Positional) => format!("`{}`", parameter.name),
    };
    match parameter.unit {
        Unit::Milliseconds => format!("{name} (milliseconds)"),
        Unit::Seconds | Unit::Duration => name,
    }
}

fn misread(parameter: &Parameter) -> String {
    let what = match parameter.bounds {
        Phase::Connect => "the whole connect",
        Phase::Transport => "TCP, not the handshake",
        Phase::Handshake => "the handshake alone",
        Phase::Receive => "each wait for a message",
        Phase::Close => "the closing handshake",
        Phase::Other => "something else",
    };
    let what = match &parameter.misread {
        Some(misread) => format!("it {}", misread.says),
        None => what.to_owned(),
    };
    format!("{}: {what}", shown(parameter))
}

fn last(path: &str) -> &str {
    path.rsplit(['.', ':']).next().unwrap_or(path)
}

fn row(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}
