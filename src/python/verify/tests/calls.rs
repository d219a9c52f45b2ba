//! What changes at a call: its arguments, its callee, the imports and helpers that this takes.

use super::*;

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
