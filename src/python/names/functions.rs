//! What a function definition binds, and what it says of what comes out of it.

use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_decorator, walk_parameters};
use ruff_python_ast::{self as ast, Decorator, Expr, Parameters};
use ruff_text_size::Ranged;

use super::annotations::{annotated, returned};
use super::binding::{Binding, Function, FunctionId, Gives, Meaning, Reference, ScopeId, ScopeKind};
use super::build::Builder;
use super::handed_back::hands_back;
use super::keywords::CONSTRUCTOR;
use super::meaning::{meanings, reference};
use super::started::started;

/// What calls a function.
pub(super) enum CalledBy<'a> {
    Anyone,
    /// What makes an object of the class: the function is this constructor.
    Construction(FunctionId),
    /// A test runner: the function, and the parameters that the runner gives values to itself.
    TestRunner(FunctionId, Vec<&'a str>),
}

impl Builder {
    pub(super) fn function(&mut self, function: &ast::StmtFunctionDef) {
        for decorator in &function.decorator_list {
            walk_decorator(self, decorator);
        }
        let class = self.class_around();
        let id = FunctionId(u32::try_from(self.names.functions.len()).unwrap_or(u32::MAX));
        let gives = Gives {
            is_async: function.is_async,
            parameters: parameters_of(function, class.is_some()),
            decorators: self.decorators(&function.decorator_list),
            declared: function
                .returns
                .as_deref()
                .and_then(|annotation| returned(annotation, self.scope)),
            ..Gives::default()
        };
        self.names.functions.push(Function {
            qualified: self.qualified(&function.name.id),
            class,
            gives,
        });
        let fixture = fixture_name(function);
        if let Some(name) = &fixture {
            let owner = class.unwrap_or(ScopeId(0));
            let automatic = function.decorator_list.iter().any(is_automatic);
            self.names.fixtures.add(name, owner, id, automatic);
            if function.decorator_list.iter().any(is_shared) {
                self.names.fixtures.shared.insert(id);
            }
        }
        let asks_for_fixtures = fixture.is_some() || function.name.starts_with("test");
        let end = function.end().to_usize();
        self.bind(&function.name.id, Meaning::Function(id), end);
        let generic = function
            .type_params
            .as_deref()
            .map(|parameters| self.enter_generic(parameters));
        walk_parameters(self, &function.parameters);
        if let Some(returns) = &function.returns {
            self.visit_annotation(returns);
        }
        let header = match &function.returns {
            Some(returns) => returns.end(),
            None => function.parameters.end(),
        };
        let outside = self.scope;
        let branch = self.enter(ScopeKind::Function(id), header.to_usize());
        let is_static = function
            .decorator_list
            .iter()
            .any(|decorator| matches!(&decorator.expression, Expr::Name(name) if name.id == "staticmethod"));
        let receiver = if is_static { None } else { class };
        let called_by = match class {
            _ if asks_for_fixtures => CalledBy::TestRunner(id, parametrized(&function.decorator_list)),
            Some(_) if function.name.as_str() == CONSTRUCTOR => CalledBy::Construction(id),
            _ => CalledBy::Anyone,
        };
        self.bind_parameters(&function.parameters, outside, receiver, &called_by);
        let outer = std::mem::replace(
            &mut self.yield_awaits,
            function.decorator_list.iter().any(makes_coroutine),
        );
        let outer_fields = std::mem::take(&mut self.has_fields);
        let outer_guards = std::mem::take(&mut self.guards);
        self.visit_body(&function.body);
        let gives = &mut self.names.functions[id.index()].gives;
        gives.hands_back = hands_back(gives, &function.body);
        gives.starts = started(gives, &function.body);
        self.guards = outer_guards;
        self.has_fields = outer_fields;
        self.yield_awaits = outer;
        self.leave(end, branch);
        if let Some(branch) = generic {
            self.leave(end, branch);
        }
    }

    pub(super) fn bind_parameters(
        &mut self,
        parameters: &Parameters,
        outside: ScopeId,
        receiver: Option<ScopeId>,
        called_by: &CalledBy<'_>,
    ) {
        let mut receiver = receiver;
        let keywords = parameters.kwarg.as_deref().map(Ranged::range);
        self.names.takes_keywords |= keywords.is_some();
        for parameter in parameters.iter() {
            let is_positional = !parameter.is_variadic();
            let default = parameter.default();
            let parameter = parameter.as_parameter();
            let (name, end) = (&parameter.name.id, parameter.end().to_usize());
            let declared = parameter
                .annotation
                .as_deref()
                .filter(|_| is_positional)
                .and_then(|annotation| annotated(annotation, outside));
            let is_fixture = |given: &[&str]| is_positional && default.is_none() && !given.contains(&name.as_str());
            let meaning = match (receiver.take(), called_by) {
                _ if keywords == Some(parameter.range()) => Meaning::Keywords,
                (Some(class), _) if is_positional => Meaning::Receiver(class),
                (_, CalledBy::TestRunner(by, given)) if is_fixture(given) => Meaning::Fixture {
                    name: name.clone(),
                    by: *by,
                },
                _ if let Some(declared) = &declared => declared.clone(),
                _ if let Some(default) = default => usual(default, outside),
                (_, CalledBy::Construction(of)) if is_positional => Meaning::Argument {
                    name: name.clone(),
                    of: *of,
                },
                _ => Meaning::Opaque,
            };
            let declared = declared
                .filter(|_| matches!(meaning, Meaning::Fixture { .. }))
                .map(Box::new);
            let binding = Binding {
                meaning,
                declared,
                end,
                branch: self.branch,
            };
            self.bind_in(self.scope, name, binding);
        }
    }

    fn decorators(&self, decorators: &[Decorator]) -> Vec<Option<Reference>> {
        let of = |decorator: &Decorator| match &decorator.expression {
            Expr::Call(call) => reference(&call.func, self.scope),
            other => reference(other, self.scope),
        };
        decorators.iter().map(of).collect()
    }
}

/// What a parameter with this default means.
fn usual(default: &Expr, outside: ScopeId) -> Meaning {
    match meanings(default, outside).as_slice() {
        [Meaning::Nothing] => Meaning::Optional,
        [meaning @ (Meaning::Number(_) | Meaning::Alias(_) | Meaning::Outcome { .. })] => {
            Meaning::Usual(Box::new(meaning.clone()))
        }
        _ => Meaning::Opaque,
    }
}

fn parameters_of(function: &ast::StmtFunctionDef, is_method: bool) -> Vec<Name> {
    let is_static = function
        .decorator_list
        .iter()
        .any(|decorator| matches!(&decorator.expression, Expr::Name(name) if name.id == "staticmethod"));
    let all = function.parameters.iter_non_variadic_params();
    let given = all.skip(usize::from(is_method && !is_static));
    given.map(|parameter| parameter.parameter.name.id.clone()).collect()
}

/// The name that tests ask for, of a function that something called `fixture` decorates: what that means is not known yet.
fn fixture_name(function: &ast::StmtFunctionDef) -> Option<Name> {
    let decorator = function.decorator_list.iter().find(|decorator| {
        let decorated_by = match &decorator.expression {
            Expr::Call(call) => &*call.func,
            other => other,
        };
        let name = match decorated_by {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => return false,
        };
        name.ends_with("fixture")
    })?;
    let given = decorator
        .expression
        .as_call_expr()
        .and_then(|call| call.arguments.find_keyword("name"));
    match given.map(|keyword| &keyword.value) {
        Some(Expr::StringLiteral(name)) => Some(Name::new(name.value.to_str())),
        Some(_) => None,
        None => Some(function.name.id.clone()),
    }
}

/// `@pytest.fixture(scope="session")`: a fixture that is made once for a module, a package or all tests.
fn is_shared(decorator: &ast::Decorator) -> bool {
    let scope = decorator
        .expression
        .as_call_expr()
        .and_then(|call| call.arguments.find_keyword("scope"));
    let scope = scope.and_then(|scope| scope.value.as_string_literal_expr());
    scope.is_some_and(|scope| matches!(scope.value.to_str(), "session" | "package" | "module"))
}

/// Whether a decorator has tests use its fixture without asking for it: `@pytest.fixture(autouse=True)`.
pub(in crate::python) fn is_automatic(decorator: &Decorator) -> bool {
    let call = decorator.expression.as_call_expr();
    let automatic = call.and_then(|call| call.arguments.find_keyword("autouse"));
    automatic.is_some_and(|keyword| matches!(&keyword.value, Expr::BooleanLiteral(value) if value.value))
}

/// The parameters that `@pytest.mark.parametrize(…)` gives values to, by its name: what that means is not known yet. With
/// `indirect` the values go to fixtures.
fn parametrized(decorators: &[Decorator]) -> Vec<&str> {
    let calls = decorators
        .iter()
        .filter_map(|decorator| decorator.expression.as_call_expr());
    let marks = calls.filter(|call| {
        let is_mark = call
            .func
            .as_attribute_expr()
            .is_some_and(|mark| mark.attr.id == "parametrize");
        is_mark && call.arguments.find_keyword("indirect").is_none()
    });
    let names = marks.filter_map(|call| call.arguments.find_argument_value("argnames", 0));
    names.flat_map(named).collect()
}

/// The names in `"a, b"`, or in a list of names.
fn named(names: &Expr) -> Vec<&str> {
    let elements = match names {
        Expr::List(list) => &*list.elts,
        Expr::Tuple(tuple) => &*tuple.elts,
        single => std::slice::from_ref(single),
    };
    let texts = elements.iter().filter_map(Expr::as_string_literal_expr);
    texts
        .flat_map(|text| text.value.to_str().split(','))
        .map(str::trim)
        .collect()
}

/// `@gen.coroutine` and `@gen_test` of tornado, by their names: what these mean is not known yet.
fn makes_coroutine(decorator: &Decorator) -> bool {
    let function = match &decorator.expression {
        Expr::Call(call) => &*call.func,
        other => other,
    };
    let name = match function {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    matches!(name, "coroutine" | "engine" | "gen_test")
}
