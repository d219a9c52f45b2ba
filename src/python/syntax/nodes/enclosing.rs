//! What stands around the nodes of a walk.

use ruff_text_size::{Ranged, TextSize};

/// What stands around the nodes that somebody goes through, the innermost last.
pub(in crate::python) struct Enclosing<T>(Vec<(TextSize, T)>);

impl<T> Enclosing<T> {
    pub(in crate::python) fn nothing() -> Self {
        Self(Vec::new())
    }

    /// What stands directly around `node`. Nodes are asked for in the order in which they are given.
    pub(in crate::python) fn at(&mut self, node: &impl Ranged) -> Option<&mut T> {
        let start = node.start();
        while self.0.last().is_some_and(|(end, _)| *end <= start) {
            self.0.pop();
        }
        self.0.last_mut().map(|(_, around)| around)
    }

    /// Takes note of what stands around all that is in `node`.
    pub(in crate::python) fn enter(&mut self, node: &impl Ranged, around: T) {
        self.at(node);
        self.0.push((node.end(), around));
    }
}
