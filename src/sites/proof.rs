//! What a test takes for the proof that it was connected.

use crate::source::Span;

/// Something that a test takes for the proof of a connection, and that is none.
#[derive(Clone, Debug)]
pub struct DoubtfulProof {
    /// Where it stands.
    pub span: Span,
    /// The name of the test.
    pub test: String,
    /// What it is.
    pub kind: ProofKind,
}

/// What proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProofKind {
    /// The connect of this path is replaced by a mock.
    MockedConnect(String),
    /// All that is asserted is that some time went by.
    MinimumDuration,
}
