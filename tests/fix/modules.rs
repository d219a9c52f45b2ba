//! Python modules around connects: blocks, decorators, strings of every kind, comments everywhere, tabs, every line end.

use proptest::prelude::*;

/// A statement: its lines, each one a depth and a text. Lines of depth `None` are the inside of a string.
type Lines = Vec<(Option<usize>, String)>;

/// A module that parses.
pub(crate) fn module() -> impl Strategy<Value = String> {
    let units = prop::sample::select(vec!["    ", "  ", "\t"]);
    let ends = prop::sample::select(vec!["\n", "\r\n", "\r"]);
    let head = prop::sample::select(vec![
        "import asyncio\nimport websockets\n",
        "\"\"\"%% doc\"\"\"\nfrom __future__ import annotations\nimport websockets\n# %% after the imports\n",
        "#!/usr/bin/env python\n# %% licence\nimport os, websockets\nimport asyncio as aio\n",
        "\u{feff}import websockets\n",
        "# %% first\n\nimport websockets\nimport asyncio\n\n",
    ]);
    let function = (any::<bool>(), block(3), comment()).prop_map(|(decorated, body, note)| {
        let mut lines = Vec::new();
        if decorated {
            lines.push((Some(0), format!("@mark(open_timeout=1){note}")));
        }
        lines.push((Some(0), format!("async def test(self, url=\"u\"):{note}")));
        lines.extend(deeper(body));
        lines
    });
    (head, prop::collection::vec(function, 1..4), units, ends, any::<bool>()).prop_map(
        |(head, functions, unit, end, final_end)| {
            let mut text = head.to_owned();
            for (depth, line) in functions.into_iter().flatten() {
                text.push_str(&unit.repeat(depth.unwrap_or(0)));
                text.push_str(&line);
                text.push('\n');
            }
            if !final_end {
                text.pop();
            }
            text.replace('\n', end)
        },
    )
}

fn deeper(lines: Lines) -> Lines {
    lines
        .into_iter()
        .map(|(depth, line)| (depth.map(|depth| depth + 1), line))
        .collect()
}

fn block(levels: u32) -> BoxedStrategy<Lines> {
    let statements = prop::collection::vec(statement(levels), 1..4);
    (statements, own_line_comment(), own_line_comment())
        .prop_map(|(statements, first, last)| [first, statements.into_iter().flatten().collect(), last].concat())
        .boxed()
}

/// A trailing comment, perhaps.
fn comment() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["", "", "  # %% note", "  # noqa: E501 %%", " # %% type: ignore"])
}

fn own_line_comment() -> impl Strategy<Value = Lines> {
    prop::sample::select(vec![None, None, Some(0), Some(0), Some(1)]).prop_map(|depth| {
        depth
            .map(|depth| (Some(depth), format!("# %% own {depth}")))
            .into_iter()
            .collect()
    })
}

fn call() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "websockets.connect(url, open_timeout=5)",
        "websockets.connect(url, open_timeout=30, close_timeout=1)",
        "websockets.connect(open_timeout=5, uri=url)",
        "websockets.connect(url)",
        "websockets.connect(url, open_timeout=None)",
        "websockets.connect(url, open_timeout=T)",
        "websockets.connect(f\"{url} x\", open_timeout = (5))",
        "websockets.connect(url, **{'open_timeout': 1})",
    ])
}

fn statement(levels: u32) -> BoxedStrategy<Lines> {
    let line = |text: String| vec![(Some(0), text)];
    let waits = (call(), comment(), 0..6_usize).prop_map(move |(call, note, form)| {
        let text = match form {
            0 => format!("ws = await {call}"),
            1 => format!("self.ws = await {call}"),
            2 => format!("await {call}"),
            3 => format!("a, b = await asyncio.gather({call}, other())"),
            4 => format!("ws = await {call}; x = 1"),
            _ => format!("if ws: await {call}"),
        };
        line(format!("{text}{note}"))
    });
    let spread = (comment(), comment()).prop_map(|(first, second)| {
        vec![
            (Some(0), "ws = await websockets.connect(".to_owned()),
            (Some(1), format!("url,{first}")),
            (Some(1), format!("close_timeout=1,{second}")),
            (Some(1), "open_timeout=7,".to_owned()),
            (Some(0), ")".to_owned()),
        ]
    });
    let plain = (
        prop::sample::select(vec![
            "x = 1",
            "await ws.send(\"%% hi\")",
            "await ws.recv()",
            "pass",
            "x = 1; y = 2",
        ]),
        comment(),
    )
        .prop_map(move |(text, note)| line(format!("{text}{note}")));
    let string = prop::sample::select(vec!["\"\"\"", "'''", "f\"\"\"", "rb'''"]).prop_map(|quote| {
        let end = quote.trim_start_matches(['f', 'r', 'b']);
        vec![
            (Some(0), format!("x = {quote}%% begins")),
            (None, "    %% deep \\".to_owned()),
            (None, "%% flush".to_owned()),
            (None, format!("  {end}  # %% behind")),
        ]
    });
    let continued = Just(vec![
        (Some(0), "x = 1 + \\".to_owned()),
        (Some(1), "2".to_owned()),
        (Some(0), "y = [  # %% list".to_owned()),
        (Some(0), "1,".to_owned()),
        (Some(2), "# %% inside".to_owned()),
        (Some(0), "]".to_owned()),
    ]);
    if levels == 0 {
        return prop_oneof![4 => waits, 1 => spread, 3 => plain, 2 => string, 1 => continued].boxed();
    }
    let inner = move || block(levels - 1).prop_map(deeper);
    let with = (call(), comment(), inner(), 0..5_usize).prop_map(|(call, note, body, form)| {
        let header = match form {
            0 => format!("async with {call} as ws:"),
            1 => format!("async with {call}:"),
            2 => format!("async with lock, {call} as ws:"),
            3 => format!("async with ({call} as ws):"),
            _ => format!("async with {call} as ws, other(ws) as b:"),
        };
        [vec![(Some(0), format!("{header}{note}"))], body].concat()
    });
    let one_line = call().prop_map(move |call| line(format!("async with {call} as ws: await ws.send(1); x = 2")));
    let compound = (inner(), inner(), comment(), 0..5_usize).prop_map(|(body, other, note, form)| {
        let (first, second) = match form {
            0 => ("if x:", "else:"),
            1 => ("try:", "except E:"),
            2 => ("for x in y:", "else:"),
            3 => ("async with asyncio.timeout(3):", "while False:"),
            _ => (
                "async def inner(a=1, *, b: int = 2) -> None:",
                "class C(B, open_timeout=1):",
            ),
        };
        let second = vec![(Some(0), format!("{second}{note}"))];
        [vec![(Some(0), format!("{first}{note}"))], body, second, other].concat()
    });
    prop_oneof![3 => waits, 1 => spread, 2 => plain, 2 => string, 1 => continued, 4 => with, 1 => one_line, 3 => compound]
        .boxed()
}
