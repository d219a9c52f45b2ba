//! Connect sites and deadlines, seen through [`Module::parse`].

use super::*;
use crate::catalog::Library;
use crate::facts::ProjectFacts;
use crate::prescan::Announced;
use crate::python::sites::anchor::Place;
use crate::sites::{Bound, Entered};
use crate::source::Language;

const LIBRARIES: &[&str] = &[
    r#"
    package = "aiohttp"
    modules = ["aiohttp"]
    runtime = "asyncio"
    [[connect]]
    paths = ["aiohttp.ClientSession.ws_connect"]
    call = "any"
    waits = "default"
    limit = 300
    fact = "none"
    "#,
    r#"
    package = "websocket-client"
    modules = ["websocket"]
    runtime = "blocking"
    [[connect]]
    paths = ["websocket.create_connection"]
    call = "blocking"
    waits = "for-ever"
    fact = "none"
    [[connect.argument]]
    name = "timeout"
    form = "keyword"
    position = 1
    bounds = "connect"
    off = "None"
    "#,
    r#"
    package = "mine"
    modules = ["connect_ws"]
    runtime = "asyncio"
    [[connect]]
    paths = ["proj.net.helpers.connect_ws", "connect_ws"]
    call = "any"
    waits = "for-ever"
    fact = "none"
    "#,
];

fn catalog() -> Catalog {
    let mut catalog = Catalog::builtin().clone();
    for text in LIBRARIES {
        let library: Library = toml::from_str(text).unwrap();
        catalog.add(Language::Python, library);
    }
    catalog
}

fn with_module<T>(text: &str, look: impl Fn(&Module<'_>) -> T) -> T {
    let source = SourceFile::new("a.py", Language::Python, text.to_owned());
    let module = match Module::parse(
        &source,
        &catalog(),
        &ProjectFacts::default(),
        Announced::EVERYTHING,
        None,
    ) {
        Ok(module) => module,
        Err(error) => panic!("{error:?} in {text}"),
    };
    look(&module)
}

const IMPORTS: &str =
    "import asyncio, math, websockets, async_timeout, anyio, trio, aiohttp, functools, contextlib, pytest\n";

/// The paths, bounds and places of the deadlines of the last connect, the innermost first.
fn deadlines(body: &str) -> Vec<String> {
    with_module(&format!("{IMPORTS}{body}"), |module| {
        let connect = module
            .sites()
            .connects
            .last()
            .unwrap_or_else(|| panic!("no connect in {body}"));
        let described = connect.deadlines.iter().map(|deadline| {
            let bound = match deadline.bound {
                Bound::Seconds(seconds) => seconds.to_string(),
                Bound::Unlimited => "unlimited".to_owned(),
                Bound::Unknown => "unknown".to_owned(),
            };
            let callers = match deadline.entered {
                Entered::ByCallers => " in callers",
                Entered::Here | Entered::There(_) => "",
            };
            format!("{} {bound}{callers}", deadline.path)
        });
        described.collect()
    })
}

/// `deadlines` of the body of an async function.
fn deadlines_in(body: &str) -> Vec<String> {
    deadlines(&in_function(body))
}

fn in_function(body: &str) -> String {
    let indented: Vec<String> = body.lines().map(|line| format!("    {line}")).collect();
    format!(
        "async def main(url, t, stack, session: aiohttp.ClientSession):\n{}\n",
        indented.join("\n")
    )
}

/// Entry and place of the last connect in the body of an async function; spans as text.
fn entry(body: &str) -> String {
    with_module(&format!("{IMPORTS}{}", in_function(body)), |module| {
        let connect = module
            .sites()
            .connects
            .last()
            .unwrap_or_else(|| panic!("no connect in {body}"));
        let place = match &module.anchors[connect.id].place {
            Place::Statement { awaited } => format!("statement `{}`", module.source.slice(*awaited)),
            Place::WithItem { item } => format!("item {item}"),
            Place::Expression { awaited: Some(awaited) } => format!("expression `{}`", module.source.slice(*awaited)),
            Place::Expression { awaited: None } => "expression".to_owned(),
            Place::Fixed(_) => "fixed".to_owned(),
        };
        format!("{:?}, {place}", connect.entry)
    })
}

/// The arguments of the last connect, as `name text value`.
fn arguments(body: &str) -> Vec<String> {
    with_module(&format!("{IMPORTS}import websocket\n{body}"), |module| {
        let connect = module
            .sites()
            .connects
            .last()
            .unwrap_or_else(|| panic!("no connect in {body}"));
        let described = connect.arguments.iter().map(|argument| {
            let text = module.source.slice(argument.span);
            let value = module.source.slice(argument.value_span);
            format!("{}: `{text}` `{value}` {:?}", argument.name, argument.value)
        });
        described.collect()
    })
}

fn paths(text: &str) -> Vec<String> {
    with_module(text, |module| {
        module
            .sites()
            .connects
            .iter()
            .map(|connect| connect.path.clone())
            .collect()
    })
}

#[test]
fn connects_are_found_by_what_they_resolve_to() {
    assert_eq!(
        paths("import websockets\nwebsockets.connect(u)\nwebsockets.serve(u)"),
        ["websockets.connect"]
    );
    assert_eq!(
        paths("import aiohttp\nasync def f(s: aiohttp.ClientSession):\n    await s.ws_connect(u)"),
        ["aiohttp.ClientSession.ws_connect"]
    );
    assert_eq!(
        paths(
            "try:\n    from compat import connect\nexcept ImportError:\n    from websockets import connect\nconnect(u)"
        ),
        ["websockets.connect"]
    );
    assert_eq!(
        paths("def f(connect): connect(u)\nfrom websockets import connect"),
        Vec::<String>::new()
    );
}

#[test]
fn configured_helpers_match_relative_imports_and_local_functions() {
    let configured = "proj.net.helpers.connect_ws";
    assert_eq!(paths("from .helpers import connect_ws\nconnect_ws(u)"), [configured]);
    assert_eq!(paths("from ..net import helpers\nhelpers.connect_ws(u)"), [configured]);
    assert_eq!(
        paths("from proj.net.helpers import connect_ws\nconnect_ws(u)"),
        [configured]
    );
    assert_eq!(paths("def connect_ws(u): ...\nconnect_ws(u)"), ["connect_ws"]);
    assert_eq!(
        paths("from other import connect_ws\nconnect_ws(u)"),
        Vec::<String>::new()
    );
    // A module of the project that is called like one of a library is not that library.
    assert_eq!(paths("from .client import connect\nconnect(u)"), Vec::<String>::new());
}

#[test]
fn an_async_with_around_or_before_a_connect_is_a_deadline() {
    let connect = "async with websockets.connect(url) as ws: pass";
    let in_block = |with: &str| deadlines_in(&format!("{with}:\n    {connect}"));
    assert_eq!(in_block("async with asyncio.timeout(5)"), ["asyncio.timeout 5"]);
    assert_eq!(in_block("async with asyncio.timeout(delay=5)"), ["asyncio.timeout 5"]);
    assert_eq!(in_block("async with asyncio.timeout(t)"), ["asyncio.timeout unknown"]);
    assert_eq!(
        in_block("async with asyncio.timeout(None)"),
        ["asyncio.timeout unlimited"]
    );
    assert_eq!(
        in_block("async with asyncio.timeout(None) as d"),
        ["asyncio.timeout unknown"]
    );
    assert_eq!(
        in_block("async with asyncio.timeout_at(loop.time() + 3)"),
        ["asyncio.timeout_at 3"]
    );
    assert_eq!(
        in_block("async with async_timeout.timeout(2.5)"),
        ["async_timeout.timeout 2.5"]
    );
    assert_eq!(in_block("with anyio.fail_after(5)"), ["anyio.fail_after 5"]);
    assert_eq!(
        in_block("with anyio.move_on_after(5) as scope"),
        ["anyio.move_on_after 5"]
    );
    assert_eq!(in_block("with trio.fail_after(seconds=5)"), ["trio.fail_after 5"]);
    assert_eq!(in_block("with trio.move_on_at(x)"), ["trio.move_on_at unknown"]);
    assert_eq!(
        in_block("async with (asyncio.timeout(5) if t else x())"),
        ["asyncio.timeout unknown"]
    );
    assert_eq!(
        in_block("async with asyncio.timeout(5), asyncio.timeout(3)"),
        ["asyncio.timeout 3", "asyncio.timeout 5"]
    );
    assert_eq!(
        deadlines_in("async with asyncio.timeout(5), websockets.connect(url) as ws: pass"),
        ["asyncio.timeout 5"]
    );
    assert_eq!(
        deadlines_in("cm = asyncio.timeout(5)\nasync with cm:\n    await websockets.connect(url)"),
        ["asyncio.timeout unknown"]
    );
}

#[test]
fn what_does_not_bound_the_wait_is_no_deadline() {
    let none: Vec<String> = Vec::new();
    for body in [
        "async with websockets.connect(url) as ws, asyncio.timeout(5): pass",
        "async with asyncio.timeout(5): pass\nawait websockets.connect(url)",
        "asyncio.timeout(5)\nawait websockets.connect(url)",
        "async with asyncio.timeout(5):\n    async def inner():\n        await websockets.connect(url)",
        "async with asyncio.timeout(5):\n    f = lambda: websockets.connect(url)",
        "async with asyncio.timeout(5):\n    class A:\n        c = websockets.connect(url)",
        "await asyncio.wait_for(f(await websockets.connect(url)), 5)",
        "await asyncio.wait({websockets.connect(url)})",
        "with anyio.CancelScope():\n    await websockets.connect(url)",
    ] {
        assert_eq!(deadlines_in(body), none, "{body}");
    }
}

#[test]
fn what_fails_before_the_wait_counts_as_the_deadline_that_it_is_meant_to_be() {
    for (body, deadline) in [
        (
            "with asyncio.timeout(5):\n    await websockets.connect(url)",
            "asyncio.timeout 5",
        ),
        (
            "async with anyio.fail_after(5):\n    await websockets.connect(url)",
            "anyio.fail_after 5",
        ),
        (
            "async with asyncio.timeout():\n    await websockets.connect(url)",
            "asyncio.timeout unknown",
        ),
        (
            "await asyncio.wait_for(websockets.connect(url))",
            "asyncio.wait_for unknown",
        ),
    ] {
        assert_eq!(deadlines_in(body), [deadline], "{body}");
    }
}

#[test]
fn what_says_by_its_name_that_it_ends_a_wait_is_a_deadline_of_unknown_length() {
    for (body, deadline) in [
        (
            "asyncio = t\nasync with asyncio.timeout(5):\n    await websockets.connect(url)",
            "timeout unknown",
        ),
        (
            "with self.fail_after(5):\n    await websockets.connect(url)",
            "fail_after unknown",
        ),
        ("await with_timeout(websockets.connect(url), 5)", "with_timeout unknown"),
    ] {
        assert_eq!(deadlines_in(body), [deadline], "{body}");
    }
    for body in [
        "async with ClientTimeout(5):\n    await websockets.connect(url)",
        "await with_timeout(f(await websockets.connect(url)), 5)",
    ] {
        assert!(deadlines_in(body).is_empty(), "{body}");
    }
}

#[test]
fn a_call_that_awaits_the_connect_and_gives_up_is_a_deadline() {
    for (body, deadline) in [
        (
            "await asyncio.wait_for(websockets.connect(url), 5)",
            "asyncio.wait_for 5",
        ),
        (
            "await asyncio.wait_for(websockets.connect(url), timeout=5)",
            "asyncio.wait_for 5",
        ),
        (
            "await asyncio.wait_for(timeout=5, fut=websockets.connect(url))",
            "asyncio.wait_for 5",
        ),
        (
            "await asyncio.wait_for(websockets.connect(url), None)",
            "asyncio.wait_for unlimited",
        ),
        (
            "await asyncio.wait_for(asyncio.gather(*[websockets.connect(u) for u in t]), 5)",
            "asyncio.wait_for 5",
        ),
        (
            "await asyncio.wait_for(stack.enter_async_context(websockets.connect(url)), 5)",
            "asyncio.wait_for 5",
        ),
        (
            "await asyncio.wait({asyncio.ensure_future(websockets.connect(url))}, timeout=5)",
            "asyncio.wait 5",
        ),
        (
            "conn = websockets.connect(url)\nawait asyncio.wait_for(conn, 5)",
            "asyncio.wait_for 5",
        ),
        (
            "asyncio.run_coroutine_threadsafe(websockets.connect(url), t).result(5)",
            "concurrent.futures.Future.result 5",
        ),
    ] {
        assert_eq!(deadlines_in(body), [deadline], "{body}");
    }
}

#[test]
fn a_deadline_on_an_exit_stack_holds_for_the_rest_of_the_block() {
    let deadline = "await stack.enter_async_context(asyncio.timeout(5))";
    let connect = "await stack.enter_async_context(websockets.connect(url))";
    assert_eq!(deadlines_in(&format!("{deadline}\n{connect}")), ["asyncio.timeout 5"]);
    assert_eq!(
        deadlines_in(&format!("stack.enter_context(anyio.fail_after(5))\n{connect}")),
        ["anyio.fail_after 5"]
    );
    assert_eq!(deadlines_in(&format!("{connect}\n{deadline}")), Vec::<String>::new());
    assert_eq!(
        deadlines_in(&format!("if t:\n    {deadline}\n{connect}")),
        Vec::<String>::new()
    );
    assert_eq!(
        deadlines_in(&format!("stack.enter_async_context(asyncio.timeout(5))\n{connect}")),
        Vec::<String>::new()
    );
}

#[test]
fn a_lifted_deadline_has_no_limit_for_what_comes_behind() {
    let lifted = |how: &str| {
        deadlines_in(&format!(
            "async with asyncio.timeout(5) as d:\n    async with websockets.connect(url) as a:\n        {how}\n        await websockets.connect(url)"
        ))
    };
    assert_eq!(lifted("d.reschedule(None)"), ["asyncio.timeout unlimited"]);
    assert_eq!(lifted("d.deadline = math.inf"), ["asyncio.timeout unlimited"]);
    assert_eq!(lifted("d.deadline = x"), ["asyncio.timeout unknown"]);
    assert_eq!(lifted("d.reschedule(when)"), ["asyncio.timeout unknown"]);
    assert_eq!(lifted("e.reschedule(None)"), ["asyncio.timeout 5"]);
    assert_eq!(
        deadlines_in(
            "async with asyncio.timeout(5) as d:\n    async with websockets.connect(url) as a:\n        d.reschedule(None)"
        ),
        ["asyncio.timeout 5"]
    );
}

#[test]
fn a_helper_whose_callers_all_wrap_it_is_covered() {
    let helper = "async def helper():\n    return await websockets.connect(u)\n";
    let with = |callers: &str| deadlines(&format!("{helper}{callers}"));
    let wrapped = "async def a():\n    await asyncio.wait_for(helper(), 5)\n";
    assert_eq!(with(wrapped), ["asyncio.wait_for 5 in callers"]);
    let longer = "async def b():\n    async with asyncio.timeout(7):\n        await helper()\n";
    assert_eq!(with(&format!("{wrapped}{longer}")), ["asyncio.timeout 7 in callers"]);
    assert_eq!(
        with("async def outer():\n    await helper()\nasync def a():\n    await asyncio.wait_for(outer(), 5)\n"),
        ["asyncio.wait_for 5 in callers"]
    );
    let none: Vec<String> = Vec::new();
    assert_eq!(with(&format!("{wrapped}async def b():\n    await helper()\n")), none);
    assert_eq!(with(&format!("{wrapped}asyncio.run(helper())\n")), none);
    assert_eq!(with(&format!("{wrapped}register(helper)\n")), none);
    assert_eq!(
        with("async def a():\n    await asyncio.wait_for(helper(), None)\n"),
        none
    );
    assert_eq!(with(""), none);
    assert_eq!(deadlines(&format!("@pytest.fixture\n{helper}{wrapped}")), none);
}

#[test]
fn a_method_whose_callers_all_wrap_it_is_covered() {
    let class = "class A:\n    async def open(self):\n        await websockets.connect(u)\n    async def run(self):\n        await asyncio.wait_for(self.open(), 5)\n";
    assert_eq!(deadlines(class), ["asyncio.wait_for 5 in callers"]);
    let none: Vec<String> = Vec::new();
    assert_eq!(
        deadlines(&format!("{class}async def f(a):\n    await a.open()\n")),
        none
    );
    assert_eq!(deadlines(&format!("{class}def f(a):\n    return a.open\n")), none);
    assert_eq!(
        deadlines(&format!(
            "{class}async def f(a):\n    async with asyncio.timeout(9):\n        await a.open()\n"
        )),
        ["asyncio.timeout 9 in callers"]
    );
}

#[test]
fn a_local_context_manager_is_the_deadline_it_yields_under() {
    let manager =
        "@contextlib.asynccontextmanager\nasync def limited():\n    async with asyncio.timeout(5):\n        yield\n";
    let used = "async def main():\n    async with limited():\n        await websockets.connect(u)\n";
    assert_eq!(deadlines(&format!("{manager}{used}")), ["asyncio.timeout 5"]);
    assert_eq!(
        deadlines(&format!(
            "{used}{}",
            manager.replace("        yield", "        pass\n    yield")
        )),
        Vec::<String>::new()
    );
}

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

#[test]
fn tests_and_async_functions_are_known_by_their_marks() {
    let marks = |text: &str| {
        with_module(&format!("{IMPORTS}{text}"), |module| {
            let connect = &module.sites().connects[0];
            (connect.in_async, connect.in_test)
        })
    };
    assert_eq!(marks("async def f():\n    await websockets.connect(u)"), (true, false));
    assert_eq!(
        marks("async def f():\n    def g(): websockets.connect(u)"),
        (false, false)
    );
    assert_eq!(
        marks("async def f():\n    return lambda: websockets.connect(u)"),
        (false, false)
    );
    assert_eq!(
        marks("async def test_f():\n    [await websockets.connect(u) for u in x]"),
        (true, true)
    );
    assert_eq!(
        marks("def test_f():\n    async def g(): await websockets.connect(u)"),
        (true, true)
    );
    assert_eq!(
        marks("@pytest.fixture()\ndef f(): websockets.connect(u)"),
        (false, true)
    );
    assert_eq!(
        marks("class TestA:\n    def f(self): websockets.connect(u)"),
        (false, true)
    );
    assert_eq!(
        marks("class A(unittest.IsolatedAsyncioTestCase):\n    def f(self): websockets.connect(u)"),
        (false, true)
    );
}

#[test]
fn connects_have_their_position_as_id() {
    let text = "import websockets\nf(websockets.connect(websockets.connect(a)), websockets.connect(b))";
    with_module(text, |module| {
        let connects = &module.sites().connects;
        assert!(connects.is_sorted_by_key(|connect| connect.call.start));
        assert!(connects.iter().enumerate().all(|(index, connect)| connect.id == index));
        assert_eq!((connects.len(), module.anchors.len()), (3, 3));
        assert!(
            connects
                .iter()
                .all(|connect| module.anchors[connect.id].call == connect.call)
        );
    });
}
