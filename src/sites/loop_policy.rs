//! How code chooses its event loop, and what it does on some platforms only.

use crate::source::Span;

/// What a file says about event loops and platforms.
#[derive(Debug, Default)]
pub struct PlatformSites {
    /// Every use of asyncio's event-loop policies, or of a loop that only Windows has, by position.
    pub policies: Vec<PolicyUse>,
    /// Code that a platform decides about, by position and none within another: branches, functions, the rest of a block.
    pub branches: Vec<Span>,
    /// The code names `uvloop`, whose event loop words its errors in another way.
    pub names_uvloop: bool,
}

impl PlatformSites {
    /// Whether the platform decides about the code at `span`.
    #[must_use]
    pub fn decides_about(&self, span: Span) -> bool {
        let behind = self.branches.partition_point(|branch| branch.start <= span.start);
        let before = behind.checked_sub(1).and_then(|index| self.branches.get(index));
        before.is_some_and(|branch| branch.contains(span))
    }
}

/// A use of an event-loop policy, or of a loop that only Windows has.
#[derive(Clone, Debug)]
pub struct PolicyUse {
    /// The call of a function, or the name of a class; of an imported class the item of the import.
    pub span: Span,
    /// `asyncio.set_event_loop_policy`, `asyncio.DefaultEventLoopPolicy`; `None` for what is not deprecated.
    pub deprecated: Option<String>,
    /// What only Windows has: the name itself, or one in the arguments of the call.
    pub windows_only: Option<String>,
    /// It is imported by its own name.
    pub is_import: bool,
    /// It certainly runs wherever the file, or the test, runs: nothing around it decides.
    pub is_certain: bool,
    /// Something asks for the version first.
    pub asks_for_version: bool,
    /// The code around it is a test by its own marks.
    pub in_test: bool,
}
