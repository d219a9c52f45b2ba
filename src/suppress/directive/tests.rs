use super::*;

fn one(text: &str) -> Directive {
    let marker = if text.starts_with('#') { "#" } else { "//" };
    let mut directives = parse(text, marker, 0);
    assert_eq!(directives.len(), 1, "{text}: {directives:?}");
    directives.remove(0)
}

/// Form, codes (`?` for what is no rule of ours) and whether there is a reason.
fn described(text: &str) -> String {
    let directive = one(text);
    let codes = match &directive.allows {
        Allows::Everything => "all".to_owned(),
        Allows::Listed(listed) => listed
            .iter()
            .map(|item| item.rule.map_or("?", |rule| rule.code))
            .collect::<Vec<_>>()
            .join("+"),
    };
    let reason = if directive.reason.is_some() { " because" } else { "" };
    format!("{:?} {codes}{reason}", directive.form)
}

#[test]
fn every_spelling_is_read() {
    for (text, expected) in [
        ("# ws-lint: ignore[WS101]", "Ignore WS101"),
        ("#ws-lint:ignore[WS101,WS102,] see #12", "Ignore WS101+WS102 because"),
        (
            "# ws-lint: ignore [ connect-without-deadline ] x",
            "Ignore WS102 because",
        ),
        ("# ws-lint: ignore[ws101]", "Ignore WS101"),
        ("# ws-lint: ignore", "Ignore all"),
        ("# ws-lint: ignore the peer is local", "Ignore all because"),
        ("// ws-lint: file-ignore[WS102]", "FileIgnore WS102"),
        ("// ws-lint: ignore[WS102] https://example.org", "Ignore WS102 because"),
        ("# noqa", "Noqa all"),
        ("# NoQA : E501,WS101 WS102 long", "Noqa ?+WS101+WS102 because"),
        ("# noqa:WS999", "Noqa ?"),
        ("# noqa: ws101", "Noqa ?"),
        ("# noqa: because", "Noqa all because"),
    ] {
        assert_eq!(described(text), expected, "{text}");
        assert!(one(text).mistakes.is_empty(), "{text}");
    }
}

#[test]
fn a_directive_may_stand_behind_and_before_other_comments() {
    let text = "# a word  # ws-lint: ignore[WS101] why not  # type: ignore";
    let directive = one(text);
    assert_eq!(&text[directive.span.range()], "# ws-lint: ignore[WS101] why not");
    assert_eq!(directive.followed_by, text.find("# type"));
    let both = parse("# ws-lint: ignore[WS101]  # noqa: E501", "#", 0);
    assert_eq!(both.len(), 2);
}

#[test]
fn a_mention_is_no_directive() {
    for text in [
        "# see the ws-lint: ignore[WS101] comment",
        "# ws-lint finds this",
        "# noqa-like things",
        "# anoqa",
        "#",
    ] {
        assert!(parse(text, "#", 0).is_empty(), "{text}");
    }
    assert!(parse("/// ws-lint: ignore[WS101]", "//", 0).is_empty());
}

#[test]
fn mistakes_are_told_with_what_was_meant() {
    for (text, part, message, help) in [
        (
            "# ws-lint: ingore[WS101]",
            "ingore",
            "`ws-lint: ingore` means nothing",
            "did you mean `ignore`?",
        ),
        (
            "# ws-lint: ignore[ws11, WS102]",
            "ws11",
            "`ws11` is not a rule",
            "did you mean `WS101`?",
        ),
        (
            "# ws-lint: ignore[connect-without-deadlines]",
            "connect-without-deadlines",
            "`connect-without-deadlines` is not a rule",
            "did you mean `connect-without-deadline`?",
        ),
        (
            "# ws-lint: ignore[WS101",
            "[",
            "the bracket behind `ignore` is never closed",
            "write `ws-lint: ignore[WS101]`",
        ),
        (
            "# ws-lint: ignore WS101 reason",
            "WS101",
            "the rules behind `ignore` are not in brackets",
            "write `ws-lint: ignore[WS101]`",
        ),
        (
            "# ws-lint: ignore(WS101)",
            "(WS101)",
            "the rules behind `ignore` are not in brackets",
            "write `ws-lint: ignore[WS101]`",
        ),
        (
            "# ws-lint: file-ignore[]",
            "[",
            "the brackets behind `file-ignore` name no rule",
            "write `ws-lint: file-ignore` to allow every rule",
        ),
        (
            "# ws-lint ignore[WS101]",
            "ignore",
            "a colon is missing between `ws-lint` and `ignore`",
            "write `ws-lint: ignore[…]`",
        ),
        (
            "# ws-lint:",
            "",
            "`ws-lint: ` means nothing",
            "write `ws-lint: ignore[…]` or `ws-lint: file-ignore[…]`",
        ),
    ] {
        let directive = one(text);
        let [mistake] = directive.mistakes.as_slice() else {
            panic!("{text}: {directive:?}");
        };
        assert_eq!(&text[mistake.span.range()], part, "{text}");
        assert_eq!(mistake.message, message, "{text}");
        assert_eq!(mistake.help.as_deref(), Some(help), "{text}");
    }
}

#[test]
fn a_text_without_the_words_has_no_directive() {
    for text in ["# ws-lint", "x #noqa", "NOQA", "nOqA: E501", "qqnoqa", "é noqa"] {
        assert!(may_direct(text), "{text}");
    }
    for text in ["", "q", "oqa", "no", "noq", "n-oqa", "ws lint", "# é日", "nοqa"] {
        assert!(!may_direct(text), "{text}");
    }
}
