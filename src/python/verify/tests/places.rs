//! A declared change explains what happens at its own place, and nothing else.

use super::*;

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
