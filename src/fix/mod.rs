//! Fixes: what they are, and what is done with them.

mod alone;
mod apply;
mod bisect;
mod diff;
mod passes;
mod temporary;
mod wanted;
mod write;

pub use alone::{holds, holds_as_comment};
pub use apply::{Applied, apply};
pub use diff::unified;
pub use passes::{Failure, Fixed, MOST_BROKEN, add_suppressions, fix, fix_what};
pub use temporary::Leftovers;
pub use wanted::Wanted;
pub use write::{WriteError, create, write};
