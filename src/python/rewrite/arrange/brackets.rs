//! What stands between the brackets of an expression.

use ruff_python_ast::{ArgOrKeyword, Comprehension, Expr};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::python::syntax::dotted::dotted;

/// One of the things that commas stand between.
pub(super) struct Item<'e> {
    pub(super) range: TextRange,
    /// What may get several lines; what stands in front of it belongs to it: `name=`, `key: `.
    pub(super) value: &'e Expr,
}

/// An expression that gets its lines between its brackets.
pub(super) struct Brackets<'e> {
    /// From the opening bracket to the closing one.
    pub(super) range: TextRange,
    pub(super) items: Vec<Item<'e>>,
    /// The `for` clauses of a comprehension, whose only item is its element.
    pub(super) clauses: &'e [Comprehension],
    /// Formatters give each element of a collection its line; arguments may share one.
    pub(super) is_collection: bool,
}

impl<'e> Brackets<'e> {
    /// Nothing where an expression has none, or it is not known how formatters lay it out.
    pub(super) fn of(expr: &'e Expr) -> Option<Self> {
        let item = |value: &'e Expr| Item {
            range: value.range(),
            value,
        };
        let (items, clauses): (Vec<Item<'e>>, &[Comprehension]) = match expr {
            // Chains of calls get other lines.
            Expr::Call(call) if dotted(&call.func).is_some() => {
                let given = call.arguments.iter_source_order().map(|given| match given {
                    ArgOrKeyword::Arg(value) => item(value),
                    ArgOrKeyword::Keyword(keyword) => Item {
                        range: keyword.range(),
                        value: &keyword.value,
                    },
                });
                (given.collect(), &[])
            }
            Expr::List(list) => (list.elts.iter().map(item).collect(), &[]),
            Expr::Set(set) => (set.elts.iter().map(item).collect(), &[]),
            Expr::Tuple(tuple) if tuple.parenthesized => (tuple.elts.iter().map(item).collect(), &[]),
            Expr::Dict(dict) => {
                let items = dict.items.iter().map(|item| {
                    Some(Item {
                        range: item.key.as_ref()?.range().cover(item.value.range()),
                        value: &item.value,
                    })
                });
                (items.collect::<Option<Vec<_>>>()?, &[])
            }
            Expr::ListComp(list) => (vec![item(&list.elt)], &list.generators),
            Expr::SetComp(set) => (vec![item(&set.elt)], &set.generators),
            Expr::DictComp(dict) => {
                let key = dict.key.as_ref()?;
                let element = Item {
                    range: key.range().cover(dict.value.range()),
                    value: &dict.value,
                };
                (vec![element], &dict.generators)
            }
            _ => return None,
        };
        let is_call = expr.is_call_expr();
        // A generator alone is written without parentheses of its own, and formatters treat it as if it had some.
        let is_hugged = is_call
            && matches!(
                &*items,
                [Item {
                    value: Expr::Generator(_),
                    ..
                }]
            );
        let is_alone = !is_call && clauses.is_empty() && items.len() < 2;
        if items.is_empty() || is_hugged || is_alone {
            return None;
        }
        Some(Self {
            range: match expr {
                Expr::Call(call) => call.arguments.range(),
                other => other.range(),
            },
            items,
            clauses,
            is_collection: !is_call && clauses.is_empty(),
        })
    }

    /// What stands between two brackets, items and clauses: commas, and parentheses where the tree has none.
    pub(super) fn gaps(&self) -> impl Iterator<Item = TextRange> {
        let inner = [
            self.range.start() + TextSize::from(1),
            self.range.end() - TextSize::from(1),
        ];
        let parts = self.items.iter().map(|item| item.range);
        let parts: Vec<TextRange> = parts.chain(self.clauses.iter().map(Ranged::range)).collect();
        let starts: Vec<TextSize> = [inner[0]]
            .into_iter()
            .chain(parts.iter().map(|part| part.end()))
            .collect();
        let ends = parts.into_iter().map(|part| part.start()).chain([inner[1]]);
        starts
            .into_iter()
            .zip(ends)
            .map(|(start, end)| TextRange::new(start, end.max(start)))
    }
}
