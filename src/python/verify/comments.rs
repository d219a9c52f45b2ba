//! Comments: none is lost, none is new, each stands at the code that it stood at.

mod notes;

use ruff_python_ast::ModModule;
use ruff_python_parser::Parsed;

use self::notes::{BlockOf, Note, Notes, Place};
use super::declared::Declared;
use super::helpers;
use super::map::{EditMap, Side};
use super::undo::Undo;
use crate::python::syntax::spans::span;
use crate::source::Span;
use crate::suppress::may_direct;

/// The two texts and their trees.
pub(super) struct Texts<'a> {
    pub(super) old: (&'a str, &'a Parsed<ModModule>),
    pub(super) new: (&'a str, &'a Parsed<ModModule>),
}

/// # Errors
/// The first comment that is lost, new, changed or elsewhere.
pub(super) fn check(
    texts: &Texts<'_>,
    map: &EditMap,
    declared: &Declared<'_>,
    old_tree: &Undo<'_>,
) -> Result<(), String> {
    let old = Notes::of(texts.old, Side::Old, map);
    let mut new = Notes::of(texts.new, Side::New, map);
    let helpers = [texts.old, texts.new].map(|(_, parsed)| {
        let definitions = helpers(parsed.suite(), declared).into_iter();
        definitions.map(span).collect::<Vec<Span>>()
    });
    let speaks_of_argument = |edit: Option<usize>| edit.is_some_and(|edit| old_tree.takes_argument_with_comments(edit));
    for (offset, note) in &old.notes {
        let quoted = note.text;
        let there = map.across(Side::Old, *offset);
        let image = there.and_then(|offset| new.notes.remove(&offset));
        let may_shrink = declared.suppression(note.span) && may_direct(quoted);
        let Some(image) = image else {
            if may_shrink || speaks_of_argument(map.edit_around(Side::Old, note.span)) || lies_in(&helpers[0], *offset)
            {
                continue;
            }
            return Err(format!("the comment `{quoted}` is lost"));
        };
        if image.text != quoted && !may_shrink {
            return Err(format!("the comment `{quoted}` is changed"));
        }
        let stays_in_helper = lies_in(&helpers[0], *offset) && there.is_some_and(|there| lies_in(&helpers[1], there));
        if !same_place(note, &image) && !speaks_of_argument(note.place.beside()) && !stays_in_helper {
            return Err(format!("the comment `{quoted}` comes to stand at other code"));
        }
    }
    let allowing: Vec<Span> = declared.suppressions().collect();
    let is_rest = |offset| {
        map.across(Side::New, offset)
            .is_some_and(|offset| lies_in(&allowing, offset))
    };
    let is_new = |offset| !lies_in(&helpers[1], offset) && !is_rest(offset);
    match new.notes.iter().find(|&(&offset, _)| is_new(offset)) {
        Some((_, note)) => Err(format!("the comment `{}` is new", note.text)),
        None => Ok(()),
    }
}

fn lies_in(spans: &[Span], offset: usize) -> bool {
    spans.iter().any(|span| span.range().contains(&offset))
}

fn same_place(old: &Note<'_>, new: &Note<'_>) -> bool {
    match (&old.place, &new.place) {
        (
            Place::Behind { token, beside },
            Place::Behind {
                token: new_token,
                beside: new_beside,
            },
        ) => token == new_token && (beside.is_none() || beside == new_beside),
        (
            Place::Above {
                token, beside, block, ..
            },
            Place::Above {
                token: new_token,
                beside: new_beside,
                block: new_block,
                cut_off,
            },
        ) => {
            let same_block = *block == BlockOf::Nothing || block == new_block;
            token == new_token && same_block && !cut_off && (beside.is_none() || beside == new_beside)
        }
        _ => false,
    }
}
