use super::*;

#[test]
fn positions_count_code_points_and_every_line_end() {
    let file = SourceFile::new("a.py", Language::Python, "\u{feff}é日\r\nx\ry\n".to_owned());
    let at = |needle: &str| file.position(file.text().find(needle).unwrap());
    assert_eq!(at("日"), Position { line: 1, column: 2 });
    assert_eq!(at("x"), Position { line: 2, column: 1 });
    assert_eq!(at("y"), Position { line: 3, column: 1 });
    assert_eq!(file.line_count(), 4);
    assert_eq!(file.slice(file.line(1)), "\u{feff}é日");
    assert_eq!(file.slice(file.line(9)), "");
}

#[test]
fn columns_of_long_lines_are_counted_alike() {
    let line = "aé日🎉".repeat(COUNTED_BYTES);
    let file = SourceFile::new("a.py", Language::Python, format!("\u{feff}{line}\n{line}"));
    for (column, (index, _)) in line.char_indices().enumerate() {
        let first = '\u{feff}'.len_utf8() + index;
        let second = first + line.len() + 1;
        let column = column + 1;
        assert_eq!(file.position(first), Position { line: 1, column });
        assert_eq!(file.position(second), Position { line: 2, column });
    }
    let end = Position {
        line: 2,
        column: 4 * COUNTED_BYTES + 1,
    };
    assert_eq!(file.position(file.text().len()), end);
}

#[test]
fn a_lone_carriage_return_is_no_line_end_in_rust() {
    let file = SourceFile::new("a.rs", Language::Rust, "x\ry".to_owned());
    assert_eq!(file.position(2), Position { line: 1, column: 3 });
}

#[test]
fn lines_keep_their_ends() {
    let text = "a\r\nb\rc\n\nd";
    assert_eq!(
        lines_with_ends(text, Language::Python),
        ["a\r\n", "b\r", "c\n", "\n", "d"]
    );
    assert_eq!(lines_with_ends(text, Language::Rust), ["a\r\n", "b\rc\n", "\n", "d"]);
    assert_eq!(lines_with_ends("a\n", Language::Rust), ["a\n"]);
    assert!(lines_with_ends("", Language::Rust).is_empty());
}
