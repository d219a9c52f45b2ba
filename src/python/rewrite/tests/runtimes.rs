//! Older Pythons, and event loops other than asyncio.

use super::snippet::Snippet;
use crate::finding::Applicability;

#[test]
fn below_python_3_11_async_timeout_serves_where_the_project_has_it() {
    let head = "import async_timeout\nimport websockets\n\nasync def main(url):\n";
    Snippet::new(&format!(
        "{head}    async with websockets.connect(url, open_timeout=5) as ws:\n        await ws.recv()\n"
    ))
    .python(3, 8)
    .async_timeout()
    .becomes(&format!(
        "{head}    async with async_timeout.timeout(5) as deadline:
        async with websockets.connect(url) as ws:
            deadline.reject()
            await ws.recv()
"
    ));
}

#[test]
fn what_an_exit_stack_enters_gets_the_lines_that_formatters_give_it() {
    let before = "import websockets\n\nasync def main(url):\n";
    let after = "import asyncio\nimport contextlib\n\nimport websockets\n\nasync def main(url):\n";
    let rewritten = |connect: &str, expected: &str| {
        Snippet::new(&format!("{before}    async with {connect} as ws:\n        await ws.recv()\n"))
            .python(3, 8)
            .becomes_unsafely(&format!(
                "{after}    async with contextlib.AsyncExitStack() as stack:\n        ws = {expected}\n        await ws.recv()\n"
            ));
    };
    rewritten(
        "websockets.connect(url.of_it, open_timeout=5)",
        "await asyncio.wait_for(
            stack.enter_async_context(websockets.connect(url.of_it)),
            5,
        )",
    );
    rewritten(
        "websockets.connect(url.of_it, max_size=url.sizes, open_timeout=5)",
        "await asyncio.wait_for(
            stack.enter_async_context(
                websockets.connect(url.of_it, max_size=url.sizes)
            ),
            5,
        )",
    );
    rewritten(
        "websockets.connect(
        url,
        max_size=9,
        open_timeout=5,
    )",
        "await asyncio.wait_for(
            stack.enter_async_context(
                websockets.connect(
                    url,
                    max_size=9,
                )
            ),
            5,
        )",
    );
}

#[test]
fn a_deadline_that_is_no_block_is_not_entered_where_arguments_wait() {
    let before = "import websockets\n\nasync def main(url):\n";
    let after = "import asyncio\nimport contextlib\n\nimport websockets\n\nasync def main(url):\n";
    Snippet::new(&format!(
        "{before}    async with websockets.connect(await url(), open_timeout=5) as ws:\n        await ws.recv()\n"
    ))
    .python(3, 10)
    .becomes_unsafely(&format!(
        "{after}    async with contextlib.AsyncExitStack() as stack:
        ws = await asyncio.wait_for(
            stack.enter_async_context(websockets.connect(await url())),
            5,
        )
        await ws.recv()
"
    ));
}

#[test]
fn below_python_3_11_an_exit_stack_serves_where_nothing_else_does() {
    let before = "import websockets\n\nasync def main(url):\n";
    let after = "import asyncio\nimport contextlib\n\nimport websockets\n\nasync def main(url):\n";
    let rewritten = |body: &str, expected: &str| {
        Snippet::new(&format!("{before}{body}"))
            .python(3, 10)
            .becomes_unsafely(&format!("{after}{expected}"));
    };
    rewritten(
        "    async with websockets.connect(url, open_timeout=5) as ws:  # here
        # first
        await ws.recv()
",
        "    async with contextlib.AsyncExitStack() as stack:
        ws = await asyncio.wait_for(
            stack.enter_async_context(websockets.connect(url)),
            5,
        )  # here
        # first
        await ws.recv()
",
    );
    rewritten(
        "    async with server() as s, websockets.connect(
        s.url,
        open_timeout=5,
    ):
        pass
",
        "    async with server() as s, contextlib.AsyncExitStack() as stack:
        await asyncio.wait_for(stack.enter_async_context(websockets.connect(
            s.url,
        )), 5)
",
    );
    rewritten(
        "    async with websockets.connect(url, open_timeout=5) as self.ws: await self.ws.recv()\n",
        "    async with contextlib.AsyncExitStack() as stack:
        self.ws = await asyncio.wait_for(
            stack.enter_async_context(websockets.connect(url)),
            5,
        )
        await self.ws.recv()
",
    );
    rewritten(
        "    async with (server() as s, websockets.connect(s.url, open_timeout=5) as ws,):\n        pass\n",
        "    async with (server() as s, contextlib.AsyncExitStack() as stack):
        ws = await asyncio.wait_for(stack.enter_async_context(websockets.connect(s.url)), 5)
",
    );
    Snippet::new(&format!(
        "{before}    async with websockets.connect(url, open_timeout=5) as ws, other(ws):\n        pass\n"
    ))
    .python(3, 10)
    .is_refused("other items follow it");
}

#[test]
fn below_python_3_11_a_connection_that_can_be_entered_is_awaited_first() {
    let head = "import asyncio\nfrom websockets.asyncio.client import connect\n\nasync def main(url, a):\n";
    let rewritten = |body: &str, expected: &str| {
        let snippet = Snippet::new(&format!("{head}{body}")).python(3, 10);
        snippet.becomes(&format!("{head}{expected}"));
        // A dependency of the project that is there too makes no difference.
        let snippet = Snippet::new(&format!("{head}{body}")).python(3, 10).async_timeout();
        snippet.becomes(&format!("{head}{expected}"));
    };
    rewritten(
        "    async with connect(url, open_timeout=5) as ws:  # noqa\n        await ws.recv()\n",
        "    async with await asyncio.wait_for(connect(url), 5) as ws:  # noqa\n        await ws.recv()\n",
    );
    rewritten(
        "    async with a as b, connect(b, open_timeout=5) as a.ws, sub(a.ws): pass\n",
        "    async with a as b, await asyncio.wait_for(connect(b), 5) as a.ws, sub(a.ws): pass\n",
    );
    rewritten(
        "    async with (\n        connect(\n            url,\n            open_timeout=5,\n        )\n    ):\n        yield\n",
        "    async with (\n        await asyncio.wait_for(\n            connect(\n                url,\n            ),\n            5,\n        )\n    ):\n        yield\n",
    );
    rewritten(
        "    connection = connect(url, open_timeout=5)\n    async with connection as ws:\n        pass\n",
        "    connection = connect(url)\n    async with await asyncio.wait_for(connection, 5) as ws:\n        pass\n",
    );
}

#[test]
fn every_release_and_every_branch_must_give_a_connection_that_can_be_entered() {
    let source = "import asyncio, websockets\n\nasync def main(url):\n    async with websockets.connect(url, open_timeout=5):\n        pass\n";
    let awaited = source.replace(
        "websockets.connect(url, open_timeout=5)",
        "await asyncio.wait_for(websockets.connect(url), 5)",
    );
    let with = |specifiers: &str| Snippet::new(source).python(3, 8).releases("websockets", specifiers);
    for specifiers in ["==14.2", ">=15,<16", ">=14"] {
        with(specifiers).becomes(&awaited);
    }
    let is_unsafe = |snippet: Snippet| {
        let (fix, after) = snippet.fix().unwrap();
        assert!(after.contains("AsyncExitStack"), "{after}");
        assert_eq!(fix.applicability, Applicability::Unsafe);
    };
    for specifiers in ["==13.1", ">=13", "!=13.0", ""] {
        is_unsafe(with(specifiers));
    }
    let head = "import websockets\nfrom websockets.asyncio.client import connect as new\nfrom websockets.legacy.client import connect as old\n\nasync def main(url, a):\n";
    let body = "    async with new(url, open_timeout=5) if a else old(url, open_timeout=5):\n        pass\n";
    is_unsafe(Snippet::new(&format!("{head}{body}")).python(3, 8));
}

#[test]
fn async_timeout_is_written_where_it_is_certainly_there() {
    let body = "\n\nasync def main(url):\n    ws = await websockets.connect(url, open_timeout=5)\n";
    let fixed = |head: &str| Snippet::new(&format!("{head}{body}")).python(3, 8).fix().unwrap().1;
    assert!(fixed("import async_timeout\nimport websockets\n").contains("async with async_timeout.timeout(5):"));
    for head in [
        "import sys\nimport websockets\nif sys.version_info < (3, 11):\n    import async_timeout\n",
        "import websockets\ntry:\n    import async_timeout\nexcept ImportError:\n    async_timeout = None\n",
        "import typing\nimport websockets\nif typing.TYPE_CHECKING:\n    import async_timeout\n",
    ] {
        assert!(
            fixed(head).contains("await asyncio.wait_for(websockets.connect(url), 5)"),
            "{head}"
        );
    }
}

#[test]
fn below_python_3_11_wait_for_bounds_statements() {
    Snippet::in_main("    ws = await websockets.connect(\n        url,\n        open_timeout=5,\n    )\n")
        .python(3, 8)
        .becomes_in_main("    ws = await asyncio.wait_for(\n        websockets.connect(\n            url,\n        ),\n        5,\n    )\n");
    Snippet::in_main("    ws = await stack.enter_async_context(websockets.connect(url, open_timeout=5))\n")
        .python(3, 8)
        .becomes_in_main("    ws = await asyncio.wait_for(stack.enter_async_context(websockets.connect(url)), 5)\n");
}

#[test]
fn trio_and_anyio_get_their_own_scopes() {
    Snippet::new("import trio\nfrom loops import trio_connect\n\nasync def f(u):\n    async with trio_connect(u) as ws:\n        await ws.get()\n")
        .becomes_unsafely(
            "import trio
from loops import trio_connect

async def f(u):
    with trio.fail_after(10) as scope:
        async with trio_connect(u) as ws:
            scope.deadline = float(\"inf\")
            await ws.get()
",
        );
    Snippet::new("import anyio\nimport websockets\n\nasync def f(u):\n    ws = await websockets.connect(u, open_timeout=3)\n")
        .becomes(
            "import anyio\nimport websockets\n\nasync def f(u):\n    with anyio.fail_after(3):\n        ws = await websockets.connect(u)\n",
        );
    Snippet::new("import loops\n\nasync def f(u):\n    ws = await loops.anyio_connect(u)\n").becomes(
        "import anyio\nimport loops\n\nasync def f(u):\n    with anyio.fail_after(10):\n        ws = await loops.anyio_connect(u)\n",
    );
    Snippet::new("import asyncio\nimport loops\n\nasync def f(u):\n    ws = await loops.anyio_connect(u)\n").becomes(
        "import asyncio\nimport loops\n\nasync def f(u):\n    async with asyncio.timeout(10):\n        ws = await loops.anyio_connect(u)\n",
    );
}

#[test]
fn what_a_cancel_scope_must_not_do_is_refused() {
    Snippet::new(
        "import trio, loops\n\nasync def f(u, s):\n    ws = await s.enter_async_context(loops.trio_connect(u))\n",
    )
    .is_refused("keeps the connection open longer");
    Snippet::new(
        "import trio, loops\n\nasync def f(u):\n    async with loops.trio_connect(u) as ws:\n        yield ws\n",
    )
    .is_refused("the block yields");
    Snippet::new(
        "import trio, loops\n\nasync def f(u, a):\n    async with a, loops.trio_connect(u) as ws:\n        pass\n",
    )
    .is_refused("before the connect");
    Snippet::new("import trio, loops\n\nasync def f(u):\n    g(await loops.trio_connect(u))\n")
        .is_refused("larger expression");
}

#[test]
fn below_python_3_12_wait_for_does_not_enter_what_must_be_left_in_the_same_task() {
    let source = "import asyncio, loops\n\nasync def f(u):\n    g(await loops.anyio_connect(u))\n";
    Snippet::new(source).python(3, 11).is_refused("in another task");
    Snippet::new(source).python(3, 12).becomes(
        "import asyncio, loops\n\nasync def f(u):\n    g(await asyncio.wait_for(loops.anyio_connect(u), 10))\n",
    );
}
