//! How much room the parts of a statement take, and where they begin beside a bracket.

use super::brackets::{Form, Pair};
use super::{A_LITTLE, Around, Layout, Place};

impl Layout<'_> {
    /// Whether the only argument of the pair begins beside its bracket, however many lines it has: brackets in it do, and a chain of
    /// methods behind a callee that is shorter than an indentation, or in a macro of the older style.
    pub(super) fn hugs(&self, number: usize) -> bool {
        let Some(pair) = self.brackets.pairs.get(number).filter(|pair| pair.gaps.is_empty()) else {
            return false;
        };
        let is_macro = pair.form == Form::Macro || self.source.slice(pair.callee) == "vec!";
        let callee = pair.dots.last().copied().unwrap_or(pair.callee.start);
        let is_short =
            pair.form == Form::Call && self.columns(callee, pair.callee.end) < self.width(&self.rustfmt.step);
        match self.brackets.pairs.get(number + 1) {
            _ if pair.form == Form::Block => false,
            Some(inner) if inner.methods.is_empty() && inner.dots.is_empty() => true,
            None if self.has_more_room_below(number) => false,
            _ => is_short || is_macro && self.rustfmt.overflows() && !self.ends_with_field(),
        }
    }

    /// Whether the awaited call has its arguments in one line only where it does not begin beside the innermost bracket.
    pub(super) fn has_more_room_below(&self, number: usize) -> bool {
        let is_alone = number == 0 || !self.hugs(number - 1);
        let column = self.width(self.brackets.indent) + self.width(&self.rustfmt.step);
        is_alone
            && self.root() > self.rustfmt.arguments
            && self.arguments() <= self.rustfmt.arguments
            && column + self.root() <= self.rustfmt.line
    }

    /// How wide the awaited call gets in one line where it begins beside a bracket: as wide as arguments do, less what the brackets
    /// between that and the first of those that begin so take.
    pub(super) fn room_beside(&self) -> usize {
        let pairs = self.brackets.pairs.iter().enumerate().skip(1).rev();
        let beside = pairs.take_while(|(number, _)| self.hugs(number - 1));
        let taken: usize = beside
            .map(|(_, pair)| self.columns(pair.callee.start, pair.open) + ")".len())
            .sum();
        self.rustfmt.arguments.saturating_sub(taken)
    }

    /// Whether the last that is made of what was awaited is a field of it: `.await.unwrap().0`.
    pub(super) fn ends_with_field(&self) -> bool {
        let last = self
            .brackets
            .methods
            .last()
            .and_then(|last| self.source.text().get(last.end..self.brackets.end_of_wait));
        last.is_some_and(|last| !last.contains('('))
    }

    /// The dots of the callee that begin lines where its chain goes on behind the brackets: all but the one behind a name that is
    /// no longer than an indentation.
    pub(super) fn broken_dots<'p>(&self, pair: &'p Pair) -> &'p [usize] {
        let Some(first) = pair.dots.first().filter(|_| !pair.methods.is_empty()) else {
            return &[];
        };
        let is_short = self.columns(pair.callee.start, *first) <= self.width(&self.rustfmt.step);
        pair.dots.get(usize::from(is_short)..).unwrap_or_default()
    }

    /// Whether one line has room for what the pair belongs to, with so many columns before and behind it.
    pub(super) fn fits(&self, number: usize, before: usize, behind: usize) -> bool {
        let Some(pair) = self.brackets.pairs.get(number) else {
            return self.wait_fits(before, behind);
        };
        let width = self.columns(pair.callee.start, pair.end) + self.added();
        let are_short = |pair: &Pair| {
            let is_broken = pair.methods.iter().any(|blanks| !blanks.is_empty());
            let arguments = self.columns(pair.open, pair.close) + self.added();
            let chain = self.columns(pair.callee.start, pair.end) + self.added();
            !is_broken
                && (pair.gaps.is_empty() || arguments <= self.rustfmt.arguments)
                && (pair.methods.is_empty() || pair.dots.len() + pair.methods.len() < 2 || chain <= self.rustfmt.chain)
        };
        before + width + behind <= self.rustfmt.line
            && self.brackets.pairs.iter().skip(number).all(are_short)
            && self.wait_fits(0, 0)
    }

    /// Whether all of it in one line is no more than a little too wide, as a wait that leaves by `.await??` stays together.
    pub(super) fn is_a_little_wider(&self, place: &Place) -> bool {
        let outermost = self.brackets.pairs.first();
        let width = outermost.map_or(0, |pair| self.columns(pair.callee.start, pair.end));
        let is_broken = outermost.is_some_and(|pair| pair.methods.iter().any(|blanks| !blanks.is_empty()));
        !is_broken && place.column + width + self.added() + place.behind <= self.rustfmt.line + A_LITTLE
    }

    /// Whether one line has room for the wait.
    pub(super) fn wait_fits(&self, before: usize, behind: usize) -> bool {
        let signs = self.columns(self.brackets.operand, self.point.base.start);
        let chain = self.columns(self.point.base.start, self.brackets.end_of_wait) + self.added();
        let links = 1 + usize::from(self.around.suffix.starts_with('.')) + self.brackets.methods.len();
        before + signs + chain + behind <= self.rustfmt.line
            && (links == 1 || chain <= self.rustfmt.chain)
            && self.arguments() <= self.rustfmt.arguments
    }

    /// The columns that the deadline adds to the line.
    pub(super) fn added(&self) -> usize {
        let Around {
            function,
            limit,
            suffix,
            ..
        } = self.around;
        self.width(function) + self.width(limit) + "(, )".len() + self.width(suffix)
    }

    /// The columns of what `timeout` is given.
    pub(super) fn arguments(&self) -> usize {
        self.width(self.around.limit) + ", ".len() + self.width(self.source.slice(self.point.base))
    }

    /// The columns of the call of `timeout`.
    pub(super) fn root(&self) -> usize {
        self.width(self.around.function) + "()".len() + self.arguments()
    }

    pub(super) fn columns(&self, start: usize, end: usize) -> usize {
        self.width(self.source.text().get(start..end).unwrap_or_default())
    }

    pub(super) fn width(&self, text: &str) -> usize {
        self.rustfmt.columns(text)
    }
}
