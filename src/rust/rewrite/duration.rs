//! How the length of a deadline is written.

/// A `Duration` of this many seconds, its type written as `duration`.
pub(super) fn seconds(seconds: f64, duration: &str) -> String {
    let milliseconds = seconds * 1e3;
    if seconds.fract() == 0.0 && (0.0..1e15).contains(&seconds) {
        format!("{duration}::from_secs({seconds:.0})")
    } else if milliseconds.fract() == 0.0 && (0.0..1e15).contains(&milliseconds) {
        format!("{duration}::from_millis({milliseconds:.0})")
    } else {
        format!("{duration}::from_secs_f64({seconds:?})")
    }
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn the_simplest_constructor_is_taken() {
        assert_eq!(seconds(10.0, "Duration"), "Duration::from_secs(10)");
        assert_eq!(
            seconds(0.5, "std::time::Duration"),
            "std::time::Duration::from_millis(500)"
        );
        assert_eq!(seconds(0.000_25, "Duration"), "Duration::from_secs_f64(0.00025)");
    }
}
