//! For each kind of change what is accepted, and what a broken rewrite would do instead. A case is one text: `«old|new»`
//! marks an edit.

use super::*;
use crate::source::{Language, Span};

mod calls;
mod places;

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
