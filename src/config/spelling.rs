//! "Did you mean": the known word that an unknown one was probably meant to be.

/// The candidate that `word` resembles most, if one is close enough to be worth naming.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&word, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// `` , did you mean `select`? `` or nothing.
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
        assert_eq!(nearest("quotes", keys), None);
        assert_eq!(nearest("", keys), None);
        assert_eq!(did_you_mean("Ignore", keys), ", did you mean `ignore`?");
    }
}
