//! Connect sites and deadlines, seen through [`Module::parse`].

use super::*;
use crate::catalog::Library;
use crate::facts::ProjectFacts;
use crate::prescan::Announced;
use crate::python::sites::anchor::Place;
use crate::sites::{Bound, Entered};
use crate::source::Language;

mod deadlines;
mod entering;
mod prints;

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
