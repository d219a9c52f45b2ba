//! Statements that share their line with others.

use super::snippet::Snippet;

#[test]
fn a_body_on_the_headers_line_stays_there() {
    Snippet::in_main("    async with websockets.connect(url, open_timeout=10) as ws: await ws.recv(); print(1)  # x\n")
        .becomes_in_main(
            "    async with asyncio.timeout(10) as deadline:
        async with websockets.connect(url) as ws: deadline.reschedule(None); await ws.recv(); print(1)  # x
",
        );
    Snippet::in_main("    async with websockets.connect(url, open_timeout=10) as ws: pass\n    # next\n    x = 1\n")
        .becomes_in_main(
            "    async with asyncio.timeout(10):
        async with websockets.connect(url) as ws: pass
    # next
    x = 1
",
        );
}

#[test]
fn statements_that_share_a_line_are_wrapped_where_they_stand() {
    for (before, after) in [
        (
            "if a: x = await websockets.connect(url, open_timeout=10)",
            "if a: x = await asyncio.wait_for(websockets.connect(url), 10)",
        ),
        (
            "x = 1; y = await websockets.connect(url, open_timeout=10); z = 2",
            "x = 1; y = await asyncio.wait_for(websockets.connect(url), 10); z = 2",
        ),
        (
            "y = await websockets.connect(url, open_timeout=10); z = 2",
            "y = await asyncio.wait_for(websockets.connect(url), 10); z = 2",
        ),
    ] {
        Snippet::in_main(&format!("    {before}\n")).becomes_in_main(&format!("    {after}\n"));
    }
    Snippet::in_main("    y = await websockets.connect(url, open_timeout=10);  # alone\n")
        .becomes_in_main("    async with asyncio.timeout(10):\n        y = await websockets.connect(url);  # alone\n");
}

#[test]
fn a_statement_behind_a_backslash_is_wrapped_where_it_stands() {
    Snippet::in_main("    \\\n    y = await websockets.connect(url, open_timeout=10)\n")
        .becomes_in_main("    \\\n    y = await asyncio.wait_for(websockets.connect(url), 10)\n");
    Snippet::in_main("    # not continued \\\n    y = await websockets.connect(url, open_timeout=10)\n")
        .becomes_in_main(
            "    # not continued \\\n    async with asyncio.timeout(10):\n        y = await websockets.connect(url)\n",
        );
}
