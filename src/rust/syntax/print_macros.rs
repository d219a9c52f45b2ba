//! The macros of the standard library that print.

/// Whether the macro of this name prints.
pub(in crate::rust) fn prints(name: &str) -> bool {
    matches!(name, "print" | "println" | "eprint" | "eprintln" | "dbg")
}
