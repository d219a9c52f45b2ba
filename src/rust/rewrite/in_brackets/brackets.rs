//! The brackets that a wait stands in, in a line of a statement: `seen.push(ws.next().await)`, `assert_eq!(f(ws.next().await), 1);`.

use super::above::{Above, links_above, sign_above};
use super::open::open_at;
use crate::rust::collect::frames::AwaitPoint;
use crate::rust::rewrite::statement::begins;
use crate::rust::syntax::lexer::{self, Kind};
use crate::source::{SourceFile, Span};

/// A statement of one line, or a value that begins its line, as far as it shows the way to a wait in brackets.
pub(super) struct Brackets<'s> {
    pub(super) indent: &'s str,
    /// From the indentation to the outermost callee: `let x = `.
    pub(super) prefix: &'s str,
    /// From the outermost to the innermost; never empty.
    pub(super) pairs: Vec<Pair>,
    /// Where the wait begins, with its signs: `&`, `!`.
    pub(super) operand: usize,
    /// The blanks before the methods behind the `.await`, and where the last one ends.
    pub(super) methods: Vec<Span>,
    pub(super) end_of_wait: usize,
    /// What stands above where the line is no statement's first.
    pub(super) above: Option<Above<'s>>,
    /// Whether all of it is the last argument of a macro.
    pub(super) in_macro: bool,
    /// The blank before the brace, or the `else`, that ends the line.
    pub(super) brace: Option<Span>,
    /// How wide what stands behind the outermost pair and its methods is.
    pub(super) end: usize,
}

/// Two brackets, with what they belong to.
pub(super) struct Pair {
    /// What stands before the first one, signs included: `&self.tx.send`, `vec!`; empty for a tuple.
    pub(super) callee: Span,
    pub(super) form: Form,
    /// Where the receivers of the callee end: its dots outside of brackets.
    pub(super) dots: Vec<usize>,
    /// Behind the first bracket.
    pub(super) open: usize,
    /// The blanks behind the commas between its arguments.
    pub(super) gaps: Vec<Span>,
    /// The second bracket.
    pub(super) close: usize,
    /// The blanks before methods on its value: none, or a line end and an indentation.
    pub(super) methods: Vec<Span>,
    /// Behind these.
    pub(super) end: usize,
}

/// What rustfmt takes the brackets for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Call,
    /// A tuple, an array, or `vec![…]`.
    List,
    Macro,
    /// A block of one expression: `async move { … }`.
    Block,
}

impl<'s> Brackets<'s> {
    /// Those around the wait; `None` where there are none, or more than calls and lists stand in the line.
    pub(super) fn of(source: &'s SourceFile, point: &AwaitPoint) -> Option<Self> {
        let text = source.text();
        let start = source.line_start(point.base.start);
        let (pairs, operand) = open_at(source, start, point.base.start)?;
        let outermost = pairs.first()?;
        let before = text.get(start..outermost.callee.start)?;
        let prefix = before.trim_start();
        let signs = text.get(operand..point.base.start)?;
        let is_known = outermost.form == Form::Block || begins(prefix);
        if !is_known || !signs.trim_start_matches(['&', '*', '!']).is_empty() {
            return None;
        }
        let indent = before.get(..before.len() - prefix.len())?;
        let mut brackets = Self {
            indent,
            prefix,
            above: None,
            in_macro: false,
            pairs,
            operand,
            methods: Vec::new(),
            end_of_wait: point.suffix.end,
            brace: None,
            end: 0,
        };
        let goes_on_below = brackets.close(source, point.suffix.end)?;
        brackets.above = match prefix {
            "" if brackets.begins_with_link() => (!goes_on_below).then(|| links_above(source, start, indent)).flatten(),
            "" => sign_above(source, start, indent),
            _ => None,
        };
        Some(brackets)
    }

    fn begins_with_link(&self) -> bool {
        let outermost = self.pairs.first();
        outermost.is_some_and(|pair| pair.dots.first() == Some(&pair.callee.start))
    }

    /// Reads on behind the `.await`, up to the end of the statement, and tells whether the next line goes on with the chain of this
    /// one; `None` where something else than methods and further arguments follows.
    fn close(&mut self, source: &SourceFile, start: usize) -> Option<bool> {
        let text = source.text();
        // How many brackets are open: those of `pairs`, then those within arguments.
        let (mut left, mut depth) = (self.pairs.len(), 0_usize);
        let (mut last, mut is_behind_comma) = (start, false);
        for token in lexer::tokens(text, start) {
            let gap = text.get(last..token.span.start)?;
            let blank = Span::new(last, token.span.start);
            let word = source.slice(token.span);
            if gap.contains('\n') {
                match word {
                    // The value that a block ends with.
                    "}" => return (left == 0).then_some(false),
                    // Behind the last argument stands a comma but in a macro.
                    ")" | "]" if left == 0 => {
                        self.in_macro = true;
                        return Some(false);
                    }
                    "." if left == 0 && self.begins_with_link() => return Some(true),
                    "." if left == 0 && depth == 0 => {}
                    _ => return None,
                }
            }
            if token.is_comment() || depth == 0 && word == "|" {
                return None;
            }
            last = token.span.end;
            if depth > 0 || token.kind == Kind::Open && (gap.is_empty() || is_behind_comma) {
                match token.kind {
                    Kind::Open => depth += 1,
                    Kind::Close => depth -= 1,
                    _ => {}
                }
                self.goes_on(left, last, is_behind_comma);
                continue;
            }
            match (token.kind, word) {
                (Kind::Open, "{") | (Kind::Word, "else") if left == 0 && gap == " " => {
                    self.brace = Some(blank);
                    self.end = if word == "{" { " {".len() } else { " else {".len() };
                    return Some(false);
                }
                (Kind::Punct, ";" | ",") if left == 0 => {
                    self.end = 1;
                    return Some(false);
                }
                (Kind::Close, _) => {
                    left = left.checked_sub(1)?;
                    let pair = self.pairs.get_mut(left)?;
                    (pair.close, pair.end) = (token.span.start, last);
                    if pair.form == Form::Block {
                        let behind = text.get(last..)?.lines().next();
                        self.end = behind.map_or(0, |behind| behind.chars().count());
                        return Some(false);
                    }
                    is_behind_comma = false;
                    continue;
                }
                (Kind::Punct, ",") => {
                    is_behind_comma = true;
                    let next = text.get(last..)?;
                    let blanks = next.len() - next.trim_start_matches(' ').len();
                    self.pairs.get_mut(left - 1)?.gaps.push(Span::new(last, last + blanks));
                    continue;
                }
                // Operators of another argument are nobody's business.
                _ if is_behind_comma => {}
                (Kind::Punct, ".") => self.links(left).push(blank),
                _ if !gap.is_empty() => return None,
                (Kind::Punct, "?" | ":" | "<" | ">") | (Kind::Word, _) => {}
                _ => return None,
            }
            self.goes_on(left, last, is_behind_comma);
        }
        None
    }

    /// The methods on the wait where all pairs are open, else those on the pair that was closed last.
    fn links(&mut self, left: usize) -> &mut Vec<Span> {
        match self.pairs.get_mut(left) {
            Some(pair) => &mut pair.methods,
            None => &mut self.methods,
        }
    }

    fn goes_on(&mut self, left: usize, end: usize, is_behind_comma: bool) {
        match self.pairs.get_mut(left) {
            _ if is_behind_comma => {}
            Some(pair) => pair.end = end,
            None => self.end_of_wait = end,
        }
    }
}
