//! The brackets that are open before a wait in its line.

use super::brackets::{Form, Pair};
use crate::rust::syntax::lexer::{self, Kind, Token};
use crate::source::{SourceFile, Span};

/// The brackets that are open at `end`, in the line that begins at `start`, and where the operand before `end` begins; `None` where
/// one of them holds more than arguments up to there.
pub(super) fn open_at(source: &SourceFile, start: usize, end: usize) -> Option<(Vec<Pair>, usize)> {
    /// What is known of the arguments that a bracket holds.
    struct Level {
        pair: Option<Pair>,
        /// Where the operand that is read begins, and its dots.
        operand: usize,
        dots: Vec<usize>,
        /// The operand is all that the argument has so far.
        is_whole: bool,
    }
    let level = |pair, operand| Level {
        pair,
        operand,
        dots: Vec::new(),
        is_whole: true,
    };
    let text = source.text();
    let mut levels = vec![level(None, start)];
    let mut last: Option<Token> = None;
    for token in lexer::tokens(text, start) {
        let gap = last.map_or(0, |last| token.span.start - last.span.end);
        let is_behind_comma = last.is_some_and(|last| source.slice(last.span) == ",");
        let word = source.slice(token.span);
        if token.is_comment() {
            return None;
        }
        let current = levels.last_mut()?;
        if is_behind_comma {
            let pair = current.pair.as_mut();
            let blank = Span::new(token.span.start - gap, token.span.start);
            pair.into_iter().for_each(|pair| pair.gaps.push(blank));
            (current.operand, current.is_whole) = (token.span.start, true);
            current.dots.clear();
        } else if gap > 0 || last.is_none() {
            let begins_block = last.is_some_and(|last| source.slice(last.span) == "{");
            current.is_whole = current.pair.is_none() || begins_block;
            current.operand = token.span.start;
            current.dots.clear();
        }
        match (token.kind, word) {
            _ if token.span.start >= end => break,
            (Kind::Open, _) => {
                let callee = Span::new(current.operand, token.span.start);
                let name = source.slice(callee);
                let form = match word {
                    "{" => Form::Block,
                    _ if name == "vec!" => Form::List,
                    _ if name.ends_with('!') && name.len() > 1 => Form::Macro,
                    "(" if !name.trim_start_matches(['&', '*', '!']).is_empty() => Form::Call,
                    _ => Form::List,
                };
                let pair = Pair {
                    callee,
                    form,
                    dots: current.dots.clone(),
                    open: token.span.end,
                    gaps: Vec::new(),
                    close: token.span.end,
                    methods: Vec::new(),
                    end: token.span.end,
                };
                levels.push(level(Some(pair), token.span.end));
            }
            (Kind::Close, _) => _ = levels.pop().filter(|_| !levels.is_empty())?,
            (Kind::Punct, ".") => current.dots.push(token.span.start),
            _ => {}
        }
        last = Some(token);
    }
    let operand = levels.last()?.operand;
    // What stands around a block is nobody's business.
    let is_block = |level: &Level| level.pair.as_ref().is_some_and(|pair| pair.form == Form::Block);
    if let Some(block) = levels.iter().rposition(is_block) {
        levels.drain(..block);
        let block = levels.first_mut()?.pair.as_mut()?;
        let brace = block.open - "{".len();
        let before = text.get(start..brace)?.trim_end();
        block.callee = Span::new(brace, brace);
        if !(before.ends_with("async") || before.ends_with("async move")) {
            return None;
        }
    }
    let are_whole = levels.iter().all(|level| level.is_whole);
    let pairs: Vec<Pair> = levels.into_iter().filter_map(|level| level.pair).collect();
    (are_whole && !pairs.is_empty()).then_some((pairs, operand))
}
