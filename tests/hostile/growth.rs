//! The work for a text grows with its length, no more with its square: told by the engine's own steps, which only builds with debug
//! assertions count. Nothing else in this process takes any: the other tests run the program.

use ws_lint::catalog::Catalog;
use ws_lint::check::{Surroundings, check};
use ws_lint::facts::ProjectFacts;
use ws_lint::settings::Settings;
use ws_lint::source::{Language, SourceFile};
use ws_lint::steps;

/// What is repeated between two texts: `%` is its number.
struct Shape {
    name: &'static str,
    path: &'static str,
    head: &'static str,
    each: &'static str,
}

const PYTHON: &str = "import asyncio\nimport websockets\n\n";
const RUST: &str = "use tokio_tungstenite::connect_async;\nuse tokio_tungstenite::tungstenite;\n";

const SHAPES: [Shape; 19] = [
    python("prints", PYTHON, "print('✓ %')\n"),
    python(
        "functions",
        PYTHON,
        "async def f%(url):\n    ws = await websockets.connect(url)\n    print('✓', ws)\n",
    ),
    python(
        "blocks",
        PYTHON,
        "async def f%(url):\n    async with websockets.connect(url, open_timeout=5) as ws:\n        await ws.send('%')\n",
    ),
    python(
        "clauses",
        PYTHON,
        "if url == '%':\n    asyncio.run(websockets.connect(url))\n",
    ),
    python(
        "else clauses",
        "import websockets\n\nasync def f(a, u):\n    if a:\n        pass\n",
        "    elif a == %:\n        await websockets.connect(u)\n",
    ),
    python(
        "handlers",
        PYTHON,
        "async def f%(url):\n    try:\n        await websockets.connect(url)\n    except websockets.InvalidStatusCode:\n        pass\n",
    ),
    python(
        "imports",
        "",
        "import websockets as w%\nasync def f%(url):\n    await w%.connect(url, open_timeout=3)\n",
    ),
    python(
        "tests",
        PYTHON,
        "async def test_%():\n    async with websockets.connect('ws://a') as ws:\n        assert await ws.recv() == '%'\n",
    ),
    python(
        "methods",
        "import websockets\n\nclass C:\n",
        "    async def m%(self, url):\n        self.ws = await websockets.connect(url)\n",
    ),
    python(
        "callers",
        "import asyncio\nimport websockets\n\nasync def dial(url):\n    return await websockets.connect(url)\n\n",
        "async def test_%():\n    ws = await dial('ws://a')\n    await ws.recv()\n",
    ),
    python(
        "calls in one function",
        "import websockets\n\nasync def test_all(url):\n",
        "    ws% = await websockets.connect(url)\n    await ws%.recv()\n",
    ),
    python(
        "waits of a test",
        "import asyncio\nimport websockets\n\nasync def test_all(url):\n    ws = await websockets.connect(url)\n",
        "    await ws.recv()\n",
    ),
    python(
        "blocking calls",
        "import time\nimport websockets\n\n",
        "async def test_%(url):\n    await websockets.connect(url)\n    time.sleep(%)\n",
    ),
    rust(
        "functions",
        RUST,
        "async fn f%(u: &str) {\n    let _ = connect_async(u).await;\n}\n",
    ),
    rust(
        "tests",
        RUST,
        "#[tokio::test]\nasync fn t%() {\n    let (mut ws, _) = connect_async(\"ws://a\").await.unwrap();\n    ws.next().await;\n}\n",
    ),
    rust(
        "blocking tests",
        RUST,
        "#[test]\nfn t%() {\n    let (mut ws, _) = tungstenite::connect(\"ws://a\").unwrap();\n    ws.read().unwrap();\n}\n",
    ),
    rust(
        "modules",
        RUST,
        "mod m% {\n    use super::connect_async;\n    async fn f(u: &str) {\n        connect_async(u).await;\n    }\n}\n",
    ),
    rust(
        "callers",
        "use tokio_tungstenite::connect_async;\nasync fn dial(u: &str) {\n    connect_async(u).await.unwrap();\n}\n",
        "#[tokio::test]\nasync fn t%() {\n    dial(\"%\").await;\n    connect_async(\"ws://a\").await.ok();\n}\n",
    ),
    rust(
        "arms",
        "use tokio_tungstenite::connect_async;\nasync fn f(a: u32, u: &str) {\n    if a == 0 {}\n",
        "    if a == % {\n        connect_async(u).await.ok();\n    }\n",
    ),
];

const fn python(name: &'static str, head: &'static str, each: &'static str) -> Shape {
    Shape {
        name,
        path: "test_a.py",
        head,
        each,
    }
}

const fn rust(name: &'static str, head: &'static str, each: &'static str) -> Shape {
    Shape {
        name,
        path: "a.rs",
        head,
        each,
    }
}

fn steps_of(shape: &Shape, times: usize) -> usize {
    let each = (0..times).map(|number| shape.each.replace('%', &number.to_string()));
    let open = shape.head.matches('{').count() - shape.head.matches('}').count();
    let text = format!("{}{}{}", shape.head, each.collect::<String>(), "}\n".repeat(open));
    let language = if shape.path.ends_with(".rs") {
        Language::Rust
    } else {
        Language::Python
    };
    let source = SourceFile::new(shape.path, language, text);
    let (settings, project) = (Settings::default(), ProjectFacts::default());
    let before = steps::taken();
    let surroundings = Surroundings::alone(Catalog::builtin(), &settings, &project);
    assert!(check(&source, surroundings).findings.len() >= times, "{}", shape.name);
    steps::taken() - before
}

#[test]
fn twice_the_text_takes_about_twice_the_steps() {
    for shape in SHAPES {
        let (once, twice) = (steps_of(&shape, 300), steps_of(&shape, 600));
        let name = format!("{} of {}", shape.name, shape.path);
        assert!(once > 300, "{name}: {once} steps are not all");
        assert!(
            10 * twice <= 23 * once,
            "{name}: {once} steps, and {twice} for twice the text"
        );
    }
}
