//! The rows of the rewrite table.

use super::snippet::Snippet;
use crate::settings::{DeadlineScope, InternalTimeout};

#[test]
fn the_pattern_of_the_report_comes_out_as_the_report_has_it() {
    Snippet::in_main(
        "    async with websockets.connect(
        url,
        extra_headers=headers,
        open_timeout=10,
        close_timeout=5
    ) as ws:
        # WebSocket operations
        pass
",
    )
    .becomes_in_main(
        "    async with asyncio.timeout(10):
        async with websockets.connect(
            url,
            extra_headers=headers,
            close_timeout=5
        ) as ws:
            # WebSocket operations
            pass
",
    );
}

#[test]
fn a_statement_that_awaits_goes_into_the_block() {
    for (before, after) in [
        (
            "ws = await websockets.connect(url, open_timeout=5)",
            "ws = await websockets.connect(url)",
        ),
        (
            "self.ws = await websockets.connect(url, open_timeout=5)",
            "self.ws = await websockets.connect(url)",
        ),
        (
            "return await websockets.connect(url, open_timeout=5)",
            "return await websockets.connect(url)",
        ),
        (
            "await websockets.connect(url, open_timeout=5)",
            "await websockets.connect(url)",
        ),
        (
            "ws: object = await websockets.connect(url, open_timeout=5)",
            "ws: object = await websockets.connect(url)",
        ),
        (
            "ws = await stack.enter_async_context(websockets.connect(url, open_timeout=5))",
            "ws = await stack.enter_async_context(websockets.connect(url))",
        ),
    ] {
        Snippet::in_main(&format!("    {before}  # why\n    print(1)\n")).becomes_in_main(&format!(
            "    async with asyncio.timeout(5):\n        {after}  # why\n    print(1)\n"
        ));
    }
}

#[test]
fn the_deadline_covers_a_block_that_certainly_ends_in_time() {
    Snippet::in_main(
        "    async with websockets.connect(url, open_timeout=10) as ws:
        await ws.send('x')
        reply = await asyncio.wait_for(ws.recv(), 5)
",
    )
    .becomes_in_main(
        "    async with asyncio.timeout(10):
        async with websockets.connect(url) as ws:
            await ws.send('x')
            reply = await asyncio.wait_for(ws.recv(), 5)
",
    );
}

#[test]
fn the_deadline_is_lifted_where_the_block_may_outlast_it() {
    for (limit, body) in [
        ("10", "await ws.recv()"),
        ("10", "await asyncio.sleep(10)"),
        ("10", "async for message in ws: pass"),
        ("LIMIT", "await ws.send('x')"),
    ] {
        Snippet::in_main(&format!(
            "    async with websockets.connect(url, open_timeout={limit}, close_timeout=1) as ws:  # here\n        # first\n        {body}\n"
        ))
        .internal(InternalTimeout::Remove)
        .scope(DeadlineScope::Auto)
        .fix()
        .map(|(_, after)| {
            assert!(
                after.ends_with(&format!(
                    "    async with asyncio.timeout({limit}) as deadline:
        async with websockets.connect(url, close_timeout=1) as ws:  # here
            deadline.reschedule(None)
            # first
            {body}\n"
                )),
                "{after}"
            );
        })
        .unwrap();
    }
}

#[test]
fn the_configured_scope_overrides_what_the_block_says() {
    let quick = "    async with websockets.connect(url, open_timeout=3) as ws:\n        await ws.send('x')\n";
    Snippet::in_main(quick).scope(DeadlineScope::Connect).becomes_in_main(
        "    async with asyncio.timeout(3) as deadline:
        async with websockets.connect(url) as ws:
            deadline.reschedule(None)
            await ws.send('x')
",
    );
    Snippet::in_main(quick).scope(DeadlineScope::Block).becomes_in_main(
        "    async with asyncio.timeout(3):
        async with websockets.connect(url) as ws:
            await ws.send('x')
",
    );
    Snippet::in_main("    async with websockets.connect(url, open_timeout=3) as ws:\n        await ws.recv()\n")
        .scope(DeadlineScope::Block)
        .becomes_in_main_unsafely(
            "    async with asyncio.timeout(3):
        async with websockets.connect(url) as ws:
            await ws.recv()
",
        );
}

#[test]
fn the_name_of_the_deadline_is_fresh() {
    Snippet::in_main(
        "    deadline = 3
    async with websockets.connect(url, open_timeout=deadline) as ws:
        await ws.recv()
",
    )
    .becomes_in_main(
        "    deadline = 3
    async with asyncio.timeout(deadline) as deadline_1:
        async with websockets.connect(url, open_timeout=None) as ws:
            deadline_1.reschedule(None)
            await ws.recv()
",
    );
}

#[test]
fn among_several_items_the_deadline_stands_right_before_the_connect() {
    Snippet::in_main(
        "    async with server() as s, websockets.connect(s.url, open_timeout=s.limit) as ws:\n        await ws.recv()\n",
    )
    .becomes_in_main(
        "    async with server() as s, asyncio.timeout(s.limit) as deadline, websockets.connect(s.url, open_timeout=None) as ws:
        deadline.reschedule(None)
        await ws.recv()
",
    );
    Snippet::in_main(
        "    async with (
        server() as s,
        websockets.connect(s.url, open_timeout=2) as ws,
    ):
        await ws.send('x')
",
    )
    .becomes_in_main(
        "    async with (
        server() as s,
        asyncio.timeout(2),
        websockets.connect(s.url) as ws,
    ):
        await ws.send('x')
",
    );
}

#[test]
fn items_behind_the_connect_come_under_the_deadline_and_make_it_unsafe() {
    Snippet::in_main(
        "    async with websockets.connect(url, open_timeout=2) as a, other(a) as b:\n        await b.recv()\n",
    )
    .becomes_in_main_unsafely(
        "    async with asyncio.timeout(2) as deadline, websockets.connect(url) as a, other(a) as b:
        deadline.reschedule(None)
        await b.recv()
",
    );
    Snippet::in_main(
        "    async with websockets.connect(url, open_timeout=2) as a, asyncio.timeout(1):\n        await a.recv()\n",
    )
    .becomes_in_main(
        "    async with asyncio.timeout(2), websockets.connect(url) as a, asyncio.timeout(1):\n        await a.recv()\n",
    );
}

#[test]
fn inside_a_larger_expression_wait_for_bounds_the_connect() {
    for (before, after) in [
        (
            "a, b = await asyncio.gather(websockets.connect(url, open_timeout=5), other())",
            "a, b = await asyncio.gather(asyncio.wait_for(websockets.connect(url), 5), other())",
        ),
        (
            "all = [await websockets.connect(u, open_timeout=5) for u in url]",
            "all = [await asyncio.wait_for(websockets.connect(u), 5) for u in url]",
        ),
        (
            "if ws := await(websockets.connect(url, open_timeout=5)): pass",
            "if ws := await(asyncio.wait_for(websockets.connect(url), 5)): pass",
        ),
        (
            "f(await stack.enter_async_context(websockets.connect(url, open_timeout=5)))",
            "f(await asyncio.wait_for(stack.enter_async_context(websockets.connect(url)), 5))",
        ),
        (
            "x=yield(await websockets.connect(url, open_timeout=5))",
            "x=yield(await asyncio.wait_for(websockets.connect(url), 5))",
        ),
        (
            "async with await websockets.connect(url, open_timeout=5) as ws: pass",
            "async with await asyncio.wait_for(websockets.connect(url), 5) as ws: pass",
        ),
    ] {
        Snippet::in_main(&format!("    {before}\n")).becomes_in_main(&format!("    {after}\n"));
    }
    Snippet::new(
        "import asyncio, websockets\nloop = asyncio.new_event_loop()\nws = loop.run_until_complete(websockets.connect('u', open_timeout=5))\n",
    )
    .becomes(
        "import asyncio, websockets\nloop = asyncio.new_event_loop()\nws = loop.run_until_complete(asyncio.wait_for(websockets.connect('u'), 5))\n",
    );
}

#[test]
fn a_block_that_yields_is_never_covered() {
    for scope in [DeadlineScope::Auto, DeadlineScope::Block] {
        Snippet::in_main("    async with websockets.connect(url, open_timeout=5) as ws:\n        yield ws\n")
            .scope(scope)
            .becomes_in_main(
                "    async with asyncio.timeout(5) as deadline:
        async with websockets.connect(url) as ws:
            deadline.reschedule(None)
            yield ws
",
            );
    }
}

#[test]
fn titles_say_what_is_done() {
    let title = |snippet: Snippet| snippet.fix().unwrap().0.title;
    let body = "    ws = await websockets.connect(url, open_timeout=5)\n";
    assert_eq!(
        title(Snippet::in_main(body)),
        "put the connect under `asyncio.timeout(5)`"
    );
    assert_eq!(
        title(Snippet::in_main(body).python(3, 8)),
        "wrap the connect in `asyncio.wait_for(…, 5)`"
    );
    assert_eq!(title(Snippet::in_main(body).covered(3.0)), "remove `open_timeout`");
}

#[test]
fn a_connect_that_a_variable_keeps_is_bounded_where_it_is_entered() {
    Snippet::in_main(
        "    c = websockets.connect(url, open_timeout=5)
    async with c as ws:
        await ws.recv()
",
    )
    .becomes_in_main(
        "    c = websockets.connect(url)
    async with asyncio.timeout(5) as deadline:
        async with c as ws:
            deadline.reschedule(None)
            await ws.recv()
",
    );
    Snippet::in_main("    c = websockets.connect(url, open_timeout=limit)\n    ws = await c\n").becomes_in_main_unsafely(
        "    c = websockets.connect(url, open_timeout=None)\n    async with asyncio.timeout(limit):\n        ws = await c\n",
    );
    Snippet::in_main("    c = websockets.connect(url, open_timeout=5)\n    await asyncio.gather(c, other())\n")
        .becomes_in_main(
            "    c = asyncio.wait_for(websockets.connect(url), 5)\n    await asyncio.gather(c, other())\n",
        );
    Snippet::in_main("    c = websockets.connect(\n        url,\n        open_timeout=5,\n    )\n    async with c as ws:\n        pass\n")
        .python(3, 8)
        .becomes_unsafely(
            "import asyncio
import contextlib

import websockets


async def main(url):
    c = websockets.connect(
        url,
    )
    async with contextlib.AsyncExitStack() as stack:
        ws = await asyncio.wait_for(stack.enter_async_context(c), 5)
",
        );
}

#[test]
fn a_choice_between_connects_is_bounded_as_a_whole() {
    let (fix, after) = Snippet::in_main(
        "    ws = await (websockets.connect(url, open_timeout=5) if url else websockets.connect('b', open_timeout=5))\n",
    )
    .fix()
    .unwrap();
    assert!(after.ends_with(
        "    async with asyncio.timeout(5):
        ws = await (websockets.connect(url) if url else websockets.connect('b', open_timeout=5))
"
    ));
    assert_eq!(fix.applicability, crate::finding::Applicability::Safe);
}

#[test]
fn an_item_in_parentheses_gets_the_deadline_before_them() {
    Snippet::in_main(
        "    async with server() as s, (websockets.connect(s.url, open_timeout=5)) as ws:\n        await ws.send('x')\n",
    )
    .becomes_in_main(
        "    async with server() as s, asyncio.timeout(5), (websockets.connect(s.url)) as ws:\n        await ws.send('x')\n",
    );
}
