//! "Did you mean": the known word that an unknown one was probably meant to be.

/// The candidate that `word` resembles most, if one is close enough to be worth naming.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .filter_map(|candidate| Some((likeness(&word, &candidate.to_lowercase())?, candidate)))
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// How alike two words are, if they are alike: a common beginning counts most, or few slips of the fingers.
fn likeness(word: &str, candidate: &str) -> Option<f64> {
    let slips = strsim::damerau_levenshtein(word, candidate);
    let likeness = strsim::jaro_winkler(word, candidate);
    (likeness >= 0.8 || slips <= (word.chars().count() / 3).max(1)).then_some(likeness)
}

/// What to put behind a word that is not known: a comma and a question, or nothing.
pub(crate) fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map_or_else(String::new, |candidate| format!(", did you mean `{candidate}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_a_different_word_is_not() {
        let keys = ["select", "extend-select", "ignore"];
        assert_eq!(nearest("slect", keys), Some("select"));
        assert_eq!(nearest("extend_select", keys), Some("extend-select"));
        assert_eq!(nearest("ingore", keys), Some("ignore"));
        assert_eq!(nearest("fxi", ["fix"]), Some("fix"));
        assert_eq!(nearest("x", ["fix"]), None);
        assert_eq!(nearest("quotes", keys), None);
        assert_eq!(nearest("", keys), None);
        assert_eq!(did_you_mean("Ignore", keys), ", did you mean `ignore`?");
    }
}
