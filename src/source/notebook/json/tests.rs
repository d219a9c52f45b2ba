use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Result<(), (usize, String)> {
    let mut reader = Reader::new(text);
    let all = reader.skip().and_then(|()| reader.end());
    all.map_err(|broken| (broken.at, broken.why))
}

#[test]
fn what_python_reads_is_read() {
    for text in [
        "{}",
        " [ ] ",
        r#"{"a": [1, -2.5e+3, NaN, -Infinity, Infinity, true, false, null], "b": {"c": "\ud800 \u00e9\n\/"}}"#,
        "\u{feff}[[[[]]], {\"x\": {}}]",
        "\"é\"",
    ] {
        assert_eq!(read(text), Ok(()), "{text}");
    }
}

#[test]
fn what_is_broken_has_its_place() {
    for (text, at) in [
        ("", 0),
        ("{", 1),
        ("{\"a\" 1}", 5),
        ("[1 2]", 3),
        ("[1,]", 3),
        ("{\"a\": 1,}", 8),
        ("[\"a\n\"]", 3),
        ("[\"\\x\"]", 2),
        ("[\"\\u12g4\"]", 2),
        ("[nul]", 1),
        ("[1]]", 3),
        ("[\"abc", 1),
        ("[.5]", 1),
        ("<<<<<<< HEAD\n{}", 0),
    ] {
        assert_eq!(read(text).map_err(|(at, _)| at), Err(at), "{text}");
    }
}

#[test]
fn depth_costs_no_stack() {
    let deep = "[".repeat(1_000_000);
    assert_eq!(read(&deep).map_err(|(at, _)| at), Err(deep.len()));
    assert_eq!(read(&(deep.clone() + &"]".repeat(deep.len()))), Ok(()));
}

#[test]
fn half_a_surrogate_pair_has_a_place() {
    let json = r#""a\ud83d\ude00\ud83db""#;
    let decoded = decoded(json, Span::new(1, json.len() - 1));
    assert_eq!(decoded.text, "a😀\u{fffd}b");
    assert_eq!(decoded.lone_surrogate, Some(Span::new(14, 20)));
    assert_eq!(decoded.parts, [(0, 1), (5, 14), (8, 20)]);
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(text in "(.|[\\\\\"\n\r\t\u{8}\u{c}\u{1}é😀]){0,40}", ascii: bool) {
        let json = format!("\"{}\"", encoded(&text, "", ascii));
        prop_assert_eq!(read(&json), Ok(()));
        prop_assert!(!ascii || json.is_ascii());
        let read = decoded(&json, Span::new(1, json.len() - 1));
        prop_assert_eq!(&*read.text, &*text);
        prop_assert_eq!(&text, &serde_json::from_str::<String>(&json).unwrap());
    }
}
