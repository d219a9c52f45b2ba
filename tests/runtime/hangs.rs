//! What WS201, WS202 and WS204 say about run time: which calls stop an event loop, which waits never end. `compile.rs` runs
//! what they fix in Rust, `fixed_programs.rs` what they fix in Python.

use std::collections::BTreeSet;

use serde_json::json;

use crate::clients;
use crate::facts::{Verdicts, assert_all_seen, wrong};
use crate::matrix;
use crate::servers::Servers;

const STANDARD_LIBRARY: &str = include_str!("../../rules/apis/python/standard-library.toml");
const REQUESTS: &str = include_str!("../../rules/apis/python/requests.toml");
const HTTPX: &str = include_str!("../../rules/apis/python/httpx.toml");
const WEBSOCKETS: &str = include_str!("../../rules/apis/python/websockets.toml");
const WS202_CODE: &str = include_str!("../../src/rules/ws202_blocking_call_in_async.rs");
const WS204: &str = include_str!("../../rules/WS204-endless-reconnect.md");
const TOKIO: &str = include_str!("../../rules/apis/rust/tokio.toml");
const FACTS_IN_RUST: &str = include_str!("crates/hangs/src/facts.rs");

/// Words that state something, and the checks of `facts/of_hangs.py` that show it.
const CLAIMS: &[(&str, &str, &[&str])] = &[
    (
        STANDARD_LIBRARY,
        "`asyncio.wait_for` around them does # not fire, and other tasks of the loop stand still",
        &[
            "time_sleep_blocks",
            "urlopen_blocks",
            "processes_block",
            "what_joins_blocks",
            "queues_block",
            "locks_block",
            "input_blocks",
        ],
    ),
    (
        STANDARD_LIBRARY,
        "unless = [ { name = \"blocking\", position = 0, value = \"false\" }, { name = \"timeout\", position = 1, value = \"zero\" }, ]",
        &["what_has_limits_returns_at_once"],
    ),
    (
        WS202_CODE,
        "meanwhile no deadline of the loop fires, no other task runs",
        &[
            "time_sleep_blocks",
            "the_loops_own_sleep_does_not",
            "a_call_in_a_thread_does_not",
        ],
    ),
    (
        REQUESTS,
        "they block the event loop, and have no limit of their own",
        &["requests_block", "requests_have_no_limit_of_their_own"],
    ),
    (HTTPX, "paths = [ \"httpx.get\", \"httpx.post\",", &["httpx_blocks"]),
    (
        WEBSOCKETS,
        "websockets waits for ever for a peer that answers pings and sends nothing",
        &[
            "recv_waits_for_a_message_for_ever",
            "a_loop_waits_for_messages_for_ever",
        ],
    ),
    (
        WS204,
        "| nobody answers, or refuses; HTTP 503 | tried again for ever | tried again for ever |",
        &["async_for_tries_again_where_nothing_listens"],
    ),
    (
        WS204,
        "| HTTP 401, 403 | tried again for ever | raises `InvalidStatus` |",
        &[
            "async_for_tries_again_after_a_403_before_14",
            "async_for_ends_at_a_403_since_14",
        ],
    ),
];

/// The newest, and the last one whose `async for` swallows everything.
const CLIENTS: [(&str, [&str; 3]); 2] = [
    ("hangs", ["websockets>=16", "requests==2.34.2", "httpx==0.28.1"]),
    (
        "hangs-legacy",
        ["websockets==13.1", "requests==2.34.2", "httpx==0.28.1"],
    ),
];

#[test]
fn the_papers_still_say_what_is_checked() {
    for (paper, words, _) in CLAIMS {
        let paper: Vec<_> = paper.split_whitespace().collect();
        assert!(paper.join(" ").contains(words), "nothing says any more: {words}");
    }
    let panics = "Cannot start a runtime from within a runtime";
    assert!(TOKIO.contains(&format!("panics = \"{panics}\"")));
    assert!(FACTS_IN_RUST.contains(&format!("const PANIC: &str = \"{panics}\"")));
}

#[test]
#[ignore = "needs Python and PyPI"]
fn what_is_said_of_hangs_is_so() {
    let pythons = matrix::pythons();
    let python = matrix::of_the_libraries(&pythons);
    let servers = Servers::start(python);
    let mut seen = BTreeSet::new();
    for (folder, packages) in CLIENTS {
        let client = clients::install(python, folder, &packages).expect("pip installs the libraries");
        let question = json!({ "ports": servers.ports, "patient": false });
        let verdicts: Verdicts = client.ask("facts/of_hangs.py", &question).expect("the checks run");
        seen.extend(verdicts.keys().cloned());
        assert_eq!(wrong(verdicts), Vec::<String>::new(), "{packages:?}");
    }
    assert_all_seen(CLAIMS, &seen, python);
}
