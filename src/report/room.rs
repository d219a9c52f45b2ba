//! How many findings a terminal shows in full: nobody scrolls through thousands.

use super::summary::Summary;
use crate::finding::Severity;

/// So many findings are shown in full.
const MOST: usize = 100;

/// How many findings of each severity are shown in full: the worst have room first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    errors: usize,
    warnings: usize,
    infos: usize,
}

impl Room {
    /// For what a terminal shows of a run.
    #[must_use]
    pub fn on_terminal(summary: &Summary) -> Self {
        let errors = summary.errors.min(MOST);
        let warnings = summary.warnings.min(MOST - errors);
        Self {
            errors,
            warnings,
            infos: summary.infos.min(MOST - errors - warnings),
        }
    }

    /// Whether the next finding of this severity is shown.
    pub(super) fn takes(&mut self, severity: Severity) -> bool {
        let left = match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
            Severity::Info => &mut self.infos,
        };
        let is_shown = *left > 0;
        *left = left.saturating_sub(1);
        is_shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_have_room_first() {
        let room = |errors, warnings, infos| {
            let room = Room::on_terminal(&Summary {
                errors,
                warnings,
                infos,
                ..Summary::default()
            });
            (room.errors, room.warnings, room.infos)
        };
        assert_eq!(room(1, 2, 3), (1, 2, 3));
        assert_eq!(room(60, 60, 60), (60, 40, 0));
        assert_eq!(room(200, 1, 1), (100, 0, 0));
        assert_eq!(room(0, 30, 500), (0, 30, 70));
    }
}
