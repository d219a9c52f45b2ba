//! What is looked for in a file: what is not announced need not be.

use crate::prescan::Announced;
use crate::rust::is_build_script;
use crate::rust::syntax::outside_tests;
use crate::signs::Sign;
use crate::source::SourceFile;
use crate::suppress;

/// What is looked for besides prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rust) struct Sought {
    /// Connects and waits for messages: who awaits them, for how long, under which deadlines, and what tests wait for.
    pub(in crate::rust) waits: bool,
    /// Calls, and whether they block: so types and variables too. All that waits is called.
    pub(in crate::rust) calls: bool,
    /// Comments, and so the statements that they speak of.
    pub(in crate::rust) comments: bool,
}

impl Sought {
    /// What the items of a file declare, and nothing in their bodies.
    pub(in crate::rust) const DECLARATIONS: Self = Self {
        waits: true,
        calls: true,
        comments: false,
    };

    /// What other files ask of one: who calls what in it, and what its functions wait for.
    pub(in crate::rust) const FOR_OTHERS: Self = Self::DECLARATIONS;

    /// What to look for where this is announced; `None` where there is nothing to find, prints included.
    pub(in crate::rust) fn of(source: &SourceFile, announced: Announced) -> Option<Self> {
        let waits = announced.includes(Sign::Connect) || announced.includes(Sign::Receive);
        let sought = Self {
            waits,
            calls: waits || announced.includes(Sign::Async),
            comments: suppress::may_direct(source.text()),
        };
        let prints = || !is_build_script(source) && outside_tests::may_print(source.text());
        (!sought.is_prints_alone() || prints()).then_some(sought)
    }

    /// Whether nothing else is looked for than prints.
    pub(in crate::rust) fn is_prints_alone(self) -> bool {
        !self.calls && !self.comments
    }
}
