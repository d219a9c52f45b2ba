//! The shapes of the rewrite's table: one source each, and what becomes of it. Each allows its connect one second.

use ws_lint::catalog::Catalog;
use ws_lint::check::{Surroundings, check};
use ws_lint::facts::{Certainty, Fact, PackageRange, Packages, ProjectFacts, PythonVersion};
use ws_lint::finding::Applicability;
use ws_lint::fix::{self};
use ws_lint::settings::{DeadlineScope, InternalTimeout, Settings};
use ws_lint::source::{Language, SourceFile};

/// Seconds that every shape allows its connect.
pub(crate) const LIMIT: f64 = 1.0;

/// A source with a connect in a shape of the table.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    /// Says which one it is.
    pub(crate) name: &'static str,
    /// The source, a file of `shapes/`.
    pub(crate) before: &'static str,
    /// A part of a line that the fix must give.
    gives: &'static str,
    trust: Applicability,
    /// What the fixed code must run on, as 3.x.
    pub(crate) target: u8,
    /// The project depends on `async-timeout`.
    async_timeout: bool,
    /// The releases of websockets that the project allows.
    releases: Option<&'static str>,
    scope: DeadlineScope,
    internal_timeout: InternalTimeout,
    /// The versions of websockets that have what it calls, by their major number.
    pub(crate) since: u8,
    /// The connect ends after [`LIMIT`] before the fix too.
    pub(crate) before_ends: bool,
    /// A connection that succeeds is never closed, before and after.
    pub(crate) stays_open: bool,
    /// It catches what the connect raises and gives a word for it.
    pub(crate) catches: bool,
    /// The new deadline raises the builtin `TimeoutError` on every Python.
    pub(crate) raises_builtin: bool,
    /// What becomes of a block that lasts longer than the connect may.
    pub(crate) long_block: LongBlock,
}

/// What becomes of a block that lasts longer than the connect may.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum LongBlock {
    /// It goes on.
    Survives,
    /// It has a deadline of its own, before and after.
    EndsItself,
    /// The new deadline ends it, as the configuration wants.
    IsCut,
}

/// A shape for Python 3.11 with what holds for most.
const PLAIN: Shape = Shape {
    name: "",
    before: "",
    gives: "",
    trust: Applicability::Safe,
    target: 11,
    async_timeout: false,
    releases: None,
    scope: DeadlineScope::Auto,
    internal_timeout: InternalTimeout::Auto,
    since: 10,
    before_ends: true,
    stays_open: false,
    catches: false,
    raises_builtin: false,
    long_block: LongBlock::Survives,
};

/// A shape for Python 3.8.
const OLD: Shape = Shape { target: 8, ..PLAIN };

/// A shape for Python 3.8 in a project whose connections can be entered after they were awaited.
const OLD_MANAGED: Shape = Shape {
    releases: Some(">=14"),
    since: 14,
    ..OLD
};

/// A shape for Python 3.8 in a project that depends on `async-timeout`.
const OLD_WITH_ASYNC_TIMEOUT: Shape = Shape {
    async_timeout: true,
    ..OLD
};

macro_rules! shape {
    ($base:ident $name:literal $file:literal gives $gives:literal $(, $field:ident: $value:expr)*) => {
        Shape {
            name: $name,
            before: include_str!(concat!("shapes/", $file, ".py")),
            gives: $gives,
            $($field: $value,)*
            ..$base
        }
    };
}

/// Every shape that is tried.
pub(crate) const ALL: &[Shape] = &[
    shape!(PLAIN "statement" "statement" gives "async with asyncio.timeout(1):\n        ws = await websockets.connect(url)"),
    shape!(PLAIN "bare await" "bare_await" gives "async with asyncio.timeout(1):\n        await websockets.connect(url)", stays_open: true),
    shape!(PLAIN "attribute" "attribute" gives "async with asyncio.timeout(1):\n            self.ws = await"),
    shape!(PLAIN "return" "returned" gives "async with asyncio.timeout(1):\n        return await"),
    shape!(PLAIN "exit stack" "enter_async_context" gives "async with asyncio.timeout(1):\n            ws = await stack"),
    shape!(PLAIN "covered block" "covered_block" gives "async with asyncio.timeout(1):\n        async with websockets", long_block: LongBlock::EndsItself),
    shape!(PLAIN "lifted block" "lifted_block" gives "as ws:\n            deadline.reschedule(None)\n            return"),
    shape!(PLAIN "whole block" "lifted_block" gives "async with asyncio.timeout(1):\n        async with websockets",
        scope: DeadlineScope::Block, trust: Applicability::Unsafe, long_block: LongBlock::IsCut),
    shape!(PLAIN "connect alone" "covered_block" gives "deadline.reschedule(None)", long_block: LongBlock::EndsItself, scope: DeadlineScope::Connect),
    shape!(PLAIN "kept object" "kept_object" gives "async with asyncio.timeout(1) as deadline:\n        async with connection"),
    shape!(PLAIN "yielding block" "yielding_block" gives "deadline.reschedule(None)\n            yield ws"),
    shape!(PLAIN "several items" "several_items" gives "as token, asyncio.timeout(1) as deadline, websockets.connect(url) as ws"),
    shape!(PLAIN "items behind" "items_behind" gives "async with asyncio.timeout(1) as deadline, websockets.connect(url) as ws, subs",
        trust: Applicability::Unsafe),
    shape!(PLAIN "one line" "one_line_block" gives "as ws: deadline.reschedule(None); return"),
    shape!(PLAIN "caught inside" "caught_inside" gives "deadline.reschedule(None)", catches: true),
    shape!(PLAIN "gathered" "gathered" gives "asyncio.wait_for(websockets.connect(url), 1),\n"),
    shape!(PLAIN "comprehension" "comprehension" gives "[await asyncio.wait_for(websockets.connect(each), 1) for"),
    shape!(PLAIN "condition" "condition" gives "await asyncio.wait_for(websockets.connect(url), 1)"),
    shape!(PLAIN "sync function" "run_until_complete" gives "loop.run_until_complete(asyncio.wait_for(websockets.connect(url), 1))"),
    shape!(PLAIN "outer timeout" "outer_timeout" gives "async with asyncio.timeout(1):\n        return await websockets.connect(url)"),
    shape!(PLAIN "outer wait_for" "outer_wait_for" gives "asyncio.wait_for(websockets.connect(url), 1)"),
    shape!(PLAIN "length by name" "length_by_name" gives "asyncio.timeout(LIMIT):\n        ws = await websockets.connect(url, open_timeout=None)"),
    shape!(PLAIN "block of length by name" "block_of_length_by_name" gives "websockets.connect(url, open_timeout=None) as ws:\n                deadline.re"),
    shape!(PLAIN "removed" "length_by_name" gives "asyncio.timeout(LIMIT):\n        ws = await websockets.connect(url)\n",
        internal_timeout: InternalTimeout::Remove, trust: Applicability::Unsafe),
    shape!(PLAIN "disabled" "statement" gives "connect(url, open_timeout=None)", internal_timeout: InternalTimeout::Disable),
    shape!(PLAIN "no limit" "no_limit" gives "asyncio.timeout(1):\n        ws", trust: Applicability::Unsafe, before_ends: false),
    shape!(PLAIN "no limit, block" "no_limit_block" gives "deadline.reschedule(None)", trust: Applicability::Unsafe, before_ends: false),
    shape!(PLAIN "switched off" "switched_off" gives "asyncio.timeout(1):\n        ws = await websockets.connect(url, open_timeout=None)",
        trust: Applicability::Unsafe, before_ends: false),
    shape!(PLAIN "legacy client" "legacy_client" gives "async with connect(url) as ws:\n            deadline.reschedule(None)"),
    shape!(PLAIN "asyncio client" "asyncio_client" gives "asyncio.timeout(1):\n        ws = await connect(url)", since: 13),
    shape!(PLAIN "anyio statement" "anyio_statement" gives "with anyio.fail_after(1):\n        ws = await websockets.connect(url)"),
    shape!(PLAIN "anyio lifted" "anyio_lifted" gives "scope.deadline = float(\"inf\")"),
    shape!(PLAIN "anyio covered" "anyio_covered" gives "with anyio.fail_after(1):\n        async with", long_block: LongBlock::EndsItself),
    shape!(OLD "wait_for statement" "statement" gives "ws = await asyncio.wait_for(websockets.connect(url), 1)"),
    shape!(OLD "wait_for attribute" "attribute" gives "self.ws = await asyncio.wait_for(websockets.connect(url), 1)"),
    shape!(OLD "wait_for return" "returned" gives "return await asyncio.wait_for(websockets.connect(url), 1)"),
    shape!(OLD "wait_for exit stack" "enter_async_context" gives "wait_for(\n            stack.enter_async_context(websockets.connect(url)), 1\n        )"),
    shape!(OLD "wait_for gathered" "gathered" gives "asyncio.wait_for(websockets.connect(url), 1),\n"),
    shape!(OLD "wait_for sync function" "run_until_complete" gives "loop.run_until_complete(asyncio.wait_for(websockets"),
    shape!(OLD "wait_for outside" "outer_wait_for" gives "asyncio.wait_for(websockets.connect(url), 1)"),
    shape!(OLD "wait_for length by name" "length_by_name" gives "asyncio.wait_for(websockets.connect(url, open_timeout=None), LIMIT)"),
    shape!(OLD "stack for a block" "lifted_block" gives "stack.enter_async_context(websockets.connect(url)),\n            1,", trust: Applicability::Unsafe),
    shape!(OLD "stack for a short block" "covered_block" gives "contextlib.AsyncExitStack() as stack", long_block: LongBlock::EndsItself, trust: Applicability::Unsafe),
    shape!(OLD "stack for a kept object" "kept_object" gives "stack.enter_async_context(connection), 1)", trust: Applicability::Unsafe),
    shape!(OLD "stack for a yielding block" "yielding_block" gives "contextlib.AsyncExitStack() as stack", trust: Applicability::Unsafe),
    shape!(OLD "stack among items" "several_items" gives "as token, contextlib.AsyncExitStack() as stack:", trust: Applicability::Unsafe),
    shape!(OLD "stack on one line" "one_line_block" gives "contextlib.AsyncExitStack() as stack", trust: Applicability::Unsafe),
    shape!(OLD "stack, caught inside" "caught_inside" gives "contextlib.AsyncExitStack() as stack", catches: true, trust: Applicability::Unsafe),
    shape!(OLD "stack, legacy client" "legacy_client" gives "contextlib.AsyncExitStack() as stack", trust: Applicability::Unsafe),
    shape!(OLD "awaited first" "asyncio_client_block" gives "async with await asyncio.wait_for(connect(url), 1) as ws:", since: 13),
    shape!(OLD_MANAGED "managed block" "lifted_block" gives "async with await asyncio.wait_for(websockets.connect(url), 1) as ws:"),
    shape!(OLD_MANAGED "managed short block" "covered_block" gives "async with await asyncio.wait_for(", long_block: LongBlock::EndsItself),
    shape!(OLD_MANAGED "managed kept object" "kept_object" gives "async with await asyncio.wait_for(connection, 1)"),
    shape!(OLD_MANAGED "managed yielding block" "yielding_block" gives "async with await asyncio.wait_for("),
    shape!(OLD_MANAGED "managed among items" "several_items" gives "as token, await asyncio.wait_for(websockets.connect(url), 1) as ws"),
    shape!(OLD_MANAGED "managed, items behind" "items_behind" gives "await asyncio.wait_for(websockets.connect(url), 1) as ws, subs"),
    shape!(OLD_MANAGED "managed on one line" "one_line_block" gives "async with await asyncio.wait_for("),
    shape!(OLD_MANAGED "managed, caught inside" "caught_inside" gives "async with await asyncio.wait_for(", catches: true),
    shape!(OLD_MANAGED "managed, length by name" "block_of_length_by_name" gives "    websockets.connect(url, open_timeout=None),\n            self.limit,\n        ) as ws:"),
    shape!(OLD_MANAGED "managed, async_timeout there" "lifted_block" gives "async with await asyncio.wait_for(", async_timeout: true),
    shape!(OLD_WITH_ASYNC_TIMEOUT "async_timeout statement" "statement" gives "async with async_timeout.timeout(1):\n        ws = await"),
    shape!(OLD_WITH_ASYNC_TIMEOUT "async_timeout exit stack" "enter_async_context" gives "async_timeout.timeout(1):\n            ws = await stack"),
    shape!(OLD_WITH_ASYNC_TIMEOUT "async_timeout covered" "covered_block" gives "async with async_timeout.timeout(1):\n        async with", long_block: LongBlock::EndsItself),
    shape!(OLD_WITH_ASYNC_TIMEOUT "async_timeout lifted" "lifted_block" gives "deadline.reject()"),
    shape!(OLD_WITH_ASYNC_TIMEOUT "async_timeout items" "several_items" gives "as token, async_timeout.timeout(1) as deadline, websockets"),
    shape!(OLD_WITH_ASYNC_TIMEOUT "async_timeout yields" "yielding_block" gives "deadline.reject()\n            yield"),
    shape!(OLD_WITH_ASYNC_TIMEOUT "async_timeout gathered" "gathered" gives "asyncio.wait_for(websockets.connect(url), 1),\n"),
    shape!(OLD "anyio statement, old" "anyio_statement" gives "with anyio.fail_after(1):\n        ws = await", trust: Applicability::Unsafe, raises_builtin: true),
    shape!(OLD "anyio lifted, old" "anyio_lifted" gives "scope.deadline = float(\"inf\")", trust: Applicability::Unsafe, raises_builtin: true),
];

impl Shape {
    /// The source after its fix.
    ///
    /// # Errors
    /// What is found, how far the fix is trusted, or what it gives is not what the table says.
    pub(crate) fn after(&self) -> Result<String, String> {
        let source = SourceFile::new("shape.py", Language::Python, self.before.to_owned());
        let settings = self.settings();
        let project = ProjectFacts {
            async_timeout: self.async_timeout.then(|| Fact {
                value: (),
                source: "the shape".to_owned(),
            }),
            packages: self.packages(),
            ..ProjectFacts::default()
        };
        let surroundings = Surroundings::alone(Catalog::builtin(), &settings, &project);
        let trusts: Vec<_> = check(&source, surroundings)
            .findings
            .iter()
            .map(|finding| finding.fix.as_ref().map(|fix| fix.applicability))
            .collect();
        if trusts.is_empty() || trusts.iter().any(|trust| *trust != Some(self.trust)) {
            return Err(format!("{}: found with fixes {trusts:?}", self.name));
        }
        let fixed = fix::fix(&source, surroundings, Applicability::Unsafe);
        if !fixed.failures.is_empty() || !fixed.source.text().contains(self.gives) {
            return Err(format!("{} became\n{}", self.name, fixed.source.text()));
        }
        Ok(fixed.source.text().to_owned())
    }

    fn packages(&self) -> Packages {
        let of_websockets = self.releases.map(|range| Fact {
            value: PackageRange {
                specifiers: range.parse().expect("a range of releases"),
                certainty: Certainty::Range,
            },
            source: "the shape".to_owned(),
        });
        of_websockets
            .map(|fact| ("websockets".to_owned(), fact))
            .into_iter()
            .collect()
    }

    /// The fix may be accepted unread.
    pub(crate) fn is_safe(&self) -> bool {
        self.trust == Applicability::Safe
    }

    fn settings(&self) -> Settings {
        let mut settings = Settings {
            target_version: Some(PythonVersion::new(3, self.target)),
            ..Settings::default()
        };
        settings.enabled.retain(|code| ["WS101", "WS102"].contains(code));
        settings.deadline.default = LIMIT;
        settings.deadline.scope = self.scope;
        settings.deadline.internal_timeout = self.internal_timeout;
        settings
    }
}

#[test]
fn every_shape_gets_the_fix_that_the_table_says() {
    let errors: Vec<_> = ALL.iter().filter_map(|shape| shape.after().err()).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}
