//! What messages, notes, the catalogue and the rules' pages say about run time, and the check that shows it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use serde_json::json;

use crate::clients::{self, Client};
use crate::matrix;
use crate::pythons::Python;
use crate::servers::Servers;

const CATALOG: &str = include_str!("../../rules/apis/python/websockets.toml");
const PICOWS: &str = include_str!("../../rules/apis/python/picows.toml");
const SIMPLE_CLIENTS: &str = include_str!("../../rules/apis/python/python-socketio.toml");
const WS101: &str = include_str!("../../rules/WS101-connect-timeout-argument.md");
const WS102: &str = include_str!("../../rules/WS102-connect-without-deadline.md");
const WS107: &str = include_str!("../../rules/WS107-shadowed-deadline.md");
const WS102_CODE: &str = include_str!("../../src/rules/ws102_connect_without_deadline.rs");

/// Words that state something about websockets, and the checks of `facts/of_websockets.py` that show it.
const OF_WEBSOCKETS: &[(&str, &str, &[&str])] = &[
    (
        CATALOG,
        "websockets gives up after 10 s by its own default (`open_timeout`, 17.4)",
        &["gives_up_after_10_s_by_default", "really_gives_up_after_10_s"],
    ),
    (
        CATALOG,
        "websockets before 10.0 has no limit for the connect",
        &["waits_for_ever_before_10"],
    ),
    (
        CATALOG,
        "From 10.2 on the legacy implementation waits for the close of a connection whose handshake it gave up",
        &[
            "who_never_closes_is_waited_for",
            "the_legacy_client_waits_for_the_close",
        ],
    ),
    (
        CATALOG,
        "`open_timeout` bounds name look-up, TCP, TLS and the handshake together",
        &["open_timeout_bounds_the_connect", "open_timeout_bounds_tls"],
    ),
    (
        CATALOG,
        "The legacy implementation reads `close_timeout=None` as 10 s, the new one (`websockets.connect` from 14.0) as no limit",
        &["close_timeout_none_means_10_s_or_no_limit"],
    ),
    (
        CATALOG,
        "takes it as an old name of `close_timeout`; the new one # fails with a TypeError when the connect is awaited",
        &["timeout_bounds_the_closing_handshake", "timeout_fails_when_awaited"],
    ),
    (
        CATALOG,
        "from websockets 14.0 on `websockets.connect` raises a `TypeError` for `extra_headers=` and `timeout=`, up to 13.1 it does for `additional_headers=`",
        &["headers_have_another_name_from_14_on", "timeout_fails_when_awaited"],
    ),
    (
        CATALOG,
        "websockets.sync gives up after 10 s by its own default (`open_timeout`, since 11.0)",
        &[
            "sync_gives_up_after_10_s_by_default",
            "sync_really_gives_up_after_10_s",
            "sync_open_timeout_bounds_the_connect",
        ],
    ),
    (
        CATALOG,
        "Since 13.0, and for TCP only: `timeout=1` against a peer that accepts",
        &["sync_timeout_bounds_tcp_only"],
    ),
    (
        WS101,
        "bounds the *closing* handshake up to 13.1",
        &["timeout_bounds_the_closing_handshake"],
    ),
    (
        WS101,
        "From 14.0 on it fails when it is awaited: `TypeError: BaseEventLoop.create_connection() got an unexpected keyword argument 'timeout'` (Python 3.10 and later)",
        &["timeout_fails_when_awaited"],
    ),
    (
        WS101,
        "`open_timeout` bounds the connect from 10.0 on. 8.1 and 9.1 refuse it with the same kind of `TypeError`",
        &["open_timeout_bounds_the_connect", "open_timeout_is_refused_before_10"],
    ),
    (
        WS101,
        "bounds TCP only (13.0 and later)",
        &["sync_timeout_bounds_tcp_only"],
    ),
    (
        WS101,
        "`asyncio.timeout(15)` around `websockets.connect(url)` ends after 10 s",
        &["a_longer_deadline_ends_after_10_s"],
    ),
    (
        WS107,
        "`asyncio.timeout(15)` around `websockets.connect(url)` ends after 10 s",
        &["a_longer_deadline_ends_after_10_s"],
    ),
    (
        WS101,
        "`timed out during opening handshake` becomes an empty one",
        &["open_timeout_bounds_the_connect", "a_deadline_outside_has_no_message"],
    ),
    (
        WS101,
        "is waited for `close_timeout` longer, before the fix and after it",
        &["who_never_closes_is_waited_for"],
    ),
    (
        WS102,
        "| `websockets.connect` 8.1, 9.1 | nothing |",
        &["waits_for_ever_before_10"],
    ),
    (
        WS102,
        "| `websockets.connect` 14.0 to 17.4, and 10.0 and 10.1 | its own default, after 10 s |",
        &["really_gives_up_after_10_s"],
    ),
    (
        WS102_CODE,
        "is switched off, so a peer that accepts and never answers holds the connect for ever",
        &["open_timeout_none_waits_on"],
    ),
];

/// Words about other libraries, and the checks of `facts/of_libraries.py`.
const OF_LIBRARIES: &[(&str, &str, &[&str])] = &[
    (
        CATALOG,
        "websockets.trio gives up after 10 s by its own default (`open_timeout`, since 17.0)",
        &[
            "websockets_trio_gives_up_after_10_s_by_default",
            "websockets_trios_open_timeout_bounds_the_connect",
        ],
    ),
    (
        CATALOG,
        "websockets.trio waits for ever for a peer that answers pings and sends nothing (17.4)",
        &[
            "websockets_trio_waits_for_a_message",
            "websockets_trio_waits_for_the_parts_of_a_message",
        ],
    ),
    (
        SIMPLE_CLIENTS,
        "python-socketio's simple client waits for an event for ever, unless `timeout` is given (5.18.1)",
        &["socketio_waits_for_an_event"],
    ),
    (
        PICOWS,
        "`picows.websockets` waits for ever for a peer that answers pings and sends nothing (2.3.1)",
        &["picows_waits_for_a_message"],
    ),
    (
        CATALOG,
        "websockets.sync waits for ever for a peer that answers pings and sends nothing, unless `timeout` is given (17.4)",
        &["websockets_waits_for_the_parts_of_a_message"],
    ),
    (
        WS102,
        "| `aiohttp.ClientSession.ws_connect` 3.7.4 to 3.14.5 | the session's default, after 300 s |",
        &["aiohttp_has_300_s", "aiohttps_own_arguments_do_not_bound_the_connect"],
    ),
    (
        WS102,
        "| `tornado.websocket.websocket_connect` 6.1 to 6.6.1 | the request's default, after 20 s |",
        &["tornado_has_20_s", "tornados_connect_timeout_ends_before_the_handshake"],
    ),
    (
        WS102,
        "| `socketio.AsyncClient.connect` 5.0.4 to 5.18.1 | nothing, once the WebSocket handshake began |",
        &["socketio_does_not_bound_the_websocket_handshake"],
    ),
    (
        WS102,
        "| `trio_websocket.open_websocket_url` 0.12.0 to 0.12.2 | nothing, `connect_timeout` included |",
        &["trio_websocket_waits_on", "trio_fail_after_ends_the_wait"],
    ),
    (
        WS101,
        "for trio, whose deadline raises `trio.TooSlowError`, which is no `TimeoutError`",
        &["trio_fail_after_ends_the_wait"],
    ),
    (
        WS102,
        "| `websocket.create_connection` 0.57.0 to 1.9.2 (websocket-client) | nothing |",
        &["websocket_client_waits_on"],
    ),
    (
        WS101,
        "`open_timeout` of picows 2.3.1 bounds neither TCP nor TLS",
        &["picows_bounds_the_handshake_but_not_tls"],
    ),
];

/// The versions of the libraries that the papers name, with a newest websockets for `websockets.trio`.
const LIBRARIES: [&str; 8] = [
    "aiohttp==3.14.5",
    "picows==2.3.1",
    "python-socketio[asyncio_client]==5.18.1",
    "tornado==6.6.1",
    "trio-websocket==0.12.2",
    "websocket-client==1.9.2",
    "websockets>=17",
    "trio",
];

/// Versions of websockets with which something begins or ends, beside those of the matrix; what only old Pythons take.
const FIRST_AND_LAST: [&str; 4] = ["8.1", "9.1", "10.0", "11.0.3"];

/// What is wrong with each fact that was checked; `None` where it is so.
pub(crate) type Verdicts = BTreeMap<String, Option<String>>;

#[test]
fn the_papers_still_say_what_is_checked() {
    for (paper, words, _) in OF_WEBSOCKETS.iter().chain(OF_LIBRARIES) {
        let paper: Vec<_> = paper.split_whitespace().collect();
        assert!(paper.join(" ").contains(words), "nothing says any more: {words}");
    }
}

#[test]
#[ignore = "needs Python and PyPI"]
fn what_is_said_of_websockets_is_so() {
    let pythons = matrix::pythons();
    let (Some(oldest), Some(newest)) = (pythons.first(), pythons.last()) else {
        panic!("there is no Python");
    };
    let mut jobs: Vec<_> = clients::versions(newest)
        .into_iter()
        .chain(["13.0.1", "14.0"])
        .map(|version| (newest, version))
        .collect();
    if oldest.minor() < 10 {
        jobs.extend(
            clients::versions(oldest)
                .into_iter()
                .chain(FIRST_AND_LAST)
                .map(|version| (oldest, version)),
        );
    }
    let servers = Servers::start(newest);
    let seen = Mutex::new(BTreeSet::new());
    matrix::judge_all(jobs, |python, client| {
        let is_patient = python.minor() == newest.minor() && python.minor() >= 11;
        let verdicts = ask(client, "facts/of_websockets.py", &servers, is_patient);
        let verdicts = verdicts.unwrap_or_else(|error| BTreeMap::from([("of_websockets.py".to_owned(), Some(error))]));
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
fn what_is_said_of_other_clients_is_so() {
    let pythons = matrix::pythons();
    let python = matrix::of_the_libraries(&pythons);
    let client = clients::install(python, "libraries", &LIBRARIES).expect("pip installs the libraries");
    let servers = Servers::start(python);
    let verdicts = ask(&client, "facts/of_libraries.py", &servers, false).expect("the checks run");
    assert_all_seen(OF_LIBRARIES, &verdicts.keys().cloned().collect(), python);
    assert_eq!(wrong(verdicts), Vec::<String>::new());
}

fn ask(client: &Client, script: &str, servers: &Servers, is_patient: bool) -> Result<Verdicts, String> {
    client.ask(script, &json!({ "ports": servers.ports, "patient": is_patient }))
}

pub(crate) fn wrong(verdicts: Verdicts) -> Vec<String> {
    verdicts
        .into_iter()
        .filter_map(|(fact, wrong)| Some(format!("{fact}: {}", wrong?)))
        .collect()
}

/// Each check was made with some client. What only websockets before 10 shows needs a Python below 3.10.
pub(crate) fn assert_all_seen(claims: &[(&str, &str, &[&str])], seen: &BTreeSet<String>, oldest: &Python) {
    let unseen = claims
        .iter()
        .flat_map(|(_, _, checks)| checks.iter())
        .filter(|check| oldest.minor() < 10 || !check.ends_with("_before_10"))
        .find(|check| !seen.contains(**check));
    assert_eq!(unseen, None, "no client has shown it");
}
