//! What the rules about deadlines state about run time, and the check that shows it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::clients;
use crate::matrix;

const WS105: &str = include_str!("../../rules/WS105-deadline-not-entered.md");
const WS105_CODE: &str = include_str!("../../src/rules/ws105_deadline_not_entered.rs");
const WS106: &str = include_str!("../../rules/WS106-deadline-out-of-range.md");
const WS106_CODE: &str = concat!(
    include_str!("../../src/rules/ws106_deadline_out_of_range.rs"),
    include_str!("../../src/rules/mistaken_units.rs"),
    include_str!("../../src/rules/refused_lengths.rs"),
);
const ASYNC_TIMEOUT: &str = include_str!("../../rules/apis/python/async-timeout.toml");
const WS107_CODE: &str = include_str!("../../src/rules/ws107_shadowed_deadline.rs");
const WS108: &str = include_str!("../../rules/WS108-swallowed-deadline.md");
const WS108_CODE: &str = include_str!("../../src/rules/ws108_swallowed_deadline.rs");
const WS401_CODE: &str = include_str!("../../src/rules/ws401_deadline_needs_newer_python.rs");

/// Words that state something, and the checks of `facts/of_deadlines.py` that show it.
const CLAIMS: &[(&str, &str, &[&str])] = &[
    (
        WS105_CODE,
        "`'Timeout' object does not support the context manager protocol`",
        &["a_plain_with_fails_since_3_11"],
    ),
    (
        ASYNC_TIMEOUT,
        "async-timeout 4 warns that `with timeout()` is deprecated, 5 fails with TypeError",
        &[
            "async_timeout_4_warns_of_a_plain_with",
            "async_timeout_5_fails_with_a_plain_with_since_3_11",
        ],
    ),
    (
        WS105,
        "async-timeout 3 takes a plain `with`, 4 warns of it, 5 fails. anyio 2 wants `async with`, 3 warns of it, 4 fails",
        &[
            "async_timeout_3_takes_a_plain_with",
            "anyio_2_wants_async_with",
            "anyio_3_warns_of_async_with",
            "anyio_4_fails_with_async_with_since_3_11",
        ],
    ),
    (
        WS105_CODE,
        "does not support the asynchronous context manager protocol`",
        &[
            "trio_fails_with_async_with_since_3_11",
            "anyio_4_fails_with_async_with_since_3_11",
        ],
    ),
    (
        WS105_CODE,
        "`object Timeout can't be used in 'await' expression`",
        &["awaiting_a_timeout_fails_since_3_11"],
    ),
    (
        WS105_CODE,
        "such a statement has no effect, and nothing warns of it",
        &["a_bare_timeout_does_nothing_since_3_11"],
    ),
    (
        WS105_CODE,
        "what it waits for never runs, and all that tells is `RuntimeWarning: coroutine was never awaited`",
        &["a_bare_wait_for_is_never_awaited"],
    ),
    (
        WS105_CODE,
        "it gives a coroutine, which nothing can enter",
        &["a_wait_for_cannot_be_entered"],
    ),
    (
        WS105_CODE,
        "the items of a `with` are entered from left to right",
        &["items_are_entered_from_left_to_right_since_3_11"],
    ),
    (
        WS105_CODE,
        "`Timeout has already been entered`",
        &["entering_twice_fails_since_3_11"],
    ),
    (
        WS105_CODE,
        "`Timeout has not been entered`",
        &["an_asyncio_timeout_is_set_anew_in_its_block_alone_since_3_11"],
    ),
    (
        WS105_CODE,
        "`Cannot change state of finished Timeout`",
        &["an_asyncio_timeout_is_set_anew_in_its_block_alone_since_3_11"],
    ),
    (
        WS106_CODE,
        "it fails with a TypeError: a literal is nothing that can be awaited",
        &["literals_cannot_be_awaited"],
    ),
    (
        WS105_CODE,
        "the next wait ends with TimeoutError at once",
        &["a_small_point_in_time_is_over_since_3_11"],
    ),
    (
        WS105,
        "| `await tornado.gen.with_timeout(5, …)` | the same; `timedelta(seconds=5)` counts from now |",
        &["a_number_is_a_point_in_time_to_tornado"],
    ),
    (
        WS106_CODE,
        "unsupported operand type(s) for +: 'float' and '{kind}'",
        &["text_and_timedelta_fail_since_3_11"],
    ),
    (
        WS106_CODE,
        "cannot be compared with a number",
        &[
            "text_and_timedelta_fail_in_wait_for",
            "text_and_timedelta_fail_since_3_11",
        ],
    ),
    (
        WS106,
        "`TimeoutError` at the first wait",
        &["no_time_ends_at_once_since_3_11"],
    ),
    (
        WS106_CODE,
        "trio refuses it with ValueError: `seconds` must be non-negative",
        &["trio_refuses_less_than_nothing"],
    ),
    (
        WS107_CODE,
        "of two deadlines on one wait the one that ends earlier fires, wherever it is written",
        &["the_shorter_deadline_ends_the_wait_since_3_11"],
    ),
    (
        WS108_CODE,
        "inside the block the deadline is a CancelledError; it becomes a TimeoutError where the block is left, behind this handler",
        &["an_inner_handler_sees_no_timeout_since_3_11"],
    ),
    (
        WS108_CODE,
        "there is no TimeoutError, and what follows in the block has no deadline",
        &["a_swallowed_deadline_is_gone_since_3_11"],
    ),
    (
        WS108,
        "| `except Exception:` | does not catch either |",
        &["an_inner_handler_sees_no_timeout_since_3_11"],
    ),
    (
        WS401_CODE,
        "`module 'asyncio' has no attribute '{plain}'`",
        &["timeout_is_missing_before_3_11"],
    ),
    (
        WS401_CODE,
        "`cannot import name '{plain}' from 'asyncio'`",
        &["timeout_is_missing_before_3_11"],
    ),
];

/// What is installed beside each other, and the Pythons (3.x) that it is tried with.
const ENVIRONMENTS: [(&str, [&str; 4], &[u8]); 4] = [
    (
        "deadlines-oldest",
        ["async-timeout==3.0.1", "anyio==2.2.0", "trio", "tornado==6.5.2"],
        &[10],
    ),
    (
        "deadlines-older",
        ["async-timeout==4.0.0", "anyio==3.0.0", "trio", "tornado==6.5.2"],
        &[10, 12],
    ),
    (
        "deadlines-old",
        ["async-timeout==4.0.3", "anyio==4.0.0", "trio", "tornado==6.5.2"],
        &[12],
    ),
    (
        "deadlines",
        ["async-timeout==5.0.1", "anyio==4.16.0", "trio", "tornado==6.5.2"],
        &[11, 12, 13],
    ),
];

#[test]
fn the_rules_still_say_what_is_checked() {
    for (paper, words, _) in CLAIMS {
        let paper: Vec<_> = paper.split_whitespace().collect();
        assert!(paper.join(" ").contains(words), "nothing says any more: {words}");
    }
}

#[test]
#[ignore = "needs Python and PyPI"]
fn what_is_said_of_deadlines_is_so() {
    let pythons = matrix::pythons();
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for (name, packages, minors) in ENVIRONMENTS {
        for python in pythons.iter().filter(|python| minors.contains(&python.minor())) {
            let client = clients::install(python, name, &packages).expect("pip installs the libraries");
            let question = json!({ "ports": {}, "patient": false });
            let verdicts: BTreeMap<String, Option<String>> =
                client.ask("facts/of_deadlines.py", &question).expect("the checks run");
            seen.extend(verdicts.keys().cloned());
            let failed = verdicts.into_iter().filter_map(|(check, fault)| Some((check, fault?)));
            wrong.extend(failed.map(|(check, fault)| format!("{name}, Python 3.{}: {check}: {fault}", python.minor())));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    if !matrix::is_restricted() {
        let unseen = CLAIMS
            .iter()
            .flat_map(|(_, _, checks)| checks.iter())
            .find(|check| !seen.contains(**check));
        assert_eq!(unseen, None, "no Python has shown it");
    }
}
