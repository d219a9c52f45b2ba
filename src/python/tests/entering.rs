//! How connects are entered, and what they are given.

use super::*;

#[test]
fn how_a_connect_is_entered_is_read_off_its_place() {
    for (body, expected) in [
        (
            "ws = await websockets.connect(url)",
            "Await, statement `await websockets.connect(url)`",
        ),
        (
            "self.ws: t = await websockets.connect(url)",
            "Await, statement `await websockets.connect(url)`",
        ),
        (
            "return await websockets.connect(url)",
            "Await, statement `await websockets.connect(url)`",
        ),
        (
            "await (websockets.connect(url))",
            "Await, statement `await (websockets.connect(url))`",
        ),
        (
            "ws = await stack.enter_async_context(websockets.connect(url))",
            "Await, statement `await stack.enter_async_context(websockets.connect(url))`",
        ),
        ("async with t, websockets.connect(url) as ws: pass", "AsyncWith, item 1"),
        (
            "async with await websockets.connect(url) as ws: pass",
            "Await, expression `await websockets.connect(url)`",
        ),
        (
            "f(await websockets.connect(url))",
            "Await, expression `await websockets.connect(url)`",
        ),
        (
            "if (ws := await websockets.connect(url)): pass",
            "Await, expression `await websockets.connect(url)`",
        ),
        ("async for ws in websockets.connect(url): pass", "AsyncFor, fixed"),
        ("x = [ws async for ws in websockets.connect(url)]", "AsyncFor, fixed"),
        (
            "await asyncio.gather(websockets.connect(url), t)",
            "Argument, expression",
        ),
        (
            "await asyncio.gather(*[websockets.connect(u) for u in t])",
            "Argument, expression",
        ),
        (
            "loop.run_until_complete(websockets.connect(url))",
            "Argument, expression",
        ),
        ("group.create_task(websockets.connect(url))", "Argument, expression"),
        ("f(websockets.connect(url))", "Argument, fixed"),
        ("return websockets.connect(url)", "Returned, fixed"),
        ("yield websockets.connect(url)", "Returned, fixed"),
        ("f(lambda: websockets.connect(url))", "Returned, fixed"),
        ("self.conn = websockets.connect(url)", "Stored, fixed"),
        ("conns = [websockets.connect(u) for u in t]", "Stored, fixed"),
        ("websockets.connect(url)", "Stored, fixed"),
        ("await websockets.connect(url).__aenter__()", "Await, fixed"),
        (
            "conn = websockets.connect(url)\nasync with conn as ws: pass",
            "AsyncWith, item 0",
        ),
        (
            "conn = websockets.connect(url)\nws = await conn",
            "Await, statement `await conn`",
        ),
        ("conn = websockets.connect(url)\nreturn conn", "Returned, fixed"),
        ("conn = websockets.connect(url)\nf(conn)\nawait conn", "Stored, fixed"),
        ("conn = websockets.connect(url)\nreturn lambda: conn", "Stored, fixed"),
        (
            "from websockets.sync.client import connect\nwith connect(url): pass",
            "Blocking, fixed",
        ),
        (
            "c = functools.partial(websockets.connect, open_timeout=5)\nawait c(url)",
            "Await, fixed",
        ),
        ("await websockets.connect(url, **{'open_timeout': 5})", "Await, fixed"),
    ] {
        assert_eq!(entry(body), expected, "{body}");
    }
}

#[test]
fn the_statement_of_an_anchor_is_where_the_connect_is_entered() {
    let text = "import websockets\nasync def f():\n    conn = websockets.connect(u)\n    async with conn as ws:\n        pass\n";
    with_module(text, |module| {
        let anchor = &module.anchors[0];
        assert_eq!(
            module.source.slice(anchor.statement),
            "async with conn as ws:\n        pass"
        );
        assert_eq!(module.source.slice(anchor.call), "websockets.connect(u)");
    });
}

#[test]
fn arguments_are_seen_however_they_are_given() {
    assert_eq!(
        arguments("websockets.connect(u, close_timeout=(1), open_timeout=None, x=2)"),
        [
            "close_timeout: `close_timeout=(1)` `1` Seconds(1.0)",
            "open_timeout: `open_timeout=None` `None` Unlimited"
        ]
    );
    assert_eq!(
        arguments("websocket.create_connection(u, 5)"),
        ["timeout: `5` `5` Seconds(5.0)"]
    );
    assert_eq!(arguments("websocket.create_connection(*u, 5)"), Vec::<String>::new());
    assert_eq!(
        arguments("websockets.connect(u, **{'open_timeout': 5, 'x': 1})"),
        ["open_timeout: `'open_timeout': 5` `5` Seconds(5.0)"]
    );
    assert_eq!(
        arguments("c = functools.partial(websockets.connect, open_timeout=5)\nc(u)"),
        ["open_timeout: `open_timeout=5` `5` Seconds(5.0)"]
    );
    assert_eq!(
        arguments("c = functools.partial(websockets.connect, open_timeout=5)\nc(u, open_timeout=t)"),
        ["open_timeout: `open_timeout=t` `t` Unknown"]
    );
    // Nothing in sight calls it: the argument is reported all the same.
    assert_eq!(
        arguments("f(functools.partial(websockets.connect, open_timeout=5))"),
        ["open_timeout: `open_timeout=5` `5` Seconds(5.0)"]
    );
    assert_eq!(
        paths("import functools, websockets\nf(functools.partial(websockets.connect, 'u'))"),
        Vec::<String>::new()
    );
}

#[test]
fn keywords_and_unpacking_are_noted() {
    let text = "import websockets\nwebsockets.connect(u, b=1, **{'a': 1}, **kw)";
    with_module(text, |module| {
        let connect = &module.sites().connects[0];
        let names = connect
            .keywords
            .iter()
            .map(|keyword| (keyword.name.as_str(), module.source.slice(keyword.span)));
        assert_eq!(names.collect::<Vec<_>>(), [("b", "b"), ("a", "'a'")]);
        assert!(connect.unpacks);
    });
}
