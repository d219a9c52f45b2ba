//! Files that are looked at again and again: only what changed, and what that can matter to.

use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::{Scope, cannot_start, meet, request, scope, tell};
use crate::cli::plan::Lint;
use crate::cli::streams::Streams;
use crate::discover::{Discovered, Found};
use crate::run::{Happened, Kept};

/// As [`super::lint()`] of files that are to be looked at again, as [`lint_again()`] does.
///
/// # Errors
/// Standard output cannot be written.
pub(in crate::cli) fn lint_and_keep(
    lint: &Lint,
    paths: &[PathBuf],
    streams: &mut Streams<'_>,
) -> io::Result<Option<Last>> {
    let Some(scope) = scope(lint, streams) else {
        return Ok(None);
    };
    let passed_over: Mutex<Vec<Found>> = Mutex::default();
    let keep = |file: &Found| {
        passed_over
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(file.clone())
    };
    let mut discovered = meet(lint, paths, &scope, Some(&keep), streams);
    let files = std::mem::take(&mut discovered.files);
    let passed_over = passed_over.into_inner().unwrap_or_else(PoisonError::into_inner);
    let kept = Kept::look_at_all(files, passed_over, request(lint, &scope));
    match kept {
        Ok(kept) => {
            let last = Last {
                scope,
                discovered,
                kept,
            };
            last.tell(lint, streams)?;
            Ok(Some(last))
        }
        Err(reason) => {
            cannot_start(&reason, streams);
            Ok(None)
        }
    }
}

/// Looks again at what another text of these files can matter to, and tells what is found in all. False: all files have to be met anew.
///
/// # Errors
/// Standard output cannot be written.
pub(in crate::cli) fn lint_again(
    lint: &Lint,
    last: &mut Last,
    changed: Vec<PathBuf>,
    streams: &mut Streams<'_>,
) -> io::Result<bool> {
    let happened = Happened {
        changed,
        ..Happened::default()
    };
    let touched = last.scope.known.forget(&happened);
    let is_whole = last
        .kept
        .look_again(&touched, request(lint, &last.scope))
        .unwrap_or(false);
    if is_whole {
        last.tell(lint, streams)?;
    }
    Ok(is_whole)
}

/// What a run leaves for the next one.
pub(in crate::cli) struct Last {
    scope: Scope,
    discovered: Discovered,
    kept: Kept,
}

impl Last {
    fn tell(&self, lint: &Lint, streams: &mut Streams<'_>) -> io::Result<()> {
        let outcome = self.kept.outcome(request(lint, &self.scope));
        tell(lint, &self.scope, &self.discovered, outcome, streams).map(|_| ())
    }
}
