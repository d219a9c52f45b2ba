//! What a function of the project puts around what it is given to run: a context manager around the block, a decorator
//! around the function, any other function around an argument that it waits for.

use std::sync::Arc;

use foldhash::HashMap;
use ruff_python_ast::name::Name;
use ruff_python_ast::{Decorator, Expr, ExprCall};
use ruff_text_size::Ranged;

use crate::python::deadlines::around::{Around, Wrapped, Wrapper, Wrapping, loosest};
use crate::python::names::{Elsewhere, FunctionId, Method, Names};
use crate::sites::{Bound, Deadline};

/// A deadline around another is looked for in so many functions that hand on what they are given.
const DEEPEST: usize = 4;

/// Where the functions of a module run what they are given.
#[derive(Clone, Debug, Default)]
pub(in crate::python) struct Wrappings {
    places: HashMap<(FunctionId, Wrapped), Vec<Place>>,
    /// The deadlines that functions of other modules put around what they are given.
    elsewhere: HashMap<Wrapping, Deadline>,
}

/// Where a function runs what it is given.
#[derive(Clone, Debug)]
pub(in crate::python) struct Place {
    /// What is around it there, the innermost first.
    pub(in crate::python) around: Vec<Around>,
    /// It is over when the function is.
    pub(in crate::python) is_at_once: bool,
}

impl Wrappings {
    /// `function` runs `what` at this place.
    pub(in crate::python) fn runs(&mut self, function: FunctionId, what: Wrapped, place: Place) {
        self.places.entry((function, what)).or_default().push(place);
    }

    /// Whether what is given is over when the function is that gets it, wherever that runs it.
    pub(in crate::python) fn runs_at_once(&self, wrapping: &Wrapping) -> bool {
        let places = match &wrapping.by {
            Wrapper::Here(function) => self.places.get(&(*function, wrapping.what.clone())),
            Wrapper::There(..) => None,
        };
        places.is_some_and(|places| places.iter().all(|place| place.is_at_once))
    }

    /// A function of another module always puts `deadline` around what it is given.
    pub(in crate::python) fn found_elsewhere(&mut self, wrapping: Wrapping, deadline: Deadline) {
        self.elsewhere.insert(wrapping, deadline);
    }

    /// The loosest of the deadlines that are around what is given, wherever it is run.
    pub(in crate::python) fn deadline(&self, wrapping: &Wrapping) -> Option<Deadline> {
        self.below(wrapping, DEEPEST)
    }

    /// The deadlines that the functions of this module put around what they are given to run.
    pub(in crate::python) fn all(&self) -> HashMap<(FunctionId, Wrapped), Deadline> {
        let with_deadline = |key: &(FunctionId, Wrapped)| {
            let deadline = self.of_function(key, DEEPEST)?;
            Some((key.clone(), deadline))
        };
        self.places.keys().filter_map(with_deadline).collect()
    }

    fn below(&self, wrapping: &Wrapping, deepest: usize) -> Option<Deadline> {
        match &wrapping.by {
            Wrapper::Here(function) => self.of_function(&(*function, wrapping.what.clone()), deepest),
            Wrapper::There(..) => self.elsewhere.get(wrapping).cloned(),
        }
    }

    fn of_function(&self, key: &(FunctionId, Wrapped), deepest: usize) -> Option<Deadline> {
        let deepest = deepest.checked_sub(1)?;
        let innermost = |place: &Place| {
            place.around.iter().find_map(|around| match around {
                Around::Deadline(deadline) => Some(deadline.clone()).filter(|known| known.bound != Bound::Unlimited),
                Around::Wrapped(wrapping) => self.below(wrapping, deepest),
                Around::Handed { .. } | Around::Replaced(_) | Around::Loop | Around::Task => None,
            })
        };
        let deadlines: Option<Vec<Deadline>> = self.places.get(key)?.iter().map(innermost).collect();
        loosest(deadlines?)
    }
}

/// The block of `with <call>:`, where a function of the project is called.
pub(in crate::python) fn of_manager(call: &ExprCall, names: &Names) -> Option<Wrapping> {
    let by = wrapper(&call.func, names).or_else(|| entering(&call.func, names))?;
    let what = Wrapped::Block;
    Some(Wrapping { by, what })
}

/// The function below a decorator of the project.
pub(in crate::python) fn of_decorator(decorator: &Decorator, names: &Names) -> Option<Wrapping> {
    let (function, what) = match &decorator.expression {
        Expr::Call(call) => (&*call.func, Wrapped::DecoratedByOutcome),
        other => (other, Wrapped::Decorated),
    };
    let by = wrapper(function, names)?;
    Some(Wrapping { by, what })
}

/// `argument` of a call of a function of the project.
pub(in crate::python) fn of_argument(call: &ExprCall, argument: &Expr, names: &Names) -> Option<Wrapping> {
    let is_it = |given: &Expr| given.range() == argument.range();
    let position = call.arguments.args.iter().position(is_it);
    let keyword = || call.arguments.keywords.iter().find(|keyword| is_it(&keyword.value));
    let parameter = |parameters: &[Name]| match position {
        Some(position) => parameters.get(position).cloned(),
        None => keyword()?.arg.as_ref().map(|name| name.id.clone()),
    };
    let is_plain = |given: &Expr| !given.is_starred_expr();
    if !call
        .arguments
        .args
        .iter()
        .take(position.unwrap_or_default())
        .all(is_plain)
    {
        return None;
    }
    let (by, parameter) = match names.local_function(&call.func) {
        Some(function) => (Wrapper::Here(function), parameter(names.parameters(function))?),
        None => {
            let (module, function) = names.foreign_function(&call.func)?;
            let parameter = parameter(module.0.parameters(function))?;
            (there(module, function)?, parameter)
        }
    };
    let what = Wrapped::Argument(parameter);
    Some(Wrapping { by, what })
}

fn wrapper(function: &Expr, names: &Names) -> Option<Wrapper> {
    match names.local_function(function) {
        Some(function) => Some(Wrapper::Here(function)),
        None => {
            let (module, function) = names.foreign_function(function)?;
            there(module, function)
        }
    }
}

/// The method that a class of the project is entered by.
fn entering(class: &Expr, names: &Names) -> Option<Wrapper> {
    match names.entering_method(class)? {
        Method::Here(function) => Some(Wrapper::Here(function)),
        Method::There(module, function) => there(&module, function),
    }
}

/// A function of another module, where that names something that ends a wait at all: else nobody needs to look at what it does.
fn there(module: &Elsewhere, function: FunctionId) -> Option<Wrapper> {
    let text = module.0.source().text().as_bytes();
    let ends_waits = ["timeout", "wait_for", "_after", "_at("];
    let may_end_one = |sign: &str| memchr::memmem::find(text, sign.as_bytes()).is_some();
    ends_waits
        .iter()
        .any(|sign| may_end_one(sign))
        .then(|| Wrapper::There(Arc::from(module.0.file()), function))
}
