use proptest::prelude::*;

use super::super::{Place, SourceFile, Span};

/// A notebook as nbformat writes it, and as others do.
#[derive(Clone, Debug)]
struct Written {
    cells: Vec<(String, bool)>,
    as_lines: bool,
    indented: bool,
    ascii: bool,
}

impl Written {
    fn json(&self) -> String {
        let (line, blank) = if self.indented { ("\n   ", " ") } else { ("", "") };
        let quoted = |text: &str| format!("\"{}\"", super::json::encoded(text, "", self.ascii));
        let cells = self.cells.iter().map(|(text, is_code)| {
            let source = match self.as_lines {
                true => {
                    let lines: Vec<String> = text.split_inclusive('\n').map(quoted).collect();
                    format!("[{line} {}{line}]", lines.join(&format!(",{line} ")))
                }
                false => quoted(text),
            };
            let kind = if *is_code { "code" } else { "markdown" };
            format!("{{\"outputs\":{blank}[NaN, \"\\u00e9\\ud800 ,\"],{line}\"source\":{blank}{source},\"cell_type\": \"{kind}\"}}")
        });
        let cells: Vec<String> = cells.collect();
        let top = if self.ascii { "" } else { "\"é\": 1," };
        format!("{{{top}\"cells\":{blank}[{}],\"nbformat\": 4}}\n", cells.join(","))
    }

    fn source(&self) -> SourceFile {
        SourceFile::notebook("a.ipynb", self.json()).expect("it is a notebook")
    }
}

fn any_notebook() -> impl Strategy<Value = Written> {
    let line = r#"(x|é|😀|"|\\|	| {0,2}|%time y){0,3}(\r\n|\n)"#;
    let cell = (
        "%%time\n|%%bash\n|",
        prop::collection::vec(line, 0..4),
        "[a-c]{0,2}",
        any::<bool>(),
    );
    let cell = cell.prop_map(|(magic, lines, last, is_code)| (format!("{magic}{}{last}", lines.concat()), is_code));
    (prop::collection::vec(cell, 0..5), any::<[bool; 3]>()).prop_map(|(cells, [as_lines, indented, ascii])| Written {
        cells,
        as_lines,
        indented,
        ascii,
    })
}

fn boundary(text: &str, share: usize) -> usize {
    text.floor_char_boundary(share % (text.len() + 1))
}

proptest! {
    #[test]
    fn an_edit_changes_the_bytes_of_its_cell_alone(
        written in any_notebook(),
        (from, length) in (any::<usize>(), 0..12_usize),
        new in "(x|é|\"|\n){0,3}\n?",
    ) {
        let before = written.source();
        let text = before.text();
        let start = boundary(text, from);
        let end = text.floor_char_boundary((start + length).min(text.len())).max(start);
        let span = Span::new(start, end);
        let after_text = format!("{}{new}{}", &text[..start], &text[end..]);
        let after = before.edited(after_text.clone(), [(span, new.as_str())]);
        let cell = before.cell_of(start);
        let Ok(after) = after else {
            // Within a line of a cell every edit is possible that leaves the cell one.
            let stays = cell.start < start && end + 1 < cell.end && !new.contains('\n') && !text[start..end].contains('\n');
            let keeps_crlf = !text[..start].ends_with('\r');
            let is_first_line = text[cell.start..start].trim().is_empty();
            prop_assert!(!stays || !keeps_crlf || is_first_line, "{}", written.json());
            return Ok(());
        };
        prop_assert_eq!(after.text(), &after_text);
        let (old, stored) = (before.on_disk().text(), after.on_disk().text());
        let place = before.span_on_disk(cell);
        prop_assert!(stored.starts_with(&old[..place.start]));
        prop_assert!(stored.ends_with(&old[place.end..]));
        if old.is_ascii() {
            prop_assert!(stored.is_ascii());
        }
    }

    #[test]
    fn every_character_of_the_text_has_its_place_in_the_file(written in any_notebook()) {
        let source = written.source();
        let stored = source.on_disk().text();
        let mut before = 0;
        for (offset, character) in source.text().char_indices() {
            let span = source.span_on_disk(Span::new(offset, offset + character.len_utf8()));
            prop_assert!(before <= span.start);
            before = span.start;
            let there = &stored[span.range()];
            prop_assert!(character == '\n' || there.starts_with(character) || there.starts_with('\\'), "{there:?} {character:?}");
        }
    }
}

#[test]
fn a_place_is_one_of_a_cell() {
    let json = r#"{"cells": [{"cell_type": "markdown", "source": "x"}, {"cell_type": "code", "source": "%%time\na\nb"},
        {"cell_type": "code", "source": ["é = 1\n", "c"]}]}"#;
    let source = SourceFile::notebook("a.ipynb", json.to_owned()).unwrap();
    assert_eq!(source.text(), "a\nb\né = 1\nc\n");
    let told = |needle: &str| {
        let offset = source.text().find(needle).unwrap();
        let on_disk = source.span_on_disk(Span::empty(offset)).start;
        (
            source.place(offset).to_string(),
            source.on_disk().place(on_disk).to_string(),
        )
    };
    assert_eq!(told("a"), ("cell 2:2:1".to_owned(), "1:95".to_owned()));
    assert_eq!(told("b"), ("cell 2:3:1".to_owned(), "1:98".to_owned()));
    assert_eq!(told("c"), ("cell 3:2:1".to_owned(), "2:54".to_owned()));
    let last = source.place(source.text().len());
    assert_eq!(
        last,
        Place {
            cell: Some(3),
            line: 3,
            column: 1
        }
    );
    assert_eq!(source.line_named(2), "3 of cell 2");
}

#[test]
fn a_line_comes_and_goes_as_nbformat_writes_it() {
    let edited = |source: &str, span: (usize, usize), new: &str| {
        let json = format!(r#"{{"cells": [{{"cell_type": "code", "source": {source}}}]}}"#);
        let before = SourceFile::notebook("a.ipynb", json).unwrap();
        let mut text = before.text().to_owned();
        text.replace_range(span.0..span.1, new);
        let after = before.edited(text, [(Span::new(span.0, span.1), new)])?;
        let stored = after.on_disk().text().to_owned();
        Ok::<String, &str>(
            stored
                .split_once("\"source\": ")
                .unwrap()
                .1
                .strip_suffix("}]}")
                .unwrap()
                .to_owned(),
        )
    };
    let two = r#"["a\n", "b"]"#;
    assert_eq!(edited(two, (2, 2), "x\n").unwrap(), r#"["a\n", "x\n", "b"]"#);
    assert_eq!(edited(two, (4, 4), "x\n").unwrap(), r#"["a\n", "b\n", "x"]"#);
    assert_eq!(edited(two, (0, 2), "").unwrap(), r#"["b"]"#);
    assert_eq!(edited(two, (2, 4), "").unwrap(), r#"["a"]"#);
    assert_eq!(edited(two, (2, 4), "y\n").unwrap(), r#"["a\n", "y"]"#);
    assert_eq!(edited(two, (0, 4), "").unwrap(), r#"[""]"#);
    assert_eq!(edited(r#"[ "a" ]"#, (0, 0), "x\n").unwrap(), r#"[ "x\n", "a" ]"#);
    assert_eq!(edited(r#""a""#, (1, 1), "\n\"é\"").unwrap(), r#""a\n\"\u00e9\"""#);
    assert!(edited(two, (3, 4), " +").is_err());
    // The cell would be one of another program.
    assert!(edited(two, (0, 0), "%%bash\n").is_err());
}
