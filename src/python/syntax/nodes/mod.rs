//! What stands in a piece of code, node by node: one walk for whoever looks for something in it.
//!
//! A visitor of its own is only for who keeps track of what stands around a node.

mod all;
mod code;
mod enclosing;
mod inside;
#[cfg(test)]
mod tests;

use ruff_python_ast::visitor::source_order::{self, SourceOrderVisitor};
use ruff_python_ast::{Alias, ExceptHandler, Expr, Identifier, Parameter, Pattern, Stmt, statement_visitor, visitor};

use self::all::All;
use self::inside::{Inside, InsideStatement};

pub(in crate::python) use self::code::Code;
pub(in crate::python) use self::enclosing::Enclosing;

/// Something in code that somebody looks for. Arguments, clauses, decorators and the like are gone through and not given.
#[derive(Clone, Copy)]
pub(in crate::python) enum Node<'a> {
    Statement(&'a Stmt),
    Expr(&'a Expr),
    /// The class that it names and its body are within.
    Handler(&'a ExceptHandler),
    Alias(&'a Alias),
    /// Its annotation is within; its default is not, and comes behind it.
    Parameter(&'a Parameter),
    Pattern(&'a Pattern),
}

impl<'a> Node<'a> {
    pub(in crate::python) fn expr(self) -> Option<&'a Expr> {
        match self {
            Node::Expr(expr) => Some(expr),
            _ => None,
        }
    }
}

/// The name that a pattern gives to what it matches.
pub(in crate::python) fn captured(pattern: &Pattern) -> Option<&Identifier> {
    match pattern {
        Pattern::MatchAs(capture) => capture.name.as_ref(),
        Pattern::MatchStar(capture) => capture.name.as_ref(),
        Pattern::MatchMapping(mapping) => mapping.rest.as_ref(),
        _ => None,
    }
}

/// What is gone into. A function, class or lambda that is shut is given itself, but nothing of it: no decorator, default or base.
#[derive(Clone, Copy, PartialEq)]
pub(in crate::python) enum Scope {
    /// Everything.
    All,
    /// What runs in the same frame: no functions, classes and lambdas.
    Own,
    /// No functions and classes.
    OwnAndLambdas,
    /// No functions and lambdas.
    OwnAndClasses,
    /// No functions.
    NoFunctions,
}

impl Scope {
    fn enters(self, statement: &Stmt) -> bool {
        match statement {
            Stmt::FunctionDef(_) => self == Scope::All,
            Stmt::ClassDef(_) => !matches!(self, Scope::Own | Scope::OwnAndLambdas),
            _ => true,
        }
    }

    fn enters_lambdas(self) -> bool {
        !matches!(self, Scope::Own | Scope::OwnAndClasses)
    }
}

/// The nodes of `code` in the order of their text, each before what is in it. A node that `code` is comes first.
pub(in crate::python) fn nodes_in<'a>(code: impl Into<Code<'a>>, scope: Scope) -> Nodes<'a> {
    let mut nodes = Nodes {
        ahead: Vec::new(),
        given: None,
        scope,
        as_evaluated: false,
        annotations: true,
    };
    nodes.go_through(code.into());
    nodes
}

/// The expressions of `code`, as [`nodes_in`] gives them.
pub(in crate::python) fn expressions_in<'a>(code: impl Into<Code<'a>>, scope: Scope) -> impl Iterator<Item = &'a Expr> {
    nodes_in(code, scope).filter_map(Node::expr)
}

/// The statements of `body` in the order of their text, each before those in it.
pub(in crate::python) fn statements_in(body: &[Stmt], scope: Scope) -> Statements<'_> {
    Statements {
        ahead: body.iter().rev().collect(),
        given: None,
        scope,
    }
}

/// Goes through nodes. What is ahead is on a stack of its own, so that no depth of code is one of calls.
pub(in crate::python) struct Nodes<'a> {
    /// The next is the last.
    ahead: Vec<Node<'a>>,
    /// What was given last, as long as what is in it is not ahead yet.
    given: Option<Node<'a>>,
    scope: Scope,
    as_evaluated: bool,
    annotations: bool,
}

impl<'a> Nodes<'a> {
    /// Gives what is in a node in the order in which it is evaluated: a value before what it is assigned to, a test before what it
    /// decides about.
    pub(in crate::python) fn in_order_of_evaluation(mut self) -> Self {
        self.as_evaluated = true;
        self
    }

    /// Gives no annotation, and nothing that is in one.
    pub(in crate::python) fn without_annotations(mut self) -> Self {
        self.annotations = false;
        self
    }

    /// Passes over what is in the node that was given last.
    pub(in crate::python) fn pass_over(&mut self) {
        self.given = None;
    }

    /// Goes through these parts of the node that was given last, and not through what else is in it.
    pub(in crate::python) fn only<const N: usize>(&mut self, parts: [Code<'a>; N]) {
        self.given = None;
        for part in parts.into_iter().rev() {
            self.go_through(part);
        }
    }

    fn go_through(&mut self, code: Code<'a>) {
        let before = self.ahead.len();
        let mut inside = Inside {
            found: &mut self.ahead,
            annotations: self.annotations,
        };
        match code {
            Code::Body(body) => SourceOrderVisitor::visit_body(&mut inside, body),
            Code::Statement(statement) => SourceOrderVisitor::visit_stmt(&mut inside, statement),
            Code::Expr(expr) => SourceOrderVisitor::visit_expr(&mut inside, expr),
            Code::Arguments(arguments) => SourceOrderVisitor::visit_arguments(&mut inside, arguments),
            Code::Parameters(parameters) => SourceOrderVisitor::visit_parameters(&mut inside, parameters),
            Code::Handler(handler) => SourceOrderVisitor::visit_except_handler(&mut inside, handler),
            Code::Pattern(pattern) => SourceOrderVisitor::visit_pattern(&mut inside, pattern),
        }
        self.turn(before);
    }

    /// What is in the most frequent expressions is put on the stack here: that spares turning it round.
    fn enter_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(_)
            | Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::IpyEscapeCommand(_) => {}
            Expr::Attribute(attribute) => self.ahead.push(Node::Expr(&attribute.value)),
            Expr::Call(call) if call.arguments.keywords.is_empty() => {
                self.ahead.extend(call.arguments.args.iter().rev().map(Node::Expr));
                self.ahead.push(Node::Expr(&call.func));
            }
            Expr::Lambda(_) if !self.scope.enters_lambdas() => {}
            _ => self.enter(Node::Expr(expr)),
        }
    }

    #[inline(never)]
    fn enter(&mut self, node: Node<'a>) {
        let before = self.ahead.len();
        let mut inside = Inside {
            found: &mut self.ahead,
            annotations: self.annotations,
        };
        match (node, self.as_evaluated) {
            (Node::Expr(expr), false) => source_order::walk_expr(&mut inside, expr),
            (Node::Expr(expr), true) => visitor::walk_expr(&mut inside, expr),
            (Node::Statement(statement), false) => source_order::walk_stmt(&mut inside, statement),
            (Node::Statement(statement), true) => visitor::walk_stmt(&mut inside, statement),
            (Node::Handler(handler), _) => source_order::walk_except_handler(&mut inside, handler),
            (Node::Parameter(parameter), _) => source_order::walk_parameter(&mut inside, parameter),
            (Node::Pattern(pattern), false) => source_order::walk_pattern(&mut inside, pattern),
            (Node::Pattern(pattern), true) => visitor::walk_pattern(&mut inside, pattern),
            (Node::Alias(_), _) => {}
        }
        self.turn(before);
    }

    /// What was put on the stack behind `before` in the order of the text is taken from it in that order.
    fn turn(&mut self, before: usize) {
        turn(self.ahead.get_mut(before..).unwrap_or_default());
    }
}

/// Like `reverse` of slices, which is made for long ones.
fn turn<T>(mut new: &mut [T]) {
    while let [first, between @ .., last] = new {
        std::mem::swap(first, last);
        new = between;
    }
}

impl<'a> Iterator for Nodes<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        match self.given {
            None => {}
            Some(Node::Expr(expr)) => self.enter_expr(expr),
            Some(Node::Statement(statement)) if !self.scope.enters(statement) => {}
            Some(node) => self.enter(node),
        }
        self.given = self.ahead.pop();
        self.given
    }

    /// Whoever wants all nodes gets them without the stack, in the calls of the walk itself.
    fn for_each<F: FnMut(Self::Item)>(mut self, mut look: F) {
        self.all(&mut look);
    }
}

impl<'a> Nodes<'a> {
    fn all(&mut self, look: &mut dyn FnMut(Node<'a>)) {
        if self.as_evaluated || self.given.is_some() {
            for node in self.by_ref() {
                look(node);
            }
        }
        let mut all = All {
            look,
            scope: self.scope,
            annotations: self.annotations,
        };
        while let Some(node) = self.ahead.pop() {
            all.node(node);
        }
    }
}

/// Goes through statements, and what is in them only as far as it is a statement.
pub(in crate::python) struct Statements<'a> {
    ahead: Vec<&'a Stmt>,
    given: Option<&'a Stmt>,
    scope: Scope,
}

impl Statements<'_> {
    /// Passes over what is in the statement that was given last.
    pub(in crate::python) fn pass_over(&mut self) {
        self.given = None;
    }
}

impl<'a> Iterator for Statements<'a> {
    type Item = &'a Stmt;

    fn next(&mut self) -> Option<&'a Stmt> {
        if let Some(given) = self.given.take()
            && self.scope.enters(given)
        {
            let before = self.ahead.len();
            statement_visitor::walk_stmt(&mut InsideStatement(&mut self.ahead), given);
            turn(self.ahead.get_mut(before..).unwrap_or_default());
        }
        self.given = self.ahead.pop();
        self.given
    }
}
