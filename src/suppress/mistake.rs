//! What is wrong with a comment to ws-lint, and what was probably meant.

use crate::rules;
use crate::source::Span;

/// A part of a directive that cannot mean what its writer wanted.
#[derive(Debug)]
pub(super) struct Mistake {
    /// The part.
    pub(super) span: Span,
    /// One sentence without a full stop.
    pub(super) message: String,
    /// What to write.
    pub(super) help: Option<String>,
}

/// `name` stands where a rule should.
pub(super) fn unknown_rule(name: &str, span: Span) -> Mistake {
    let known = rules::ALL.iter().flat_map(|rule| [rule.code, rule.name]);
    Mistake {
        span,
        message: format!("`{name}` is not a rule"),
        help: did_you_mean(name, known),
    }
}

/// The known word that is closest to `word`, if one is close.
pub(super) fn did_you_mean<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let word = word.to_lowercase();
    known
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len() / 3)
        .min()
        .map(|(_, candidate)| format!("did you mean `{candidate}`?"))
}
