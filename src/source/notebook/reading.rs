//! From the JSON of a notebook (nbformat 4) to its cells. Of keys that stand twice the last one counts, as for Jupyter.

use super::super::{Span, SyntaxError};
use super::json::{self, Broken, Reader};
use super::{Cell, ipython};

/// What is looked at of a notebook.
#[derive(Default)]
pub(super) struct Code {
    pub(super) cells: Vec<Cell>,
    /// The code of all of them.
    pub(super) text: String,
    /// The release of Python that ran it last.
    pub(super) python: Option<String>,
}

/// What the JSON says.
#[derive(Default)]
struct Read {
    cells: Option<Vec<ReadCell>>,
    /// Where the value stands, and the value.
    format: Option<Span>,
    /// What `metadata.language_info.name` says.
    language: Option<String>,
    /// What `metadata.language_info.version` says.
    version: Option<String>,
    /// What `metadata.kernelspec.language` says.
    kernel: Option<String>,
}

/// A cell as it is written.
#[derive(Default)]
struct ReadCell {
    is_code: bool,
    /// What the editor takes it for, where that is said of the cell alone.
    language: Option<String>,
    source: Written,
}

/// The strings of a cell, without their quotes.
#[derive(Default)]
struct Written {
    strings: Vec<Span>,
    /// Where the array of them begins.
    array: Option<usize>,
}

/// The cells of a notebook whose code is Python, and all of that code. A notebook in another language has none.
///
/// # Errors
/// Where and why it cannot be read.
pub(super) fn cells(json: &str) -> Result<Code, SyntaxError> {
    // Jupyter makes a notebook of an empty file.
    if json.trim_start_matches('\u{feff}').trim().is_empty() {
        return Ok(Code::default());
    }
    let read = read(json).map_err(|broken| at(json, broken.at, &broken.why))?;
    let format = read
        .format
        .map_or("", |span| json.get(span.start..span.end).unwrap_or_default());
    if let Some(span) = read.format.filter(|_| format != "4") {
        return Err(SyntaxError {
            span,
            message: format!(
                "a notebook of format {format} is not read: `jupyter nbconvert --to notebook` writes format 4"
            ),
        });
    }
    let Some(found) = read.cells else {
        return Err(at(json, 0, "the JSON is no notebook: it has no `cells`"));
    };
    let language = read.language.or(read.kernel);
    let is_python = |language: &String| language.eq_ignore_ascii_case("python");
    let mut notebook = Code::default();
    if language.as_ref().is_some_and(|language| !is_python(language)) {
        return Ok(notebook);
    }
    notebook.python = read.version;
    for (index, cell) in found.iter().enumerate() {
        if cell.is_code && cell.language.as_ref().is_none_or(is_python) {
            append(&mut notebook, json, index + 1, &cell.source)?;
        }
    }
    Ok(notebook)
}

/// Puts a cell's code behind what is there.
fn append(notebook: &mut Code, json: &str, number: usize, source: &Written) -> Result<(), SyntaxError> {
    let Code { cells, text, .. } = notebook;
    let (mut code, mut parts) = (String::new(), Vec::new());
    let mut half = None;
    for span in &source.strings {
        let decoded = json::decoded(json, *span);
        half = half.or(decoded.lone_surrogate);
        parts.extend(
            decoded
                .parts
                .iter()
                .map(|(start, on_disk)| (start + code.len(), *on_disk)),
        );
        code.push_str(&decoded.text);
    }
    let end = source.strings.last().map_or(0, |span| span.end);
    parts.push((code.len(), end));
    let Some(before) = ipython::python_of(&code) else {
        return Ok(());
    };
    if let Some(span) = half {
        return Err(SyntaxError {
            span,
            message: "half a surrogate pair is no character, so Python does not take the cell".to_owned(),
        });
    }
    let python = code.get(before..).unwrap_or_default();
    if python.is_empty() {
        return Ok(());
    }
    let start = text.len();
    text.push_str(python);
    let is_ended = !python.ends_with('\n');
    text.extend(is_ended.then_some('\n'));
    let first = parts.partition_point(|(start, _)| *start <= before).saturating_sub(1);
    let parts = parts
        .split_off(first)
        .into_iter()
        .map(|(at, on_disk)| match at < before {
            true => (start, on_disk + (before - at)),
            false => (start + at - before, on_disk),
        });
    cells.push(Cell {
        number,
        lines_before: code.get(..before).unwrap_or_default().matches('\n').count(),
        text: Span::new(start, text.len()),
        is_ended,
        parts: parts.collect(),
        between_lines: between_lines(json, source),
    });
    Ok(())
}

/// What stands between the line end of one string and the first character of the next one, from quote to quote.
fn between_lines(json: &str, source: &Written) -> String {
    let Some(array) = source.array else {
        return String::new();
    };
    let written = |start: usize, end: usize| json.get(start..end).unwrap_or_default();
    match source.strings.as_slice() {
        [first, second, ..] => written(first.end, second.start).to_owned(),
        // As the only one stands behind the bracket.
        [only] => format!("\",{}", written(array + 1, only.start)),
        [] => String::new(),
    }
}

fn read(json: &str) -> Result<Read, Broken> {
    let mut read = Read::default();
    let mut reader = Reader::new(json);
    if reader.next() != Some(b'{') {
        return reader.broken("this is no notebook, which is a JSON object");
    }
    reader.members(|reader, key| {
        match key {
            "cells" => read.cells = cells_of(reader)?,
            "metadata" => metadata(reader, &mut read)?,
            "nbformat" => {
                let start = reader.offset();
                reader.skip()?;
                read.format = Some(Span::new(start, reader.here()));
            }
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    reader.end()?;
    Ok(read)
}

fn metadata(reader: &mut Reader<'_>, read: &mut Read) -> Result<(), Broken> {
    (read.language, read.version, read.kernel) = (None, None, None);
    reader.members(|reader, key| match key {
        "language_info" => texts_at(reader, ["name", "version"]).map(|texts| [read.language, read.version] = texts),
        "kernelspec" => texts_at(reader, ["language"]).map(|texts| [read.kernel] = texts),
        _ => reader.skip(),
    })?;
    Ok(())
}

/// The strings that an object has under these keys.
fn texts_at<const N: usize>(reader: &mut Reader<'_>, wanted: [&str; N]) -> Result<[Option<String>; N], Broken> {
    let mut found = [const { None }; N];
    reader.members(|reader, key| {
        match found.iter_mut().zip(wanted).find(|(_, wanted)| *wanted == key) {
            Some((found, _)) => *found = reader.text()?,
            None => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(found)
}

fn cells_of(reader: &mut Reader<'_>) -> Result<Option<Vec<ReadCell>>, Broken> {
    let mut cells = Vec::new();
    let are_cells = reader.elements(|reader| {
        cells.push(cell(reader)?);
        Ok(())
    })?;
    Ok(are_cells.then_some(cells))
}

fn cell(reader: &mut Reader<'_>) -> Result<ReadCell, Broken> {
    let mut cell = ReadCell::default();
    reader.members(|reader, key| {
        match key {
            "cell_type" => cell.is_code = reader.text()?.as_deref() == Some("code"),
            "source" => cell.source = written(reader)?,
            "metadata" => {
                cell.language = None;
                reader.members(|reader, key| match key {
                    "vscode" => texts_at(reader, ["languageId"]).map(|texts| [cell.language] = texts),
                    _ => reader.skip(),
                })?;
            }
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(cell)
}

/// A string, or an array of strings that belong together.
fn written(reader: &mut Reader<'_>) -> Result<Written, Broken> {
    let array = (reader.next() == Some(b'[')).then(|| reader.offset());
    let mut strings = Vec::new();
    if array.is_none() {
        strings.extend(reader.string()?);
    } else {
        reader.elements(|reader| {
            strings.extend(reader.string()?);
            Ok(())
        })?;
    }
    Ok(Written { strings, array })
}

fn at(json: &str, offset: usize, message: &str) -> SyntaxError {
    let start = json.floor_char_boundary(offset);
    let length = json
        .get(start..)
        .and_then(|rest| rest.chars().next())
        .map_or(0, char::len_utf8);
    SyntaxError {
        span: Span::new(start, start + length),
        message: message.to_owned(),
    }
}
