//! What Python does with deadlines beyond one event loop and one task: what the pages of WS102, WS105, WS108, WS202, WS205 and WS501 say of
//! nested loops, timers, tornado's coroutines, fixtures and the classes of timeouts.

use std::collections::BTreeSet;

use serde_json::json;

use crate::clients;
use crate::facts::{Verdicts, assert_all_seen, wrong};
use crate::matrix;
use crate::servers::Servers;

const WS102: &str = include_str!("../../rules/WS102-connect-without-deadline.md");
const WS103: &str = include_str!("../../rules/WS103-rejected-connect-argument.md");
const WS105: &str = include_str!("../../rules/WS105-deadline-not-entered.md");
const WS108: &str = include_str!("../../rules/WS108-swallowed-deadline.md");
const WS201: &str = include_str!("../../rules/WS201-receive-without-deadline.md");
const WS202: &str = include_str!("../../rules/WS202-blocking-call-in-async.md");
const WS205: &str = include_str!("../../rules/WS205-test-over-budget.md");
const WS501: &str = include_str!("../../rules/WS501-uncaught-handshake-status.md");

/// Words that state something, and the checks of `facts/of_semantics.py` that show it.
const CLAIMS: &[(&str, &str, &[&str])] = &[
    (
        WS102,
        "inside of a coroutine (nest_asyncio) covers nothing",
        &[
            "a_deadline_around_a_nested_loop_covers_nothing",
            "a_deadline_around_a_nested_run_covers_nothing",
            "a_deadline_around_the_helper_itself_ends_it",
        ],
    ),
    (
        WS102,
        "`loop.call_later(3, asyncio.current_task().cancel)`) is one as well",
        &[
            "a_timer_that_cancels_the_task_ends_its_waits",
            "a_timer_whose_lambda_asks_for_the_task_cancels_nothing",
        ],
    ),
    (
        WS102,
        "In a `@gen.coroutine` or `@gen_test` of tornado `yield` is the await",
        &[
            "yield_awaits_in_a_coroutine_of_tornado",
            "a_wait_for_ends_a_yield_of_tornado",
        ],
    ),
    (
        WS102,
        "`typing.cast(…, connect(url))` is the connect itself",
        &["a_cast_gives_back_what_it_gets"],
    ),
    (
        WS102,
        "the limit of the session, client or request",
        &["a_session_keeps_its_limit_under_an_annotation"],
    ),
    (
        WS103,
        "Under uvloop the text begins with `create_connection()`",
        &["an_unknown_keyword_is_told_without_the_loop_under_uvloop"],
    ),
    (
        WS105,
        "Attempted to exit cancel scope in a different task than it was entered in",
        &["a_scope_around_a_yield_raises_at_teardown_in_a_fixture_of_pytest_asyncio"],
    ),
    (
        WS108,
        "| the same class as `TimeoutError`, and so a subclass of `OSError` | 3.11 |",
        &[
            "classes_of_timeouts_are_what_the_page_says",
            "os_error_takes_a_timeout_from_the_clause_behind_it",
        ],
    ),
    (
        WS108,
        "`requests.Timeout` an `OSError`",
        &["classes_of_libraries_are_what_the_page_says"],
    ),
    (
        WS201,
        "Behind its own `close()`, in the same block, and behind its own block (`async with ws:`), no message is waited for with aiohttp, \
         trio-websocket and websockets: that is over at once.",
        &["behind_its_own_close_no_message_is_waited_for"],
    ),
    (
        WS202,
        "its application runs in a thread of its own and answers",
        &["the_application_of_a_test_client_answers_in_async_code"],
    ),
    (
        WS205,
        "it ends the test where `pytest.mark.anyio` says that one task runs both",
        &["a_deadline_around_a_yield_ends_the_test_under_the_plugin_of_anyio"],
    ),
    (
        WS501,
        "with websockets 14.0 and newer they give the default, always",
        &["getattr_of_the_old_name_is_none_since_14"],
    ),
];

const PACKAGES: [&str; 13] = [
    "websockets>=15",
    "nest_asyncio==1.6.0",
    "uvloop>=0.22",
    "tornado>=6.5",
    "aiohttp>=3.14",
    "requests",
    "websocket-client",
    "starlette>=1.0",
    "trio-websocket>=0.12",
    "httpx",
    "pytest>=8",
    "pytest-asyncio>=1.5",
    "anyio>=4.16",
];

#[test]
fn the_papers_still_say_what_is_checked() {
    for (paper, words, _) in CLAIMS {
        let paper: Vec<_> = paper.split_whitespace().collect();
        assert!(paper.join(" ").contains(words), "nothing says any more: {words}");
    }
}

#[test]
#[ignore = "needs Python and PyPI"]
fn what_is_said_of_loops_tasks_and_clauses_is_so() {
    let pythons = matrix::pythons();
    let python = matrix::of_the_libraries(&pythons);
    let servers = Servers::start(python);
    let client = clients::install(python, "semantics", &PACKAGES).expect("pip installs the libraries");
    let question = json!({ "ports": servers.ports, "patient": false });
    let verdicts: Verdicts = client.ask("facts/of_semantics.py", &question).expect("the checks run");
    let seen: BTreeSet<String> = verdicts.keys().cloned().collect();
    assert_eq!(wrong(verdicts), Vec::<String>::new());
    assert_all_seen(CLAIMS, &seen, python);
}
