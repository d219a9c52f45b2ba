//! WS301 and WS303 from the text to the fixed text.

use crate::catalog::Catalog;
use crate::check::{Surroundings, check};
use crate::facts::{Fact, ProjectFacts, PythonVersion};
use crate::finding::{Applicability, Edit, Finding};
use crate::prescan::Announced;
use crate::python::Module;
use crate::settings::{PrintStrategy, Settings};
use crate::source::{Language, SourceFile};

fn settings(encodings: &[&str]) -> Settings {
    let mut settings = Settings::default();
    settings.enabled.retain(|code| ["WS301", "WS303"].contains(code));
    settings.console.encodings = encodings.iter().map(|name| (*name).to_owned()).collect();
    settings
}

fn source(text: &str) -> SourceFile {
    SourceFile::new("a.py", Language::Python, text.to_owned())
}

fn findings_with(text: &str, settings: &Settings, project: &ProjectFacts) -> Vec<Finding> {
    let surroundings = Surroundings::alone(Catalog::builtin(), settings, project);
    let findings = check(&source(text), surroundings).findings;
    assert!(findings.iter().all(|finding| finding.rule.code != "WS001"), "{text}");
    findings
}

fn findings(text: &str) -> Vec<Finding> {
    findings_with(text, &settings(&["cp1252"]), &ProjectFacts::default())
}

fn messages(text: &str) -> Vec<String> {
    findings(text).into_iter().map(|finding| finding.message).collect()
}

fn is_found(text: &str) -> bool {
    !findings(text).is_empty()
}

/// The text after all fixes, pass by pass, those that touch another one's edits left for the next pass.
fn fixed_with(text: &str, settings: &Settings) -> String {
    let mut text = text.to_owned();
    for _ in 0..20 {
        let mut edits: Vec<Edit> = Vec::new();
        for finding in findings_with(&text, settings, &ProjectFacts::default()) {
            let Some(fix) = finding.fix else {
                continue;
            };
            assert!(fix.edits.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
            let is_free = |edit: &Edit| edits.iter().all(|other| !other.span.touches(edit.span));
            if fix.edits.iter().all(is_free) {
                edits.extend(fix.edits);
            }
        }
        if edits.is_empty() {
            return text;
        }
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
        for edit in edits {
            text.replace_range(edit.span.range(), &edit.text);
        }
    }
    panic!("the fixes do not come to an end:\n{text}");
}

fn fixed(text: &str) -> String {
    fixed_with(text, &settings(&["cp1252"]))
}

fn refusal(text: &str) -> String {
    let found = findings(text);
    let [finding] = found.as_slice() else {
        panic!("{found:?}");
    };
    finding.help.clone().unwrap_or_default()
}

const HELPER: &str = r#"def safe_print(*args, sep=" ", end="\n", file=None, flush=False):
    """Print; what the stream cannot encode is written as an escape."""
    file = sys.stdout if file is None else file
    if file is None:
        return
    sep = " " if sep is None else sep
    end = "\n" if end is None else end
    text = sep.join(map(str, args)) + end
    try:
        file.write(text)
    except UnicodeEncodeError:
        encoding = getattr(file, "encoding", None) or "ascii"
        safe = text.encode(encoding, "backslashreplace").decode(encoding)
        plain = safe.encode("ascii", "backslashreplace").decode("ascii")
        try:
            file.write(plain if safe == text else safe)
        except UnicodeEncodeError:
            file.write(plain)
    if flush:
        file.flush()
"#;

#[test]
fn the_value_decides_and_not_its_spelling() {
    for found in [
        r#"print("✓")"#,
        r#"print("\u2713")"#,
        r#"print("\N{CHECK MARK}")"#,
        r#"print(chr(0x2713))"#,
        r#"print(f"{'✓'} {x}")"#,
        r#"print(f"{x} ✓")"#,
        r#"print(f"{x:>5}✓{y!r}")"#,
        r#"print("a" "✓")"#,
        r#"print("a" + "✓" + x)"#,
        r#"print("─" * 10)"#,
        r#"print("─" * width)"#,
        r#"print("%s ✓" % x)"#,
        r#"print("%s" % "✓")"#,
        r#"print("%(a)s" % {"a": "✓"})"#,
        r#"print("{} ✓".format(x))"#,
        r#"print("{0}{a}".format(1, a="✓"))"#,
        r#"print(", ".join(["a", "✓"]))"#,
        r#"print("✓".join(names))"#,
        r#"print(" ".join(f"✓{x}" for x in y))"#,
        r#"print("✓" if ok else "OK")"#,
        r#"print(name or "✗")"#,
        r#"print(("no", "✓")[ok])"#,
        r#"print("a", sep="✓")"#.replace("\"a\"", "\"a\", \"b\"").as_str(),
        r#"print("a", end="✓")"#,
        r#"print(["✓"])"#,
        r#"print(repr("✓"))"#,
        r#"print(*["✓"])"#,
        r#"print("✓".center(9))"#,
        r#"print("\x95")"#,
        r#"print("\ud83d")"#,
        "OK = \"✓\"\ndef f():\n    print(OK)",
        "OK = \"✓\"\nprint(f\"{OK} done\")",
        "OK = \"%s ✓\"\nprint(OK % x)",
        "import sys\nsys.stdout.write(\"✓\")",
        "import sys\nsys.stdout.writelines([\"✓\"])",
        "import sys\nprint(\"✓\", file=sys.stdout)",
        "import click\nclick.echo(\"✓\")",
        "from typer import secho\nsecho(\"✓\", fg=\"green\")",
        "from rich import print\nprint(\"✓\")",
        "from tqdm import tqdm\ntqdm.write(\"✓\")",
    ] {
        assert!(is_found(found), "{found}");
    }
}

#[test]
fn what_cannot_fail_is_no_finding() {
    for fine in [
        r#"print("•")"#,
        r#"print(r"\u2713")"#,
        r#"print(b"\xe2\x9c\x93")"#,
        r#"print(ascii("✓"))"#,
        r#"print(f"{'✓'!a}")"#,
        r#"print("%a" % "✓")"#,
        r#"print("{!a}".format("✓"))"#,
        r#"print("✓" * 0)"#,
        r#"print("✓".encode("utf-8"))"#,
        r#"print(repr("\u200b"))"#,
        r#"print("a", sep="✓")"#,
        r#"x = "✓""#,
        "import sys\nprint(\"✓\", file=sys.stderr)",
        "print(\"✓\", file=f)",
        "print(\"✓\", **options)",
        "import click\nclick.echo(\"✓\", err=True)",
        "import sys\nsys.stderr.write(\"✓\")",
        "def print(*a): pass\nprint(\"✓\")",
        "from log import print\nprint(\"✓\")",
        "OK = \"✓\"\nOK = \"ok\"\nprint(OK)",
        "OK = \"✓\"\ndef f(OK):\n    print(OK)",
        "try:\n    print(\"✓\")\nexcept UnicodeEncodeError:\n    print(\"ok\")",
        "try:\n    print(\"✓\")\nexcept (OSError, ValueError):\n    pass",
        "try:\n    print(\"✓\")\nexcept:\n    pass",
        "import contextlib\nwith contextlib.suppress(UnicodeError):\n    print(\"✓\")",
        "import sys\nif \"utf\" in sys.stdout.encoding:\n    print(\"✓\")",
        "import sys\nprint(\"✓\" if sys.stdout.encoding == \"utf-8\" else \"OK\")",
        "import sys\nsys.stdout.reconfigure(encoding=\"utf-8\")\nprint(\"✓\")",
        "import sys\nfor s in (sys.stdout, sys.stderr):\n    s.reconfigure(errors=\"replace\")\nprint(\"✓\")",
        "import io, sys\nsys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding=\"utf-8\")\nprint(\"✓\")",
        "import codecs, sys\nsys.stdout = codecs.getwriter(\"utf-8\")(sys.stdout.buffer)\nprint(\"✓\")",
        "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()):\n    print(\"✓\")",
        "import io, sys\ndef f():\n    sys.stdout = io.StringIO()\n    print(\"✓\")",
    ] {
        assert_eq!(messages(fine), Vec::<String>::new(), "{fine}");
    }
}

#[test]
fn a_handler_or_a_reconfiguration_that_does_not_help_does_not_count() {
    for found in [
        "try:\n    print(\"✓\")\nexcept OSError:\n    pass",
        "try:\n    pass\nexcept ValueError:\n    print(\"✓\")",
        "try:\n    def f():\n        print(\"✓\")\nexcept ValueError:\n    pass",
        "import sys\nsys.stdout.reconfigure(errors=\"surrogateescape\")\nprint(\"✓\")",
        "import sys\nsys.stdout.reconfigure(encoding=\"cp1252\")\nprint(\"✓\")",
        "import sys\nsys.stderr.reconfigure(encoding=\"utf-8\")\nprint(\"✓\")",
        "import io, sys\ndef f():\n    sys.stdout = io.StringIO()\nprint(\"✓\")",
    ] {
        assert!(is_found(found), "{found}");
    }
}

#[test]
fn the_encodings_of_the_settings_decide() {
    let found =
        |text: &str, encodings: &[&str]| findings_with(text, &settings(encodings), &ProjectFacts::default()).len();
    assert_eq!(found("print('•')", &["cp1252"]), 0);
    assert_eq!(found("print('•')", &["cp1252", "cp437"]), 1);
    assert_eq!(found("print('é')", &["cp932"]), 1);
    assert_eq!(found("print('✓')", &["utf-8"]), 0);
    assert_eq!(found("print('\\ud83d')", &["utf-8"]), 1);
    assert_eq!(found("import click\nclick.echo('✓')", &["ascii"]), 0);
}

#[test]
fn python_3_15_and_a_conftest_that_reconfigures_switch_the_rule_off() {
    let version = PythonVersion::new(3, 15);
    let fact = |value| Fact {
        value,
        source: "requires-python in pyproject.toml:7".to_owned(),
    };
    let declared = ProjectFacts {
        python: Some(fact(version)),
        ..ProjectFacts::default()
    };
    let reconfigured = ProjectFacts {
        console_reconfigured: Some(Fact {
            value: (),
            source: "conftest.py".to_owned(),
        }),
        ..ProjectFacts::default()
    };
    let older = ProjectFacts {
        python: Some(fact(PythonVersion::new(3, 14))),
        ..ProjectFacts::default()
    };
    let count = |project: &ProjectFacts| findings_with("print('✓')", &settings(&["cp1252"]), project).len();
    assert_eq!((count(&declared), count(&reconfigured), count(&older)), (0, 0, 1));
    let mut target = settings(&["cp1252"]);
    target.target_version = Some(version);
    assert_eq!(findings_with("print('✓')", &target, &older).len(), 0);
}

#[test]
fn a_finding_says_what_python_says() {
    let note = |text: &str| findings(text).remove(0).note.unwrap();
    let finding = findings("print('a ✓✗ b')").remove(0);
    assert_eq!(
        finding.message,
        "`print` writes `✓` (U+2713 CHECK MARK) and `✗` (U+2717 BALLOT X), which `cp1252` cannot encode"
    );
    assert_eq!(
        finding.note.unwrap(),
        "Python raises `UnicodeEncodeError: 'charmap' codec can't encode characters in position 2-3: character maps to \
         <undefined>`; a redirected stdout has `cp1252` on western Windows (CI, a subprocess, a service)"
    );
    assert!(note("print('✓' if ok else '✗')").contains(r"character '\u2713' in position 0:"));
    assert!(note("print(f'{x}✓')").contains(r"can't encode '\u2713':"));
    assert!(note("print(f'✓{x}')").contains(r"can't encode '\u2713':"));
    assert!(note("print('─' * 10)").contains("characters in position 0-9:"));
    assert_eq!(
        messages("print('\\ud83d ⚠\u{fe0f}')"),
        [
            "`print` writes a lone surrogate, `⚠` (U+26A0 WARNING SIGN) and U+FE0F VARIATION SELECTOR-16, which `cp1252` cannot encode"
        ]
    );
}

#[test]
fn the_helper_comes_once_behind_the_imports() {
    let text = "\"\"\"Doc.\"\"\"\nimport os\nfrom x import y  # why\n\n# Begin.\ndef main():\n    print(\"✓\", end=\"\")\n    print(\"✗\", x)\n\nmain()\n";
    let expected = format!(
        "\"\"\"Doc.\"\"\"\nimport os\nimport sys\nfrom x import y  # why\n\n\n{HELPER}\n\n# Begin.\ndef main():\n    safe_print(\"✓\", end=\"\")\n    safe_print(\"✗\", x)\n\nmain()\n"
    );
    assert_eq!(fixed(text), expected);
    assert_eq!(fixed(&expected), expected);
    assert!(
        findings(text)
            .iter()
            .all(|finding| finding.fix.as_ref().unwrap().applicability == Applicability::Safe)
    );
}

#[test]
fn the_helper_stands_before_whatever_calls_it() {
    assert_eq!(
        fixed("#!/usr/bin/env python\nprint(\"✓\")\n"),
        format!("#!/usr/bin/env python\nimport sys\n\n\n{HELPER}\n\nsafe_print(\"✓\")\n")
    );
    assert_eq!(
        fixed("import sys\ntry:\n    import ws\nexcept ImportError:\n    print(\"✗\")\nimport os\n"),
        format!(
            "import sys\n\n\n{HELPER}\n\ntry:\n    import ws\nexcept ImportError:\n    safe_print(\"✗\")\nimport os\n"
        )
    );
    assert_eq!(
        fixed("import os\nprint(\"✗\")\nimport sys\n"),
        format!("import os\nimport sys\n\n\n{HELPER}\n\nsafe_print(\"✗\")\nimport sys\n")
    );
    assert_eq!(
        fixed("import sys; print(\"✓\")\n"),
        format!("import sys\n\n\n{HELPER}\n\nimport sys; safe_print(\"✓\")\n")
    );
}

#[test]
fn the_helper_is_written_as_the_file_is() {
    let text = "import sys\r\n\r\ndef f():\r\n\tprint(\"✓\")\r\n";
    let expected = format!("import sys\n\n\n{HELPER}\n\ndef f():\n\tsafe_print(\"✓\")\n")
        .replace("    ", "\t")
        .replace('\n', "\r\n");
    assert_eq!(fixed(text), expected);
}

#[test]
fn names_that_are_taken_are_left_alone() {
    let text = "import sys as _s\n\ndef safe_print(x): log(x)\n\nprint(\"✓\")\n";
    let expected = HELPER
        .replace("safe_print", "safe_print_1")
        .replace("sys.stdout", "_s.stdout");
    assert_eq!(
        fixed(text),
        format!("import sys as _s\n\n\n{expected}\n\ndef safe_print(x): log(x)\n\nsafe_print_1(\"✓\")\n")
    );
    assert_eq!(
        refusal("sys = 1\nprint(\"✓\")\n"),
        "no fix: the name `sys` means something else here"
    );
}

#[test]
fn a_sound_helper_of_the_module_is_used() {
    let sound = "def safe_print(text):\n    try:\n        print(text)\n    except UnicodeEncodeError:\n        print(text.encode('ascii', 'replace').decode())\n";
    assert_eq!(
        fixed(&format!("{sound}\nprint(\"✓\")\n")),
        format!("{sound}\nsafe_print(\"✓\")\n")
    );
    assert_eq!(
        fixed(&format!("def f():\n    print(\"✓\")\n\n{sound}")),
        format!("def f():\n    safe_print(\"✓\")\n\n{sound}")
    );
    assert_eq!(
        refusal(&format!("print(\"✓\")\n\n{sound}")),
        "no fix: `safe_print` is defined below this call"
    );
    // Its signature is narrower than the call.
    let both = fixed(&format!("import sys\n{sound}\nprint(\"✓\", 1)\n"));
    assert!(both.contains("\nsafe_print_1(\"✓\", 1)\n"), "{both}");
}

#[test]
fn a_write_keeps_its_missing_line_end() {
    let text = "import sys\nsys.stdout.write(\"✓\\n\")\nsys.stdout.write(\n    \"✓\",\n)\n";
    assert_eq!(
        fixed(text),
        format!(
            "import sys\n\n\n{HELPER}\n\nsafe_print(\"✓\\n\", end=\"\")\nsafe_print(\n    \"✓\",\n    end=\"\",\n)\n"
        )
    );
    assert_eq!(
        refusal("import sys\nn = sys.stdout.write(\"✓\")\n"),
        "no fix: the number that `write` returns is used"
    );
    assert!(refusal("import click\nclick.echo('✓')\n").contains("`click.echo` does more than `print`"));
}

#[test]
fn a_helper_can_be_imported() {
    let mut settings = settings(&["cp1252"]);
    settings.console.strategy = PrintStrategy::Import("my.console.safe_print".to_owned());
    assert_eq!(
        fixed_with("import os\nprint('✓')\nprint('✗')\n", &settings),
        "import os\n\nfrom my.console import safe_print\n\nsafe_print('✓')\nsafe_print('✗')\n"
    );
    assert_eq!(
        fixed_with("from my import console\nprint('✓')\n", &settings),
        "from my import console\nconsole.safe_print('✓')\n"
    );
    let taken = findings_with("safe_print = 1\nprint('✓')\n", &settings, &ProjectFacts::default());
    assert_eq!(
        taken[0].help.as_deref(),
        Some("no fix: the name `safe_print` means something else here")
    );
}

#[test]
fn stand_ins_are_put_in_however_the_character_is_spelled() {
    let mut settings = settings(&["cp1252"]);
    settings.console.strategy = PrintStrategy::Ascii;
    let fixed = |text: &str| fixed_with(text, &settings);
    assert_eq!(
        fixed("print('✓ • \\u2713 \\N{CHECK MARK}', f\"{x} → {y:>5}{{✗}}\", \"⚠\u{fe0f}\")\n"),
        "print('[OK] • [OK] [OK]', f\"{x} -> {y:>5}{{[FAIL]}}\", \"[WARNING]\")\n"
    );
    assert_eq!(fixed("print(\"〝a〞\", '′')\n"), "print(\"\\\"a\\\"\", '\\'')\n");
    assert_eq!(fixed("print('1\u{fe0f}\u{20e3} go')\n"), "print('1 go')\n");
    assert_eq!(
        fixed("import click\nclick.echo('✓')\n"),
        "import click\nclick.echo('[OK]')\n"
    );
    let help = |text: &str| {
        findings_with(text, &settings, &ProjectFacts::default())
            .remove(0)
            .help
            .unwrap()
    };
    assert_eq!(help("print('日')"), "no fix: there is no ASCII stand-in for `日`");
    assert_eq!(help("print(r'′')"), "no fix: `'` cannot be written in this literal");
    assert_eq!(
        help("OK = '✓'\nprint(OK)"),
        "no fix: the text comes from `OK`, which may be used elsewhere too"
    );
    let fix = findings_with("print('✓')", &settings, &ProjectFacts::default())
        .remove(0)
        .fix
        .unwrap();
    assert_eq!(fix.applicability, Applicability::Unsafe);
}

const REPORT: &str = r#"def safe_print(message):
    """Print message with Unicode fallback for Windows compatibility"""
    try:
        print(message)
    except UnicodeEncodeError:
        # Replace Unicode characters with ASCII equivalents
        safe_message = message.replace("✓", "[OK]").replace("⚠", "[WARNING]").replace("•", "-")
        print(safe_message)
"#;

#[test]
fn the_reports_own_fallback_is_replaced_and_keeps_what_it_knows() {
    assert_eq!(
        messages(REPORT),
        [
            "the fallback of `safe_print` can raise again: `.replace` takes away 3 characters, and any other one that the \
          console refuses is printed as it is"
        ]
    );
    assert_eq!(
        fixed(REPORT),
        r#"import sys


def safe_print(*args, sep=" ", end="\n", file=None, flush=False):
    """Print message with Unicode fallback for Windows compatibility"""
    file = sys.stdout if file is None else file
    if file is None:
        return
    sep = " " if sep is None else sep
    end = "\n" if end is None else end
    text = sep.join(map(str, args)) + end
    try:
        file.write(text)
    except UnicodeEncodeError:
        # Replace Unicode characters with ASCII equivalents
        safe = text.replace("✓", "[OK]").replace("⚠", "[WARNING]").replace("•", "-")
        encoding = getattr(file, "encoding", None) or "ascii"
        safe = safe.encode(encoding, "backslashreplace").decode(encoding)
        plain = safe.encode("ascii", "backslashreplace").decode("ascii")
        try:
            file.write(plain if safe == text else safe)
        except UnicodeEncodeError:
            file.write(plain)
    if flush:
        file.flush()
"#
    );
    let together = format!("import sys\n{REPORT}\n\nsafe_print('✓')\nprint('✗', 1)\n");
    assert!(fixed(&together).ends_with("\n\nsafe_print('✓')\nsafe_print('✗', 1)\n"));
}

#[test]
fn every_leak_is_named() {
    let leak = |fallback: &str| {
        let text =
            format!("def p(m):\n    try:\n        print(m)\n    except UnicodeEncodeError:\n        {fallback}\n");
        messages(&text).pop().map(|message| {
            message
                .trim_start_matches("the fallback of `p` can raise again: ")
                .to_owned()
        })
    };
    let leaks =
        |fallback: &str, why: &str| assert!(leak(fallback).is_some_and(|leak| leak.contains(why)), "{fallback}");
    leaks("print(m)", "the same text again");
    leaks("print(str(m))", "the same text again");
    leaks("print(f'[x] {m}')", "the same text again");
    leaks("print(m.encode('utf-8').decode('utf-8'))", "changes nothing");
    leaks("print(m.encode('utf-8', 'replace').decode())", "changes nothing");
    leaks("print(m.encode('ascii').decode())", "raises the same");
    leaks("print(m.encode().decode('ascii', 'replace'))", "puts in `\\ufffd`");
    leaks("print(m.replace('✓', 'x'))", "1 character");
    for sound in [
        "print(ascii(m))",
        "print(m.encode('ascii', 'replace').decode('ascii'))",
        "print(m.encode('ascii', errors='ignore').decode())",
        "print(m.encode().decode('ascii', 'ignore'))",
        "print(m.encode(sys.stdout.encoding, 'replace').decode(sys.stdout.encoding))",
        "print(m.replace('✓', 'x').encode('ascii', 'xmlcharrefreplace').decode())",
        "print(m.encode('utf-8'))",
        "print(m, file=sys.stderr)",
        "import sys; print(m, file=sys.stderr)",
        "sys.stdout.buffer.write(m.encode('utf-8'))",
        "print('?')",
        "print(re.sub('[^a]', '', m))",
        "pass",
    ] {
        let text = format!(
            "import sys\ndef p(m):\n    try:\n        print(m)\n    except UnicodeEncodeError:\n        {sound}\n"
        );
        assert_eq!(messages(&text), Vec::<String>::new(), "{sound}");
    }
}

#[test]
fn a_fallback_is_only_replaced_where_its_callers_go_on() {
    let text = |head: &str, fallback: &str, tail: &str| {
        format!(
            "import sys\n{head}\n    try:\n        print(m)\n    except UnicodeEncodeError:\n        {fallback}\n{tail}"
        )
    };
    for (wrong, why) in [
        (
            text("def p(m):", "print(m)", "p(m='x')\n"),
            "is called with its parameter's name",
        ),
        (
            text("def p(m, color):", "print(m)", ""),
            "its parameter `color` is none of `print`'s",
        ),
        (
            text("def p(m):\n    n = 1", "print(m)", ""),
            "does more than print its argument",
        ),
        (text("async def p(m):", "print(m)", ""), "is awaited by its callers"),
        (
            text("def p(self, m):", "print(m)", ""),
            "its parameters are none of `print`'s",
        ),
    ] {
        assert!(refusal(&wrong).contains(why), "{wrong}: {}", refusal(&wrong));
    }
    let all = text("def p(*m, **k):", "print(m)", "").replace("print(m)\n    except", "print(*m, **k)\n    except");
    assert!(fixed(&all).contains("def p(*args, sep="), "{}", fixed(&all));
}

#[test]
fn crafted_constants_do_not_blow_up() {
    let mut text = "A0 = '✓'\n".to_owned();
    for index in 1..60 {
        text.push_str(&format!("A{index} = A{0} + A{0}\n", index - 1));
    }
    text.push_str("print(A59)\nB = B\nprint(B)\n");
    let source = source(&text);
    let module = Module::parse(
        &source,
        Catalog::builtin(),
        &ProjectFacts::default(),
        Announced::EVERYTHING,
        None,
    )
    .unwrap();
    assert_eq!(module.sites().prints.len(), 2);
}

#[test]
fn a_conftest_is_recognised() {
    let is_one = |text: &str| crate::python::read_conftest(&source(text)).reconfigures_console;
    assert!(is_one(
        "import sys\ndef pytest_configure():\n    sys.stdout.reconfigure(errors='replace')\n"
    ));
    assert!(!is_one("import sys\nprint('✓')\n"));
    assert!(!is_one("def ("));
}
