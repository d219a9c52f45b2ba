//! Dictionaries of keywords that are built up before a call unpacks them: `options = {…}`, `options["x"] = …`,
//! `options.update(…)`, constants of a module or a class, attributes that a method fills, copies and unions of others.

mod changes;
mod known;

use std::cell::{Cell, OnceCell};

use ruff_python_ast::{Expr, ExprCall, ModModule, Operator};
use ruff_text_size::Ranged;

use self::changes::{Change, Changes, Kind};
pub(in crate::python) use self::known::{Item, KeyPlace, Known};
use crate::python::names::{FunctionId, Names, Value};
use crate::python::values::variables::{Holds, Variables};
use crate::python::version_choice::VersionChoice;

/// Dictionaries that are made of dictionaries are followed so far.
const DEEPEST: usize = 4;

/// So many dictionaries and changes are looked at for one.
const MOST_STEPS: u32 = 1_000;

/// The dictionaries of a module, collected when the first call unpacks one by its name.
pub(in crate::python) struct Options<'a> {
    module: &'a ModModule,
    variables: &'a dyn Variables,
    choice: &'a VersionChoice<'a>,
    changes: OnceCell<Changes<'a>>,
}

/// A look at one dictionary.
#[derive(Clone, Copy)]
struct Look<'s> {
    /// Where the dictionary is unpacked.
    place: usize,
    /// So many dictionaries in dictionaries are still followed.
    depth: usize,
    steps: &'s Cell<u32>,
}

impl Look<'_> {
    fn deeper(self) -> Option<Self> {
        let depth = self.depth.checked_sub(1)?;
        Some(Self { depth, ..self })
    }

    fn may_go_on(self) -> bool {
        self.steps.set(self.steps.get() + 1);
        self.steps.get() <= MOST_STEPS
    }
}

impl<'a> Options<'a> {
    pub(in crate::python) fn new(
        module: &'a ModModule,
        variables: &'a dyn Variables,
        choice: &'a VersionChoice<'a>,
    ) -> Self {
        Self {
            module,
            variables,
            choice,
            changes: OnceCell::new(),
        }
    }

    pub(in crate::python) fn module(&self) -> &'a ModModule {
        self.module
    }

    pub(in crate::python) fn variables(&self) -> &'a dyn Variables {
        self.variables
    }

    fn names(&self) -> &'a Names {
        self.variables.names()
    }

    /// What `unpacked` holds where it stands; `None` where it is no dictionary in sight.
    pub(in crate::python) fn known<'e>(&self, unpacked: &'e Expr) -> Option<Known<'e>>
    where
        'a: 'e,
    {
        let look = Look {
            place: unpacked.start().to_usize(),
            depth: DEEPEST,
            steps: &Cell::new(0),
        };
        self.contents(unpacked, look)
    }

    /// Whether the dictionary in which `key` stands is there for the call alone that unpacks it as `unpacked`.
    pub(in crate::python) fn is_only_use(&self, unpacked: &Expr, key: KeyPlace) -> bool {
        let Expr::Name(name) = unpacked else {
            return false;
        };
        let mut origins = self.names().origins(unpacked).into_iter().flatten();
        let made = origins.next().filter(|_| origins.next().is_none());
        let made = made.and_then(|origin| self.changes().made_at(origin));
        let here = self.names().function_at(name.start().to_usize());
        let is_made_here =
            |(made, function): (&Expr, Option<FunctionId>)| function == here && made.range().contains_range(key.key);
        // Of a class of the project's own the keys stand there as well: a `TypedDict`.
        let is_of_class = |value: &Value| matches!(value.at_home(), Value::Instance(_));
        let is_declared = self.names().values(unpacked).iter().any(is_of_class);
        made.is_some_and(is_made_here) && self.names().is_read_once(name) && !is_declared
    }

    fn contents<'e>(&self, dictionary: &'e Expr, look: Look<'_>) -> Option<Known<'e>>
    where
        'a: 'e,
    {
        if !look.may_go_on() {
            return None;
        }
        match dictionary {
            Expr::Dict(display) => {
                let look = look.deeper()?;
                let mut known = Known::default();
                for item in &display.items {
                    match &item.key {
                        Some(Expr::StringLiteral(key)) => {
                            known.set(key.value.to_str(), &item.value, Some(KeyPlace::of(key.range())));
                        }
                        Some(_) => known.has_more = true,
                        None => known.merge(self.contents(&item.value, look).unwrap_or_else(Known::anything)),
                    }
                }
                Some(known)
            }
            Expr::If(either) => {
                let look = look.deeper()?;
                let body = self.contents(&either.body, look)?;
                let other = self.contents(&either.orelse, look)?;
                match self.choice.is_chosen(either.start().to_usize()) {
                    true => None,
                    false => Some(body.or(other)),
                }
            }
            Expr::BinOp(union) if union.op == Operator::BitOr => {
                let look = look.deeper()?;
                let (left, right) = (self.contents(&union.left, look), self.contents(&union.right, look));
                if left.is_none() && right.is_none() {
                    return None;
                }
                let mut known = left.unwrap_or_else(Known::anything);
                known.merge(right.unwrap_or_else(Known::anything));
                Some(known)
            }
            Expr::Call(call) if is_dict(call, self.names()) => {
                let look = look.deeper()?;
                let mut known = match &*call.arguments.args {
                    [] => Known::default(),
                    [other] => self.contents(other, look).unwrap_or_else(Known::anything),
                    _ => Known::anything(),
                };
                for keyword in &call.arguments.keywords {
                    match &keyword.arg {
                        Some(name) => {
                            let place = KeyPlace {
                                key: name.range(),
                                call: Some(call.range()),
                            };
                            // A `TypedDict` may want the key.
                            let place = is_builtin_dict(call).then_some(place);
                            known.set(name.as_str(), &keyword.value, place);
                        }
                        None => known.merge(self.contents(&keyword.value, look).unwrap_or_else(Known::anything)),
                    }
                }
                Some(known)
            }
            Expr::Call(call) if let Some(Expr::Lambda(made_by)) = self.variables.only_value(&call.func) => {
                self.contents(&made_by.body, look.deeper()?)
            }
            Expr::Call(call) if let Some(copied) = copied(call, self.names()) => self.contents(copied, look.deeper()?),
            Expr::Subscript(_) if let Some(item) = self.variables.only_value(dictionary) => {
                self.contents(item, look.deeper()?)
            }
            _ => self
                .built(dictionary, look.deeper()?)
                .or_else(|| self.one_of(dictionary, look.deeper()?))
                .or_else(|| self.elsewhere(dictionary)),
        }
    }

    /// What a name holds where it stands for one of several dictionaries, none of which was changed in between.
    fn one_of(&self, dictionary: &Expr, look: Look<'_>) -> Option<Known<'a>> {
        let held = self.variables.held(dictionary);
        let mut all: Option<Known<'a>> = None;
        for one in held.iter() {
            let Holds::Value(value @ (Expr::Dict(_) | Expr::Call(_) | Expr::If(_))) = one else {
                return None;
            };
            let is_chosen = self.choice.is_chosen(value.start().to_usize());
            let known = self.contents(value, look).filter(|_| !is_chosen)?;
            all = Some(match all {
                Some(others) => others.or(known),
                None => known,
            });
        }
        all
    }

    /// What a dictionary holds that is a constant of another module.
    fn elsewhere(&self, dictionary: &Expr) -> Option<Known<'a>> {
        self.names().foreign_dict(dictionary).map(Known::of_another_module)
    }

    /// What a dictionary holds that was made before, after what was done to it since.
    fn built(&self, dictionary: &Expr, look: Look<'_>) -> Option<Known<'a>> {
        if let Expr::Attribute(attribute) = dictionary
            && self.names().is_overridden(attribute)
        {
            return None;
        }
        let changes = self.changes();
        let keywords = self.names().keywords_of(dictionary);
        let (mut known, function, all) = match keywords {
            // Whatever callers give, and what is done to it.
            Some(function) => {
                let all = changes.of_keywords(function);
                let known = Known::anything();
                (!all.is_empty()).then_some((known, Some(function), all))?
            }
            None => {
                let mut origins = self.names().origins(dictionary)?;
                let origin = origins.next().filter(|_| origins.next().is_none())?;
                let (made, function) = changes.made_at(origin)?;
                (self.contents(made, look)?, function, changes.of_origin(origin))
            }
        };
        let here = self.names().function_at(look.place);
        for change in all {
            if !look.may_go_on() {
                return Some(Known::anything());
            }
            self.apply(change, all, &mut known, (function, here), look);
        }
        Some(known)
    }

    /// Does to a dictionary, made in the first of two functions, what `change` does to it before the second one unpacks it.
    fn apply(
        &self,
        change: &Change<'a>,
        all: &[Change<'a>],
        known: &mut Known<'a>,
        (function, here): (Option<FunctionId>, Option<FunctionId>),
        look: Look<'_>,
    ) {
        let changes = self.changes();
        let is_beside = change.function == here && (function == here || function.is_none());
        if is_beside && look.place < change.at && !matches!(change.kind, Kind::Remove(_)) {
            return;
        }
        let is_where_it_is_made = change.function == function && change.block.is_none();
        let is_certain = match is_beside {
            true => changes.holds(change, look.place),
            false => is_where_it_is_made && function != here,
        };
        // What made it has run to its end where another function unpacks it.
        let reached = match (is_beside, change.function == function && function != here) {
            (true, _) => Some(look.place),
            (false, true) => Some(usize::MAX),
            (false, false) => None,
        };
        let is_possible =
            || reached.is_some_and(|place| changes.may_reach(change, all, place)) && !self.choice.is_chosen(change.at);
        match (&change.kind, is_certain) {
            (Kind::Remove(key), _) => known.remove(key),
            (Kind::Set(key, value, place), true) => known.set(key, value, *place),
            (Kind::Default(key, value, place), true) => known.set_default(key, value, true, *place),
            (Kind::Merge(other), true) => known.merge(self.merged(other, change, look)),
            (Kind::Set(key, value, place), false) if is_possible() => known.may_set(key, Some(value), *place),
            (Kind::Default(key, value, place), false) if is_possible() => known.set_default(key, value, false, *place),
            (Kind::Merge(other), false) if is_possible() => known.may_merge(self.merged(other, change, look)),
            (Kind::Emptied, _) => known.empty(),
            _ => known.has_more = true,
        }
    }

    /// What the other dictionary holds where it is merged into one.
    fn merged(&self, other: &'a Expr, change: &Change<'a>, look: Look<'_>) -> Known<'a> {
        let place = change.at;
        let known = self.contents(other, Look { place, ..look });
        known.unwrap_or_else(Known::anything)
    }

    fn changes(&self) -> &Changes<'a> {
        self.changes.get_or_init(|| Changes::of(self.module, self.names()))
    }
}

/// `dict(…)`, or the call of a class of the project that is a `TypedDict`.
fn is_dict(call: &ExprCall, names: &Names) -> bool {
    match is_builtin_dict(call) {
        true => names.resolve(&call.func) == Some("dict"),
        false => {
            let takes_keywords_alone = call.arguments.args.is_empty() && !call.arguments.keywords.is_empty();
            takes_keywords_alone && names.is_typed_dict(&call.func)
        }
    }
}

fn is_builtin_dict(call: &ExprCall) -> bool {
    matches!(&*call.func, Expr::Name(name) if name.id == "dict")
}

/// The dictionary of which a call gives a copy: `<this>.copy()`, `copy.copy(<this>)`, or what shows it.
fn copied<'e>(call: &'e ExprCall, names: &Names) -> Option<&'e Expr> {
    if !call.arguments.keywords.is_empty() {
        return None;
    }
    match (&*call.func, &*call.arguments.args) {
        (Expr::Attribute(method), []) if method.attr.as_str() == "copy" => Some(&method.value),
        (callee, [copied]) => match names.resolve(callee)? {
            "copy.copy" | "copy.deepcopy" | "types.MappingProxyType" => Some(copied),
            _ => None,
        },
        _ => None,
    }
}

/// Functions that change nothing that they get.
pub(in crate::python) fn reads_only(function: &Expr) -> bool {
    let name = match function {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    matches!(
        name,
        "dict"
            | "print"
            | "len"
            | "str"
            | "repr"
            | "list"
            | "tuple"
            | "sorted"
            | "update"
            | "copy"
            | "deepcopy"
            | "MappingProxyType"
            | "dumps"
            | "debug"
            | "info"
    )
}
