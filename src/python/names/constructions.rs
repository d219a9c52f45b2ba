//! What constructors of the project are given, as far as the calls in sight show: `Peer(await connect(url))`.

use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use super::binding::{Binding, Bindings, FunctionId, Meaning, Reference, Scope, ScopeId, Step};
use super::build::Builder;
use super::evaluate::Evaluation;
use super::keywords::CONSTRUCTOR;
use super::makings::{Making, from_module};
use super::meaning::{last_name, meanings, reference};
use super::parameters::Given;
use super::table::Table;
use super::value::{Elsewhere, Value};
use crate::python::syntax::dotted;
use crate::python::syntax::unpacking::unpacks;

/// Of a call with more arguments no one is looked at.
const MOST_ARGUMENTS: usize = 16;

/// Of a class whose objects more calls make is not told what they are given.
const MOST_CONSTRUCTIONS: usize = 32;

/// A call that may make an object of a class of the project, or the part of one that a base class makes.
#[derive(Debug)]
pub(super) struct Construction {
    callee: Reference,
    /// The positional arguments in front of the first `*args`, by what each may be.
    positional: Vec<Vec<Meaning>>,
    named: Vec<(Name, Vec<Meaning>)>,
    /// `*args` or `**kwargs` may bring more.
    unpacks: bool,
}

impl Construction {
    /// What it gives for a parameter; nothing where the default is left, the outer `None` where that cannot be told.
    fn gives(&self, given: &Given) -> Option<&[Meaning]> {
        let by_name = self.named.iter().find(|(name, _)| *name == given.name);
        let argument = by_name.map(|(_, meanings)| meanings);
        match argument.or_else(|| self.positional.get(given.position)) {
            Some(meanings) => Some(meanings),
            None => (!self.unpacks).then_some(&[]),
        }
    }
}

impl Builder {
    /// Takes note of a call that may make an object, by the name of what is called: what that means is not known yet.
    pub(super) fn construction(&mut self, call: &ExprCall) {
        let (arguments, scope) = (&call.arguments, self.scope);
        let may_be_object = |value: &Expr| {
            matches!(
                value,
                Expr::Name(_) | Expr::Attribute(_) | Expr::Call(_) | Expr::Await(_)
            )
        };
        if !may_construct(&call.func)
            || arguments.len() > MOST_ARGUMENTS
            || !arguments.args.iter().any(may_be_object)
                && !arguments.keywords.iter().any(|keyword| may_be_object(&keyword.value))
        {
            return;
        }
        let Some(callee) = reference(&call.func, scope) else {
            return;
        };
        let seen = arguments.args.iter().take_while(|value| !value.is_starred_expr());
        let positional: Vec<Vec<Meaning>> = seen.map(|value| meanings(value, scope)).collect();
        let named = arguments.keywords.iter().filter_map(|keyword| {
            let name = keyword.arg.as_ref()?.id.clone();
            Some((name, meanings(&keyword.value, scope)))
        });
        let construction = Construction {
            callee,
            unpacks: unpacks(&arguments.args, &arguments.keywords),
            named: named.collect(),
            positional,
        };
        let at = call.start().to_usize();
        self.names.constructions.insert(at, construction);
    }
}

/// `Peer(…)`, `peers.Peer(…)`, `cls(…)`, `super().__init__(…)`.
fn may_construct(callee: &Expr) -> bool {
    let Some(name) = dotted::last_name(callee) else {
        return false;
    };
    let is_class = name.trim_start_matches('_').starts_with(char::is_uppercase);
    let is_failure = name.ends_with("Error") || name.ends_with("Exception");
    is_class && !is_failure || matches!(name, "cls" | CONSTRUCTOR)
}

impl Evaluation<'_, '_> {
    /// What the constructions of the module give for a parameter of a constructor, all of them.
    pub(super) fn constructed_with(&self, constructor: FunctionId, name: &Name) -> Vec<Value> {
        let given = self.table.given_to(constructor, name);
        let constructions = given.as_ref().and_then(|given| self.constructions_of(given));
        let meanings = constructions.map_or_else(Vec::new, |all| all.into_iter().flatten().collect());
        self.union(meanings, false)
    }

    /// The calls that make what these give.
    pub(super) fn makings_constructed_with(&self, given: &Given) -> Option<Vec<Making>> {
        let mut found: Vec<Making> = Vec::new();
        for meanings in self
            .constructions_of(given)?
            .into_iter()
            .filter(|given| !given.is_empty())
        {
            found.extend(self.makings_of(meanings)?);
        }
        (!found.is_empty()).then_some(found)
    }

    /// What each construction of the module gives for a parameter of a constructor; nothing where one gives what cannot be told.
    fn constructions_of(&self, given: &Given) -> Option<Vec<&[Meaning]>> {
        let names = self.table.constructing_names(given.class?);
        let mut found = Vec::new();
        for construction in self.table.constructions.values() {
            if names.contains(&last_name(&construction.callee))
                && self.constructor_of(construction) == Some((None, given.function))
            {
                found.push(construction.gives(given)?);
                if found.len() > MOST_CONSTRUCTIONS {
                    return None;
                }
            }
        }
        Some(found)
    }

    /// The calls that make what an attribute of the object that `owner` means keeps of what its constructor was given: of that
    /// object alone, where the calls that make it are in sight.
    pub(super) fn makings_kept(&self, owner: &Reference, object: &Value, name: &Name) -> Option<Vec<Making>> {
        let (module, class) = match object {
            Value::Instance(class) => (None, *class),
            Value::Foreign { module, value, .. } => match **value {
                Value::Instance(class) => (Some(module), class),
                _ => return None,
            },
            _ => return None,
        };
        let given = match module {
            Some(module) => self.elsewhere(module).kept(class, name)?,
            None => self.kept(class, name)?,
        };
        let constructor = (module.cloned(), given.function);
        let makings = self.makings_of_reference(owner)?;
        let mut found = Vec::new();
        for source in makings.iter().flat_map(Making::sources) {
            found.extend(match &source.module {
                Some(there) => {
                    let made = self.elsewhere(there).makings_given_at(source.call, &given, |run| {
                        let of_module = |(module, run): (Option<Elsewhere>, _)| (module.or(Some(there.clone())), run);
                        run.map(of_module).as_ref() == Some(&constructor)
                    });
                    from_module(made?, there)
                }
                None => self.makings_given_at(source.call, &given, |run| run.as_ref() == Some(&constructor))?,
            });
        }
        (!found.is_empty()).then_some(found)
    }

    /// The parameter of its constructor that an attribute of an object of `class` keeps, and nothing else.
    fn kept(&self, class: ScopeId, name: &Name) -> Option<Given> {
        let scope = self.table.scope(class);
        let Bindings::Known(known) = scope.attributes.get(name).filter(|_| !scope.names.contains_key(name))? else {
            return None;
        };
        let [only] = known.as_slice() else {
            return None;
        };
        let Meaning::Alias(kept) = &only.meaning else {
            return None;
        };
        let (owner, entry) = self.table.lookup(kept.scope, &kept.root)?;
        let Bindings::Known(bound) = &entry.bindings else {
            return None;
        };
        let [
            Binding {
                meaning: Meaning::Argument { .. } | Meaning::Optional,
                ..
            },
        ] = bound.as_slice()
        else {
            return None;
        };
        let given = self.table.given(owner, &kept.root).filter(|_| kept.steps.is_empty())?;
        (given.class == Some(class)).then_some(given)
    }

    /// What the construction at `call` gives for a parameter of the constructor that it runs.
    fn makings_given_at(
        &self,
        call: usize,
        given: &Given,
        is_it: impl FnOnce(Option<Constructor>) -> bool,
    ) -> Option<Vec<Making>> {
        let construction = self.table.constructions.get(&call)?;
        let found = self.makings_of(construction.gives(given)?)?;
        is_it(self.constructor_of(construction)).then_some(found)
    }

    fn constructor_of(&self, construction: &Construction) -> Option<Constructor> {
        let callee = &construction.callee;
        let called = self.may_go_on().then(|| self.reference(callee))?;
        let of_class = |value: &Value| matches!(value.at_home(), Value::Class(_) | Value::Instance(_));
        let run = match (&*called, callee.steps.last()) {
            ([one], _) if of_class(one) => self.attribute(&called, &Name::new_static(CONSTRUCTOR)),
            (_, Some(Step::Attribute(name))) if name == CONSTRUCTOR => called,
            _ => return None,
        };
        match &*run {
            [Value::Function(function)] => Some((None, *function)),
            [Value::Foreign { module, value, .. }] => match **value {
                Value::Function(function) => Some((Some(module.clone()), function)),
                _ => None,
            },
            _ => None,
        }
    }
}

/// A constructor, with the module that it stands in unless it is the one that is looked at.
type Constructor = (Option<Elsewhere>, FunctionId);

impl Table {
    /// The names that calls which make an object of a class of the module, or of one that inherits from it, call.
    fn constructing_names(&self, class: ScopeId) -> Vec<&str> {
        let mut names = vec!["cls", CONSTRUCTOR];
        names.extend(self.scope(class).name.as_ref().map(Name::as_str));
        let mut looked_at = 2;
        while let Some(base) = names.get(looked_at).copied() {
            let is_base = |of: &Option<Reference>| of.as_ref().is_some_and(|of| last_name(of) == base);
            let inherits = |scope: &&Scope| scope.bases.iter().any(is_base);
            let inheriting = self
                .scopes
                .iter()
                .filter(inherits)
                .filter_map(|scope| scope.name.as_ref());
            let new: Vec<&str> = inheriting
                .map(Name::as_str)
                .filter(|name| !names.contains(name))
                .collect();
            names.extend(new);
            looked_at += 1;
        }
        names
    }
}
