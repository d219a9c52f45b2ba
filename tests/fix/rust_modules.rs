//! Rust modules around connects and prints: every suffix that a connect may have, comments, raw strings, macros. Comments
//! and strings hold `%%`.

use proptest::prelude::*;

/// A module that parses. Its types need not fit: nothing here is compiled.
pub(crate) fn module() -> impl Strategy<Value = String> {
    let heads = prop::sample::select(vec![
        "use tokio_tungstenite::connect_async;\n\n",
        "//! %% docs\n#![allow(unused)]\nuse std::time::Duration;\n\nuse tokio_tungstenite::connect_async;\n",
        "#!/usr/bin/env run-cargo-script\n// %% licence\nuse tokio_tungstenite::*;\nuse std::io::Write as _;\n",
        "use tokio_tungstenite as ws;\nuse ws::connect_async;\nuse tokio::time::timeout;\n/* %% a /* nested */ one */\n",
        "\u{feff}use {tokio_tungstenite::connect_async, std::time::Duration as D};\n",
    ]);
    let kinds = prop::sample::select(vec![
        "#[tokio::test]\nasync fn works() {\n",
        "/// %% docs\nasync fn plain() -> Result<(), Box<dyn std::error::Error>> {\n",
        "#[cfg(test)]\nmod tests {\n    use super::*;\n    #[tokio::test]\n    async fn inner() {\n",
        "impl Client {\n    // %% in the impl\n    pub async fn connect(&self) -> anyhow::Result<()> {\n",
    ]);
    let function = (kinds, prop::collection::vec(statement(2), 1..5), comment()).prop_map(|(head, body, note)| {
        let closings = head.matches('{').count();
        format!("{head}{}{note}{}", body.concat(), "}\n".repeat(closings))
    });
    let ends = prop::sample::select(vec!["\n", "\r\n"]);
    (heads, prop::collection::vec(function, 1..4), ends, any::<bool>()).prop_map(|(head, functions, end, tabs)| {
        let text = format!("{head}{}", functions.join("\n"));
        let text = if tabs { text.replace("    ", "\t") } else { text };
        text.replace('\n', end)
    })
}

/// Ends its line.
fn comment() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "\n",
        "\n",
        " // %% note\n",
        " /* %% block\n  over lines */\n",
        "\n        // %% own\n",
    ])
}

fn call() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "connect_async(url)",
        "connect_async(\"ws://%%\")",
        "connect_async(r#\"ws://%% \"quoted\" \"#)",
        "connect_async( /* %% where */ url )",
        "connect_async(format!(\"ws://%%{}\", port))",
        "connect_async(\n        // %% first\n        url,\n    )",
        "tokio_tungstenite::connect_async(url)",
        "connect_async(url).boxed()",
        "connect_async(\"ws://%%\n   second line\\\n   third\")",
        "(connect_async(url))",
    ])
}

/// What stands behind `.await`, in an expression.
fn suffix() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "",
        "?",
        ".unwrap()",
        ".expect(\"%% it's\")",
        ".is_err()",
        ".map_err(|e| e.to_string())?",
        ".context(\"%%\")?.0",
        ".unwrap_err()",
        ".ok()?",
        "\n        // %% refused?\n        .unwrap()",
        " /* %% between */ .unwrap()",
    ])
}

fn statement(levels: u32) -> BoxedStrategy<String> {
    let awaited = (call(), suffix(), comment(), 0..12_usize).prop_map(|(call, suffix, note, form)| {
        let wait = format!("{call}.await{suffix}");
        let code = match form {
            0 => format!("let (ws, _) = {wait};"),
            1 => format!("assert!({wait}, \"%% {{}}\", 1);"),
            2 => format!("match {wait} {{ Ok(_) | Err(_) => {{}} }}"),
            3 => format!("if let Ok((ws, _)) = {wait} {{ drop(ws); }}"),
            4 => format!("let Ok((ws, _)) = {wait} else {{ panic!(\"%%\") }};"),
            5 => format!("let all = vec![{wait}, {call}.await.unwrap()];"),
            6 => format!("while {wait}.is_err() {{}}"),
            7 => format!("let r#type = &mut {wait};"),
            8 => format!("return Ok({wait}.into());"),
            9 => format!("let (a, b) = tokio::join!({call}, {call});"),
            10 => format!("tokio::select! {{ a = {call} => drop(a), _ = other() => {{}} }}"),
            _ => format!("let later = {call}; later.await{suffix};"),
        };
        format!("        {code}{note}")
    });
    let print = (
        prop::sample::select(vec![
            "println!(\"%% {}\", 1);",
            "print!(\"%%\");",
            "eprintln!();",
            "let n = { println!(\"%%\") };",
            "println!(\n            \"%% {x}\",\n        );",
            "if ws { println!(r\"%%\") } else { eprint!(\"%%\") }",
        ]),
        comment(),
    )
        .prop_map(|(code, note)| format!("        {code}{note}"));
    let plain = (
        prop::sample::select(vec![
            "let raw = r##\"%% connect_async(u).await\n\"# flush \"##;",
            "let c = ('%', b'\\'', b\"%%\\\"\", '\\u{2713}', c\"%%\");",
            "let label: &'static str = \"%%\n   in\\\n   lines\";",
            "custom! { connect_async(url).await.unwrap() }",
            "ws.next().await;",
            "/* %% alone */",
        ]),
        comment(),
    )
        .prop_map(|(code, note)| format!("        {code}{note}"));
    if levels == 0 {
        return prop_oneof![4 => awaited, 1 => print, 2 => plain].boxed();
    }
    let block = (prop::collection::vec(statement(levels - 1), 1..3), 0..6_usize).prop_map(|(inner, form)| {
        let inner = inner.concat();
        match form {
            0 => format!("        {{\n{inner}        }}\n"),
            1 => format!("        if x {{\n{inner}        }} else {{ /* %% */ }}\n"),
            2 => format!("        loop {{ // %% again\n{inner}            break;\n        }}\n"),
            3 => format!("        tokio::spawn(async move {{\n{inner}        }});\n"),
            4 => format!("        let f = || async {{\n{inner}        }};\n"),
            _ => format!("        tokio::time::timeout(limit, async {{\n{inner}        }}).await.unwrap();\n"),
        }
    });
    prop_oneof![5 => awaited, 1 => print, 2 => plain, 2 => block].boxed()
}
