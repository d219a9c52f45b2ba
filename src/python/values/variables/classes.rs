//! The constants of a module's classes: what one statement of a class's body assigns to a name, and nothing else does.

use foldhash::{HashMap, HashSet};
use ruff_python_ast::{Expr, ExprAttribute, ExprCall, ModModule, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::statements::bound_in;
use crate::python::names::{ClassMembers, Names, ScopeId, Value, names_value};
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::nodes::{Node, Scope, nodes_in};
use crate::python::syntax::unpacking::unpacks;

/// The classes of a module with their constants.
pub(super) struct Classes<'a> {
    by_scope: HashMap<ScopeId, &'a StmtClassDef>,
    /// Attributes that something assigns to, through whatever object, and how often.
    assigned: HashMap<&'a str, usize>,
    /// How many classes of the module have a name in their body.
    owners: HashMap<&'a str, usize>,
    /// The keywords of all calls: what makes or copies an object may give a field another value than its default.
    keywords: HashSet<&'a str>,
    /// How many positional arguments the calls of a class give at most.
    positional: HashMap<ScopeId, usize>,
}

/// So many bases are gone up.
const HIGHEST: usize = 8;

/// What makes the constructor of a class of its annotations.
const MAKERS: &[&str] = &["NamedTuple", "dataclass", "define", "frozen", "mutable", "attrs"];

/// A constant that more classes have is not looked for in subclasses.
const MOST_OWNERS: usize = 64;

/// Of one enumeration so many members are looked at.
const MOST_MEMBERS: usize = 64;

impl<'a> Classes<'a> {
    pub(super) fn of(module: &'a ModModule, names: &Names) -> Self {
        let mut search = Search {
            names,
            found: Self {
                by_scope: HashMap::default(),
                assigned: HashMap::default(),
                owners: HashMap::default(),
                keywords: HashSet::default(),
                positional: HashMap::default(),
            },
        };
        nodes_in(&module.body, Scope::All).for_each(|node| match node {
            Node::Statement(Stmt::ClassDef(class)) => search.class(class),
            Node::Expr(Expr::Attribute(attribute)) if !attribute.ctx.is_load() => {
                *search.found.assigned.entry(attribute.attr.as_str()).or_default() += 1;
            }
            Node::Expr(Expr::Call(call)) => search.call(call),
            _ => {}
        });
        search.found
    }

    /// The constant that `self.NAME`, `cls.NAME` or `Class.NAME` reads.
    pub(super) fn constant(&self, attribute: &ExprAttribute, names: &Names) -> Option<&'a Expr> {
        // What an enumeration's member is written as.
        let (attribute, is_value) = match &*attribute.value {
            Expr::Attribute(member) if names_value(&attribute.attr) && is_class(&member.value, names) => (member, true),
            _ => (attribute, false),
        };
        let name = attribute.attr.as_str();
        if self.assigned.contains_key(name) {
            return self.kept_of_member(attribute, names);
        }
        let (scope, is_of_this) = match names.values(&attribute.value) {
            [Value::Class(scope)] => (*scope, true),
            [Value::Instance(scope)] => (*scope, false),
            _ => return None,
        };
        // Through an instance the constant of a subclass may be meant.
        if !is_of_this && self.owners.get(name).is_some_and(|owners| *owners > 1) {
            return None;
        }
        match names.members_of(scope) {
            ClassMembers::Assigned if is_value => return None,
            ClassMembers::Names if !is_value => return None,
            _ => {}
        }
        let mut class = *self.by_scope.get(&scope)?;
        for _ in 0..HIGHEST {
            match assigned_in(class, name) {
                Assigned::Once(_) if !is_of_this && self.may_be_given(scope, class, name) => return None,
                Assigned::Once(value) => return Some(value),
                Assigned::Otherwise => return None,
                Assigned::Nowhere => {}
            }
            let [base] = class.bases() else {
                return None;
            };
            let [Value::Class(above)] = names.values(base) else {
                return None;
            };
            class = self.by_scope.get(above)?;
        }
        None
    }

    /// What `Class.MEMBER.name` keeps of the member's value, which is what an enumeration's constructor is given: `self.name = name`.
    fn kept_of_member(&self, attribute: &ExprAttribute, names: &Names) -> Option<&'a Expr> {
        let member = attribute.value.as_attribute_expr()?;
        let [Value::Class(scope)] = names.values(&member.value) else {
            return None;
        };
        let class = *self.by_scope.get(scope)?;
        let Assigned::Once(value) = assigned_in(class, &member.attr) else {
            return None;
        };
        let is_enumeration = names.members_of(*scope) != ClassMembers::Assigned;
        let is_once = self.assigned.get(attribute.attr.as_str()) == Some(&1);
        let mut methods = class.body.iter().filter_map(Stmt::as_function_def_stmt);
        let constructor = methods.find(|method| method.name.as_str() == "__init__");
        let position = kept_parameter(constructor.filter(|_| is_enumeration && is_once)?, &attribute.attr)?;
        match value {
            Expr::Tuple(given) if !given.elts.iter().any(Expr::is_starred_expr) => given.elts.get(position),
            Expr::Tuple(_) => None,
            single => (position == 0).then_some(single),
        }
    }

    /// The constants that `self.NAME` may be: what the bodies of the class and of its subclasses assign to the name, each once.
    pub(super) fn constants_of_heirs(&self, attribute: &ExprAttribute, names: &Names) -> Vec<&'a Expr> {
        let name = attribute.attr.as_str();
        let [Value::Instance(class)] = names.values(&attribute.value) else {
            return Vec::new();
        };
        let owners = self.owners.get(name).copied().unwrap_or_default();
        // Members of an enumeration are what they are called.
        let is_plain = !self.assigned.contains_key(name) && names.members_of(*class) != ClassMembers::Names;
        if !is_plain || !(2..=MOST_OWNERS).contains(&owners) {
            return Vec::new();
        }
        let constants = self
            .by_scope
            .iter()
            .filter_map(|(scope, body)| match assigned_in(body, name) {
                Assigned::Once(value) if !self.may_be_given(*scope, body, name) => {
                    names.inherits(*scope, *class).then_some(value)
                }
                _ => None,
            });
        let mut constants: Vec<&Expr> = constants.collect();
        constants.sort_by_key(|constant| constant.start());
        constants
    }

    /// What the call of a class gives for a field of the object that it makes, whose constructor is made of the class's annotations.
    pub(super) fn field<'e>(&self, call: &'e ExprCall, name: &str, names: &Names) -> Option<&'e Expr> {
        let [Value::Class(scope)] = names.values(&call.func) else {
            return None;
        };
        let class = self.by_scope.get(scope).filter(|_| !self.assigned.contains_key(name))?;
        let is_one = |expr: &Expr| {
            let called = expr.as_call_expr().map_or(expr, |call| &call.func);
            last_name(called).is_some_and(|name| MAKERS.contains(&name))
        };
        let mut decorators = class.decorator_list.iter().map(|decorator| &decorator.expression);
        let is_made = decorators.any(is_one) || class.bases().iter().any(is_one);
        let mut fields = class.body.iter().filter_map(Stmt::as_ann_assign_stmt);
        let place = fields
            .position(|field| binds(&field.target, name))
            .filter(|_| is_made)?;
        call.arguments
            .find_argument_value(name, place)
            .filter(|value| !value.is_starred_expr())
    }

    /// The values that the members of an enumeration have.
    pub(super) fn members(&self, class: ScopeId) -> Option<Vec<&'a Expr>> {
        let values = self
            .by_scope
            .get(&class)?
            .body
            .iter()
            .filter_map(|statement| match statement {
                Stmt::Assign(assign) => match &*assign.targets {
                    [Expr::Name(member)] if !(member.id.starts_with('_') && member.id.ends_with('_')) => {
                        Some(&*assign.value)
                    }
                    _ => None,
                },
                _ => None,
            });
        Some(values.take(MOST_MEMBERS).collect())
    }

    /// Whether a call may give `name` another value, a field of `class` that objects of the class of this scope have.
    fn may_be_given(&self, scope: ScopeId, class: &StmtClassDef, name: &str) -> bool {
        let mut fields = class.body.iter().filter_map(Stmt::as_ann_assign_stmt);
        let Some(place) = fields.position(|field| binds(&field.target, name)) else {
            return false;
        };
        self.keywords.contains(name) || self.positional.get(&scope).is_some_and(|given| *given > place)
    }
}

fn is_class(expr: &Expr, names: &Names) -> bool {
    matches!(names.values(expr), [Value::Class(_)])
}

/// The position of the parameter, behind the object itself, that a constructor keeps in an attribute as it got it.
fn kept_parameter(constructor: &StmtFunctionDef, attribute: &str) -> Option<usize> {
    let mut parameters = constructor.parameters.iter_non_variadic_params().map(|one| one.name());
    let object = parameters.next()?;
    let kept = constructor.body.iter().find_map(|statement| {
        let assign = statement.as_assign_stmt()?;
        let [Expr::Attribute(target)] = &*assign.targets else {
            return None;
        };
        let is_it = target.attr.as_str() == attribute
            && target
                .value
                .as_name_expr()
                .is_some_and(|owner| owner.id == *object.as_str());
        assign.value.as_name_expr().filter(|_| is_it)
    })?;
    let is_bound = bound_in(&constructor.body).any(|bound| bound == kept.id.as_str());
    parameters
        .position(|name| name.as_str() == kept.id.as_str())
        .filter(|_| !is_bound)
}

/// How the body of a class binds a name.
enum Assigned<'a> {
    Once(&'a Expr),
    Otherwise,
    Nowhere,
}

fn assigned_in<'a>(class: &'a StmtClassDef, name: &str) -> Assigned<'a> {
    let mut found = Assigned::Nowhere;
    for statement in &class.body {
        let value = match statement {
            Stmt::Assign(assign) => match &*assign.targets {
                [Expr::Name(target)] if target.id == name => Some(&*assign.value),
                _ if assign.targets.iter().any(|target| binds(target, name)) => None,
                _ => continue,
            },
            Stmt::AnnAssign(assign) if binds(&assign.target, name) => assign.value.as_deref(),
            Stmt::FunctionDef(function) if function.name.as_str() == name => None,
            Stmt::If(_) | Stmt::Try(_) | Stmt::For(_) | Stmt::While(_) | Stmt::With(_) | Stmt::AugAssign(_)
                if bound_in(std::slice::from_ref(statement)).any(|bound| bound == name) =>
            {
                None
            }
            _ => continue,
        };
        found = match (value, found) {
            (Some(value), Assigned::Nowhere) => Assigned::Once(value),
            _ => return Assigned::Otherwise,
        };
    }
    found
}

fn binds(target: &Expr, name: &str) -> bool {
    match target {
        Expr::Name(found) => found.id == name,
        Expr::Tuple(tuple) => tuple.elts.iter().any(|part| binds(part, name)),
        Expr::List(list) => list.elts.iter().any(|part| binds(part, name)),
        Expr::Starred(starred) => binds(&starred.value, name),
        _ => false,
    }
}

struct Search<'a, 'n> {
    names: &'n Names,
    found: Classes<'a>,
}

impl<'a> Search<'a, '_> {
    fn call(&mut self, call: &'a ExprCall) {
        let keywords = call.arguments.keywords.iter();
        let names = keywords.filter_map(|keyword| keyword.arg.as_ref());
        self.found.keywords.extend(names.map(|name| name.as_str()));
        let given = if unpacks(&call.arguments.args, &call.arguments.keywords) {
            usize::MAX
        } else {
            call.arguments.args.len()
        };
        if given > 0
            && let [Value::Class(class)] = self.names.values(&call.func)
        {
            let most = self.found.positional.entry(*class).or_default();
            *most = given.max(*most);
        }
    }

    fn class(&mut self, class: &'a StmtClassDef) {
        let Some(first) = class.body.first() else {
            return;
        };
        let scope = self.names.scope_at(first.start().to_usize());
        self.found.by_scope.entry(scope).or_insert(class);
        let mut own: HashSet<&'a str> = HashSet::default();
        for statement in &class.body {
            let targets = match statement {
                Stmt::Assign(assign) => assign.targets.as_slice(),
                Stmt::AnnAssign(assign) => std::slice::from_ref(&*assign.target),
                _ => &[],
            };
            own.extend(
                targets
                    .iter()
                    .filter_map(Expr::as_name_expr)
                    .map(|name| name.id.as_str()),
            );
        }
        for name in own {
            *self.found.owners.entry(name).or_default() += 1;
        }
    }
}
