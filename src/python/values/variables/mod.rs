//! What names hold where they are read, as far as the module says it: the values that its own code gives them, and no guess.
//!
//! The one place that is asked for the value of a name, an attribute or an item: of a local variable by the course of its
//! function, of a variable of the module where it is assigned once, of a constant of a class of the module. What another
//! module gives is unknown here.

mod branches;
mod classes;
mod elements;
mod flow;
mod possible;
mod statements;
mod targets;

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use foldhash::{HashMap, HashSet};
use ruff_python_ast::{Expr, ExprAttribute, ExprCall, ExprName, ModModule, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

use self::classes::Classes;
pub(in crate::python) use self::elements::{elements, item, values_by_keyword};
pub(in crate::python) use self::flow::Held;
use self::flow::{Flow, unknown};
pub(in crate::python) use self::possible::{chooses, parts, possible};
use crate::python::names::{ClassMembers as Members, FunctionId, Names, Value, names_value};
use crate::python::syntax::nodes::{Scope, statements_in};
use crate::python::values::constants::Constants;
use crate::python::values::encoding_questions::{asking, asks_for_encoding, calls_who_asks};

/// One of the things that a name may hold.
#[derive(Clone, Debug)]
pub(in crate::python) enum Holds<'a> {
    /// What this expression is.
    Value(&'a Expr),
    /// Any element of this, or a part of it: `for _, (name, sign) in <this>` has the parts 1, 0 and 1, 1.
    Element(&'a Expr, Rc<[usize]>),
    /// The part of this that is unpacked into a target: `sign, name = <this>` has the parts 0 and 1.
    Part(&'a Expr, Rc<[usize]>),
    /// What it held before, and this behind it.
    Grown(Rc<[Holds<'a>]>, &'a Expr),
    /// The list that it held before, and this element in it.
    With(Rc<[Holds<'a>]>, &'a Expr),
    /// Anything.
    Unknown,
}

impl Holds<'_> {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Value(a), Self::Value(b)) => std::ptr::eq(*a, *b),
            (Self::Element(a, path), Self::Element(b, other)) | (Self::Part(a, path), Self::Part(b, other)) => {
                std::ptr::eq(*a, *b) && path == other
            }
            (Self::Grown(a, more), Self::Grown(b, other)) | (Self::With(a, more), Self::With(b, other)) => {
                Rc::ptr_eq(a, b) && std::ptr::eq(*more, *other)
            }
            (Self::Unknown, Self::Unknown) => true,
            _ => false,
        }
    }
}

/// Knows what names hold.
pub(in crate::python) trait Variables {
    /// What the names of the module mean beside that.
    fn names(&self) -> &Names;

    /// What `expr`, a name, an attribute or an item, may hold at its place.
    fn held(&self, expr: &Expr) -> Held<'_>;

    /// Whether a condition asks what the console can take, by itself or by a function of the project that does.
    fn asks_for_encoding(&self, condition: &Expr) -> bool;

    /// The definition of a function of the module.
    fn definition(&self, function: FunctionId) -> Option<&StmtFunctionDef>;

    /// The values that a member may have of what `expr` means, an enumeration whose members are written as these.
    fn members(&self, expr: &Expr) -> Option<Vec<&Expr>>;

    /// What the call of a class of the module gives for a field of the object that it makes: a dataclass, a named tuple.
    fn field<'e>(&self, call: &'e ExprCall, name: &str) -> Option<&'e Expr>;

    /// The constants that an attribute of an object may be: that of its class, and those of the subclasses in the module.
    fn constants_of_heirs(&self, attribute: &ExprAttribute) -> Vec<&Expr>;

    /// The one expression that `expr`, a name, an attribute or an item, stands for.
    fn once(&self, expr: &Expr) -> Option<&Expr>;

    /// The same through as many names as that takes.
    fn only_value(&self, expr: &Expr) -> Option<&Expr> {
        let mut value = self.once(expr)?;
        for _ in 0..FARTHEST {
            match self.once(value) {
                Some(next) => value = next,
                None => break,
            }
        }
        Some(value)
    }
}

/// What the names of one module hold.
pub(in crate::python) struct ModuleVariables<'a> {
    names: &'a Names,
    module: &'a ModModule,
    constants: OnceCell<Constants<'a>>,
    classes: OnceCell<Classes<'a>>,
    functions: OnceCell<HashMap<FunctionId, &'a StmtFunctionDef>>,
    /// By function; `None` for the module.
    flows: RefCell<HashMap<Option<FunctionId>, Rc<Flow<'a>>>>,
    /// What is changed in place somewhere, by its last name.
    changed: OnceCell<HashSet<&'a str>>,
    /// Its functions that ask a stream for its encoding.
    asking: OnceCell<HashSet<FunctionId>>,
}

/// So many functions are gone through for the variables that they share with those in them.
const MOST_FUNCTIONS: usize = 10_000;

impl<'a> ModuleVariables<'a> {
    pub(in crate::python) fn of(module: &'a ModModule, names: &'a Names) -> Self {
        Self {
            names,
            module,
            constants: OnceCell::new(),
            classes: OnceCell::new(),
            functions: OnceCell::new(),
            flows: RefCell::default(),
            changed: OnceCell::new(),
            asking: OnceCell::new(),
        }
    }

    fn held_by(&self, expr: &Expr) -> Held<'a> {
        match expr {
            Expr::Name(name) => self.of_name(name),
            Expr::Attribute(attribute) if names_value(&attribute.attr) && attribute.value.is_name_expr() => {
                let values = self.values_of_each(&attribute.value).into_iter().flatten();
                let held: Held<'a> = values.map(Holds::Value).collect();
                if held.is_empty() { unknown() } else { held }
            }
            Expr::Attribute(attribute) => {
                let value = self.classes().constant(attribute, self.names);
                let value = value.filter(|value| self.stays(value, attribute.attr.as_str()));
                value.map_or_else(unknown, |value| Rc::new([Holds::Value(value)]))
            }
            Expr::Subscript(subscript) => {
                let Some(display) = self.display(&subscript.value) else {
                    return unknown();
                };
                let item = item(display, &subscript.slice, self.names);
                item.map_or_else(unknown, |value| Rc::new([Holds::Value(value)]))
            }
            _ => unknown(),
        }
    }

    fn classes(&self) -> &Classes<'a> {
        self.classes.get_or_init(|| Classes::of(self.module, self.names))
    }

    /// The values that `member.value` may be behind `for member in Class`.
    fn values_of_each(&self, member: &Expr) -> Option<Vec<&'a Expr>> {
        match &*self.held_by(member) {
            [Holds::Element(iterated, path)] if path.is_empty() => self.values_of_members(iterated, Members::Names),
            _ => None,
        }
    }

    /// The values of the members of an enumeration, which are written as that, or as their names where `also` says so.
    fn values_of_members(&self, class: &Expr, also: Members) -> Option<Vec<&'a Expr>> {
        let [Value::Class(scope)] = self.names.values(class) else {
            return None;
        };
        let members = self.names.members_of(*scope);
        let is_asked_for = members == Members::Values || members == also;
        is_asked_for.then(|| self.classes().members(*scope))?
    }

    /// The list, the tuple or the dict that `expr` stands for.
    fn display(&self, expr: &Expr) -> Option<&'a Expr> {
        let mut value = self.once_held(expr)?;
        for _ in 0..FARTHEST {
            match self.once_held(value) {
                Some(next) => value = next,
                None => break,
            }
        }
        Some(value)
    }

    fn once_held(&self, expr: &Expr) -> Option<&'a Expr> {
        match &*self.held_by(expr) {
            [Holds::Value(value)] => Some(value),
            _ => None,
        }
    }

    fn of_name(&self, name: &ExprName) -> Held<'a> {
        if self.names.may_be_rebound(name) {
            return unknown();
        }
        let function = self.names.function_at(name.start().to_usize());
        if let Some(flow) = self.flow(function) {
            if let Some(held) = flow.read(name) {
                return held;
            }
            // The bodies of classes, and what runs when a function is defined, read the module's variables as others do.
            if function.is_some() && flow.binds(name) {
                return unknown();
            }
        }
        // What a function around binds is not followed into those in it.
        let constant = self.constants().value(name, self.names);
        let constant = constant.filter(|value| self.stays(value, name.id.as_str()));
        constant.map_or_else(unknown, |value| Rc::new([Holds::Value(value)]))
    }

    /// The constants of the module.
    fn constants(&self) -> &Constants<'a> {
        self.constants.get_or_init(|| Constants::of(self.module))
    }

    /// Whether nothing changes a list or a dict of this name in place.
    fn stays(&self, value: &Expr, name: &str) -> bool {
        let may_change = match value {
            Expr::Dict(_) | Expr::List(_) | Expr::Set(_) => true,
            Expr::Call(call) => matches!(&*call.func, Expr::Name(class) if class.id == "dict"),
            _ => false,
        };
        !may_change
            || !self
                .changed
                .get_or_init(|| elements::changed(self.module))
                .contains(name)
    }

    fn definition_of(&self, function: FunctionId) -> Option<&'a StmtFunctionDef> {
        let functions = self.functions.get_or_init(|| functions(self.module, self.names));
        functions.get(&function).copied()
    }

    fn flow(&self, function: Option<FunctionId>) -> Option<Rc<Flow<'a>>> {
        if let Some(known) = self.flows.borrow().get(&function) {
            return Some(Rc::clone(known));
        }
        if self.flows.borrow().len() > MOST_FUNCTIONS {
            return None;
        }
        let flow = match function {
            None => Flow::of(&self.module.body, None, self.names),
            Some(id) => {
                let function = self.definition_of(id)?;
                Flow::of(&function.body, Some(&function.parameters), self.names)
            }
        };
        let flow = Rc::new(flow);
        self.flows.borrow_mut().insert(function, Rc::clone(&flow));
        Some(flow)
    }
}

impl Variables for ModuleVariables<'_> {
    fn names(&self) -> &Names {
        self.names
    }

    fn held(&self, expr: &Expr) -> Held<'_> {
        self.held_by(expr)
    }

    fn once(&self, expr: &Expr) -> Option<&Expr> {
        self.once_held(expr)
    }

    fn members(&self, expr: &Expr) -> Option<Vec<&Expr>> {
        self.values_of_members(expr, Members::Values)
    }

    fn field<'e>(&self, call: &'e ExprCall, name: &str) -> Option<&'e Expr> {
        self.classes().field(call, name, self.names)
    }

    fn constants_of_heirs(&self, attribute: &ExprAttribute) -> Vec<&Expr> {
        self.classes().constants_of_heirs(attribute, self.names)
    }

    fn asks_for_encoding(&self, condition: &Expr) -> bool {
        let asking = || asking(self.module, self.names);
        let asks = |function| self.asking.get_or_init(asking).contains(&function);
        asks_for_encoding(condition) || calls_who_asks(condition, self.names, asks)
    }

    fn definition(&self, function: FunctionId) -> Option<&StmtFunctionDef> {
        self.definition_of(function)
    }
}

/// Names that stand for names are followed so far.
const FARTHEST: usize = 16;

fn functions<'a>(module: &'a ModModule, names: &Names) -> HashMap<FunctionId, &'a StmtFunctionDef> {
    let mut found = HashMap::default();
    for function in statements_in(&module.body, Scope::All).filter_map(Stmt::as_function_def_stmt) {
        if let Some(first) = function.body.first()
            && let Some(id) = names.function_at(first.start().to_usize())
        {
            found.entry(id).or_insert(function);
        }
    }
    found
}
