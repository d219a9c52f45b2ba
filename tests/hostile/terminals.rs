//! What a terminal would obey: nothing of it reaches one. `script` (util-linux) is the terminal.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::bounded;
use crate::sandbox::{Ran, Sandbox};

/// It would set the title of the window, move the cursor, and turn the line around.
const OBEYED: &str = "\u{1b}]0;pwn\u{7}\u{9b}2J\u{7f}\u{202e}\u{2028}";

fn sandbox() -> Sandbox {
    let source = format!("x = '{OBEYED}'\ny = 1  # ws-lint: ignore[WS101]\nz = '{OBEYED}'\n");
    Sandbox::with(&[("a.py", &source)])
}

/// What a terminal gets to see of `ws-lint` with these arguments, as one string.
fn on_a_terminal(sandbox: &Sandbox, arguments: &str) -> String {
    let mut command = Command::new("script");
    command
        .args([
            "-qec",
            &format!("'{}' {arguments}", env!("CARGO_BIN_EXE_ws-lint")),
            "/dev/null",
        ])
        .current_dir(sandbox.path(""))
        .env("TERM", "xterm")
        .env("NO_COLOR", "1")
        .env_remove("FORCE_COLOR");
    let Ran { stdout, .. } = bounded::finish(command);
    stdout
}

#[test]
fn a_diff_is_shown_on_a_terminal_and_true_in_a_pipe() {
    let sandbox = sandbox();
    let shown = on_a_terminal(&sandbox, "--diff a.py");
    assert!(
        !shown.contains(|c: char| c.is_control() && !"\r\n\t".contains(c)),
        "{shown:?}"
    );
    assert!(!shown.contains(['\u{202e}', '\u{2028}']), "{shown:?}");
    assert!(
        shown.contains("\\u{1b}]0;pwn\\u{7}\\u{9b}2J\\u{7f}\\u{202e}\\u{2028}"),
        "{shown:?}"
    );
    let piped = bounded::run(&sandbox.path(""), &["--diff", "a.py"]);
    assert_eq!(piped.stdout.matches(OBEYED).count(), 2, "{:?}", piped.stdout);
}

#[test]
fn no_format_writes_what_a_terminal_obeys() {
    let name = format!("a{OBEYED}.py");
    let name = name.replace('/', "");
    let sandbox = Sandbox::new();
    sandbox.write(&name, format!("import websockets\nwebsockets.connect(u, {OBEYED}\n"));
    sandbox.write(
        "b.py",
        format!("# {OBEYED}\nx = '{OBEYED}'  # ws-lint: ignore[WS101]\nprint('✓ {OBEYED}')\n"),
    );
    for format in [
        "full",
        "concise",
        "json",
        "json-lines",
        "sarif",
        "github",
        "gitlab",
        "junit",
        "checkstyle",
        "rdjson",
        "rdjsonl",
        "markdown",
    ] {
        let ran = bounded::run(&sandbox.path(""), &["--output-format", format, "."]);
        assert_eq!(ran.code, Some(1), "{format}: {ran:?}");
        for shown in [&ran.stdout, &ran.stderr] {
            let raw = shown
                .chars()
                .find(|c| c.is_control() && !"\n\t".contains(*c) || "\u{202e}\u{2028}".contains(*c));
            assert_eq!(raw, None, "{format}: {shown:?}");
        }
        assert!(ran.stdout.contains("WS002"), "{format}");
    }
}

/// Whoever writes the line is another thread than the one that reports, and both have to come to their end.
#[test]
fn a_long_run_says_what_it_is_at_and_takes_it_back() {
    let sandbox = Sandbox::new();
    let statement = "import websockets\nprint('✓')\nws = await websockets.connect(u, open_timeout=10)\n";
    for number in 0..600 {
        sandbox.write(&format!("{number}.py"), statement.repeat(20));
    }
    let begun = Instant::now();
    let shown = on_a_terminal(&sandbox, "--statistics .");
    assert!(shown.contains("WS301"), "{shown}");
    let told = ["reading: ", "checking what "].iter().any(|what| shown.contains(what));
    let is_long = begun.elapsed() > Duration::from_secs(5);
    assert!(told || !is_long, "{shown}");
    // What was drawn last is taken back before the report.
    let (_, report) = shown.rsplit_once("\u{1b}[2K").unwrap_or_default();
    assert!(
        !told || report.contains("WS301") && !report.contains("checking"),
        "{shown:?}"
    );
}

/// What is wrong with the arguments quotes them, and what holds for a project quotes its configuration.
#[test]
fn errors_and_settings_quote_nothing_that_is_obeyed() {
    let sandbox = sandbox();
    let raw = |shown: &str| {
        let is_raw = |c: &char| c.is_control() && !"\r\n\t".contains(*c) || "\u{202e}\u{2028}".contains(*c);
        shown.chars().find(is_raw)
    };
    for arguments in [
        format!("'--{OBEYED}'"),
        format!("--select '{OBEYED}'"),
        format!("--output-format '{OBEYED}'"),
        format!("--explain '{OBEYED}'"),
        format!("'{OBEYED}.py'"),
    ] {
        let shown = on_a_terminal(&sandbox, &arguments);
        assert!(shown.contains("\\u{202e}"), "{arguments:?}: {shown:?}");
        assert_eq!(raw(&shown), None, "{arguments:?}: {shown:?}");
    }
    let value = OBEYED
        .chars()
        .map(|c| format!("\\u{:04x}", u32::from(c)))
        .collect::<String>();
    sandbox.write(
        "ws-lint.toml",
        format!("exclude = [\"{value}\"]\nbaseline = \"{value}\"\ndiff-base = \"{value}\"\n"),
    );
    let shown = on_a_terminal(&sandbox, "--show-settings .");
    assert!(shown.contains("diff-base = ") && shown.contains("\\u202e"), "{shown:?}");
    assert_eq!(raw(&shown), None, "{shown:?}");
    let piped = bounded::run(&sandbox.path(""), &["--show-settings", "."]);
    let settings: toml::Table = piped.stdout.parse().unwrap();
    assert_eq!(settings["diff-base"].as_str(), Some(OBEYED));
}

#[test]
fn watching_clears_the_screen_before_it_says_what_is_wrong_and_keeps_what_scrolled_away() {
    let sandbox = sandbox();
    // The second run begins when the configuration is there, and has a mistake.
    let script = format!(
        "'{}' --watch a.py & sleep 3; echo 'oops = 1' > ws-lint.toml; for i in 1 2 3 4 5 6 7 8 9 10; do sleep 1; done; kill $!",
        env!("CARGO_BIN_EXE_ws-lint")
    );
    let mut command = Command::new("script");
    command
        .args(["-qc", &script, "/dev/null"])
        .current_dir(sandbox.path(""))
        .env("TERM", "xterm")
        .env("NO_COLOR", "1");
    let shown = bounded::finish(command).stdout;
    let (_, after) = shown.rsplit_once("\u{1b}[2J").expect("the screen is cleared");
    assert!(after.contains("unknown key `oops`"), "{shown:?}");
    assert!(!shown.contains("\u{1b}[3J"), "{shown:?}");
}
