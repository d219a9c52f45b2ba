//! What is done with a caught exception: the attributes that are read from it, the searches in its text.

use foldhash::HashSet;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{self as ast, ExceptHandler, Expr, ExprContext, ExprName, Pattern, Stmt};

use super::text_tests::Exception;
use crate::python::names::Names;
use crate::python::syntax::spans::span;
use crate::python::values::variables::Variables;
use crate::python::version_choice::VersionChoice;
use crate::sites::{AskedAttributes, ExceptionRead, MatchedAttribute, TextTest};
use crate::source::Span;

/// What a clause does with what it catches.
#[derive(Default)]
pub(super) struct Uses {
    pub(super) reads: Vec<ExceptionRead>,
    pub(super) text_tests: Vec<TextTest>,
    pub(super) asked: Option<AskedAttributes>,
    pub(super) matched: Vec<MatchedAttribute>,
}

/// What `body` does with the exception that its clause binds to `name`. Nothing where it asks what the exception is
/// (`isinstance`, a `try` of its own), or gives the name another value; where it asks for attributes by their names (`hasattr`,
/// `getattr`) only these, and those that it reads.
pub(super) fn bound_in(body: &[Stmt], name: &str, variables: &dyn Variables, choice: &VersionChoice<'_>) -> Uses {
    searched(body, name, variables, choice, true)
}

/// The same; `follows`: what it is handed to is looked at as well.
fn searched(body: &[Stmt], name: &str, variables: &dyn Variables, choice: &VersionChoice<'_>, follows: bool) -> Uses {
    let mut search = InBody {
        name,
        same: HashSet::default(),
        names: variables.names(),
        variables,
        choice,
        aliases: HashSet::default(),
        uses: Uses::default(),
        is_guarded: false,
        texts: 0,
        follows,
    };
    search.visit_body(body);
    let Uses {
        reads,
        text_tests,
        asked,
        matched,
    } = search.uses;
    match asked {
        // A pattern asks what the exception is, and what it says of that stands by itself.
        _ if search.is_guarded || !matched.is_empty() => Uses {
            matched,
            ..Uses::default()
        },
        // Who looks into the text knows what the attributes may not say.
        Some(_) if !text_tests.is_empty() => Uses::default(),
        Some(mut asked) => {
            let read = reads.into_iter().filter_map(|read| read.attributes.into_iter().next());
            asked.names.extend(read.map(|(name, _)| name));
            Uses {
                asked: Some(asked),
                ..Uses::default()
            }
        }
        None => Uses {
            reads,
            text_tests,
            asked,
            matched,
        },
    }
}

struct InBody<'a, 'n> {
    name: &'n str,
    /// Other variables that hold the exception.
    same: HashSet<&'a str>,
    names: &'n Names,
    variables: &'n dyn Variables,
    choice: &'n VersionChoice<'n>,
    /// Variables that hold the exception's text.
    aliases: HashSet<&'a str>,
    uses: Uses,
    is_guarded: bool,
    /// So many texts are made of what is looked at.
    texts: usize,
    /// What the exception is handed to is looked at as well.
    follows: bool,
}

impl<'a> InBody<'a, '_> {
    fn text<T>(&self, look: impl FnOnce(&mut Exception<'_, 'a>) -> T) -> T {
        let mut is_exception = |expr: &Expr| self.is_exception(expr);
        let mut exception = Exception::new(&mut is_exception, self.variables);
        exception.aliases.clone_from(&self.aliases);
        look(&mut exception)
    }

    /// A variable gets the exception, its text, or something else.
    fn assigned(&mut self, target: &'a ExprName, value: &'a Expr) {
        match self.is_exception(value) {
            true if self.same.len() < MOST_ALIASES => self.same.insert(target.id.as_str()),
            _ => self.same.remove(target.id.as_str()),
        };
        match self.text(|exception| exception.text(value)) {
            Some(_) if self.aliases.len() < MOST_ALIASES => self.aliases.insert(target.id.as_str()),
            Some(_) => false,
            None => self.aliases.remove(target.id.as_str()),
        };
    }

    /// A function of the module is given the exception: what that searches in its text.
    fn handed_to(&mut self, call: &'a ast::ExprCall) {
        let given = call
            .arguments
            .args
            .iter()
            .position(|argument| self.is_exception(argument));
        let (Some(given), Some(function), true) = (given, self.names.local_function(&call.func), self.follows) else {
            return;
        };
        let parameter = self.names.parameters(function).get(given);
        if let (Some(parameter), Some(definition)) = (parameter, self.variables.definition(function)) {
            let uses = searched(&definition.body, parameter, self.variables, self.choice, false);
            // Others may give it other exceptions: what is written there instead is not known.
            let tests = uses.text_tests.into_iter().map(|test| TextTest {
                exception: None,
                ..test
            });
            self.uses.text_tests.extend(tests);
        }
    }

    fn is_exception(&self, expr: &Expr) -> bool {
        expr.as_name_expr().is_some_and(|name| self.holds_exception(&name.id))
    }

    fn holds_exception(&self, name: &str) -> bool {
        name == self.name || self.same.contains(name)
    }

    /// What the patterns of `match e:` ask.
    fn matches(&mut self, choice: &ast::StmtMatch) {
        self.is_guarded = true;
        for case in choice.cases.iter().take(MOST_CASES) {
            let alternatives = match &case.pattern {
                Pattern::MatchOr(several) => several.patterns.as_slice(),
                single => std::slice::from_ref(single),
            };
            for class in alternatives.iter().filter_map(Pattern::as_match_class) {
                let Some(path) = self.names.only_path(&class.cls) else {
                    continue;
                };
                let keywords = class.arguments.keywords.iter();
                self.uses.matched.extend(keywords.map(|keyword| MatchedAttribute {
                    span: span(keyword),
                    class: path.to_owned(),
                    attribute: keyword.attr.to_string(),
                }));
            }
        }
    }

    /// Takes note of a question about what the exception is or has.
    fn asks(&mut self, call: &ast::ExprCall) {
        let Some(function) = call.func.as_name_expr().map(|name| name.id.as_str()) else {
            return;
        };
        if !call.arguments.args.iter().any(|argument| self.is_exception(argument)) {
            return;
        }
        match (function, &*call.arguments.args) {
            ("hasattr", [_, Expr::StringLiteral(name)]) | ("getattr", [_, Expr::StringLiteral(name), _]) => {
                let asked = self.uses.asked.get_or_insert_with(|| AskedAttributes {
                    span: span(call),
                    by_hasattr: function == "hasattr",
                    names: Vec::new(),
                });
                asked.names.push(name.value.to_str().to_owned());
            }
            ("hasattr" | "getattr" | "isinstance" | "issubclass" | "type", _) => self.is_guarded = true,
            _ => {}
        }
    }
}

impl<'a> Visitor<'a> for InBody<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            // What the exception does not have may be what the inner `try` is about.
            Stmt::Try(attempt) => {
                let before = self.uses.reads.len();
                self.visit_body(&attempt.body);
                self.uses.reads.truncate(before);
                for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                    self.is_guarded |= handler.name.as_ref().is_some_and(|name| name.as_str() == self.name);
                    self.visit_body(&handler.body);
                }
                self.visit_body(&attempt.orelse);
                self.visit_body(&attempt.finalbody);
                return;
            }
            Stmt::If(choice) => {
                let tests = choice
                    .elif_else_clauses
                    .iter()
                    .filter_map(|clause| clause.test.as_ref());
                self.is_guarded |= std::iter::once(&*choice.test)
                    .chain(tests)
                    .any(|test| self.choice.tells(test));
            }
            Stmt::Assign(assign) => {
                if let [Expr::Name(target)] = assign.targets.as_slice() {
                    self.assigned(target, &assign.value);
                }
            }
            Stmt::Match(choice) if self.is_exception(&choice.subject) => self.matches(choice),
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Some(test) = self.text(|exception| exception.text_test(expr)) {
            self.uses.text_tests.push(test);
        }
        if let Some((root, attributes)) = chain(expr, |root| self.holds_exception(root)) {
            self.uses.reads.push(ExceptionRead {
                exception: span(root),
                attributes,
            });
            return;
        }
        match expr {
            Expr::Name(used) if used.id == self.name => self.is_guarded |= used.ctx != ExprContext::Load,
            // Its class is only shown.
            Expr::Attribute(name) if self.texts > 0 && matches!(name.attr.as_str(), "__name__" | "__qualname__") => {
                return;
            }
            Expr::FString(_) => {
                self.texts += 1;
                walk_expr(self, expr);
                self.texts -= 1;
                return;
            }
            Expr::Call(call) => {
                self.asks(call);
                self.handed_to(call);
            }
            Expr::Named(named) => {
                if let Expr::Name(target) = &*named.target {
                    self.assigned(target, &named.value);
                }
            }
            Expr::Lambda(_) => return,
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// The attributes that are read from a name: `e.response.status_code`, each with the expression up to it.
pub(super) fn chain<'e>(expr: &'e Expr, is_root: impl Fn(&str) -> bool) -> Option<(&'e Expr, Vec<(String, Span)>)> {
    let outside = |expr: &'e Expr| expr.as_attribute_expr().filter(|of| of.ctx == ExprContext::Load);
    let attributes = || std::iter::successors(outside(expr), |attribute| outside(&attribute.value));
    let innermost = attributes().take(LONGEST_CHAIN).last()?;
    let root = innermost.value.as_name_expr()?;
    if root.ctx != ExprContext::Load || !is_root(root.id.as_str()) {
        return None;
    }
    let read = |attribute: &ast::ExprAttribute| (attribute.attr.to_string(), span(attribute));
    let mut read: Vec<_> = attributes().map(read).collect();
    read.reverse();
    Some((&innermost.value, read))
}

const LONGEST_CHAIN: usize = 17;
const MOST_ALIASES: usize = 16;
const MOST_CASES: usize = 64;
