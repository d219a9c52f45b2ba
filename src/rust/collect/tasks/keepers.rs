//! What keeps the handles of tasks, and where these go on to: variables, sets, fields, what functions are given. Who ends what
//! one of them keeps ends the task, wherever it was put first.

use foldhash::{HashMap, HashSet};
use syn::{Expr, ExprCall, ExprField, ExprLit, ExprMethodCall, Lit, Member, UnOp};

use super::MAX_LINKS;
use crate::rust::collect::Collector;
use crate::rust::collect::carried::of_field;
use crate::rust::collect::frames::Frame;
use crate::rust::collect::place::Place;
use crate::rust::collect::variables::Variable;
use crate::rust::names::{LocalId, Name, last_name, plain};

/// What keeps handles beside the variables of functions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::rust) enum Slot {
    /// A field, as the methods of its type see it.
    Field(String),
    /// The same of some variable, whichever.
    FieldOfAny(String),
    /// What methods have put into a field: they see it there, and so does who has the object.
    PutInField(String),
    /// A field of this variable, by its name.
    FieldOf(LocalId, String),
    /// What a function is given at this index.
    Parameter(String, usize),
}

/// Where handles go.
#[derive(Debug, Default)]
pub(in crate::rust) struct Keepers {
    slots: HashMap<Slot, LocalId>,
    /// Those of them that are parameters.
    parameters: HashSet<LocalId>,
    /// Sets, by their classes.
    sets: HashMap<LocalId, String>,
    /// What patterns make their names of.
    made_of: HashMap<LocalId, LocalId>,
    /// What else has what this has in it.
    pub(in crate::rust) onward: HashMap<LocalId, Vec<LocalId>>,
    /// Where they are used that hold no future which is watched anyway.
    pub(in crate::rust) uses: HashMap<LocalId, Vec<Place>>,
}

impl Keepers {
    pub(super) fn goes_on(&mut self, from: LocalId, to: LocalId) {
        let onward = self.onward.entry(from).or_default();
        if from != to && !onward.contains(&to) {
            onward.push(to);
        }
    }

    /// Notes that a pattern takes this out of that.
    pub(super) fn is_made_of(&mut self, made: LocalId, of: LocalId) {
        self.goes_on(of, made);
        self.made_of.insert(made, of);
    }

    /// This, and all that patterns have taken it out of.
    pub(super) fn with_sources(&self, id: LocalId) -> Vec<LocalId> {
        let sources = std::iter::successors(Some(id), |id| self.made_of.get(id).copied());
        sources.take(MAX_LINKS).collect()
    }

    pub(super) fn is_set(&mut self, id: LocalId, class: String) {
        self.sets.insert(id, class);
    }

    /// Whether this is a set of such a class.
    pub(in crate::rust) fn is_set_of(&self, id: LocalId, is_one: impl Fn(&str) -> bool) -> bool {
        self.sets.get(&id).is_some_and(|class| is_one(class))
    }

    /// Whether this is what a function is given whose body is not in the file.
    pub(in crate::rust) fn is_given_away(&self, id: LocalId) -> bool {
        self.parameters.contains(&id) && !self.onward.contains_key(&id)
    }
}

/// Methods that give what keeps handles, each of them, or the only one.
const PASSING: &[&str] = &[
    "as_deref",
    "as_deref_mut",
    "as_mut",
    "as_ref",
    "borrow",
    "borrow_mut",
    "by_ref",
    "clone",
    "drain",
    "entry",
    "enumerate",
    "expect",
    "filter",
    "flatten",
    "into_inner",
    "into_iter",
    "into_values",
    "iter",
    "iter_mut",
    "lock",
    "ok",
    "read",
    "rev",
    "take",
    "try_lock",
    "unwrap",
    "values",
    "values_mut",
    "write",
];

/// Methods that give one of many: all of them in a loop.
const PICKING: &[&str] = &["first", "last", "next", "pop", "pop_back", "pop_front", "swap_remove"];

/// Methods that give the one that is asked for.
const BY_KEY: &[&str] = &["get", "get_mut", "remove"];

/// What keeps handles, and how it is reached.
pub(super) struct Kept {
    pub(super) id: LocalId,
    /// The path of the field that it is.
    pub(super) field: Option<String>,
    /// It is one of `self`.
    pub(super) is_own: bool,
}

impl Collector<'_> {
    /// Whether anything of the file can be a task that somebody ends.
    pub(in crate::rust) fn follows_tasks(&self) -> bool {
        self.sought.waits && self.words.has("spawn")
    }

    pub(super) fn slot(&mut self, slot: Slot) -> LocalId {
        if let Some(known) = self.found.keepers.slots.get(&slot) {
            return *known;
        }
        let id = self.new_variable(Variable {
            keeps_tasks: true,
            ..Variable::default()
        });
        if matches!(slot, Slot::Parameter(..)) {
            self.found.keepers.parameters.insert(id);
        }
        self.found.keepers.slots.insert(slot, id);
        id
    }

    /// What keeps the handles that an expression is, or goes through; of one of many in a variable only where that is in a loop.
    pub(super) fn kept(&mut self, expr: &Expr) -> Option<Kept> {
        let (mut at, mut field): (_, Option<&ExprField>) = (expr, None);
        let mut is_one = false;
        for _ in 0..MAX_LINKS {
            at = match at {
                Expr::Paren(paren) => &paren.expr,
                Expr::Group(group) => &group.expr,
                Expr::Reference(reference) => &reference.expr,
                Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => &unary.expr,
                Expr::Try(attempt) => &attempt.expr,
                Expr::Index(index) if !is_number(&index.index) || self.in_loop() => {
                    is_one = true;
                    &index.expr
                }
                Expr::Await(awaited) if locks(&awaited.base) => &awaited.base,
                Expr::MethodCall(call) if self.passes(call) => {
                    is_one |= BY_KEY.contains(&plain(&call.method).as_str());
                    &call.receiver
                }
                // `mem::take(&mut self.tasks)`.
                Expr::Call(call) if takes_all(call) => call.args.first()?,
                Expr::Field(of) => {
                    field = field.or(Some(of));
                    &of.base
                }
                Expr::Path(path) if path.path.is_ident("self") => {
                    let of = self.path_of_field(field?)?;
                    let id = self.slot(Slot::Field(of.clone()));
                    return Some(Kept {
                        id,
                        field: Some(of),
                        is_own: true,
                    });
                }
                Expr::Path(path) => {
                    let Name::Variable(id) = self.resolve(&path.path) else {
                        return None;
                    };
                    let Some(field) = field else {
                        return (!is_one || self.in_loop()).then_some(Kept {
                            id,
                            field: None,
                            is_own: false,
                        });
                    };
                    return Some(Kept {
                        id: self.slot(Slot::FieldOf(id, name_of(field))),
                        field: self.path_of_field(field),
                        is_own: false,
                    });
                }
                _ => return None,
            };
        }
        None
    }

    fn passes(&self, call: &ExprMethodCall) -> bool {
        let method = plain(&call.method);
        let method = method.as_str();
        let is_any = PASSING.contains(&method) || BY_KEY.contains(&method);
        match call.args.first() {
            Some(number) if is_number(number) => is_any && self.in_loop(),
            // `iter.take(n)` is not all.
            Some(_) if method == "take" => false,
            _ => is_any || PICKING.contains(&method) && self.in_loop(),
        }
    }

    fn in_loop(&self) -> bool {
        let mut around = self.frames.iter().rev().take_while(|frame| frame.function().is_none());
        around.any(|frame| matches!(frame, Frame::Loop))
    }

    fn path_of_field(&self, field: &ExprField) -> Option<String> {
        let of = self.type_of(&field.base)?;
        Some(of_field(&of, &name_of(field)))
    }

    /// The field that an expression keeps handles in, and what stands for it in whatever variable.
    fn with_any(&mut self, kept: Kept) -> Vec<LocalId> {
        let any = kept
            .field
            .filter(|_| !kept.is_own)
            .map(|of| self.slot(Slot::FieldOfAny(of)));
        std::iter::once(kept.id).chain(any).collect()
    }

    /// What keeps what methods put into a field, or who makes the object.
    pub(super) fn put_in_field(&mut self, of: String) -> LocalId {
        let put = self.slot(Slot::PutInField(of.clone()));
        for seen_by in [Slot::Field(of.clone()), Slot::FieldOfAny(of)] {
            let seen_by = self.slot(seen_by);
            self.found.keepers.goes_on(put, seen_by);
        }
        put
    }

    /// What keeps the handles that an expression is, or goes through, for who does something to all of them.
    pub(super) fn kept_by(&mut self, expr: &Expr) -> Vec<LocalId> {
        let kept = self.kept(expr);
        kept.map_or_else(Vec::new, |kept| self.with_any(kept))
    }
}

fn name_of(field: &ExprField) -> String {
    match &field.member {
        Member::Named(name) => plain(name),
        Member::Unnamed(index) => index.index.to_string(),
    }
}

fn is_number(expr: &Expr) -> bool {
    matches!(expr, Expr::Lit(ExprLit { lit: Lit::Int(_), .. }))
}

/// `self.tasks.lock().await`.
fn locks(expr: &Expr) -> bool {
    matches!(expr, Expr::MethodCall(call) if matches!(plain(&call.method).as_str(), "lock" | "read" | "write"))
}

fn takes_all(call: &ExprCall) -> bool {
    matches!(&*call.func, Expr::Path(func) if last_name(&func.path).as_deref() == Some("take")) && call.args.len() == 1
}
