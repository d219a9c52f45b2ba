//! The lines of a statement: as ruff 0.17.6 and black 25.1.0 leave them, as far as that is certain.
//!
//! What fits stands in one line. Else the last brackets open: their content gets one line if it fits there, else each of its parts
//! its own. A comma behind the last part keeps them open.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};
use unicode_width::UnicodeWidthStr;

use super::brackets::{Brackets, Item};

/// How lines are laid out.
pub(super) struct Lines<'l> {
    pub(super) width: usize,
    pub(super) unit: &'l str,
    pub(super) ending: &'l str,
}

/// A text with its tokens.
struct Page<'p> {
    lines: &'p Lines<'p>,
    text: &'p str,
    tokens: &'p [Token],
}

impl Lines<'_> {
    /// The lines of a simple statement of `text` that begins behind `margin`, without that; nothing where it has another form than
    /// those that are known.
    pub(super) fn of_statement(&self, text: &str, tokens: &[Token], statement: &Stmt, margin: &str) -> Option<String> {
        let value = match statement {
            Stmt::Return(returned) => returned.value.as_deref()?,
            Stmt::Expr(bare) => &bare.value,
            Stmt::Assign(assign) => &assign.value,
            Stmt::AnnAssign(assign) => assign.value.as_deref()?,
            _ => return None,
        };
        let page = Page {
            lines: self,
            text,
            tokens,
        };
        let before = page.text(TextRange::new(statement.start(), value.start()))?;
        let is_plain = value.end() == statement.end() && !before.contains(['\n', '\r', '(']);
        is_plain.then(|| page.laid_out(value, before, "", margin))?
    }

    /// Whether no line of `text` is too wide, the first of which begins behind `margin`.
    pub(super) fn fits(&self, margin: &str, text: &str) -> bool {
        let mut lines = text.lines();
        let fits = |line: &str| line.width() <= self.width;
        lines
            .next()
            .is_none_or(|first| margin.len() + first.width() <= self.width)
            && lines.all(fits)
    }
}

impl Page<'_> {
    fn text(&self, range: TextRange) -> Option<&str> {
        self.text.get(range.start().to_usize()..range.end().to_usize())
    }

    /// An expression behind `before`, which stands in the same line, and in front of `behind`.
    fn laid_out(&self, expr: &Expr, before: &str, behind: &str, margin: &str) -> Option<String> {
        if !self.stays_open(expr.range()) {
            let line = format!("{before}{}{behind}", self.in_one_line(expr.range())?);
            if self.fits(margin, &line) {
                return Some(line);
            }
        }
        if let Expr::Await(awaited) = expr {
            let keyword = self.text(TextRange::new(expr.start(), awaited.value.start()))?;
            let is_plain = keyword == "await " && awaited.value.end() == expr.end();
            return is_plain.then(|| self.laid_out(&awaited.value, &format!("{before}{keyword}"), behind, margin))?;
        }
        let brackets = Brackets::of(expr)?;
        let mut gaps = brackets
            .gaps()
            .map(|range| self.text(range))
            .collect::<Option<Vec<_>>>()?;
        let last = gaps.pop()?.trim();
        let commas = gaps.split_off(1.min(gaps.len()));
        let between = if brackets.clauses.is_empty() { "," } else { "" };
        let is_plain = gaps.iter().all(|gap| gap.trim().is_empty()) && commas.iter().all(|gap| gap.trim() == between);
        if !is_plain || !matches!((last, brackets.clauses.is_empty()), ("", _) | (",", true)) {
            return None;
        }
        let open = TextRange::new(expr.start(), brackets.range.start() + TextSize::from(1));
        let close = self.text(TextRange::new(brackets.range.end() - TextSize::from(1), expr.end()))?;
        let head = format!("{before}{}", self.in_one_line(open)?);
        let tail = format!("{close}{behind}");
        if !self.fits(margin, &head) || !self.fits(margin, &tail) {
            return None;
        }
        let content = self.content(&brackets, !last.is_empty(), &format!("{margin}{}", self.lines.unit))?;
        let ending = self.lines.ending;
        Some(format!("{head}{content}{ending}{margin}{tail}"))
    }

    /// What stands between open brackets, each line with its ending in front of it.
    fn content(&self, brackets: &Brackets<'_>, stays_open: bool, margin: &str) -> Option<String> {
        let clauses = brackets.clauses.iter().flat_map(|clause| {
            let conditions = clause.ifs.iter().map(|condition| ("if ", condition.range()));
            let start = TextRange::new(clause.start(), clause.iter.end());
            [("", start)].into_iter().chain(conditions)
        });
        let clauses = clauses.map(|(word, range)| Some(format!("{word}{}", self.in_one_line(range)?)));
        let clauses: Vec<String> = clauses.collect::<Option<_>>()?;
        let is_open = |item: &Item<'_>| self.stays_open(item.range);
        if !stays_open && !brackets.is_collection && !brackets.items.iter().any(is_open) {
            let items: Option<Vec<String>> = brackets.items.iter().map(|item| self.in_one_line(item.range)).collect();
            let line = [vec![items?.join(", ")], clauses.clone()].concat().join(" ");
            if self.fits(margin, &line) {
                return Some(format!("{}{margin}{line}", self.lines.ending));
            }
        }
        let behind = if brackets.clauses.is_empty() { "," } else { "" };
        let items = brackets.items.iter().map(|item| {
            let before = self.text(TextRange::new(item.range.start(), item.value.start()))?;
            let is_plain = item.range.end() == item.value.end() && !before.contains(['\n', '\r', '(']);
            is_plain.then(|| self.laid_out(item.value, before, behind, margin))?
        });
        let all: Vec<String> = items.chain(clauses.into_iter().map(Some)).collect::<Option<_>>()?;
        let is_fitting = all
            .iter()
            .all(|part| part.lines().next().is_none_or(|line| self.fits(margin, line)));
        let lines = all
            .into_iter()
            .map(|part| format!("{}{margin}{part}", self.lines.ending));
        is_fitting.then(|| lines.collect())
    }

    fn fits(&self, margin: &str, line: &str) -> bool {
        self.lines.fits(margin, line)
    }

    fn tokens_in(&self, range: TextRange) -> impl Iterator<Item = &Token> {
        let first = self.tokens.partition_point(|token| token.start() < range.start());
        let tokens = self.tokens.get(first..).unwrap_or_default().iter();
        let is_code = |token: &&Token| token.kind() != TokenKind::NonLogicalNewline;
        tokens
            .take_while(move |token| token.end() <= range.end())
            .filter(is_code)
    }

    /// Whether a comma in front of a closing bracket keeps some brackets open.
    fn stays_open(&self, range: TextRange) -> bool {
        // Whether it is that of a call, and how many commas stand in it.
        let mut open: Vec<(bool, usize)> = Vec::new();
        let mut last = None;
        self.tokens_in(range).any(|token| {
            let kind = token.kind();
            let before = last.replace(kind);
            match kind {
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                    let ends = |kind| matches!(kind, TokenKind::Name | TokenKind::Rpar | TokenKind::Rsqb);
                    open.push((before.is_some_and(ends), 0));
                }
                TokenKind::Comma => open.last_mut().into_iter().for_each(|(_, count)| *count += 1),
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                    // `(one,)` needs its comma.
                    let opened = open.pop();
                    let is_needed = kind == TokenKind::Rpar && opened == Some((false, 1));
                    return before == Some(TokenKind::Comma) && !is_needed;
                }
                _ => {}
            }
            false
        })
    }

    /// A part of the text without its line ends; nothing where a comment or a string has some.
    fn in_one_line(&self, range: TextRange) -> Option<String> {
        let mut line = String::new();
        let mut before: Option<&Token> = None;
        for token in self.tokens_in(range) {
            let text = self.text(token.range())?;
            if token.kind() == TokenKind::Comment || text.contains(['\n', '\r']) {
                return None;
            }
            let gap = before.map(|before| (before.kind(), TextRange::new(before.end(), token.start())));
            if let Some((kind, gap)) = gap {
                let gap = self.text(gap)?;
                let opens = matches!(kind, TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace);
                let closes = matches!(token.kind(), TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace);
                match gap.contains(['\n', '\r']) {
                    _ if gap.contains('\\') => return None,
                    true if opens || closes => {}
                    true => line.push(' '),
                    false => line.push_str(gap),
                }
            }
            line.push_str(text);
            before = Some(token);
        }
        Some(line)
    }
}
