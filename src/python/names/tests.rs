use ruff_python_ast::{ExprCall, ModModule, Stmt};
use ruff_python_parser::parse_module;

use super::*;
use crate::python::syntax::nodes::{Scope, expressions_in};

/// What the callee of the only call whose first argument is `url` resolves to.
fn resolve(source: &str) -> Option<String> {
    let parsed = parse_module(source).unwrap();
    let calls = expressions_in(parsed.suite(), Scope::All).filter_map(Expr::as_call_expr);
    let has_url = |call: &&ExprCall| matches!(call.arguments.args.first(), Some(Expr::Name(name)) if name.id == "url");
    let callees: Vec<&Expr> = calls.filter(has_url).map(|call| &*call.func).collect();
    let [callee] = callees.as_slice() else {
        panic!("one call with `url` is wanted in {source}");
    };
    Names::build(parsed.syntax()).resolve(callee).map(str::to_owned)
}

fn names(source: &str) -> Names {
    Names::build(parse_module(source).unwrap().syntax())
}

/// The offset of `here` in the source.
fn spelling(source: &str, path: &str) -> Option<String> {
    names(source).spelling(path, source.find("here").unwrap())
}

#[track_caller]
fn means(source: &str, path: &str) {
    assert_eq!(resolve(source).as_deref(), Some(path), "{source}");
}

#[track_caller]
fn means_nothing(source: &str) {
    assert_eq!(resolve(source), None, "{source}");
}

#[test]
fn every_way_of_importing_is_resolved() {
    means("import websockets\nwebsockets.connect(url)", "websockets.connect");
    means("import websockets as w\nw.connect(url)", "websockets.connect");
    means(
        "import websockets.sync.client\nwebsockets.sync.client.connect(url)",
        "websockets.sync.client.connect",
    );
    means(
        "import websockets.sync.client as c\nc.connect(url)",
        "websockets.sync.client.connect",
    );
    means("from websockets import connect\nconnect(url)", "websockets.connect");
    means("from websockets import connect as c\nc(url)", "websockets.connect");
    means(
        "from websockets.asyncio.client import connect\nconnect(url)",
        "websockets.asyncio.client.connect",
    );
    means(
        "from websockets import client\nclient.connect(url)",
        "websockets.client.connect",
    );
    means("from websockets import *\nconnect(url)", "websockets.connect");
    means(
        "from .net.helpers import connect_ws\nconnect_ws(url)",
        ".net.helpers.connect_ws",
    );
    means(
        "from .. import helpers\nhelpers.connect_ws(url)",
        "..helpers.connect_ws",
    );
    means(
        "def f():\n    import websockets\n    def g():\n        websockets.connect(url)",
        "websockets.connect",
    );
    means(
        "def f():\n    w.connect(url)\nimport websockets as w",
        "websockets.connect",
    );
}

#[test]
fn builtins_are_themselves_until_they_are_shadowed() {
    means("print(url)", "print");
    means("def f(x):\n    return [print(url) for _ in x]", "print");
    means_nothing("def print(x): ...\nprint(url)");
    means_nothing("def f(print): print(url)");
}

#[test]
fn branches_that_exclude_each_other_may_disagree() {
    let pair = "try:\n    from websockets.asyncio.client import connect\nexcept ImportError:\n    from websockets import connect\nconnect(url)";
    means(pair, "websockets.asyncio.client.connect");
    let parsed = parse_module(pair).unwrap();
    let Some(Stmt::Expr(statement)) = parsed.syntax().body.last() else {
        panic!("a call is last");
    };
    let Expr::Call(call) = &*statement.value else {
        panic!("a call is last");
    };
    assert!(
        Names::build(parsed.syntax())
            .paths(&call.func)
            .eq(["websockets.asyncio.client.connect", "websockets.connect"])
    );
    means(
        "try:\n    import websockets\nexcept ImportError:\n    websockets = None\nwebsockets.connect(url)",
        "websockets.connect",
    );
    means(
        "import asyncio, async_timeout\ntimeout = asyncio.timeout if new else async_timeout.timeout\ntimeout(url)",
        "asyncio.timeout",
    );
    means_nothing("from websockets import connect\nfrom aiohttp import connect\nconnect(url)");
    means_nothing("if x:\n    from websockets import connect\nfrom aiohttp import connect\nconnect(url)");
}

#[test]
fn a_rebound_or_shadowed_name_means_nothing() {
    for rebinding in [
        "connect = make()",
        "connect += 1",
        "for connect in x: pass",
        "async def f():\n    pass\nconnect = f",
        "def connect(): ...",
        "class connect: ...",
        "with open(p) as connect: pass",
        "with open(p) as (a, connect): pass",
        "try: pass\nexcept E as connect: pass",
        "match x:\n    case [1, *connect]: pass",
        "match x:\n    case {'a': 1, **connect}: pass",
        "match x:\n    case A() as connect: pass",
        "match x:\n    case connect: pass",
        "(connect := 1)",
        "[connect := y for y in x]",
        "del connect",
        "a, connect = x",
        "[a, *connect] = x",
        "def g():\n    global connect\n    connect = 1",
        "type connect = int",
        "import a.b as connect",
    ] {
        means_nothing(&format!("from websockets import connect\n{rebinding}\nconnect(url)"));
    }
    for shadowed in [
        "def f(connect): connect(url)",
        "def f(*connect): connect(url)",
        "def f(*, connect=None): connect(url)",
        "lambda connect: connect(url)",
        "[connect(url) for connect in x]",
        "{connect(url): 1 for a in x for connect in a}",
        "def f():\n    connect(url)\n    connect = 1",
        "def f[connect](): connect(url)",
        "def f():\n    connect = g\n    def g():\n        nonlocal connect\n        connect(url)",
    ] {
        means_nothing(&format!("from websockets import connect\n{shadowed}"));
    }
}

#[test]
fn scopes_that_do_not_reach_the_place_shadow_nothing() {
    for source in [
        "class A:\n    connect = 1\n    def f(self): connect(url)",
        "def g():\n    connect = 1\nconnect(url)",
        "[connect for connect in x]\nconnect(url)",
        "def f(connect=connect(url)): ...",
        "[connect for connect in connect(url)]",
        "class A:\n    def connect(self): connect(url)",
        "lambda connect=connect(url): connect",
        "def f():\n    global connect\n    connect(url)",
        "@connect(url)\ndef f(connect): ...",
        "def f(connect) -> connect(url): ...",
    ] {
        means(
            &format!("from websockets import connect\n{source}"),
            "websockets.connect",
        );
    }
}

#[test]
fn aliases_are_followed() {
    means(
        "import websockets\nc = websockets.connect\nc(url)",
        "websockets.connect",
    );
    means(
        "import websockets\ndef f():\n    w = websockets\n    c = w.connect\n    c(url)",
        "websockets.connect",
    );
    means(
        "import websockets\nc = None\nif x:\n    c = websockets.connect\nc(url)",
        "websockets.connect",
    );
    means(
        "import websockets\nclass A:\n    c = websockets.connect\n    def f(self): self.c(url)",
        "websockets.connect",
    );
    means(
        "import websockets\nclass A:\n    c = websockets.connect\nA.c(url)",
        "websockets.connect",
    );
    means(
        "import websockets\nclass A:\n    c = websockets.connect\na = A()\na.c(url)",
        "websockets.connect",
    );
    means(
        "import websockets\nclass A:\n    def __init__(self):\n        self.c = websockets.connect\n    def f(self): self.c(url)",
        "websockets.connect",
    );
    means(
        "import websockets\ndef g():\n    global c\n    c = websockets.connect\nc(url)",
        "websockets.connect",
    );
    means_nothing(
        "import websockets\nclass A:\n    def f(self):\n        self.c = websockets.connect\n        self.c = other()\n    def g(self): self.c(url)",
    );
    means_nothing("class A:\n    @staticmethod\n    def f(self): self.c(url)\n    c = print");
    means(
        "import websockets\nc: Callable = websockets.connect\nc(url)",
        "websockets.connect",
    );
    means_nothing("a = b\nb = a\na(url)");
    means_nothing("websockets.connect(url)");
}

#[test]
fn instances_carry_their_class() {
    let method = "aiohttp.ClientSession.ws_connect";
    for source in [
        "session = aiohttp.ClientSession()\nsession.ws_connect(url)",
        "aiohttp.ClientSession().ws_connect(url)",
        "async def f():\n    async with aiohttp.ClientSession() as session: session.ws_connect(url)",
        "async def f():\n    session = await stack.enter_async_context(aiohttp.ClientSession())\n    session.ws_connect(url)",
        "def f(session: aiohttp.ClientSession): session.ws_connect(url)",
        "def f(session: 'aiohttp.ClientSession'): session.ws_connect(url)",
        "def f(session: aiohttp.ClientSession | None): session.ws_connect(url)",
        "def f(session: Optional[aiohttp.ClientSession] = None): session.ws_connect(url)",
        "def f(session: aiohttp.ClientSession = None):\n    session = session or aiohttp.ClientSession()\n    session.ws_connect(url)",
        "session: aiohttp.ClientSession = make()\nsession.ws_connect(url)",
        "session: Any = aiohttp.ClientSession()\nsession.ws_connect(url)",
        "class A:\n    session: aiohttp.ClientSession\n    def f(self): self.session.ws_connect(url)",
        "class A:\n    def f(self):\n        self.session = None\n    def g(self):\n        self.session = aiohttp.ClientSession()\n    def h(self): self.session.ws_connect(url)",
        "class A:\n    def f(self, session: aiohttp.ClientSession):\n        self.session = session\n    def h(self): self.session.ws_connect(url)",
    ] {
        means(&format!("import aiohttp\n{source}"), method);
    }
    means(
        "import aiohttp\nclass A:\n    def f(self):\n        self.s: aiohttp.ClientSession = MISSING\n        self.s = MISSING\n        self.s.ws_connect(url)",
        method,
    );
    means_nothing("import aiohttp\ndef f(session): session.ws_connect(url)");
    means_nothing("import aiohttp\ndef f(*session: aiohttp.ClientSession): session.ws_connect(url)");
    means_nothing("import aiohttp\nsession = aiohttp.ClientSession()\nsession(url)");
    means_nothing("import aiohttp\nsession = [aiohttp.ClientSession()]\nsession.ws_connect(url)");
}

#[test]
fn a_function_of_the_module_is_known_by_its_name() {
    let source = "class Client:\n    async def open(self): ...\n    def run(self): return self.open()";
    let parsed = parse_module(source).unwrap();
    let names = Names::build(parsed.syntax());
    let module: &ModModule = parsed.syntax();
    let Stmt::ClassDef(class) = &module.body[0] else {
        panic!("a class is first");
    };
    let Stmt::FunctionDef(run) = &class.body[1] else {
        panic!("a method is second");
    };
    let Stmt::Return(returned) = &run.body[0] else {
        panic!("it returns");
    };
    let Some(Expr::Call(call)) = returned.value.as_deref() else {
        panic!("a call");
    };
    let function = names.function(names.local_function(&call.func).unwrap());
    assert_eq!(function.qualified, "Client.open");
    assert_eq!((function.name(), function.class.is_some()), ("open", true));
}

#[test]
fn partials_keep_what_they_call() {
    let source = "import functools, websockets\nc = functools.partial(websockets.connect, open_timeout=5)\nc";
    let parsed = parse_module(source).unwrap();
    let Some(Stmt::Expr(last)) = parsed.syntax().body.last() else {
        panic!("a name is last");
    };
    let call = source.find("functools.partial").unwrap();
    let path = "websockets.connect".to_owned();
    assert_eq!(
        Names::build(parsed.syntax()).values(&last.value),
        [Value::Partial { path, call }]
    );
}

#[test]
fn a_path_is_spelled_through_what_is_imported_and_executed() {
    let timeout = "asyncio.timeout";
    assert_eq!(spelling("import asyncio\nhere", timeout).unwrap(), "asyncio.timeout");
    assert_eq!(spelling("import asyncio as aio\nhere", timeout).unwrap(), "aio.timeout");
    assert_eq!(
        spelling("import asyncio.subprocess\nhere", timeout).unwrap(),
        "asyncio.timeout"
    );
    assert_eq!(
        spelling("from asyncio import timeout as t\nhere", timeout).unwrap(),
        "t"
    );
    assert_eq!(
        spelling("import asyncio\ndef f():\n    here", timeout).unwrap(),
        "asyncio.timeout"
    );
    assert_eq!(
        spelling("def f():\n    import asyncio\n    here", timeout).unwrap(),
        "asyncio.timeout"
    );
    assert_eq!(
        spelling("if x:\n    import asyncio\n    here", timeout).unwrap(),
        "asyncio.timeout"
    );
    assert_eq!(spelling("here", "print").unwrap(), "print");
    for source in [
        "here\nimport asyncio",
        "def f():\n    here\nimport asyncio",
        "def g():\n    import asyncio\ndef f():\n    here",
        "if TYPE_CHECKING:\n    import asyncio\nhere",
        "if typing.TYPE_CHECKING:\n    import asyncio\n    here",
        "if x:\n    import asyncio\nhere",
        "try:\n    import asyncio\nexcept ImportError:\n    asyncio = None\nhere",
        "import asyncio\ndef f(asyncio):\n    here",
        "import asyncio\nasyncio = 1\nhere",
        "def g():\n    global asyncio\n    import asyncio\ng()\nhere",
        "import asyncio_extras\nhere",
        "class A:\n    import asyncio\n    def f(self):\n        here",
    ] {
        assert_eq!(spelling(source, timeout), None, "{source}");
    }
}

#[test]
fn a_name_is_taken_around_a_place_and_inside_it() {
    let source = "a = 1\ndef f():\n    b = 1\n    here\n    def g(c):\n        return d\ndef h(e): ...";
    let at = source.find("here").unwrap();
    let names = names(source);
    for taken in ["a", "b", "c", "d", "f", "h", "print"] {
        assert!(names.is_taken(taken, at), "{taken}");
    }
    assert!(!names.is_taken("e", at));
    assert_eq!(names.fresh("deadline", at), "deadline");
    assert_eq!(names.fresh("b", at), "b_1");
}

#[test]
fn a_local_variable_with_one_read_is_seen_through() {
    let single = |source: &str| {
        let names = names(source);
        let scope = names.scope_at(source.find("conn =").unwrap());
        names.single_read(scope, "conn")
    };
    let source = "def f():\n    conn = c()\n    use(conn)";
    assert_eq!(single(source), source.rfind("conn").map(|at| (at, true)));
    let source = "def f():\n    if a:\n        conn = c()\n    else:\n        conn = d()\n    use(conn)";
    assert_eq!(single(source), source.rfind("conn").map(|at| (at, false)));
    for source in [
        "def f():\n    conn = c()\n    use(conn, conn)",
        "def f():\n    conn = c()\n    return lambda: conn",
        "def f():\n    conn = c()\n    conn = d()\n    use(conn)",
        "def f():\n    global conn\n    conn = c()\n    use(conn)",
        "conn = c()\nuse(conn)",
        "def f():\n    conn = c()",
    ] {
        assert_eq!(single(source), None, "{source}");
    }
}

#[test]
fn chains_of_aliases_end() {
    let mut source = String::from("import websockets\na0 = websockets.connect\n");
    for n in 1..2000 {
        let before = n - 1;
        source.push_str(&format!("a{n} = a{before} or a{before}\n"));
    }
    source.push_str("a1999(url)");
    means_nothing(&source);
}
