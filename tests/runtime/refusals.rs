//! What the object of a connect is, and what a refused handshake raises: what the catalogue, the messages and the pages of
//! WS203, WS501 and WS502 say of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use serde_json::{Value, json};
use ws_lint::catalog::{At, Catalog, During, Lack, Object, Rejection};
use ws_lint::source::Language;

use crate::clients::{self, Client};
use crate::facts::{Verdicts, assert_all_seen, wrong};
use crate::matrix;
use crate::servers::Servers;

const WS203: &str = include_str!("../../rules/WS203-connect-as-coroutine.md");
const WS203_CODE: &str = concat!(
    include_str!("../../src/rules/ws203_connect_as_coroutine.rs"),
    include_str!("../../src/rules/misuse_failures.rs"),
);
const WS501: &str = include_str!("../../rules/WS501-uncaught-handshake-status.md");
const WS501_CODE: &str = concat!(
    include_str!("../../src/rules/ws501_uncaught_handshake_status.rs"),
    include_str!("../../src/rules/handshake_clause.rs"),
    include_str!("../../src/rules/lacking_status.rs"),
);
const WS502: &str = include_str!("../../rules/WS502-status-from-message.md");
const WS502_CODE: &str = include_str!("../../src/rules/ws502_status_from_message.rs");
const CATALOG: &str = include_str!("../../rules/apis/python/websockets.toml");

/// Words that state something about websockets, and the checks of `facts/of_refusals.py` that show it.
const OF_WEBSOCKETS: &[(&str, &str, &[&str])] = &[
    (
        CATALOG,
        "calling a connect makes an object of a class, which can be awaited and entered and is no # coroutine",
        &["objects_are_what_the_catalogue_says", "what_takes_awaitables_works"],
    ),
    (
        CATALOG,
        "the two are siblings, and neither clause # catches the other",
        &[
            "exceptions_are_what_the_catalogue_says",
            "the_two_exceptions_are_siblings",
        ],
    ),
    (
        WS203,
        "| `asyncio.create_task(connect(u))` | `TypeError: a coroutine was expected, got <websockets.asyncio.client.connect object at 0x…>` |",
        &["create_task_takes_coroutines_only"],
    ),
    (
        WS203,
        "| `group.create_task(connect(u))` | the same in an `ExceptionGroup` |",
        &["a_task_group_takes_coroutines_only"],
    ),
    (
        WS203,
        "| `asyncio.run(connect(u))` | `ValueError: a coroutine was expected, got <…>` |",
        &["run_takes_coroutines_only"],
    ),
    (
        WS203,
        "| `asyncio.run_coroutine_threadsafe(connect(u), loop)` | `TypeError: A coroutine object is required` |",
        &["run_coroutine_threadsafe_takes_coroutines_only"],
    ),
    (
        WS203,
        "| `asyncio.wait([connect(u)])`, Python 3.11 and later | `AttributeError: 'connect' object has no attribute 'add_done_callback'` |",
        &["wait_takes_futures_only"],
    ),
    (
        WS203,
        "`TypeError: 'WebSocketClientProtocol' object does not support the asynchronous context manager protocol`, `AttributeError` up to Python 3.10",
        &["the_connection_of_the_legacy_client_cannot_be_entered"],
    ),
    (
        WS203,
        "`TypeError: 'connect' object does not support the context manager protocol`, `AttributeError: __enter__` up to Python 3.10",
        &["a_plain_with_cannot_enter_it"],
    ),
    (
        WS203,
        "`AttributeError: 'connect' object has no attribute 'send'`",
        &["it_has_no_methods_of_the_connection"],
    ),
    (
        WS203,
        "`asyncio.ensure_future(connect(url), loop=loop)`",
        &["what_takes_awaitables_works"],
    ),
    (
        WS203_CODE,
        "is raised here, and the connection stays open",
        &["the_connection_of_the_legacy_client_cannot_be_entered"],
    ),
    (
        WS501,
        "`AttributeError: 'InvalidStatus' object has no attribute 'status_code'`",
        &["exceptions_lack_what_the_catalogue_says"],
    ),
    (
        WS501,
        "`AttributeError: 'InvalidStatusCode' object has no attribute 'response'`",
        &["exceptions_lack_what_the_catalogue_says"],
    ),
    (
        WS501_CODE,
        "can still be imported, and is no base",
        &["the_old_exception_still_imports"],
    ),
    (
        WS502,
        "| websockets 8.1 to 17.4, `InvalidStatusCode` and `InvalidStatus` | `server rejected WebSocket connection: HTTP 403` |",
        &["exceptions_are_what_the_catalogue_says"],
    ),
    (
        WS502_CODE,
        "the text of a refused TCP connect holds its port",
        &["the_text_of_a_refused_tcp_connect_holds_its_port"],
    ),
];

/// Words about other libraries, and the checks of `facts/of_refusals_of_libraries.py`.
const OF_LIBRARIES: &[(&str, &str, &[&str])] = &[
    (
        WS502,
        "| aiohttp 3.14.5, `WSServerHandshakeError` | `403, message='Invalid response status', url='ws://127.0.0.1:42559/403'` |",
        &["aiohttp"],
    ),
    (
        WS502,
        "| websocket-client 1.9.2, `WebSocketBadStatusException` | `Handshake status 403 Forbidden -+-+-",
        &["websocket-client"],
    ),
    (
        WS502,
        "| tornado 6.6.1, `HTTPClientError` | `HTTP 403: Forbidden` |",
        &["tornado"],
    ),
    (
        WS502,
        "| httpx-ws 0.9.0, `WebSocketUpgradeError` | `<Response [403 Forbidden]>` |",
        &["httpx-ws"],
    ),
    (
        WS203,
        "`picows.websockets.connect`, tornado's `websocket_connect` (a future), `asyncpg.create_pool`, and `httpx_ws.aconnect_ws`, which cannot be awaited at all",
        &["objects"],
    ),
    (
        WS203,
        "aiohttp's `ws_connect`, `picows.ws_connect`, `asyncpg.connect`",
        &["coroutines"],
    ),
];

/// The versions of the libraries that the catalogue names.
const LIBRARIES: [&str; 6] = [
    "aiohttp==3.14.5",
    "asyncpg==0.32.0",
    "httpx-ws==0.9.0",
    "picows==2.3.1",
    "tornado==6.6.1",
    "websocket-client==1.9.2",
];

/// Both sides of what changed, and what pip is asked for beside it.
const CHANGED: [(&str, &str, &[&str]); 8] = [
    ("aiohttp", "3.10.5", &[]),
    ("aiohttp", "3.10.6", &[]),
    ("aiohttp", "3.14.5", &[]),
    ("picows", "1.19.0", &[]),
    ("picows", "1.20.0", &[]),
    ("openai", "1.58.0", &["websockets<15", "httpx<0.28"]),
    ("openai", "1.103.0", &["websockets<16"]),
    ("openai", "3.57.0", &["websockets<16"]),
];

/// Versions with which something begins or ends, beside those of the matrix.
const FIRST_AND_LAST: [&str; 3] = ["13.0.1", "14.0", "17.0"];
const ON_OLD_PYTHONS: [&str; 4] = ["8.1", "9.1", "10.0", "11.0.3"];

#[test]
fn the_papers_still_say_what_is_checked_of_refusals() {
    for (paper, words, _) in OF_WEBSOCKETS.iter().chain(OF_LIBRARIES) {
        let paper: Vec<_> = paper.split_whitespace().collect();
        assert!(paper.join(" ").contains(words), "nothing says any more: {words}");
    }
}

#[test]
#[ignore = "needs Python and PyPI"]
fn what_is_said_of_objects_and_refusals_is_so() {
    let pythons = matrix::pythons();
    let (Some(oldest), Some(newest)) = (pythons.first(), pythons.last()) else {
        panic!("there is no Python");
    };
    let mut jobs: Vec<_> = clients::versions(newest)
        .into_iter()
        .chain(FIRST_AND_LAST)
        .map(|version| (newest, version))
        .collect();
    if oldest.minor() < 10 {
        let versions = clients::versions(oldest).into_iter().chain(ON_OLD_PYTHONS);
        jobs.extend(versions.map(|version| (oldest, version)));
    }
    let between = pythons.iter().filter(|python| matches!(python.minor(), 10 | 11));
    jobs.extend(between.flat_map(|python| [(python, "13.1"), (python, "14.2")]));
    let servers = Servers::start(newest);
    let seen = Mutex::new(BTreeSet::new());
    matrix::judge_all(jobs, |_, client| {
        let verdicts = ask(client, "facts/of_refusals.py", &servers, &["websockets"])
            .unwrap_or_else(|error| BTreeMap::from([("of_refusals.py".to_owned(), Some(error))]));
        seen.lock()
            .expect("no worker panics with it")
            .extend(verdicts.keys().cloned());
        wrong(verdicts)
    });
    let seen = seen.into_inner().expect("no worker panics with it");
    if !matrix::is_restricted() {
        assert_all_seen(OF_WEBSOCKETS, &seen, oldest);
    }
}

#[test]
#[ignore = "needs Python and PyPI"]
fn what_is_said_of_the_refusals_of_other_clients_is_so() {
    let pythons = matrix::pythons();
    let python = matrix::of_the_libraries(&pythons);
    let client = clients::install(python, "refusals", &LIBRARIES).expect("pip installs the libraries");
    let servers = Servers::start(python);
    let packages: Vec<_> = LIBRARIES
        .iter()
        .filter_map(|pinned| pinned.split("==").next())
        .collect();
    let verdicts = ask(&client, "facts/of_refusals_of_libraries.py", &servers, &packages).expect("the checks run");
    assert_all_seen(OF_LIBRARIES, &verdicts.keys().cloned().collect(), python);
    assert_eq!(wrong(verdicts), Vec::<String>::new());
}

#[test]
#[ignore = "needs Python and PyPI"]
fn older_releases_have_the_objects_and_exceptions_that_the_catalogue_says() {
    let pythons = matrix::pythons();
    let python = matrix::of_the_libraries(&pythons);
    let servers = Servers::start(python);
    matrix::judge_each(CHANGED.to_vec(), |(package, version, beside)| {
        let pinned = format!("{package}=={version}");
        let wanted: Vec<_> = [&*pinned].into_iter().chain(beside.iter().copied()).collect();
        let asked = clients::install(python, &format!("refusals-{package}-{version}"), &wanted)
            .and_then(|client| ask_of(&client, &servers, package, version));
        match asked {
            Ok(verdicts) => wrong(verdicts)
                .into_iter()
                .map(|fact| format!("{pinned}: {fact}"))
                .collect(),
            Err(error) => vec![format!("{pinned}: {error}")],
        }
    });
}

/// What the catalogue says of an object, as the checks read it.
fn object(known: &Object) -> Value {
    let lacks = known.connection_lacks.iter().map(|lack| {
        let Lack { names, help, .. } = lack;
        json!({ "names": names, "help": help, "since": since(&lack.during), "until": until(&lack.during) })
    });
    let rejects = known.connection_rejects.iter().map(|rejected| {
        json!({
            "method": rejected.method,
            "keyword": rejected.keyword,
            "error": rejected.error,
            "error-before-3-10": rejected.error_before_3_10,
            "since": since(&rejected.during),
            "until": until(&rejected.during),
        })
    });
    json!({
        "class": known.class,
        "awaitable": known.awaitable,
        "manager": known.manager,
        "future": known.future,
        "coroutine": known.coroutine,
        "unmanaged-connection": known.unmanaged_connection,
        "connection": known.connection,
        "connection-lacks": lacks.collect::<Vec<_>>(),
        "connection-rejects": rejects.collect::<Vec<_>>(),
        "connection-methods": known.connection_methods,
        "at": known.at.iter().map(at).collect::<Vec<_>>(),
    })
}

/// The same of an exception.
fn exception(known: &Rejection) -> Value {
    json!({
        "paths": known.paths,
        "bases": known.bases,
        "status": known.status,
        "text": known.text,
        "lacks": known.lacks,
        "since": known.since.as_ref().map(ToString::to_string),
        "raised-by": known.raised_by.iter().map(at).collect::<Vec<_>>(),
    })
}

fn at(at: &At) -> Value {
    json!({ "paths": at.paths, "since": since(&at.during), "until": until(&at.during) })
}

fn since(during: &During) -> Option<String> {
    during.since.as_ref().map(ToString::to_string)
}

fn until(during: &During) -> Option<String> {
    during.until.as_ref().map(ToString::to_string)
}

/// Asks about one release of a package.
fn ask_of(client: &Client, servers: &Servers, package: &str, version: &str) -> Result<Verdicts, String> {
    client.ask(
        "facts/of_older_releases.py",
        &json!({
            "ports": servers.ports,
            "patient": false,
            "package": package,
            "version": version,
            "known": known(&[package]),
        }),
    )
}

/// Asks with what the catalogue says of these packages.
fn ask(client: &Client, script: &str, servers: &Servers, packages: &[&str]) -> Result<Verdicts, String> {
    client.ask(
        script,
        &json!({ "ports": servers.ports, "patient": false, "known": known(packages) }),
    )
}

fn known(packages: &[&str]) -> BTreeMap<String, Value> {
    let catalog = Catalog::builtin();
    let of_package = |package: &&str| {
        let known = json!({
            "objects": catalog.objects(Language::Python, package).iter().map(object).collect::<Vec<_>>(),
            "exceptions": catalog.rejections(Language::Python, package).iter().map(exception).collect::<Vec<_>>(),
        });
        ((*package).to_owned(), known)
    };
    packages.iter().map(of_package).collect()
}
