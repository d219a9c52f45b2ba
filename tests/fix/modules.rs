//! Python modules around connects and prints: blocks, decorators, strings of every kind, comments everywhere, tabs, form
//! feeds, every line end. Comments and the lines inside of strings hold `%%`.

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
        "\"\"\"%% doc\"\"\"; import websockets\n",
        "import os; import websockets  # %% two\n\n",
        "try:\n    import websockets\nexcept ImportError:\n    websockets = None\n",
        "from asyncio import timeout\n\x0c\nimport websockets\n",
    ]);
    let function = (0..3_usize, block(3), comment()).prop_map(|(decorators, body, note)| {
        let mut lines = Vec::new();
        if decorators > 0 {
            lines.push((Some(0), format!("@mark(open_timeout=1){note}")));
        }
        if decorators > 1 {
            lines.push((Some(0), "@mark(  # %% above".to_owned()));
            lines.push((Some(1), "*marks,  # %% inside".to_owned()));
            lines.push((Some(0), ")".to_owned()));
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
        "websockets.connect(url, open_timeout=5,)",
        "(websockets.connect(url, open_timeout=(yield)))",
        "websockets.connect(url, *more, open_timeout=2 if x else 3, **rest)",
        "websockets.connect(url, open_timeout=(n := 4), extra='''%% one line''')",
    ])
}

fn statement(levels: u32) -> BoxedStrategy<Lines> {
    let line = |text: String| vec![(Some(0), text)];
    let waits = (call(), call(), comment(), 0..11_usize).prop_map(move |(call, second, note, form)| {
        let text = match form {
            0 => format!("ws = await {call}"),
            1 => format!("self.ws = await {call}"),
            2 => format!("await {call}"),
            3 => format!("a, b = await asyncio.gather({call}, other())"),
            4 => format!("ws = await {call}; x = 1"),
            5 => format!("a, b = await asyncio.gather({call}, {second})"),
            6 => format!("pair = [await {call}, (await {second})]"),
            7 => format!("x=await({call})if y else(await({second}));"),
            8 => format!("await asyncio.wait_for({call}, 3)"),
            9 => format!("connecting = {call}"),
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
    let print = (
        prop::sample::select(vec![
            "print(\"✓ done\")",
            "print(f\"→ {x} {'%% …'}\", end=\"\")",
            "if x: print('✗'); y = print(\"a\", \"∞\")",
            "print(\"%% ascii\")",
            "sys.stdout.write(\"✓\\n\")",
            "print(print(\"…\"), '''→''')",
        ]),
        comment(),
    )
        .prop_map(move |(text, note)| line(format!("{text}{note}")));
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
    let kinds = vec![
        "\"\"\"",
        "'''",
        "f\"\"\"",
        "rb'''",
        "t\"\"\"",
        "Rf'''",
        "b\"\"\"",
        "u'''",
        "\"a\" \"\"\"",
    ];
    let string = prop::sample::select(kinds).prop_map(|quote| {
        let end = &quote[quote.len() - 3..];
        vec![
            (Some(0), format!("x = {quote}%% begins")),
            (None, "    %% deep \\".to_owned()),
            (None, "%% flush".to_owned()),
            (None, format!("  {end}  # %% behind")),
        ]
    });
    let nested = Just(vec![
        (Some(0), "x = f\"\"\"%% {x = } {".to_owned()),
        (None, "    x!r:>{".to_owned()),
        (None, "10}".to_owned()),
        (None, "  } {f'''%% deeper".to_owned()),
        (None, "{x}".to_owned()),
        (None, "'''} %%".to_owned()),
        (None, "\"\"\" \"%% tail\" '%% folded\\".to_owned()),
        (None, "  %% line'".to_owned()),
        (Some(0), "y = (  # %% implicit".to_owned()),
        (Some(2), "\"%% a\"".to_owned()),
        (Some(0), "r\"%% b\"".to_owned()),
        (Some(0), ")".to_owned()),
    ]);
    let continued = Just(vec![
        (Some(0), "x = 1 + \\".to_owned()),
        (Some(1), "2".to_owned()),
        (Some(0), "y = [  # %% list".to_owned()),
        (Some(0), "1,".to_owned()),
        (Some(2), "# %% inside".to_owned()),
        (Some(0), "]".to_owned()),
    ]);
    if levels == 0 {
        return prop_oneof![4 => waits, 1 => spread, 3 => plain, 2 => string, 1 => nested, 1 => continued, 2 => print]
            .boxed();
    }
    let inner = move || block(levels - 1).prop_map(deeper);
    let parenthesised =
        (call(), comment(), comment(), inner(), any::<bool>()).prop_map(|(call, first, second, body, trailing)| {
            let comma = if trailing { "," } else { "" };
            let header = vec![
                (Some(0), format!("async with ({first}")),
                (Some(1), format!("lock,{second}")),
                (Some(1), "# %% the connect".to_owned()),
                (Some(2), format!("{call} as ws{comma}{first}")),
                (Some(0), format!("):{second}")),
            ];
            [header, body].concat()
        });
    let continued_header = (call(), inner()).prop_map(|(call, body)| {
        let header = vec![
            (Some(0), "async with lock as held, \\".to_owned()),
            (Some(2), format!("{call} as ws, \\")),
            (Some(2), "other(ws):  # %% header".to_owned()),
        ];
        [header, body].concat()
    });
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
    let headers = prop_oneof![4 => with, 1 => one_line, 1 => parenthesised, 1 => continued_header];
    let texts = prop_oneof![2 => string, 1 => nested, 1 => continued];
    prop_oneof![3 => waits, 1 => spread, 2 => plain, 3 => texts, 6 => headers, 3 => compound, 2 => print].boxed()
}
