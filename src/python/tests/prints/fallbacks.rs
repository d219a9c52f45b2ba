//! The module's own functions that print and fall back.

use super::*;

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
