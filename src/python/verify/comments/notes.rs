//! What each comment of a text stands at: a comment behind code speaks of the last token before it, a comment on its own line
//! of the next one, and of the block that it is indented to where that block ends.

use std::collections::BTreeMap;

use ruff_python_ast::ModModule;
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::Parsed;

use super::super::map::{EditMap, Side};
use crate::python::syntax::spans::span;
use crate::source::Span;

/// A comment and what it stands at.
pub(super) struct Note<'a> {
    pub(super) text: &'a str,
    pub(super) span: Span,
    pub(super) place: Place,
}

/// What a comment stands at. Tokens are named by their offset in the old text; those that only one text has are passed
/// over, and `beside` is the edit that the very next one is part of, if it is such a one.
#[derive(Debug)]
pub(super) enum Place {
    /// Behind code: the token before it on its logical line, commas and semicolons apart.
    Behind {
        token: Option<usize>,
        beside: Option<usize>,
    },
    /// On its own line.
    Above {
        token: Option<usize>,
        beside: Option<usize>,
        block: BlockOf,
        /// Between it and the token stand new statements that are no `with`.
        cut_off: bool,
    },
}

/// The block that a comment on its own line belongs to, by its depth.
#[derive(Debug, PartialEq)]
pub(super) enum BlockOf {
    /// The one that goes on below.
    Below,
    /// None: it is deeper than the statements around it.
    Nothing,
    /// One that it is the end of.
    EndOf {
        /// The last statement of the block.
        statement: Option<usize>,
        /// Only one text has the header of the block: its comments stood elsewhere before.
        is_new: bool,
    },
}

impl Place {
    /// The edit that the next token is part of.
    pub(super) fn beside(&self) -> Option<usize> {
        match *self {
            Place::Behind { beside, .. } | Place::Above { beside, .. } => beside,
        }
    }
}

/// The comments of one text by their offset.
pub(super) struct Notes<'a> {
    pub(super) notes: BTreeMap<usize, Note<'a>>,
}

/// An indented block.
struct Block {
    column: usize,
    parent: usize,
    /// The first token that both texts have of its last statement so far.
    statement: Option<usize>,
    /// Its header has no token that both texts have.
    is_new: bool,
}

/// A comment on its own line that waits for the code below it.
struct Waiting {
    span: Span,
    /// The block of the code above it.
    above: usize,
    /// Known once the next token is: what it belongs to, and the edit that the token is part of.
    block: Option<BlockOf>,
    beside: Option<usize>,
    cut_off: bool,
    /// New imports stand between it and the next token: it speaks of them too, where that begins an import.
    is_above_imports: bool,
}

/// Goes through the tokens of one text.
struct Scan<'a> {
    text: &'a str,
    side: Side,
    map: &'a EditMap,
    notes: BTreeMap<usize, Note<'a>>,
    /// The first is the module itself.
    blocks: Vec<Block>,
    block: usize,
    waiting: Vec<Waiting>,
    /// The last token that both texts have, of this logical line.
    last: Option<usize>,
    /// The edit that the last token is part of.
    beside: Option<usize>,
    line_begins: bool,
    /// The last logical line has no token that both texts have.
    header_is_new: bool,
    /// This logical line begins with a token that only one text has, and not with `with`.
    cuts_off: bool,
    /// This logical line is an import.
    is_import: bool,
    /// Some token that both texts have came already.
    started: bool,
    /// An import that both texts have came already: what stands above the first one speaks of all of them.
    imported: bool,
}

impl<'a> Notes<'a> {
    pub(super) fn of((text, parsed): (&'a str, &'a Parsed<ModModule>), side: Side, map: &'a EditMap) -> Self {
        let mut scan = Scan {
            text,
            side,
            map,
            notes: BTreeMap::new(),
            blocks: vec![Block {
                column: 0,
                parent: 0,
                statement: None,
                is_new: false,
            }],
            block: 0,
            waiting: Vec::new(),
            last: None,
            beside: None,
            line_begins: true,
            header_is_new: false,
            cuts_off: false,
            started: false,
            is_import: false,
            imported: false,
        };
        for token in parsed.tokens() {
            scan.token(token.kind(), span(token));
        }
        scan.place_waiting(None);
        scan.settle(None);
        Self { notes: scan.notes }
    }
}

impl<'a> Scan<'a> {
    fn token(&mut self, kind: TokenKind, span: Span) {
        match kind {
            TokenKind::Comment => self.comment(span),
            TokenKind::NonLogicalNewline | TokenKind::EndOfFile => {}
            TokenKind::Newline => {
                if std::mem::take(&mut self.cuts_off) && self.last.is_none() {
                    self.cut_off_waiting();
                }
                self.header_is_new = self.last.is_none();
                (self.last, self.beside) = (None, None);
                self.line_begins = true;
            }
            TokenKind::Indent => {
                self.blocks.push(Block {
                    column: self.column(span.end),
                    parent: self.block,
                    statement: None,
                    is_new: self.header_is_new,
                });
                self.block = self.blocks.len() - 1;
            }
            TokenKind::Dedent => self.block = self.blocks[self.block].parent,
            _ => self.code(kind, span),
        }
    }

    fn comment(&mut self, span: Span) {
        if self.has_code_before(span.start) {
            let place = Place::Behind {
                token: self.last,
                beside: self.beside,
            };
            self.note(span, place);
        } else {
            self.waiting.push(Waiting {
                span,
                above: self.block,
                block: None,
                beside: None,
                cut_off: false,
                is_above_imports: false,
            });
        }
    }

    fn code(&mut self, kind: TokenKind, span: Span) {
        let here = self.map.edit_around(self.side, span);
        let known = match self.side {
            Side::Old => Some(span.start),
            Side::New => self.map.across(Side::New, span.start),
        };
        let known = known.filter(|_| here.is_none());
        let begins_line = std::mem::take(&mut self.line_begins);
        if begins_line {
            self.blocks[self.block].statement = None;
        }
        self.place_waiting(here);
        if begins_line {
            self.cuts_off = known.is_none() && !matches!(kind, TokenKind::Async | TokenKind::With);
            self.is_import = matches!(kind, TokenKind::Import | TokenKind::From);
        }
        if known.is_some() {
            self.started = true;
            self.settle(known);
            self.imported |= self.is_import;
            self.name_statements(known);
        }
        if !matches!(kind, TokenKind::Comma | TokenKind::Semi) {
            self.beside = here;
            self.last = known.or(self.last);
        }
    }

    /// A whole new line of code that is no `with` came behind the waiting comments.
    fn cut_off_waiting(&mut self) {
        let is_of_the_first = self.is_import && !self.imported;
        for waiting in &mut self.waiting {
            let cut_off = self.started && !is_apart(self.text, waiting.span);
            match is_of_the_first {
                true => waiting.is_above_imports |= cut_off,
                false => waiting.cut_off |= cut_off,
            }
        }
    }

    /// The statements that have no token yet, because their headers are new, are named by this one.
    fn name_statements(&mut self, known: Option<usize>) {
        let mut block = self.block;
        while self.blocks[block].statement.is_none() {
            self.blocks[block].statement = known;
            block = self.blocks[block].parent;
        }
    }

    /// The next token after the waiting comments, part of the edit `here`, is reached.
    fn place_waiting(&mut self, here: Option<usize>) {
        let mut waiting = std::mem::take(&mut self.waiting);
        for comment in waiting.iter_mut().filter(|comment| comment.block.is_none()) {
            comment.block = Some(self.block_of(comment));
            comment.beside = here;
        }
        self.waiting = waiting;
    }

    /// The next token that both texts have is reached.
    fn settle(&mut self, token: Option<usize>) {
        for waiting in std::mem::take(&mut self.waiting) {
            let place = Place::Above {
                token,
                beside: waiting.beside,
                block: waiting.block.unwrap_or(BlockOf::Below),
                cut_off: waiting.cut_off || waiting.is_above_imports && !self.is_import,
            };
            self.note(waiting.span, place);
        }
    }

    fn block_of(&self, waiting: &Waiting) -> BlockOf {
        let below = self.blocks[self.block].column.min(self.blocks[waiting.above].column);
        let column = self.column(waiting.span.start).max(below);
        let mut block = waiting.above;
        while self.blocks[block].column > column {
            block = self.blocks[block].parent;
        }
        let owner = &self.blocks[block];
        if owner.column < column {
            BlockOf::Nothing
        } else if owner.column <= below {
            BlockOf::Below
        } else {
            BlockOf::EndOf {
                statement: owner.statement,
                is_new: owner.is_new,
            }
        }
    }

    fn note(&mut self, span: Span, place: Place) {
        let text = self.text.get(span.range()).unwrap_or_default();
        self.notes.insert(span.start, Note { text, span, place });
    }

    /// Bytes of white space before `offset`, from the last form feed on.
    fn column(&self, offset: usize) -> usize {
        let before = self.text.get(..offset).unwrap_or_default();
        before.len() - before.trim_end_matches([' ', '\t']).len()
    }

    fn has_code_before(&self, offset: usize) -> bool {
        let before = self
            .text
            .get(..offset)
            .unwrap_or_default()
            .trim_end_matches([' ', '\t', '\u{c}']);
        !(before.is_empty() || before == "\u{feff}" || before.ends_with(['\n', '\r']))
    }
}

/// Whether an empty line follows the comment.
fn is_apart(text: &str, comment: Span) -> bool {
    let below = text.get(comment.end..).unwrap_or_default();
    let below = below.trim_start_matches([' ', '\t', '\u{c}']);
    let next = below
        .strip_prefix("\r\n")
        .or(below.strip_prefix(['\n', '\r']))
        .unwrap_or(below);
    next.trim_start_matches([' ', '\t', '\u{c}']).starts_with(['\n', '\r']) || next.is_empty()
}
