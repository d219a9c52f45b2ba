//! Replaces the characters of a print's literals that the console cannot take by ASCII stand-ins.

use std::collections::BTreeMap;

use super::edits::Draft;
use super::print::PrintJob;
use crate::encodings::Encoding;
use crate::finding::{Change, Fix, Refusal};
use crate::glyphs::stand_in;
use crate::python::console::prints::written;
use crate::python::syntax::literal_text::{Literal, Unit};
use crate::python::values::text_value::TextReader;
use crate::python::values::variables::ModuleVariables;
use crate::rules::Context;

/// Puts the stand-ins in. What is printed changes, so the fix is unsafe.
///
/// # Errors
/// A character comes from somewhere else than a literal of the call, or has no stand-in that can be written there.
pub(super) fn put_in(job: &PrintJob<'_>, context: &Context<'_>) -> Result<Fix, Refusal> {
    let encodings: Vec<Encoding> = context
        .settings
        .console
        .encodings
        .iter()
        .filter_map(|name| Encoding::from_name(name))
        .collect();
    let is_refused = |code: u32| {
        char::from_u32(code).is_none_or(|character| encodings.iter().any(|encoding| !encoding.takes(character)))
    };
    let mut draft = Draft::new();
    for literal in literals(job, &is_refused)?.into_values() {
        replace(job, literal, &is_refused, &mut draft)?;
    }
    draft.change(Change::Literal { call: job.print.call });
    draft.distrust();
    draft.finish(
        "put ASCII in the place of the characters".to_owned(),
        vec![job.print.call],
    )
}

/// The literals of the call that hold refused characters, by position.
fn literals(job: &PrintJob<'_>, is_refused: &dyn Fn(u32) -> bool) -> Result<BTreeMap<usize, Literal>, Refusal> {
    let module = job.module;
    let variables = ModuleVariables::of(module.parsed.syntax(), &module.names);
    let reader = TextReader {
        source: module.source,
        names: &module.names,
        variables: &variables,
    };
    let mut found = BTreeMap::new();
    for piece in written(job.call, job.sink, reader) {
        let text = &piece.piece.text;
        if !piece.piece.surrogate && !text.chars().any(|character| is_refused(u32::from(character))) {
            continue;
        }
        match piece.literal {
            Some(literal) => found.insert(literal.content.start, literal),
            None => {
                let source = job.code.text(piece.piece.span);
                let is_here = source.contains(text.as_str());
                return Err(Refusal::because(match is_here {
                    true => format!("`{source}` fills a field with it, and not every stand-in is one character"),
                    false => format!("the text comes from `{source}`, which may be used elsewhere too"),
                }));
            }
        };
    }
    Ok(found)
}

fn replace(
    job: &PrintJob<'_>,
    literal: Literal,
    is_refused: &dyn Fn(u32) -> bool,
    draft: &mut Draft,
) -> Result<(), Refusal> {
    let units = literal.units(job.module.source);
    let characters: Vec<char> = units
        .iter()
        .map(|unit| char::from_u32(unit.code).unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    let mut index = 0;
    while let (Some(unit), Some(rest)) = (units.get(index), characters.get(index..)) {
        let (text, length) = match stand_in(rest) {
            // Of a sequence that is replaced as one its first character may be one that the console takes.
            Some((text, length)) if units.iter().skip(index).take(length).any(|unit| is_refused(unit.code)) => {
                (text, length)
            }
            _ if is_refused(unit.code) => {
                let shown =
                    char::from_u32(unit.code).map_or_else(|| "a lone surrogate".to_owned(), |c| format!("`{c}`"));
                return Err(Refusal::because(format!("there is no ASCII stand-in for {shown}")));
            }
            _ => {
                index += 1;
                continue;
            }
        };
        let last = units.get(index + length - 1).unwrap_or(unit);
        let before = index.checked_sub(1).and_then(|before| units.get(before));
        let text = spelled(job, literal, before, text)?;
        draft.replace(unit.span.cover(last.span), text);
        index += length;
    }
    Ok(())
}

/// A stand-in as it is written in this literal behind the character `before`.
fn spelled(job: &PrintJob<'_>, literal: Literal, before: Option<&Unit>, text: &str) -> Result<String, Refusal> {
    let spelling = literal.spelling;
    let unwritable = || Refusal::because(format!("`{text}` cannot be written in this literal"));
    let before = before.map_or("", |unit| job.code.text(unit.span));
    let continues_octal = before.starts_with('\\') && before.len() < 4 && before.ends_with(|c: char| c.is_digit(8));
    if !spelling.raw && continues_octal && text.starts_with(|c: char| c.is_digit(8)) {
        return Err(unwritable());
    }
    // A backslash that is no escape would become one with the stand-in's first character.
    if !spelling.raw && before == "\\" {
        return Err(unwritable());
    }
    if !text.contains(spelling.quote) {
        return Ok(text.to_owned());
    }
    if spelling.raw || spelling.in_field {
        return Err(unwritable());
    }
    Ok(text.replace(spelling.quote, &format!("\\{}", spelling.quote)))
}
