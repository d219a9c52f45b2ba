//! What becomes of the limit that a library has itself.

use super::snippet::Snippet;
use crate::settings::InternalTimeout;

#[test]
fn under_a_deadline_only_the_argument_goes() {
    let covered = |limit| format!("    ws = await websockets.connect(url, open_timeout={limit})\n");
    Snippet::in_main(&covered("20"))
        .covered(10.0)
        .becomes_in_main("    ws = await websockets.connect(url)\n");
    Snippet::in_main(&covered("20"))
        .covered(15.0)
        .becomes_in_main("    ws = await websockets.connect(url, open_timeout=None)\n");
    Snippet::in_main(&covered("20"))
        .covered(15.0)
        .internal(InternalTimeout::Remove)
        .becomes_in_main_unsafely("    ws = await websockets.connect(url)\n");
}

#[test]
fn the_argument_is_switched_off_where_the_default_would_fire_first() {
    let connect = |limit, rest| format!("    ws = await websockets.connect(url, open_timeout{limit}){rest}\n");
    let after = |limit, call| {
        format!("    async with asyncio.timeout({limit}):\n        ws = await websockets.connect(url{call})\n")
    };
    for (before, limit, call) in [
        ("=10", "10", ""),
        ("=10.5", "10.5", ", open_timeout=None"),
        ("=limit", "limit", ", open_timeout=None"),
        (" = 2 * 60", "2 * 60", ", open_timeout = None"),
        ("=1.5", "1.5", ""),
    ] {
        Snippet::in_main(&connect(before, "")).becomes_in_main(&after(limit, call));
    }
    Snippet::in_main(&connect("=5", ""))
        .internal(InternalTimeout::Disable)
        .becomes_in_main(&after("5", ", open_timeout=None"));
    Snippet::in_main(&connect("=15", ""))
        .internal(InternalTimeout::Remove)
        .becomes_in_main_unsafely(&after("15", ""));
}

#[test]
fn a_default_deadline_longer_than_the_librarys_own_limit_switches_that_off() {
    let connect = "    ws = await websockets.connect(url)\n";
    Snippet::in_main(connect)
        .becomes_in_main("    async with asyncio.timeout(10):\n        ws = await websockets.connect(url)\n");
    Snippet::in_main(connect)
        .default_deadline(0.5)
        .becomes_in_main("    async with asyncio.timeout(0.5):\n        ws = await websockets.connect(url)\n");
    Snippet::in_main(connect).default_deadline(30.0).becomes_in_main(
        "    async with asyncio.timeout(30):\n        ws = await websockets.connect(url, open_timeout=None)\n",
    );
    Snippet::in_main("    ws = await websockets.connect(url, **more)\n")
        .default_deadline(30.0)
        .becomes_in_main("    async with asyncio.timeout(30):\n        ws = await websockets.connect(url, **more)\n");
    Snippet::in_main("    ws = await websockets.connect(\n        url  # whose\n    )\n")
        .default_deadline(30.0)
        .becomes_in_main(
            "    async with asyncio.timeout(30):
        ws = await websockets.connect(
            url,  # whose
            open_timeout=None
        )
",
        );
}

#[test]
fn other_units_are_turned_into_seconds() {
    let head = "import asyncio\nimport helpers\n\nasync def f(u, ms):\n";
    for (before, after) in [("1500", "1.5"), ("ms", "ms / 1000"), ("ms + 1", "(ms + 1) / 1000")] {
        Snippet::new(&format!(
            "{head}    ws = await helpers.connect_ms(u, timeout_ms={before})\n"
        ))
        .becomes(&format!(
            "{head}    async with asyncio.timeout({after}):\n        ws = await helpers.connect_ms(u)\n"
        ));
    }
}

#[test]
fn an_argument_that_nothing_switches_off_stays_where_its_default_would_fire_first() {
    let head = "import asyncio\nimport helpers\n\nasync def f(u):\n";
    Snippet::new(&format!("{head}    ws = await helpers.connect_fixed(u, limit=9)\n"))
        .is_refused("nothing switches it off");
    Snippet::new(&format!("{head}    ws = await helpers.connect_fixed(u, limit=4)\n")).becomes(&format!(
        "{head}    async with asyncio.timeout(4):\n        ws = await helpers.connect_fixed(u)\n"
    ));
}
