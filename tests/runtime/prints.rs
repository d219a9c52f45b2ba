//! WS301 and WS303: the errors that the findings quote, and what the fixed programs print.

use ws_lint::catalog::Catalog;
use ws_lint::check::{Surroundings, check};
use ws_lint::facts::ProjectFacts;
use ws_lint::finding::Finding;
use ws_lint::settings::Settings;
use ws_lint::source::{Language, SourceFile};

use crate::{clients, pythons};

/// The encodings of `facts/python.md` 8.
const ENCODINGS: [&str; 7] = ["cp1252", "cp437", "cp850", "cp932", "ascii", "latin-1", "utf-8"];

/// Texts of which each is refused by some of the encodings.
const TEXTS: [&str; 12] = [
    "✓ ok",
    "⚠\u{fe0f}",
    "•",
    "→",
    "é",
    "—",
    "“x”",
    "日本",
    "■ ✓",
    "😀😀",
    "\u{a0}",
    "─────",
];

/// The report's own function.
const REPORT: &str = r#"def safe_print(message):
    """Print message with Unicode fallback for Windows compatibility"""
    try:
        print(message)
    except UnicodeEncodeError:
        # Replace Unicode characters with ASCII equivalents
        safe_message = message.replace("✓", "[OK]").replace("⚠", "[WARNING]").replace("•", "-")
        print(safe_message)
"#;

/// Compares what `safe_print` and `print` write to streams of many encodings, call by call.
const COMPARE: &str = r#"
import io
CALLS = [
    ((), {}), ((1,), {}), ((None,), {}), (("a", "b"), {}), (("a", "b"), {"sep": ""}), (("a", "b"), {"sep": None}),
    (("a",), {"end": ""}), (("a",), {"end": None}), (("a",), {"flush": True}), (("✓",), {}), (("⚠\ufe0f", "→"), {}),
    (("a", "b"), {"sep": "→"}), (("a",), {"end": "→"}), ((["✓"],), {}), ((Exception("✓"),), {}), (("日本",), {}),
    (("é€—\xa0",), {}), (("😀" * 3,), {}), (("\x81\x95",), {}), (("\r\n\t",), {}), ((b"\xff",), {}), (("─" * 80,), {}),
]
ENCODINGS = ["cp1252", "ascii", "cp437", "cp850", "cp932", "shift_jis", "gbk", "cp1251", "latin-1", "utf-8", "utf-8-sig", "utf-16"]

def written(function, encoding, errors, args, keywords):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors=errors, newline="\n")
    function(*args, file=stream, **keywords)
    stream.flush()
    return stream.buffer.getvalue()

count = 0
for encoding in ENCODINGS:
    for errors in ["strict", "replace", "ignore", "surrogateescape"]:
        for args, keywords in CALLS:
            safe = written(safe_print, encoding, errors, args, keywords)
            safe.decode(encoding)
            try:
                plain = written(print, encoding, errors, args, keywords)
            except UnicodeEncodeError:
                pass
            else:
                assert safe == plain, (encoding, errors, args, keywords, safe, plain)
            count += 1
sys.stdout = None
safe_print("✓")
assert count == 12 * 4 * 22, count
"#;

/// Writes to streams that say another encoding than that of what stands behind them, to closed ones and to texts in memory.
const STREAMS: &str = r#"
import io, sys

def opened(encoding, errors="strict"):
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors=errors, newline="\n")

def written(stream):
    stream.flush()
    return stream.buffer.getvalue().decode(stream.encoding)

class Tee:
    def __init__(self, streams, encoding):
        self.streams = streams
        if encoding:
            self.encoding = encoding
    def write(self, text):
        for stream in self.streams:
            stream.write(text)
    def flush(self):
        for stream in self.streams:
            stream.flush()

count = 0
for behind in ["cp1252", "ascii", "cp437", "cp932", "latin-1", "utf-8"]:
    for said in ["utf-8", "cp1252", "latin-1", "ascii", None]:
        for text in ["✓ é", "é ✓ €", "plain", "é", "日本 ✓"]:
            for log_first in [True, False]:
                log, console = opened("utf-8"), opened(behind)
                streams = [log, console] if log_first else [console, log]
                safe_print(text, "x", sep="→", end="!\n", file=Tee(streams, said), flush=True)
                assert written(console).count("x!\n") == 1, (behind, said, text)
                assert written(log).count("x!\n") >= 1, (behind, said, text)
                assert written(log).count(text + "→x!\n") <= 1, (behind, said, text)
                count += 1
assert count == 6 * 5 * 5 * 2
for errors in ["replace", "ignore", "backslashreplace", "xmlcharrefreplace", "namereplace"]:
    stream = opened("cp1252", errors)
    safe_print("✓ é", end="", file=stream)
    plain = opened("cp1252", errors)
    print("✓ é", end="", file=plain)
    assert written(stream) == written(plain), errors
sys.stdout = io.StringIO()
safe_print("✓", "é", sep="", end="")
assert sys.stdout.getvalue() == "✓é"
sys.stdout = opened("cp1252")
safe_print("é € ✓")
assert sys.stdout.buffer.getvalue() == b"" and written(sys.stdout) == "é € \\u2713\n"
sys.stdout.close()
try:
    safe_print("✓")
except ValueError as error:
    assert not isinstance(error, UnicodeError)
else:
    raise AssertionError("print raises here too")
sys.stdout = sys.__stdout__
"#;

fn findings(text: &str, encoding: &str) -> Vec<Finding> {
    let mut settings = Settings::default();
    settings.enabled.retain(|code| ["WS301", "WS303"].contains(code));
    settings.console.encodings = vec![encoding.to_owned()];
    let source = SourceFile::new("a.py", Language::Python, text.to_owned());
    let project = ProjectFacts::default();
    let surroundings = Surroundings::alone(Catalog::builtin(), &settings, &project);
    check(&source, surroundings).findings
}

/// The text after the first fix, again and again until there is none.
fn fixed(text: &str, encoding: &str) -> String {
    let mut text = text.to_owned();
    while let Some(fix) = findings(&text, encoding).into_iter().find_map(|finding| finding.fix) {
        for edit in fix.edits.iter().rev() {
            text.replace_range(edit.span.range(), &edit.text);
        }
    }
    text
}

#[test]
#[ignore = "needs Python"]
fn a_print_is_found_exactly_where_python_raises_and_with_its_words() {
    let programs = TEXTS.map(|text| format!("print('a {text}')\n"));
    for encoding in ENCODINGS {
        let found = programs.each_ref().map(|program| findings(program, encoding));
        for python in pythons::all() {
            let ran = python.run_all(&programs, encoding);
            assert_eq!(ran.len(), found.len());
            for ((ran, found), text) in ran.iter().zip(&found).zip(TEXTS) {
                let case = format!("Python {} {encoding} {text}", python.version);
                assert_eq!(found.len(), usize::from(ran.raised.is_some()), "{case}");
                if let (Some(finding), Some(errors)) = (found.first(), &ran.raised) {
                    let raised = errors.lines().last().expect("a traceback");
                    let note = finding.note.as_deref().expect("a note");
                    assert!(note.contains(&format!("`{raised}`")), "{case}: {note}\n{raised}");
                }
            }
        }
    }
}

#[test]
#[ignore = "needs Python"]
fn a_fixed_print_never_raises_and_prints_the_same_where_it_printed() {
    let programs = TEXTS.map(|text| {
        format!(
            "import sys\n\ndef f(x, y=1):\n    print(f'{text} {{x}}', y, sep='|')\n    sys.stdout.write('{text}')\n\nf(['{text}'])\n"
        )
    });
    for encoding in ENCODINGS {
        let fixed = programs.each_ref().map(|program| fixed(program, encoding));
        for python in pythons::all() {
            let before = python.run_all(&programs, encoding);
            let after = python.run_all(&fixed, encoding);
            assert_eq!((before.len(), after.len()), (TEXTS.len(), TEXTS.len()));
            for ((before, after), text) in before.iter().zip(&after).zip(TEXTS) {
                let case = format!("Python {} {encoding} {text}", python.version);
                assert_eq!(after.raised, None, "{case}");
                if before.raised.is_none() {
                    assert_eq!(before.stdout, after.stdout, "{case}");
                }
            }
        }
    }
}

/// What the two tests above run many of in one interpreter behaves as each on its own does.
#[test]
#[ignore = "needs Python"]
fn a_program_among_many_ends_as_it_does_alone() {
    let programs = TEXTS.map(|text| format!("print('a {text}')\n"));
    let pythons = pythons::all();
    let newest = pythons.last().expect("there is a Python");
    for encoding in ENCODINGS {
        for (ran, program) in newest.run_all(&programs, encoding).iter().zip(&programs) {
            let alone = newest.run(program, encoding);
            let errors = String::from_utf8_lossy(&alone.stderr);
            let last = |text: &str| text.lines().last().map(str::to_owned);
            assert_eq!(ran.stdout, alone.stdout, "{encoding} {program}");
            assert_eq!(
                ran.raised.as_deref().and_then(last),
                last(&errors),
                "{encoding} {program}"
            );
        }
    }
}

#[test]
#[ignore = "needs Python"]
fn the_helper_writes_what_print_writes() {
    let helper = fixed("print('✓')\n", "cp1252").replace("safe_print('✓')\n", "");
    assert!(helper.contains("def safe_print(") && !helper.contains('✓'), "{helper}");
    for python in pythons::all() {
        python.stdout(&format!("{helper}{COMPARE}"));
    }
}

#[test]
#[ignore = "needs Python"]
fn the_reports_fallback_raises_and_the_one_put_in_does_not() {
    let sound = fixed(REPORT, "cp1252");
    for python in pythons::all() {
        let leaking = python.run(&format!("{REPORT}\nsafe_print('✅')\n"), "cp1252");
        let errors = String::from_utf8_lossy(&leaking.stderr);
        assert!(errors.contains("During handling of the above exception"), "{errors}");
        for encoding in ENCODINGS {
            let calls = "safe_print('✅')\nsafe_print('⚠\u{fe0f}')\nsafe_print(['✓'])\nsafe_print()\nsafe_print('✓', 1, end='')\n";
            let output = python.run(&format!("{sound}\n{calls}"), encoding);
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(
                output.status.success(),
                "Python {} {encoding}: {errors}",
                python.version
            );
        }
        let known = python.run(&format!("{sound}\nsafe_print('✓ a • ⚠ 1')\n"), "cp437");
        assert_eq!(String::from_utf8_lossy(&known.stdout), "[OK] a - [WARNING] 1\n");
        python.stdout(&format!("{sound}{COMPARE}").replace("safe.decode(encoding)", "pass"));
    }
}

#[test]
#[ignore = "needs Python"]
fn the_helper_raises_nothing_where_a_stream_says_another_encoding() {
    let helper = fixed("print('✓')\n", "cp1252").replace("safe_print('✓')\n", "");
    let replaced = fixed(REPORT, "cp1252");
    for python in pythons::all() {
        python.stdout(&format!("{helper}{STREAMS}"));
        let raised = python.run(
            &format!("{replaced}{}", STREAMS.replace("✓", "✅").replace("u2713", "u2705")),
            "utf-8",
        );
        let errors = String::from_utf8_lossy(&raised.stderr);
        assert!(raised.status.success(), "Python {}: {errors}", python.version);
    }
}

#[test]
#[ignore = "needs Python"]
fn the_buffer_of_unittest_ends_the_whole_run_where_a_failing_test_printed() {
    let failing =
        "class Test(unittest.TestCase):\n    def test_it(self):\n        print('✓')\n        self.fail('no')\n";
    let reconfigured = "for stream in (sys.stdout, sys.stderr):\n    stream.reconfigure(errors='backslashreplace')\n";
    let folder = tempfile::tempdir().expect("a folder can be made");
    for python in pythons::all() {
        let report = |before: &str| {
            let module = folder.path().join("test_it.py");
            std::fs::write(&module, format!("import sys\nimport unittest\n{before}\n{failing}"))
                .expect("it is writable");
            let mut command = python.command();
            command.args(["-m", "unittest", "-b", "test_it"]).current_dir(&folder);
            let output = command
                .env("PYTHONIOENCODING", "cp1252")
                .output()
                .expect("Python starts");
            assert_eq!(output.status.code(), Some(1), "Python {}", python.version);
            String::from_utf8_lossy(&output.stderr).into_owned()
        };
        assert_eq!(report("").trim(), "F", "Python {}", python.version);
        let told = report(reconfigured);
        assert!(
            told.contains("FAILED (failures=1)"),
            "Python {}: {told}",
            python.version
        );
    }
}

#[test]
#[ignore = "needs Python and PyPI"]
fn pytest_writes_a_fixed_print_to_a_log_and_to_the_console() {
    let before = "def test_it():\n    print('✓ passed é')\n";
    let after = fixed(before, "cp1252");
    let pythons = pythons::all();
    let newest = pythons.last().expect("there is a Python");
    let client = clients::install(newest, "pytest-9.0.2", &["pytest==9.0.2"]).expect("pip installs pytest");
    let folder = tempfile::tempdir().expect("a folder can be made");
    let test = folder.path().join("test_print.py");
    let run = |program: &str, capture: &str| {
        std::fs::write(&test, program).expect("the folder is writable");
        let mut command = client.command();
        command
            .args(["-m", "pytest", "-q", "-p", "no:cacheprovider"])
            .arg(format!("--capture={capture}"));
        let output = command
            .arg(&test)
            .env("PYTHONIOENCODING", "cp1252")
            .output()
            .expect("Python starts");
        (output.status.success(), output.stdout)
    };
    for (capture, raises) in [("tee-sys", true), ("no", true), ("sys", false), ("fd", false)] {
        assert_eq!(run(before, capture).0, !raises, "{capture}");
        let (passes, stdout) = run(&after, capture);
        let written = String::from_utf8_lossy(&stdout).matches("passed").count();
        assert!(passes, "{capture}: {}", String::from_utf8_lossy(&stdout));
        // Once by the test, where it is not captured, and once in pytest's summary.
        assert_eq!(written, if raises { 2 } else { 1 }, "{capture}");
    }
}
