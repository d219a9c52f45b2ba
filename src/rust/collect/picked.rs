//! What is picked out of values that connections are in: by streams, closures, blocks and containers.

use syn::{Block, Expr, ExprMethodCall, Ident, Member, Pat, Stmt};

use crate::rust::collect::Collector;
use crate::rust::collect::given::Given;
use crate::rust::collect::merged::reads_as_one;
use crate::rust::collect::patterns::leading;
use crate::rust::collect::receives::plain_operand;
use crate::rust::collect::tasks::{Made, mapped, outcome};
use crate::rust::collect::values::{Kind, end_of};
use crate::rust::names::macros::{self, Inside};
use crate::rust::names::{Name, plain};
use crate::rust::syntax::edges;
use crate::sites::Course;
use crate::source::Language;

/// Blocks in each other are looked into so deep.
const DEEPEST: usize = 8;

/// Of so many elements of a list one is looked for that is known.
const FARTHEST: usize = 16;

/// Methods that put something into what holds many.
const ADDING: &[&str] = &["push", "push_back", "push_front"];

impl Collector<'_> {
    /// Whether what an expression gives was awaited already, whatever methods were called on it since.
    pub(in crate::rust) fn is_at_hand(&self, expr: &Expr, links: usize) -> bool {
        let Some(links) = links.checked_sub(1) else {
            return false;
        };
        match expr {
            Expr::Await(_) | Expr::Field(_) | Expr::Index(_) => true,
            Expr::Paren(paren) => self.is_at_hand(&paren.expr, links),
            Expr::Reference(reference) => self.is_at_hand(&reference.expr, links),
            Expr::Try(attempt) => self.is_at_hand(&attempt.expr, links),
            Expr::MethodCall(call) => self.is_at_hand(&call.receiver, links),
            Expr::Path(path) => match self.resolve(&path.path) {
                Name::Variable(id) => self
                    .found
                    .variables
                    .get(id.0)
                    .is_some_and(|held| matches!(held.future, None | Some(Course::Unseen(_)))),
                _ => false,
            },
            _ => false,
        }
    }

    /// What something under a deadline gives: a stream gives an error where nothing comes in time.
    pub(in crate::rust) fn given_in_time(&self, bounded: &Expr, links: usize) -> Option<Given> {
        let given = self.given_within(bounded, links)?;
        let is_stream = matches!(given, Given::One(_)) && self.is_at_hand(bounded, links);
        Some(given).filter(|_| !is_stream)
    }

    /// What a closure gives that gets this: `|(ws, _)| ws`, `|opened| opened.0`.
    pub(in crate::rust) fn picked_by(&self, closure: &Expr, given: Given) -> Option<Given> {
        let Expr::Closure(closure) = closure else { return None };
        let pat = closure.inputs.first()?;
        match outcome(closure) {
            Expr::Path(path) => named(pat, given, path.path.get_ident()?),
            Expr::Field(field) => {
                let Expr::Path(of) = &*field.base else { return None };
                match (named(pat, given, of.path.get_ident()?)?, &field.member) {
                    (Given::Tuple(elements), Member::Unnamed(index)) => {
                        elements.into_iter().nth(usize::try_from(index.index).ok()?)?
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// What `join_all(…)` gives.
    pub(in crate::rust) fn given_by_all(&self, futures: &Expr, links: usize) -> Option<Given> {
        let each = match futures {
            Expr::MethodCall(call) => match mapped(call)? {
                Made::By(closure) => self.given_within(outcome(closure), links)?,
                Made::Of(function) => self.given_by_kind(&self.given_by(&self.resolve(&function.path))??)?,
            },
            other => match self.given_within(other, links)? {
                Given::Many(each) => *each,
                _ => return None,
            },
        };
        Some(Given::Later(Box::new(Given::Many(Box::new(each.awaited())))))
    }

    /// What a list of these has in it: all are of one type.
    pub(in crate::rust) fn given_by_elements<'e>(
        &self,
        elements: impl Iterator<Item = &'e Expr>,
        links: usize,
    ) -> Option<Given> {
        let mut elements = elements.take(FARTHEST);
        let element = elements.find_map(|element| self.given_within(element, links / 4))?;
        Some(Given::Many(Box::new(element)))
    }

    /// What `join!` gives, `vec!`, or a macro that only takes something out of a result.
    pub(in crate::rust) fn given_by_macro(&self, mac: &syn::Macro, links: usize) -> Option<Given> {
        let inside = macros::inside(mac);
        if let Inside::Pinned(pinned) = &*inside {
            return self.given_within(pinned.first()?, links);
        }
        if let (Inside::Arguments(elements), true) = (&*inside, mac.path.is_ident("vec")) {
            return self.given_by_elements(elements.iter(), links);
        }
        let Inside::Join(futures) = &*inside else {
            let awaits = self.macro_called(&mac.path).is_some_and(|definition| definition.awaits);
            if !awaits {
                return self.given_within(&macros::taken_out(mac)?, links);
            }
            let mut arguments = macros::given(mac).into_iter();
            return arguments.find_map(|argument| self.given_within(&argument.value, links / 4).map(Given::awaited));
        };
        let each = |future: &Expr| self.given_within(future, links / 4).map(Given::awaited);
        let elements: Vec<_> = futures.iter().map(each).collect();
        elements.iter().any(Option::is_some).then_some(Given::Tuple(elements))
    }

    /// Makes variables of the pattern of a loop over `value`.
    pub(in crate::rust) fn bind_element(&mut self, pat: &Pat, value: &Expr) {
        let known = self.known_of(value).of_each();
        self.bind_value(pat, &known);
        // A map gives its keys along.
        if let Pat::Tuple(tuple) = pat
            && let [_, value] = tuple.elems.iter().collect::<Vec<_>>()[..]
        {
            if let Some(kind @ (Kind::Of(_) | Kind::Many(_))) = &known.kind {
                self.bind_kind(value, kind);
            }
            if let Some(given @ (Given::One(_) | Given::Many(_))) = known.given {
                self.receive_into(value, given);
            }
        }
    }

    /// Takes note of a connection that is put into a variable that holds many, or an option.
    pub(in crate::rust) fn put_into(&mut self, call: &ExprMethodCall, method: &str) {
        let is_one = matches!(method, "insert" | "replace") && call.args.len() == 1;
        let is_many = ADDING.contains(&method) || method == "insert" && call.args.len() == 2;
        let (Expr::Path(holder), Some(put)) = (plain_operand(&call.receiver), call.args.last()) else {
            return;
        };
        if !is_one && !is_many {
            return;
        }
        if let Name::Variable(id) = self.resolve(&holder.path)
            && self.is_at_hand(put, DEEPEST)
            && let Some(given @ (Given::One(_) | Given::Tuple(_))) = self.given(put)
            && let Some(variable) = self.found.variables.get_mut(id.0)
        {
            variable
                .receives
                .get_or_insert(match is_many && !reads_as_one(variable) {
                    true => Given::Many(Box::new(given)),
                    false => given,
                });
        }
    }

    /// Notes what an expression gives that something comes to, while the names are in scope that it is made of.
    pub(in crate::rust) fn comes_to(&mut self, end: &Expr) {
        let is_looked_for = self.sought.waits && matches!(end, Expr::Path(_) | Expr::Call(_) | Expr::Tuple(_));
        if let Some(given) = is_looked_for.then(|| self.given(end)).flatten() {
            let span = edges::expression(end, self.offsets);
            self.found.messages.ends.insert(span, given);
        }
    }

    /// What a block gives.
    pub(in crate::rust) fn given_by_block(&self, block: &Block, links: usize) -> Option<Given> {
        match end_of(block) {
            Some(end) => self.given_within(end, links),
            None => self.noted_of_block(block, DEEPEST),
        }
    }

    /// What a block, a branch or an arm gives that declares what it gives.
    pub(in crate::rust) fn noted(&self, expr: &Expr, depth: usize) -> Option<Given> {
        let depth = depth.checked_sub(1)?;
        match expr {
            Expr::Block(block) => self.noted_of_block(&block.block, depth),
            Expr::If(branch) => {
                let otherwise = || self.noted(&branch.else_branch.as_ref()?.1, depth);
                self.noted_of_block(&branch.then_branch, depth).or_else(otherwise)
            }
            Expr::Match(choice) => choice.arms.iter().find_map(|arm| self.noted(&arm.body, depth)),
            other => {
                let span = edges::expression(other, self.offsets);
                self.found.messages.ends.get(&span).cloned()
            }
        }
    }

    fn noted_of_block(&self, block: &Block, depth: usize) -> Option<Given> {
        match block.stmts.last()? {
            Stmt::Expr(end, None) => self.noted(end, depth),
            _ => None,
        }
    }

    /// What `self` is in a method that a trait has for a connection's class.
    pub(in crate::rust) fn given_by_self(&self) -> Option<Given> {
        let class = self.self_types.last()?.as_ref()?;
        self.catalog.receiving_class(Language::Rust, class)?;
        self.given_by_kind(&Kind::Of(class.clone()))
    }
}

/// What an iterator over many of these gives that a method makes of one: the same, with its number or without.
pub(in crate::rust) fn still_many(method: &str, each: Box<Given>) -> Given {
    match method {
        "enumerate" => Given::Many(Box::new(Given::Tuple(vec![None, Some(*each)]))),
        _ => Given::Many(each),
    }
}

/// The future that a stream is over with at the latest: `ws.take_until(sleep(limit))`, whatever is made of that.
pub(in crate::rust) fn end_of_stream(stream: &Expr) -> Option<&Expr> {
    let mut at = stream;
    for _ in 0..DEEPEST {
        let Expr::MethodCall(call) = at else { return None };
        if call.method == "take_until" {
            return call.args.first();
        }
        at = &call.receiver;
    }
    None
}

/// What the variable of this name gets out of what a pattern takes apart.
fn named(pat: &Pat, given: Given, name: &Ident) -> Option<Given> {
    match (pat, given) {
        (Pat::Ident(ident), given) => (plain(&ident.ident) == plain(name)).then_some(given),
        (Pat::Type(typed), given) => named(&typed.pat, given, name),
        (Pat::Paren(paren), given) => named(&paren.pat, given, name),
        (Pat::Tuple(tuple), Given::Tuple(elements)) => leading(tuple)
            .zip(elements)
            .find_map(|(pat, given)| named(pat, given?, name)),
        _ => None,
    }
}
