//! How deep what parses may go.

/// The stack that a thread needs to parse any file that the depth guards let through, in bytes.
pub const STACK_BYTES: usize = 64 << 20;
