//! For each kind of change what is accepted, and what a broken rewrite would do instead. A case is one text: `«old|new»`
//! marks an edit.

use super::*;
use crate::source::{Language, Span};

fn verdict(marked: &str, changes: &[Change]) -> Result<(), String> {
    let (mut before, mut after, mut edits) = (String::new(), String::new(), Vec::new());
    let mut pieces = marked.split('«');
    let first = pieces.next().unwrap();
    before.push_str(first);
    after.push_str(first);
    for piece in pieces {
        let (edit, rest) = piece.split_once('»').unwrap();
        let (old, new) = edit.split_once('|').unwrap();
        let start = before.len();
        before.push_str(old);
        after.push_str(new);
        edits.push(Edit::replace(Span::new(start, before.len()), new));
        before.push_str(rest);
        after.push_str(rest);
    }
    let changes = placed(&before, changes);
    let file = |text| SourceFile::new("a.py", Language::Python, text);
    verify(&file(before), &file(after), &edits, &changes)
}

/// The changes with their places: the first change of a kind speaks of the first call (or suppression) of the text, the
/// second one of the second, and so on. Those that have a place already keep it.
fn placed(before: &str, changes: &[Change]) -> Vec<Change> {
    let mut changes = changes.to_vec();
    let connects = calls(before, &["websockets.connect(", "c(", "d("]);
    let prints = calls(before, &["sys.stdout.write(", "print("]);
    let suppressions: Vec<Span> = before
        .match_indices("# ")
        .map(|(at, _)| Span::new(at, at + before[at..].find(['\n', '\r']).unwrap_or(before.len() - at)))
        .filter(|span| crate::suppress::may_direct(&before[span.range()]))
        .collect();
    let mut seen = [0; 7];
    for change in &mut changes {
        let (kind, place, places) = match change {
            Change::Deadline { around } => (0, around, &connects),
            Change::Argument { name, call } if name == "end" => (1, call, &prints),
            Change::Argument { call, .. } => (1, call, &connects),
            Change::Callee { call, .. } => (2, call, &prints),
            Change::Literal { call } => (3, call, &prints),
            Change::Suppression { comment } => (4, comment, &suppressions),
            Change::Comment { call } => (5, call, &connects),
            Change::Keyword { call: place, .. }
            | Change::WithKind { item: place }
            | Change::Awaited { call: place }
            | Change::ItemOrder { before: place } => (6, place, &connects),
            Change::Import { .. }
            | Change::Helper { .. }
            | Change::ImportGone { .. }
            | Change::Expression { .. }
            | Change::Await { .. } => continue,
        };
        if place.is_empty()
            && let Some(nth) = places.get(seen[kind])
        {
            *place = *nth;
        }
        seen[kind] += 1;
    }
    changes
}

/// The calls of these functions, to their closing parentheses.
fn calls(text: &str, callees: &[&str]) -> Vec<Span> {
    let starts = callees.iter().flat_map(|callee| {
        let whole_name = |at: &usize| !text[..*at].ends_with(|c: char| c.is_alphanumeric() || "._".contains(c));
        text.match_indices(callee).map(|(at, _)| at).filter(whole_name)
    });
    let mut calls: Vec<Span> = starts
        .filter_map(|at| Some(Span::new(at, closing(text, at)?)))
        .collect();
    calls.sort_unstable();
    calls
}

fn closing(text: &str, call: usize) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in text[call..].char_indices() {
        depth += i32::from(c == '(') - i32::from(c == ')');
        if c == ')' && depth == 0 {
            return Some(call + at + 1);
        }
    }
    None
}

#[track_caller]
fn accepted(marked: &str, changes: &[Change]) {
    assert_eq!(verdict(marked, changes), Ok(()), "{marked}");
}

#[track_caller]
fn refused(marked: &str, changes: &[Change], reason: &str) {
    let error = verdict(marked, changes).expect_err(marked);
    assert!(error.contains(reason), "{marked}\n{error}");
}

const TREE: &str = "is not what was declared";

const NOWHERE: Span = Span { start: 0, end: 0 };

const DEADLINE: Change = Change::Deadline { around: NOWHERE };
const LITERAL: Change = Change::Literal { call: NOWHERE };
const COMMENT: Change = Change::Comment { call: NOWHERE };
const SUPPRESSION: Change = Change::Suppression { comment: NOWHERE };

fn argument(name: &str) -> Change {
    Change::Argument {
        name: name.to_owned(),
        call: NOWHERE,
    }
}

fn import(module: &str) -> Change {
    Change::Import {
        module: module.to_owned(),
    }
}

fn callee(name: &str) -> Change {
    Change::Callee {
        name: name.to_owned(),
        call: NOWHERE,
    }
}

fn helper(name: &str) -> Change {
    Change::Helper { name: name.to_owned() }
}

/// A deadline around a connect whose argument goes, with everything that may stand around it.
const NESTED: &str = r#"import asyncio
import websockets

@mark
async def test(url, limit=5):
    """Says hello."""
    # connect
    «|async with asyncio.timeout(5) as deadline:
        »async with websockets.connect(url«, open_timeout=5|») as ws:  # noqa: X1
    «|        deadline.reschedule(None)
    »    «|    »# greet
    «|    »    await ws.send("""a
  b
c""")  # said
    «|    »    if ws:
    «|    »        pass
    «|    »    else:
    «|    »        raise E
    «|    »    # end of the block
    await after()
"#;

#[test]
fn a_deadline_around_a_block_is_accepted() {
    accepted(NESTED, &[DEADLINE, argument("open_timeout")]);
}

#[test]
fn what_is_not_declared_is_refused() {
    refused(NESTED, &[argument("open_timeout")], TREE);
    refused(NESTED, &[DEADLINE], TREE);
    refused(NESTED, &[DEADLINE, argument("close_timeout")], TREE);
    refused(NESTED, &[], TREE);
}

#[test]
fn a_deadline_around_a_block_that_breaks_something_else_is_refused() {
    let changes = [DEADLINE, argument("open_timeout")];
    for (part, broken, reason) in [
        ("«|async with asyncio.timeout", "«|async with asyncio.sleep", TREE),
        ("«|async with asyncio.timeout", "«|async with other.timeout", TREE),
        ("«|async with asyncio.timeout", "«|with asyncio.timeout", TREE),
        ("deadline.reschedule(None)", "ws.reschedule(None)", TREE),
        ("deadline.reschedule(None)", "deadline.reschedule(5)", TREE),
        ("deadline.reschedule(None)", "deadline.cancel()", TREE),
        ("\n  b\n", "\n  «|    »b\n", TREE),
        ("    await after()", "    «|        »await after()", TREE),
        (
            "    await after()",
            "    «|    »await after()",
            "more than one statement",
        ),
        ("    «|    »        pass", "    «|    »        «pass|...»", TREE),
        (
            "    «|    »    else:\n    «|    »        raise E",
            "    «    else:\n|»    «|»        raise E",
            TREE,
        ),
        (
            "«|    »    # end of the block",
            "    # end of the block",
            "`# end of the block` comes to stand",
        ),
        (
            "    «|    »    # end of the block\n",
            "«        # end of the block\n|»",
            "`# end of the block` is lost",
        ),
        ("# connect", "# «connect|connects»", "`# connect` is changed"),
        ("  # said", "  # said«|\n            # more»", "`# more` is new"),
        (
            "«|        deadline.reschedule(None)\n    »    «|    »# greet\n",
            "    «|    »# greet\n«|            deadline.reschedule(None)\n»",
            "`# greet` comes to stand",
        ),
        ("limit=5", "limit=«5|6»", TREE),
        ("@mark\n", "«@mark\n|»", TREE),
        ("    # connect\n", "    # connect\n«|    import os\n»", TREE),
        ("await after()", "await after()«|, 1»", TREE),
        ("    await after()", "    «await |»after()", TREE),
        ("«, open_timeout=5|»", "«, open_timeout=5|, open_timeout=f()»", TREE),
        ("url«, open_timeout=5|»", "«url, open_timeout=5|»", "more arguments"),
    ] {
        let marked = NESTED.replacen(part, broken, 1);
        assert_ne!(marked, NESTED, "{part}");
        refused(&marked, &changes, reason);
    }
}

#[test]
fn a_second_deadline_needs_a_second_declaration() {
    let two = "import asyncio\nasync def f():\n    a = await «|asyncio.wait_for(»c(1)«|, 5)»\n    b = await «|asyncio.wait_for(»c(2)«|, 5)»\n";
    refused(two, &[DEADLINE], "not declared for");
    accepted(two, &[DEADLINE, DEADLINE]);
}

#[test]
fn every_form_of_a_deadline_is_accepted() {
    for marked in [
        "import asyncio as aio\nasync def f():\n    «|async with aio.timeout(5):\n        »x = await c(u)\n",
        "from asyncio import timeout as t\nasync def f():\n    «|async with t(5):\n        »x = await c(u)\n",
        "import asyncio\nasync def f():\n    async with a() as b, «|asyncio.timeout(5) as t, »c(b) as ws:\n        «|t.reschedule(None)\n        »await ws\n",
        "import async_timeout\nasync def f():\n    «|async with async_timeout.timeout(5) as t:\n        »async with c() as ws: «|t.reject(); »await ws\n",
        "import trio\nasync def f():\n    «|with trio.fail_after(5) as s:\n        »async with c() as ws:\n    «|        s.deadline = float(\"inf\")\n    »    «|    »await ws\n",
        "import asyncio\nx = run(«|asyncio.wait_for(»c(u)«|, timeout=5)»)\n",
        "import asyncio, contextlib\nasync def f():\n    async with «|contextlib.AsyncExitStack() as s:\n        ws = await asyncio.wait_for(s.enter_async_context(»c(u)« as ws:|), 5)»  # note\n        await ws\n",
        "import asyncio, contextlib\nasync def f():\n    async with a, «|contextlib.AsyncExitStack() as s:\n        await asyncio.wait_for(s.enter_async_context(»c(u)«:|), 5)»\n        await ws\n",
    ] {
        accepted(marked, &[DEADLINE]);
    }
}

#[test]
fn a_deadline_that_is_not_put_where_it_belongs_is_refused() {
    for (marked, reason) in [
        (
            "import asyncio\nx = run(«|asyncio.wait_for(»c(u) + 1«|, 5)»)\n",
            "not declared for",
        ),
        (
            "import asyncio\nx = «|asyncio.wait_for(»await c(u)«|, 5)»\n",
            "not declared for",
        ),
        ("import asyncio\nx = run(«|asyncio.wait_for(»c(u)«|, 5, 6)»)\n", TREE),
        (
            "import asyncio\nx = run(«|asyncio.wait_for(»c«|, 5)»(u))\n",
            "not declared for",
        ),
        ("x = run(«|asyncio.wait_for(»c(u)«|, 5)»)\n", TREE),
        (
            "import asyncio\nx = run(«|asyncio.wait_for(d(»c(u)«|), 5)»)\n",
            "not declared for",
        ),
        ("import asyncio\nx = run(«|asyncio.shield(»c(u)«|)»)\n", TREE),
        (
            "import asyncio\nasync def f():\n    async with «|asyncio.timeout(5), »a() as b, c(b«|, 1») as ws:\n        await ws\n",
            TREE,
        ),
        (
            "import anyio\nasync def f():\n    async with «|anyio.fail_after(5), »c() as ws:\n        await ws\n",
            TREE,
        ),
        (
            "import asyncio\nasync def f():\n    async with c() as ws:\n        «|t.reschedule(None)\n        »await ws\n",
            TREE,
        ),
        (
            "import asyncio\nasync def f():\n    async with «|asyncio.timeout(5) as t, »c() as ws:\n        await ws\n        «|t.reschedule(None)\n        »x()\n",
            TREE,
        ),
        (
            "import asyncio, contextlib\nasync def f():\n    async with «|contextlib.AsyncExitStack() as s:\n        sw = await asyncio.wait_for(s.enter_async_context(»c(u)« as ws:|), 5)»\n        await ws\n",
            TREE,
        ),
        (
            "import asyncio, contextlib\nasync def f():\n    async with «|contextlib.AsyncExitStack() as s:\n        ws = await asyncio.wait_for(t.enter_async_context(»c(u)« as ws:|), 5)»\n        await ws\n",
            "not declared for",
        ),
        (
            "import asyncio\nasync def f():\n    «|async with asyncio.timeout(5):\n        »x = await c(u)\n        «|y = 1\n»",
            "more than one statement",
        ),
        (
            "import asyncio\nasync def f():\n    «|async with asyncio.timeout(5):\n        »x = await c(u); y()\n",
            "more than one statement",
        ),
    ] {
        refused(marked, &[DEADLINE], reason);
    }
}

#[test]
fn an_argument_goes_or_is_switched_off() {
    for marked in [
        "c(u, «open_timeout=5, |»x=1)\n",
        "c(u, open_timeout=«5|None»)\n",
        "c(u, «open_timeout=5|open_timeout=None», x=1)\n",
        "c(u«|, open_timeout=None»)\n",
        "c(u«, 5|»)\n",
        "c(u, «5|None», 6)\n",
        "c(\n    u,  # the url\n«    open_timeout=5,\n|»)\n",
        "c(«open_timeout=\"5\"|»)\n",
    ] {
        accepted(marked, &[argument("open_timeout")]);
    }
    accepted(
        "c(\n    u,\n«    # seconds\n    open_timeout=5,\n|»    x=1,\n)\n",
        &[argument("open_timeout"), COMMENT],
    );
    accepted(
        "c(\n    u,\n    «open_timeout=5,  |»# seconds\n    x=1,\n)\n",
        &[argument("open_timeout"), COMMENT],
    );
}

#[test]
fn an_argument_that_takes_something_with_it_is_refused() {
    for (marked, reason) in [
        ("c(u, «close_timeout=5, |»x=1)\n", TREE),
        ("c(u, «open_timeout=5, x=1|»)\n", TREE),
        ("c(u, «|*»open_timeout)\n", TREE),
        ("c(«u, open_timeout=5|»)\n", "more arguments"),
        ("c(«u|v», open_timeout=5)\nd(u, «open_timeout=5|»)\n", TREE),
        ("c(u, open_timeout=«5|f()»)\n", TREE),
        ("c(u, «open_timeout=5|»)\nd(u«|, open_timeout=None»)\n", TREE),
        ("c(«open_timeout=5, |»x=1«|, open_timeout=None»)\n", "another place"),
        ("c(u, «open_timeout=5|»)\nd(u, «open_timeout=5|»)\n", TREE),
        ("c(u, «5|», 6)\n", "does not parse"),
        ("c(u, «5, |»6)\n", TREE),
        (
            "c(\n    u,\n    # seconds\n«    open_timeout=5,\n|»    x=1,\n)\n",
            "`# seconds` comes to stand",
        ),
        (
            "c(\n    u,\n    «open_timeout=5,  |»# seconds\n    x=1,\n)\n",
            "`# seconds` comes to stand",
        ),
        (
            "c(\n    u,\n«    open_timeout=5,  # seconds\n|»    x=1,\n)\n",
            "`# seconds` is lost",
        ),
        ("def c(u, «open_timeout=5|»): pass\n", TREE),
        ("class C(B, «open_timeout=5|»): pass\n", TREE),
    ] {
        refused(marked, &[argument("open_timeout")], reason);
    }
    refused(
        "«# other\n|»c(u«, open_timeout=5|»)\n",
        &[argument("open_timeout"), COMMENT],
        "`# other` is lost",
    );
}

#[test]
fn an_import_is_added() {
    for marked in [
        "\"\"\"Doc.\"\"\"\nfrom __future__ import annotations\n«|import asyncio\n»import websockets\n",
        "# licence\n«|import asyncio\n»x = 1\n",
        "import os«|, asyncio»\n",
        "from asyncio import sleep«|, timeout»\n",
        "def f():\n    «|import asyncio\n    »c()\n",
        "try:\n    import w\nexcept ImportError:\n    w = None\n«|import asyncio\n»\n# constants\nX = 1\n",
    ] {
        accepted(marked, &[import("asyncio")]);
    }
    accepted("«|from my.console import safe_print\n»x = 1\n", &[import("my.console")]);
    accepted(
        "«|from my.console import safe_print\n»x = 1\n",
        &[import("my.console.safe_print")],
    );
}

#[test]
fn an_import_that_means_something_else_is_refused() {
    for (marked, reason) in [
        ("«|import trio\n»import w\n", TREE),
        ("«|import asyncio, os\n»import w\n", TREE),
        ("«|from os import asyncio\n»import w\n", TREE),
        ("«|from .asyncio import x\n»import w\n", TREE),
        ("«|import asyncio\n»\"\"\"Doc.\"\"\"\n", "before a docstring"),
        (
            "def f():\n    «|import asyncio\n    »\"\"\"Doc.\"\"\"\n",
            "before a docstring",
        ),
        (
            "«|import asyncio\n»from __future__ import annotations\n",
            "before a docstring",
        ),
        (
            "x = 1\n# constants\n«|import asyncio\n»Y = 2\n",
            "`# constants` comes to stand",
        ),
        ("import w  # «|asyncio»\n", "is changed"),
        ("«import w|import asyncio»\n", TREE),
        ("if x:\n    «|import asyncio\n»y = 1\n", TREE),
        ("if x:\n    a\n«else:\n    b\n|import asyncio\n»", TREE),
    ] {
        refused(marked, &[import("asyncio")], reason);
    }
}

#[test]
fn a_callee_changes_with_its_arguments_kept() {
    accepted("«print|safe_print»(\"✓\", end=\"\")  # note\n", &[callee("safe_print")]);
    accepted(
        "# note\n«sys.stdout.write|safe_print»(x«|, end=\"\"»)\n",
        &[callee("safe_print"), argument("end")],
    );
    accepted(
        "«print|c.safe_print»(«print|c.safe_print»(1))\n",
        &[callee("c.safe_print"), callee("c.safe_print")],
    );
    accepted("x = 1\n# note\n«print|safe_print»(1)\n", &[callee("safe_print")]);
    refused(
        "x = 1\n# note\n«print|import a\nsafe_print»(1)\n",
        &[callee("safe_print"), import("a")],
        "`# note` comes to stand",
    );
    for (marked, reason) in [
        ("«print|unsafe_print»(1)\n", TREE),
        ("«print|safe_print»(«1|2»)\n", TREE),
        ("«print|safe_print»(1«, end=\"\"|»)\n", TREE),
        ("«print|safe_print»(1«|, end=\"\"»)\n", TREE),
        ("«print|safe_print»(\"a«|b»\")\n", TREE),
        ("«print(1)|safe_print»\n", TREE),
        ("«print|safe_print»\n", TREE),
        ("«print|safe_print»(1)\n«print|safe_print»(2)\n", TREE),
        ("«print|safe_print(1)»(1)\n", TREE),
        ("«print|safe_print»(1)  # «a|b»\n", "is changed"),
        ("«@print|@safe_print»(1)\ndef f(): pass\n", "does not parse"),
        ("print(«x|safe_print»)\n", TREE),
    ] {
        let marked = marked.replace("«@print|@safe_print»(1)", "«@print|@@safe_print»(1)");
        refused(&marked, &[callee("safe_print")], reason);
    }
}

#[test]
fn a_helper_is_added_or_replaced() {
    let added =
        "import w\n\n\n«|def safe_print(*a, **k):\n    # falls back\n    print(*a, **k)\n\n\n»def f():\n    pass\n";
    accepted(added, &[helper("safe_print")]);
    accepted(
        "import w\n\n\n@keep\ndef safe_print(«m|*m»):\n    \"\"\"Doc.\"\"\"\n    «# old\n    print(m)|# new\n    say(*m)»\n\n\nx = 1\n",
        &[helper("safe_print")],
    );
    accepted(
        "«def safe_print(m):\n    print(m)|def safe_print(*m):\n    say(*m)»\n",
        &[helper("safe_print")],
    );
    accepted(
        "def safe_print(«m|*m»):\n    try:\n        «print(m)|say(*m)»\n    except E:\n        # kept\n        «m = m.replace(1, 2)\n        print(m)|say(*m, errors=1)»\n",
        &[helper("safe_print")],
    );
    for (marked, reason) in [
        ("«|def say(): pass\n»x = 1\n", TREE),
        ("«|def safe_print(): pass\nx = 0\n»x = 1\n", TREE),
        ("«|class safe_print: pass\n»x = 1\n", TREE),
        ("«|def safe_print(): pass\n»\"\"\"Doc.\"\"\"\n", "before a docstring"),
        (
            "«|def safe_print(): pass\n»from __future__ import x\n",
            "before a docstring",
        ),
        ("«def safe_print(m):\n    print(m)\n|»x = 1\n", TREE),
        ("«@keep\n|»def safe_print(m):\n    «a|b»\n", TREE),
        ("def safe_print(m):\n    «a|b»\ny = «1|2»\n", TREE),
        ("«def|async def» safe_print(m):\n    a\n", TREE),
        ("def safe_print(m):\n    «a|b»\n# «c|d»\nx = 1\n", "is changed"),
        (
            "def f():\n    # about x\n    «|def safe_print(): pass\n    »x = 1\n",
            "`# about x` comes to stand",
        ),
        ("def «safe_print|other»(m):\n    a\n", TREE),
    ] {
        refused(marked, &[helper("safe_print")], reason);
    }
}

#[test]
fn the_characters_of_a_literal_get_stand_ins() {
    for marked in [
        "print(\"«✓|[ok]» done\")\n",
        "print(f\"«✓|[ok]»{x} «→|->»\" \"«✗|x»\")\n",
        "print(f\"{x}«✓|»\")\n",
        "print(«\"\\u2713\"|\"[ok]\"»)\n",
        "print(«'''✓\n a'''|'''v\n a'''»)\n",
    ] {
        accepted(marked, &[LITERAL]);
    }
    for (marked, reason) in [
        ("print(\"«done|gone» ✓\")\n", "more than stand-ins"),
        ("print(\"a ✓ b«|, all»\")\n", "more than stand-ins"),
        ("print(\"\"\"✓\n«|    »a\"\"\")\n", "more than stand-ins"),
        ("print(\"\"\"a\n«|    »b\"\"\")\n", "more than stand-ins"),
        ("print(f\"«✓|[ok]»{«x|y»}\")\n", TREE),
        ("print(f\"«✓{x}|{x}[ok]»\")\n", "more than stand-ins"),
        ("print(f\"«✓{x}|[ok]»\")\n", "more than stand-ins"),
        ("print(\"«✓|[ok]»\", «1|2»)\n", TREE),
        ("print(«\"✓\"|\"[ok]\", \"\"»)\n", "more than stand-ins"),
        ("print(«\"✓\"|ok»)\n", "more than stand-ins"),
        ("print(b\"«a|b»\")\n", TREE),
        ("print(\"«✓|[ok]»\")  # «✓|ok»\n", "is changed"),
    ] {
        refused(marked, &[LITERAL], reason);
    }
}

#[test]
fn only_suppressions_go_as_suppressions() {
    accepted("x = 1«  # ws-lint: ignore[WS101]|»\n", &[SUPPRESSION]);
    accepted("x = 1  # ws-lint: ignore[WS101«, WS102|»] why\n", &[SUPPRESSION]);
    accepted("«# noqa: WS101\n|»x = 1\n", &[SUPPRESSION]);
    accepted("x = 1  «# noqa: WS101  |»# kept\n", &[SUPPRESSION]);
    accepted("x = 1  # noQa: E501«, WS101|»\n", &[SUPPRESSION]);
    refused("x = 1  # kept«|  # more»\n# noqa\n", &[SUPPRESSION], "is changed");
    refused("x = 1«  # why|»\n", &[SUPPRESSION], "is lost");
    refused("x = 1«  # noqa|»\n", &[], "is lost");
    refused("«x = 1  # noqa\n|»", &[SUPPRESSION], TREE);
}

/// The place of `part` in what the marked text was before.
fn place(marked: &str, part: &str) -> Span {
    let mut before = String::new();
    for (index, piece) in marked.split('«').enumerate() {
        let (edit, rest) = if index == 0 {
            ("", piece)
        } else {
            piece.split_once('»').unwrap()
        };
        before.push_str(edit.split('|').next().unwrap());
        before.push_str(rest);
    }
    let start = before.find(part).expect(part);
    Span::new(start, start + part.len())
}

#[test]
fn a_declared_change_explains_nothing_at_another_place() {
    let named = |name: &str, call| Change::Argument {
        name: name.to_owned(),
        call,
    };
    let gone = "c(u, x=1)\nd(u«, x=1|»)\n";
    refused(gone, &[named("x", place(gone, "c(u, x=1)"))], TREE);
    accepted(gone, &[named("x", place(gone, "d(u, x=1)"))]);
    let inner = "c(d(u«, x=1|»), x=1)\n";
    refused(inner, &[named("x", place(inner, "c(d(u, x=1), x=1)"))], TREE);
    let print = "print(1)\n«print|safe»(2)\n";
    let call = place(print, "print(1)");
    let name = "safe".to_owned();
    refused(print, &[Change::Callee { name, call }], TREE);
    let literal = "print(\"✓\")\nx = \"«✗|x»\"\n";
    refused(
        literal,
        &[Change::Literal {
            call: place(literal, "print(\"✓\")"),
        }],
        TREE,
    );
    let allowed = "x = 1  # noqa: WS1\ny = 1«  # noqa: WS2|»\n";
    let comment = place(allowed, "# noqa: WS1");
    refused(allowed, &[Change::Suppression { comment }], "is lost");
    let about = "c(\n    u,\n    x=1,  # why\n)\nd(\n    u,\n«    x=1,  # else\n|»)\n";
    let (first, second) = (
        place(about, "c(\n    u,\n    x=1,  # why\n)"),
        place(about, "d(\n    u,\n    x=1,  # else\n)"),
    );
    refused(
        about,
        &[named("x", second), Change::Comment { call: first }],
        "`# else` is lost",
    );
    accepted(about, &[named("x", second), Change::Comment { call: second }]);
}

#[test]
fn a_deadline_goes_around_what_it_is_declared_for() {
    const HEAD: &str = "import asyncio\nasync def f():\n";
    let around = |marked: &str, part: &str| Change::Deadline {
        around: place(marked, part),
    };
    for body in [
        "    x = await c()\n    «|async with asyncio.timeout(5):\n        »y = await d()\n",
        "    x = await c()\n    y = await «|asyncio.wait_for(»d()«|, 5)»\n",
        "    async with c() as x, «|asyncio.timeout(5), »d() as y:\n        pass\n",
        "    async with «|asyncio.timeout(5), »d() as y, c() as x:\n        pass\n",
        "    «|async with asyncio.timeout(5):\n        »async with d() as y:\n    «|    »    x = await c()\n",
        "    x = await c()\n    «|async with asyncio.timeout(5):\n        »if x:\n    «|    »    y = await d()\n",
    ] {
        let marked = format!("{HEAD}{body}");
        assert!(verdict(&marked, &[around(&marked, "c()")]).is_err(), "{marked}");
    }
    let twice = format!("{HEAD}    x = await «|asyncio.wait_for(asyncio.wait_for(»c()«|, 5), 5)»\n    y = await d()\n");
    assert!(verdict(&twice, &[around(&twice, "c()"), around(&twice, "d()")]).is_err());
    let lifted = format!(
        "{HEAD}    async with «|asyncio.timeout(5) as t, »c() as x:\n        pass\n    async with «|asyncio.timeout(5), \
         »d() as y:\n        «|t.reschedule(None)\n        »pass\n"
    );
    refused(&lifted, &[around(&lifted, "c()"), around(&lifted, "d()")], TREE);
}

#[test]
fn a_comment_behind_the_last_statement_does_not_slip_into_the_block_of_a_deadline() {
    let text =
        "import asyncio\nasync def f():\n    «|async with asyncio.timeout(5):\n        »x = await c()\n    # end\n";
    accepted(text, &[DEADLINE]);
    refused(
        &text.replace("    # end", "    «|    »# end"),
        &[DEADLINE],
        "`# end` comes to stand",
    );
}

#[test]
fn texts_that_do_not_fit_together_are_refused() {
    let file = |text: &str| SourceFile::new("a.py", Language::Python, text.to_owned());
    let edits = [Edit::insert(0, "import asyncio\n")];
    let changes = [import("asyncio")];
    let verdict = |old: &str, new: &str| verify(&file(old), &file(new), &edits, &changes);
    assert_eq!(verdict("x = 1\n", "import asyncio\nx = 1\n"), Ok(()));
    for (old, new) in [
        ("x = 1\n", "import asyncio\nx = 1\n\n"),
        ("x = 1 \n", "import asyncio\nx = 1\n"),
        ("x = 1\n", "x = 1\n"),
        ("x = (\n", "import asyncio\nx = (\n"),
    ] {
        assert!(verdict(old, new).is_err(), "{old:?} {new:?}");
    }
}

#[test]
fn line_ends_marks_and_tabs_make_no_difference() {
    for marked in [
        "\u{feff}import asyncio\r\nasync def f():\r\n\t«|async with asyncio.timeout(5):\r\n\t\t»x = await c()  # a\r\n\t# b\r\n",
        "import asyncio\rasync def f():\r  «|async with asyncio.timeout(5):\r    »x = await c()  # a\r  # b\r  y()",
        "import asyncio\nasync def f():\n\x0c    «|async with asyncio.timeout(5):\n        »x = await c(  # a\n«|    »  1)\n# b\n",
    ] {
        accepted(marked, &[DEADLINE]);
    }
}

#[test]
fn deep_trees_and_long_files_are_no_danger() {
    let deep = [
        format!("«|import asyncio\n»x = {}1{}\n", "(-".repeat(1400), ")".repeat(1400)),
        format!("«|import asyncio\n»x = a{}\n", ".b(1)".repeat(1400)),
        format!("«|import asyncio\n»x = 1{}\n", " + 1".repeat(2900)),
        (0..90).fold("«|import asyncio\n»".to_owned(), |text, depth| {
            text + &" ".repeat(depth) + "if x:\n"
        }) + &" ".repeat(90)
            + "y\n",
        "«|import asyncio\n»".to_owned()
            + &"async with c() as ws:  # note\n    await ws.send(f\"{x}\")\n".repeat(5_000),
    ];
    let check = move || deep.iter().for_each(|text| accepted(text, &[import("asyncio")]));
    let worker = std::thread::Builder::new().stack_size(crate::stack::STACK_BYTES);
    worker.spawn(check).unwrap().join().unwrap();
}

#[test]
fn a_with_may_only_change_its_kind_where_that_is_declared() {
    let kind = [Change::WithKind { item: NOWHERE }];
    accepted("async def f():\n    «|async »with c(1) as x:\n        pass\n", &kind);
    accepted("async def f():\n    «async |»with c(1):\n        pass\n", &kind);
    let other = "async def f():\n    with c(1):\n        pass\n    «|async »with d(1):\n        pass\n";
    refused(other, &kind, TREE);
    refused(other, &[], TREE);
}

#[test]
fn an_await_may_only_come_before_the_declared_call() {
    let awaits = [Change::Awaited { call: NOWHERE }];
    accepted("async def f():\n    «|await »c(1)\n", &awaits);
    refused("async def f():\n    «|await »c(1)\n", &[], TREE);
    refused("async def f():\n    c(1)\n    «|await »d(1)\n", &awaits, TREE);
    refused("async def f():\n    «await |»c(1)\n", &awaits, TREE);
}

#[test]
fn an_item_goes_in_front_of_the_declared_one_as_it_is() {
    let order = [Change::ItemOrder { before: NOWHERE }];
    let swapped = "async def f():\n    async with «|e(5) as t, »c(1) as x«, e(5) as t|»:\n        pass\n";
    accepted(swapped, &order);
    refused(swapped, &[], TREE);
    for broken in [
        "async def f():\n    async with «|e(6), »c(1) as x«, e(5)|»:\n        pass\n",
        "async def f():\n    async with «|e(5), »c(1) as x«, e(5) as t|»:\n        pass\n",
        "async def f():\n    async with c(1) as x«, e(5)|»:\n        pass\n",
        "async def f():\n    async with «|e(5), »c(1) as x:\n        pass\n",
    ] {
        refused(broken, &order, "does not come as it went");
    }
}
