//! Twice the text takes about twice the work, whatever it is made of. Counted are allocations, the bytes they ask for, and
//! the engine's own steps ([`ws_lint::steps`]): they are the same in every run and on every machine, which seconds are not.
//! What neither allocates nor takes a step is not seen: `benches/compare.py` times the same growth.

use std::alloc::System;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static COUNTED: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How many times as much the second doubling may add as the first. Linear work adds twice as much, quadratic four times;
/// the rest is for tables that grow by doubling.
const MOST_GROWTH: f64 = 2.6;

/// A kind of text, for any size.
#[derive(Clone, Copy)]
struct Shape {
    name: &'static str,
    /// The file's name.
    file: &'static str,
    options: &'static [&'static str],
    /// The smallest of the three sizes.
    size: usize,
    text: fn(usize) -> String,
}

/// `head`, then `line` for each number below `count`, in which `%` stands for the number and `~` for the one after it.
fn lines(head: &str, count: usize, line: &str) -> String {
    let mut text = head.to_owned();
    for index in 0..count {
        let line = line.replace('%', &index.to_string());
        let _ = writeln!(text, "{}", line.replace('~', &(index + 1).to_string()));
    }
    text
}

const WS: &str = "import asyncio\nimport websockets\n";
const IN_F: &str = "import asyncio\nimport websockets\nasync def f(a, u):\n";
const IN_RUST: &str = "use tokio_tungstenite::connect_async;\nasync fn f(u: &str) {\n";
const TUNGSTENITE: &str = "use tokio_tungstenite::connect_async;\n";

const fn python(name: &'static str, size: usize, text: fn(usize) -> String) -> Shape {
    Shape {
        name,
        file: "a.py",
        options: &[],
        size,
        text,
    }
}

const fn rust(name: &'static str, size: usize, text: fn(usize) -> String) -> Shape {
    Shape {
        name,
        file: "a.rs",
        options: &["--extend-select=WS302"],
        size,
        text,
    }
}

const fn manifest(name: &'static str, file: &'static str, text: fn(usize) -> String) -> Shape {
    Shape {
        name,
        file,
        options: &[],
        size: 200,
        text,
    }
}

/// Without the excerpts: they show more of a line the longer it is, up to a bound that no test needs to reach.
const fn in_a_line(shape: Shape) -> Shape {
    Shape {
        options: &["--output-format=concise"],
        ..shape
    }
}

const SHAPES: &[Shape] = &[
    python("prints", 100, |n| lines("", n, "print('✓')")),
    python("functions that print", 100, |n| {
        lines("", n, "def f%():\n    print('✓')")
    }),
    python("texts in variables", 100, |n| lines("", n, "x% = '✓'\nprint(x%)")),
    in_a_line(python("prints in a line", 100, |n| "print('✓'); ".repeat(n))),
    python("texts of one print", 100, |n| format!("print({})", "'✓', ".repeat(n))),
    python("a long text", 100, |n| format!("print('{}')", "✓".repeat(n))),
    python("f-strings", 100, |n| lines("a = 1\n", n, "print(f'{a} ✓ {a:>%}')")),
    python("helpers for prints", 100, |n| {
        lines("", n, "def safe_print_%(a, b):\n    print('✓')")
    }),
    python("functions that connect", 60, |n| {
        lines(WS, n, "async def f%(u):\n    await websockets.connect(u)")
    }),
    python("functions that connect and print", 60, |n| {
        lines(
            WS,
            n,
            "async def f%(u):\n    await websockets.connect(u)\n    print('✓')",
        )
    }),
    python("imports in functions", 60, |n| {
        lines(
            "",
            n,
            "async def f%(u):\n    import asyncio\n    import websockets\n    await websockets.connect(u)",
        )
    }),
    python("imports of one module", 60, |n| {
        lines(
            "import websockets as w\nimport websockets as w\n",
            n,
            "if a: import websockets as w%",
        ) + &lines("async def f(u):\n", n, "    await w.connect(u)")
    }),
    python("star imports", 60, |n| {
        lines("import websockets\n", n, "from m% import *") + &lines("async def f(u):\n", n, "    await g%(u)")
    }),
    python("elif", 60, |n| {
        lines(
            &format!("{IN_F}    if a: pass\n"),
            n,
            "    elif a == %:\n        await websockets.connect(u)",
        )
    }),
    python("cases", 60, |n| {
        lines(
            &format!("{IN_F}    match a:\n"),
            n,
            "        case %:\n            await websockets.connect(u)",
        )
    }),
    python("loops", 60, |n| {
        lines(IN_F, n, "    while True:\n        await websockets.connect(u)")
    }),
    python("classes", 60, |n| {
        lines(
            WS,
            n,
            "class C%:\n    async def f(self, u):\n        self.ws = await websockets.connect(u)\n        await self.ws.recv()",
        )
    }),
    python("attributes of one class", 60, |n| {
        lines(
            &format!("{WS}class C:\n"),
            n,
            "    async def f%(self, u):\n        self.ws% = await websockets.connect(u)\n        await self.ws%.recv()",
        )
    }),
    python("aliases", 300, |n| {
        lines(&format!("{WS}c0 = websockets.connect\n"), n, "c~ = c%")
            + &lines("async def f(u):\n", n, "    await c%(u)")
    }),
    python("x = x", 60, |n| {
        lines(&format!("{IN_F}    x = await websockets.connect(u)\n"), n, "    x = x")
    }),
    python("a dictionary", 60, |n| {
        lines(&format!("{WS}D = {{\n"), n, "    'k%': %,")
            + &lines(
                "}\nasync def f(u):\n",
                n,
                "    await websockets.connect(u, open_timeout=D['k%'])",
            )
    }),
    python("decorators", 60, |n| {
        lines(WS, n, "@d%") + "async def test_f(u):\n    await websockets.connect(u)\n"
    }),
    python("helpers under deadlines", 60, |n| {
        lines(WS, n, "async def h%(u):\n    return await websockets.connect(u)")
            + &lines(
                "",
                n,
                "async def f%(u):\n    async with asyncio.timeout(5):\n        await h%(u)",
            )
    }),
    python("a chain of helpers", 60, |n| {
        lines(
            WS,
            n,
            "async def test_%(u):\n    await test_~(u)\n    await websockets.connect(u)",
        )
    }),
    python("calls that block", 60, |n| {
        lines(
            "import time\nimport websockets\n",
            n,
            "def s%():\n    time.sleep(1)\nasync def test_%(u):\n    await websockets.connect(u)\n    s%()",
        )
    }),
    in_a_line(python("connects in a line", 60, |n| {
        format!("{WS}async def f(u): {}", "await websockets.connect(u); ".repeat(n))
    })),
    python("suppressions", 60, |n| {
        lines(IN_F, n, "    await websockets.connect(u)  # ws-lint: ignore[WS102]")
    }),
    python("suppressions of nothing", 60, |n| {
        lines(IN_F, n, "    x = 1  # ws-lint: ignore[WS102]")
    }),
    python("a long suppression", 60, |n| {
        format!("print('✓')  # ws-lint: ignore[{}]", "WS301, ".repeat(n))
    }),
    Shape {
        options: &["--diff"],
        ..python("fixes", 40, |n| {
            lines(
                IN_F,
                n,
                "    async with websockets.connect(u, open_timeout=5) as ws:\n        await ws.send('x')",
            )
        })
    },
    Shape {
        options: &["--diff"],
        ..python("fixes of prints", 40, |n| lines("", n, "def f%():\n    print('✓')"))
    },
    rust("Rust's prints", 60, |n| lines("fn f() {\n", n, "    println!();") + "}"),
    rust("Rust's functions", 60, |n| {
        lines(
            TUNGSTENITE,
            n,
            "async fn f%(u: &str) {\n    connect_async(u).await.unwrap();\n    println!();\n}",
        )
    }),
    rust("Rust's variables", 60, |n| {
        lines(IN_RUST, n, "    let x% = connect_async(u).await;") + "}"
    }),
    rust("Rust's globs", 300, |n| {
        lines("", n, "use m%::*;") + &lines(IN_RUST, n, "    g%(u).await; connect_async(u).await;") + "}"
    }),
    rust("Rust's modules", 60, |n| {
        lines(
            TUNGSTENITE,
            n,
            "mod m% { use super::*; async fn f(u: &str) { connect_async(u).await; } }",
        )
    }),
    rust("Rust's arms", 60, |n| {
        lines(
            &format!("{IN_RUST}match 1 {{\n"),
            n,
            "    % => { connect_async(u).await; }",
        ) + "_ => {} } }"
    }),
    rust("Rust's tests", 60, |n| {
        lines(
            TUNGSTENITE,
            n,
            "#[tokio::test]\nasync fn f%() {\n    let (mut x, _) = connect_async(u).await.unwrap();\n    x.next().await;\n}",
        )
    }),
    manifest("dependencies in a line", "pyproject.toml", |n| {
        let names: String = (0..n).map(|index| format!("'p{index}', ")).collect();
        format!("[project]\nname = 'a'\nversion = '1'\ndependencies = [{names}'websockets']\n")
    }),
    manifest("dependencies spelled otherwise", "pyproject.toml", |n| {
        let names: String = (0..n).map(|index| format!("\"\\u0070{index}\", ")).collect();
        format!("[project]\nname = 'a'\nversion = '1'\ndependencies = [{names}'websockets']\n")
    }),
    manifest("requirements", "requirements.txt", |n| {
        lines("websockets\n", n, "p%>=1  # ws-lint: ignore[WS402]")
    }),
    manifest("crates", "Cargo.toml", |n| {
        lines(
            "[package]\nname = 'a'\nversion = '1.0.0'\n[dependencies]\ntokio-tungstenite = '*'\n",
            n,
            "p% = '*'",
        )
    }),
];

/// What was counted.
#[derive(Clone, Copy)]
struct Work {
    allocations: usize,
    bytes: usize,
    steps: usize,
}

/// The work of looking at a file of this shape and size.
fn work(shape: &Shape, size: usize, folder: &Path) -> Work {
    let text = (shape.text)(size);
    fs::write(folder.join(shape.file), text).unwrap();
    let words = ["ws-lint", "--isolated"]
        .iter()
        .chain(shape.options)
        .map(OsString::from);
    let args: Vec<OsString> = words.chain([folder.as_os_str().to_owned()]).collect();
    let region = Region::new(COUNTED);
    let before = ws_lint::steps::taken();
    let (mut out, mut err) = (std::io::sink(), Vec::new());
    ws_lint::cli::run(args, &mut std::io::empty(), &mut out, &mut err);
    let steps = ws_lint::steps::taken() - before;
    let counted = region.change();
    let err = String::from_utf8_lossy(&err);
    assert!(!err.contains("error:"), "{}: {err}", shape.name);
    Work {
        allocations: counted.allocations + counted.reallocations,
        bytes: counted.bytes_allocated,
        steps,
    }
}

/// What grows too fast, each in a line.
fn too_fast(shape: &Shape) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    // What is read once a run, and once a process, is not counted.
    work(shape, 1, folder.path());
    let [small, middle, large] = [1, 2, 4].map(|times| work(shape, shape.size * times, folder.path()));
    let counts: [(&str, fn(Work) -> usize); 3] = [
        ("allocations", |work| work.allocations),
        ("bytes", |work| work.bytes),
        ("steps", |work| work.steps),
    ];
    let growing = counts.into_iter().filter_map(|(what, count)| {
        let [small, middle, large] = [small, middle, large].map(|work| count(work) as f64);
        let growth = (large - middle) / (middle - small).max(1.0);
        let told = || {
            format!(
                "{}: {what} {small}, {middle}, {large}: grow {growth:.2}-fold",
                shape.name
            )
        };
        (growth > MOST_GROWTH && large > 1.2 * middle).then(told)
    });
    let growing: Vec<String> = growing.collect();
    (!growing.is_empty()).then(|| growing.join("\n"))
}

#[test]
fn twice_the_text_takes_twice_the_work() {
    let growing: Vec<String> = SHAPES.iter().filter_map(too_fast).collect();
    assert!(growing.is_empty(), "{}", growing.join("\n"));
}
