//! What `github-review` has to know: what the pull request shows, and what was posted before.

use std::collections::BTreeSet;

use super::plan::Lint;
use crate::changes::Changes;
use crate::config::OutputFormat;
use crate::narrowing::Narrowing;
use crate::reading::{self, Kind};
use crate::report::Review;

/// Empty where no output is a review.
///
/// # Errors
/// What cannot be read.
pub(super) fn review(lint: &Lint, narrowing: &Narrowing) -> Result<Review, String> {
    if !lint
        .outputs
        .iter()
        .any(|output| output.format == OutputFormat::GithubReview)
    {
        return Ok(Review::default());
    }
    let diff = match &narrowing.changes {
        Some(Changes::Since(commit)) => Some(commit.diff_to_head().map_err(|error| error.to_string())?.into()),
        Some(Changes::By(diff)) => Some(diff.clone()),
        None => None,
    };
    let posted = match &lint.review_posted {
        Some(path) => {
            let bytes = reading::read(&lint.hierarchy.cwd().join(path), Kind::Known)
                .map_err(|error| format!("`--review-posted`: {} cannot be read: {error}", path.display()))?;
            Review::fingerprints_in(&String::from_utf8_lossy(&bytes))
        }
        None => BTreeSet::new(),
    };
    Ok(Review { diff, posted })
}
