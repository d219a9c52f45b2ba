//! Names that say which release of something is there (`NEW_API = hasattr(websockets, "asyncio")`), and what asks for it.

mod asks;
mod flags;

pub(in crate::python) use self::asks::{Asks, Tells, Told, asks_by_name};
pub(in crate::python) use self::flags::{Flag, Flags, Others, asks_for_names, flags, flags_elsewhere};
