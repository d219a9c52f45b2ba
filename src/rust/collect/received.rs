//! Which values are connections or ends of channels, or have such in them.

use syn::{Expr, Pat};

use crate::catalog::Call;
use crate::rust::collect::elements::{ITERATING, PICKING};
use crate::rust::collect::given::{Given, Received};
use crate::rust::collect::patterns::{is_unwrapping, leading, single};
use crate::rust::collect::picked::still_many;
use crate::rust::collect::receives::cloned_by;
use crate::rust::collect::values::{Kind, ends_of, is_pointer_new};
use crate::rust::collect::{Collector, typed};
use crate::rust::names::{LocalId, Name, Written, last_name, plain};
use crate::rust::syntax::edges;
use crate::source::Language;

/// How many methods and operators may stand between a call and the variable that gets its outcome.
const MAX_LINKS: usize = 16;

/// Methods that give what is in a result, or the same object.
const UNWRAPPING: &[&str] = &[
    "as_mut",
    "borrow_mut",
    "boxed",
    "by_ref",
    "clone",
    "context",
    "expect",
    "fuse",
    "into_future",
    "into_inner",
    "into_websocket",
    "lock",
    "map_err",
    "ok",
    "reunite",
    "unwrap",
    "unwrap_or_else",
    "with_context",
    "wrap_err",
];

/// Methods of a stream that give another one, which waits for the same messages.
pub(in crate::rust) const ADAPTING: &[&str] = &[
    "enumerate",
    "filter_map",
    "inspect",
    "inspect_err",
    "inspect_ok",
    "map",
    "map_ok",
    "peekable",
    "skip",
    "skip_while",
    "take",
    "take_while",
    "then",
    "try_filter",
    "try_filter_map",
];

impl Collector<'_> {
    /// Takes note of the variables of `pat` that get connections, or ends of channels, out of what is given.
    pub(in crate::rust) fn receive_into(&mut self, pat: &Pat, given: Given) {
        match (pat, given) {
            (Pat::Ident(ident), given) => {
                let written = Written::name(&plain(&ident.ident));
                if let Name::Variable(id) = self.names.resolve(&written)
                    && let Some(variable) = self.found.variables.get_mut(id.0)
                {
                    if matches!(given, Given::One(_)) {
                        // Whatever it is called, what comes out of it comes when somebody sends it.
                        variable.timer = Some(false);
                    }
                    variable.receives = Some(given);
                }
            }
            // `let Ok((ws, _)) = … else`, `if let Some(ws) = …`.
            (Pat::TupleStruct(of), given) if is_unwrapping(of) => {
                if let Some(inner) = of.elems.first() {
                    self.receive_into(inner, given);
                }
            }
            (Pat::Reference(reference), given) => self.receive_into(&reference.pat, given),
            (Pat::Paren(paren), given) => self.receive_into(&paren.pat, given),
            (Pat::Guard(guarded), given) => self.receive_into(&guarded.pat, given),
            (Pat::Type(typed), given) => self.receive_into(&typed.pat, given),
            (Pat::Tuple(tuple), Given::Tuple(elements)) => {
                let are_both_ends = self.are_both_ends(&elements);
                for (pat, given) in leading(tuple).zip(elements) {
                    if let Some(given) = given {
                        self.receive_into(pat, given);
                    }
                }
                if let (true, Some(sender)) = (are_both_ends, tuple.elems.first()) {
                    self.bind_sender(sender);
                }
            }
            (Pat::Slice(of), Given::Many(each)) => {
                for pat in single(of) {
                    self.receive_into(pat, (*each).clone());
                }
            }
            _ => {}
        }
    }

    /// What an expression gives.
    pub(in crate::rust) fn given(&self, value: &Expr) -> Option<Given> {
        self.given_within(value, MAX_LINKS)
    }

    pub(in crate::rust) fn given_within(&self, value: &Expr, links: usize) -> Option<Given> {
        let links = links.checked_sub(1)?;
        match value {
            Expr::Await(awaited) => match &*awaited.base {
                Expr::MethodCall(call) if self.bounding_method(call, &plain(&call.method)).is_some() => {
                    self.given_within(&call.receiver, links).map(Given::awaited)
                }
                base => self.given_within(base, links).map(Given::awaited),
            },
            Expr::Try(attempt) => self.given_within(&attempt.expr, links),
            Expr::Paren(paren) => self.given_within(&paren.expr, links),
            Expr::Group(group) => self.given_within(&group.expr, links),
            Expr::Reference(reference) => self.given_within(&reference.expr, links),
            Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Deref(_)) => self.given_within(&unary.expr, links),
            Expr::Field(field) => match (&field.member, self.given_within(&field.base, links)) {
                (syn::Member::Unnamed(index), Some(Given::Tuple(elements))) => {
                    elements.into_iter().nth(usize::try_from(index.index).ok()?)?
                }
                // What a field is, by its declared type.
                _ => {
                    let given = self.given_by_kind(&self.kind_of(value)?)?;
                    Some(if self.is_fed_field(field) { given.fed() } else { given })
                }
            },
            Expr::Index(index) => match self.given_within(&index.expr, links)? {
                Given::Many(element) => Some(*element),
                _ => None,
            },
            Expr::MethodCall(call) => self.given_by_method(value, call, links),
            Expr::Call(call) => self.given_by_call(value, call, links),
            Expr::Macro(call) => self.given_by_macro(&call.mac, links),
            Expr::Async(block) => {
                let given = self.given_by_block(&block.block, links)?;
                Some(Given::Later(Box::new(given)))
            }
            Expr::Block(_) | Expr::If(_) | Expr::Match(_) => {
                // They have one type, whichever is taken.
                let mut ends = ends_of(value).into_iter();
                ends.find_map(|end| self.given_within(end, links / 4))
                    .or_else(|| self.noted(value, links))
            }
            Expr::Array(array) => self.given_by_elements(array.elems.iter(), links),
            Expr::Tuple(tuple) => {
                let elements: Vec<_> = tuple
                    .elems
                    .iter()
                    .map(|each| self.given_within(each, links / 4))
                    .collect();
                elements.iter().any(Option::is_some).then_some(Given::Tuple(elements))
            }
            Expr::Path(path) => match self.resolve(&path.path) {
                Name::Variable(id) => self.held_by(id),
                _ if path.path.is_ident("self") => self.given_by_self(),
                _ => None,
            },
            _ => None,
        }
    }

    fn given_by_method(&self, value: &Expr, call: &syn::ExprMethodCall, links: usize) -> Option<Given> {
        let method = plain(&call.method);
        if method == "split" {
            let from = self.given_within(&call.receiver, links).and_then(Given::at_hand);
            if let Some(from) = from {
                // Both halves belong to the connection.
                return Some(Given::Tuple(vec![
                    Some(Given::One(from.clone())),
                    Some(Given::One(from)),
                ]));
            }
        }
        let function = self.type_of(&call.receiver).map(|of| typed(format!("{of}::{method}")));
        if let Some((function, given)) = function.as_ref().and_then(|of| Some((of, self.given_by(of)?))) {
            return self.given_by_function(&given?, function);
        }
        // An option, whose content is taken out; a stream is told how much of it is taken.
        let is_taken = method == "take" && call.args.is_empty();
        let is_bounded = self.bounding_method(call, &method).is_some();
        if is_bounded {
            return self.given_in_time(&call.receiver, links);
        }
        if let Some(merged) = self.given_by_merging_method(call, &method, links) {
            return Some(merged);
        }
        if is_taken || UNWRAPPING.contains(&method.as_str()) {
            return self.given_within(&call.receiver, links);
        }
        if let Some(found) = function.and_then(|function| self.outcome(function, value)) {
            return Some(found);
        }
        if ADAPTING.contains(&method.as_str()) {
            let closure = call.args.first().filter(|_| method == "map" || method == "map_ok");
            return match (self.given_within(&call.receiver, links)?, closure) {
                (Given::One(from), _) => Some(Given::One(from)),
                (Given::Later(given), Some(closure)) => Some(Given::Later(Box::new(self.picked_by(closure, *given)?))),
                (Given::Many(given), None) => Some(still_many(&method, given)),
                (Given::Many(given), Some(closure)) => Some(Given::Many(Box::new(self.picked_by(closure, *given)?))),
                (tuple @ Given::Tuple(_), Some(closure)) => self.picked_by(closure, tuple),
                _ => None,
            };
        }
        let is_one = PICKING.contains(&method.as_str());
        if !is_one && !ITERATING.contains(&method.as_str()) {
            return None;
        }
        match self.given_within(&call.receiver, links)? {
            Given::Many(element) if is_one => Some(*element),
            many @ Given::Many(_) => Some(many),
            _ => None,
        }
    }

    fn given_by_call(&self, value: &Expr, call: &syn::ExprCall, links: usize) -> Option<Given> {
        let Expr::Path(func) = &*call.func else {
            return None;
        };
        if let Some(wrapper) = self.wrapper(call, &func.path) {
            let bounded = call.args.iter().nth(wrapper.future)?;
            // `StreamExt::timeout(ws, d)` may be around a stream, `timeout(d, future)` is not.
            return match wrapper.future {
                0 => self.given_in_time(bounded, links),
                _ => self.given_within(bounded, links),
            };
        }
        let last = last_name(&func.path)?;
        if matches!(last.as_str(), "join_all" | "try_join_all") {
            return self.given_by_all(call.args.first()?, links / 4);
        }
        if let Some(merged) = self.given_by_merging(&last, call, links) {
            return Some(merged);
        }
        if let Some(of) = cloned_by(call) {
            return self.given_within(of, links);
        }
        if matches!(last.as_str(), "Ok" | "Some" | "pin") || is_pointer_new(&func.path) {
            return self.given_within(call.args.first()?, links);
        }
        let function = self.resolve(&func.path);
        // What a connection's class makes of a connection.
        let class = match &function {
            Name::Extern(path) => path.rsplit_once("::").map(|(class, _)| class.to_owned()),
            _ => None,
        };
        match self.given_by(&function) {
            Some(Some(given)) => self.given_by_function(&given, &function),
            // It may give what the future gives that it bounds.
            Some(None) => {
                let wrapper = self.own_wrapper(&function, call, &func.path)?;
                self.given_in_time(call.args.iter().nth(wrapper.future)?, links)
            }
            None => self.outcome(function, value).or_else(|| {
                let from = self.given_within(call.args.first()?, links)?.at_hand()?;
                let receiver = self.catalog.receiving_class(Language::Rust, &class?)?;
                Some(Given::One(Received { receiver, ..from }))
            }),
        }
    }

    /// What a function gives whose outcome is of this kind: who gets it in a task of its own has it there alone.
    fn given_by_function(&self, kind: &Kind, function: &Name) -> Option<Given> {
        let given = self.given_by_kind(kind)?;
        Some(if self.is_in_task() {
            given
        } else {
            given.given_by(function)
        })
    }

    /// What a call of a known function, or of a constructor of a known class, gives.
    fn outcome(&self, function: Name, call: &Expr) -> Option<Given> {
        let Name::Extern(path) = function else {
            return None;
        };
        let made = Some(edges::expression(call, self.offsets));
        if let Some(receiver) = self.catalog.receiving_outcome(Language::Rust, &path) {
            let known = &self.catalog.receiver(receiver).receiver;
            let connect = self.catalog.connect(Language::Rust, &path);
            let is_later = connect.is_some_and(|id| self.catalog.entry(id).api.call != Call::Blocking);
            let one = Given::One(Received {
                receiver,
                source: path,
                made,
                is_fed: false,
                given_by: None,
            });
            let given = match (known.position, known.signal) {
                // Both ends of a channel.
                (Some(_), true) => Given::Tuple(vec![Some(one.clone()), Some(one)]),
                (Some(position), false) => {
                    Given::Tuple((0..=position).map(|at| (at == position).then(|| one.clone())).collect())
                }
                (None, _) => one,
            };
            return Some(if is_later { Given::Later(Box::new(given)) } else { given });
        }
        let (class, _) = path.rsplit_once("::")?;
        let receiver = self.catalog.receiving_class(Language::Rust, class)?;
        // Other functions of a connection's class may give anything.
        self.catalog.receiver(receiver).receiver.signal.then(|| {
            Given::One(Received {
                receiver,
                source: class.to_owned(),
                made,
                is_fed: false,
                given_by: None,
            })
        })
    }

    /// What a variable has at hand.
    pub(in crate::rust) fn received_by(&self, id: LocalId) -> Option<Received> {
        self.held_by(id)?.at_hand()
    }

    fn held_by(&self, id: LocalId) -> Option<Given> {
        let variable = self.found.variables.get(id.0)?;
        // What the code makes of the class itself stands on whatever it is given there.
        let by_class = || self.given_by_kind(variable.kind.as_ref().filter(|_| variable.is_foreign)?);
        variable.receives.clone().or_else(by_class)
    }

    /// What something of the project's own gives that stands for a connection: `impl Deref for Session`.
    fn given_by_deref(&self, class: &str) -> Option<Given> {
        match self.given_by(&typed(format!("{class}::deref")))?? {
            Kind::Of(target) if self.catalog.receiving_class(Language::Rust, &target).is_some() => {
                self.given_by_kind(&Kind::Of(target))
            }
            _ => None,
        }
    }

    /// What something of this kind has in it.
    pub(in crate::rust) fn given_by_kind(&self, kind: &Kind) -> Option<Given> {
        match kind {
            Kind::Of(class) => {
                let Some(receiver) = self.catalog.receiving_class(Language::Rust, class) else {
                    return self.given_by_deref(class);
                };
                Some(Given::One(Received {
                    receiver,
                    source: class.clone(),
                    made: None,
                    is_fed: false,
                    given_by: None,
                }))
            }
            Kind::Tuple(elements) => {
                let elements: Vec<_> = elements
                    .iter()
                    .map(|element| element.as_ref().and_then(|element| self.given_by_kind(element)))
                    .collect();
                elements.iter().any(Option::is_some).then_some(Given::Tuple(elements))
            }
            Kind::Many(element) => Some(Given::Many(Box::new(self.given_by_kind(element)?))),
        }
    }
}
