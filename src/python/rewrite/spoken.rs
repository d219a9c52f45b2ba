//! Lengths of time that comments speak of.

/// The seconds that a comment speaks of, in words (`give up after 3 s`, `500 ms`) or as code (`timeout=3`); of several the
/// first.
pub(super) fn spoken_seconds(comment: &str) -> Option<f64> {
    let mut words = comment
        .split(|c: char| {
            c.is_whitespace() || matches!(c, '#' | ',' | ';' | '(' | ')' | '=' | ':' | '~' | '-' | '<' | '`')
        })
        .filter(|word| !word.is_empty())
        .peekable();
    let mut is_limit = false;
    while let Some(word) = words.next() {
        let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
        let number: Option<f64> = digits
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite() && *number > 0.0);
        let Some(number) = number else {
            is_limit = word.to_ascii_lowercase().contains("timeout");
            continue;
        };
        let own = word.get(digits.len()..).unwrap_or_default();
        let unit = match own.trim_matches('.') {
            "" => words.peek().copied().unwrap_or_default(),
            own => own,
        };
        match unit_of(unit.trim_matches(['.', '!', '?', '\'', '"'])) {
            Some(unit) => return Some(number * unit),
            None if is_limit => return Some(number),
            None => is_limit = false,
        }
    }
    None
}

fn unit_of(word: &str) -> Option<f64> {
    match word.to_ascii_lowercase().as_str() {
        "ms" | "msec" | "millisecond" | "milliseconds" => Some(1e-3),
        "s" | "sec" | "secs" | "second" | "seconds" => Some(1.0),
        "min" | "mins" | "minute" | "minutes" => Some(60.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_found_in_words_and_in_code() {
        for (comment, seconds) in [
            ("# give up after 3 s", Some(3.0)),
            ("# 3s at most", Some(3.0)),
            ("# wait for 2.5 seconds.", Some(2.5)),
            ("# at most 500ms", Some(0.5)),
            ("# open_timeout=7", Some(7.0)),
            ("# timeout: 4", Some(4.0)),
            ("# up to 2 minutes", Some(120.0)),
            ("# see issue 1234", None),
            ("# websockets 14 calls it so", None),
            ("# the timeout of version 14 is gone", None),
            ("# HTTP 403", None),
        ] {
            assert_eq!(spoken_seconds(comment), seconds, "{comment}");
        }
    }
}
