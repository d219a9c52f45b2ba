//! What stands in a piece of code, node by node: one walk for whoever looks for something in it.
//!
//! A visitor of its own is only for who keeps track of what stands around a node.

use ruff_python_ast::statement_visitor::{self, StatementVisitor};
use ruff_python_ast::visitor::source_order::{self, SourceOrderVisitor};
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{
    Alias, Arguments, BytesLiteral, ExceptHandler, Expr, Identifier, Parameter, Parameters, Pattern, Stmt,
    StringLiteral, Suite,
};
use ruff_text_size::{Ranged, TextSize};

/// Something in code that somebody looks for. Arguments, clauses, decorators and the like are gone through and not given.
#[derive(Clone, Copy)]
pub(super) enum Node<'a> {
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
    pub(super) fn expr(self) -> Option<&'a Expr> {
        match self {
            Node::Expr(expr) => Some(expr),
            _ => None,
        }
    }
}

/// The name that a pattern gives to what it matches.
pub(super) fn captured(pattern: &Pattern) -> Option<&Identifier> {
    match pattern {
        Pattern::MatchAs(capture) => capture.name.as_ref(),
        Pattern::MatchStar(capture) => capture.name.as_ref(),
        Pattern::MatchMapping(mapping) => mapping.rest.as_ref(),
        _ => None,
    }
}

/// What is gone into. A function, class or lambda that is shut is given itself, but nothing of it: no decorator, default or base.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Scope {
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
    fn enters_statement(self, statement: &Stmt) -> bool {
        match statement {
            Stmt::FunctionDef(_) => self == Scope::All,
            Stmt::ClassDef(_) => !matches!(self, Scope::Own | Scope::OwnAndLambdas),
            _ => true,
        }
    }

    fn enters(self, node: Node<'_>) -> bool {
        match node {
            Node::Statement(statement) => self.enters_statement(statement),
            Node::Expr(Expr::Lambda(_)) => !matches!(self, Scope::Own | Scope::OwnAndClasses),
            _ => true,
        }
    }
}

/// Code that can be looked through.
pub(super) enum Code<'a> {
    Body(&'a [Stmt]),
    Statement(&'a Stmt),
    Expr(&'a Expr),
    Arguments(&'a Arguments),
    Parameters(&'a Parameters),
    Handler(&'a ExceptHandler),
    Pattern(&'a Pattern),
}

/// The nodes of `code` in the order of their text, each before what is in it. A node that `code` is comes first.
pub(super) fn nodes_in<'a>(code: impl Into<Code<'a>>, scope: Scope) -> Nodes<'a> {
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
pub(super) fn expressions_in<'a>(code: impl Into<Code<'a>>, scope: Scope) -> impl Iterator<Item = &'a Expr> {
    nodes_in(code, scope).filter_map(Node::expr)
}

/// The statements of `body` in the order of their text, each before those in it.
pub(super) fn statements_in(body: &[Stmt], scope: Scope) -> Statements<'_> {
    Statements {
        ahead: body.iter().rev().collect(),
        given: None,
        scope,
    }
}

/// Goes through nodes. What is ahead is on a stack of its own, so that no depth of code is one of calls.
pub(super) struct Nodes<'a> {
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
    pub(super) fn in_order_of_evaluation(mut self) -> Self {
        self.as_evaluated = true;
        self
    }

    /// Gives no annotation, and nothing that is in one.
    pub(super) fn without_annotations(mut self) -> Self {
        self.annotations = false;
        self
    }

    /// Passes over what is in the node that was given last.
    pub(super) fn pass_over(&mut self) {
        self.given = None;
    }

    /// Goes through these parts of the node that was given last, and not through what else is in it.
    pub(super) fn only<const N: usize>(&mut self, parts: [Code<'a>; N]) {
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

    fn enter(&mut self, node: Node<'a>) {
        let before = self.ahead.len();
        let mut inside = Inside {
            found: &mut self.ahead,
            annotations: self.annotations,
        };
        match node {
            Node::Expr(
                Expr::Name(_)
                | Expr::StringLiteral(_)
                | Expr::BytesLiteral(_)
                | Expr::NumberLiteral(_)
                | Expr::BooleanLiteral(_)
                | Expr::NoneLiteral(_)
                | Expr::EllipsisLiteral(_)
                | Expr::IpyEscapeCommand(_),
            )
            | Node::Alias(_) => return,
            _ if self.as_evaluated => match node {
                Node::Expr(expr) => visitor::walk_expr(&mut inside, expr),
                Node::Statement(statement) => visitor::walk_stmt(&mut inside, statement),
                Node::Handler(handler) => visitor::walk_except_handler(&mut inside, handler),
                Node::Parameter(parameter) => visitor::walk_parameter(&mut inside, parameter),
                Node::Pattern(pattern) => visitor::walk_pattern(&mut inside, pattern),
                Node::Alias(_) => {}
            },
            Node::Expr(expr) => source_order::walk_expr(&mut inside, expr),
            Node::Statement(statement) => source_order::walk_stmt(&mut inside, statement),
            Node::Handler(handler) => source_order::walk_except_handler(&mut inside, handler),
            Node::Parameter(parameter) => source_order::walk_parameter(&mut inside, parameter),
            Node::Pattern(pattern) => source_order::walk_pattern(&mut inside, pattern),
        }
        self.turn(before);
    }

    /// What was put on the stack behind `before` in the order of the text is taken from it in that order.
    fn turn(&mut self, before: usize) {
        if let Some(new) = self.ahead.get_mut(before..) {
            new.reverse();
        }
    }
}

impl<'a> Iterator for Nodes<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        if let Some(given) = self.given.take()
            && self.scope.enters(given)
        {
            self.enter(given);
        }
        self.given = self.ahead.pop();
        self.given
    }
}

/// Goes through statements, and what is in them only as far as it is a statement.
pub(super) struct Statements<'a> {
    ahead: Vec<&'a Stmt>,
    given: Option<&'a Stmt>,
    scope: Scope,
}

impl Statements<'_> {
    /// Passes over what is in the statement that was given last.
    pub(super) fn pass_over(&mut self) {
        self.given = None;
    }
}

impl<'a> Iterator for Statements<'a> {
    type Item = &'a Stmt;

    fn next(&mut self) -> Option<&'a Stmt> {
        if let Some(given) = self.given.take()
            && self.scope.enters_statement(given)
        {
            let before = self.ahead.len();
            statement_visitor::walk_stmt(&mut InsideStatement(&mut self.ahead), given);
            if let Some(new) = self.ahead.get_mut(before..) {
                new.reverse();
            }
        }
        self.given = self.ahead.pop();
        self.given
    }
}

/// What stands around the nodes that somebody goes through, the innermost last.
pub(super) struct Enclosing<T>(Vec<(TextSize, T)>);

impl<T> Enclosing<T> {
    pub(super) fn nothing() -> Self {
        Self(Vec::new())
    }

    /// What stands directly around `node`. Nodes are asked for in the order in which they are given.
    pub(super) fn at(&mut self, node: &impl Ranged) -> Option<&mut T> {
        let start = node.start();
        while self.0.last().is_some_and(|(end, _)| *end <= start) {
            self.0.pop();
        }
        self.0.last_mut().map(|(_, around)| around)
    }

    /// Takes note of what stands around all that is in `node`.
    pub(super) fn enter(&mut self, node: &impl Ranged, around: T) {
        self.at(node);
        self.0.push((node.end(), around));
    }
}

/// Takes what is directly in a node.
struct Inside<'a, 'n> {
    found: &'n mut Vec<Node<'a>>,
    annotations: bool,
}

impl<'a> SourceOrderVisitor<'a> for Inside<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.found.push(Node::Statement(statement));
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found.push(Node::Expr(expr));
    }

    fn visit_annotation(&mut self, annotation: &'a Expr) {
        if self.annotations {
            self.found.push(Node::Expr(annotation));
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        self.found.push(Node::Handler(handler));
    }

    fn visit_alias(&mut self, alias: &'a Alias) {
        self.found.push(Node::Alias(alias));
    }

    fn visit_parameter(&mut self, parameter: &'a Parameter) {
        self.found.push(Node::Parameter(parameter));
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        self.found.push(Node::Pattern(pattern));
    }

    fn visit_string_literal(&mut self, _: &'a StringLiteral) {}

    fn visit_bytes_literal(&mut self, _: &'a BytesLiteral) {}

    fn visit_identifier(&mut self, _: &'a Identifier) {}
}

impl<'a> Visitor<'a> for Inside<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.found.push(Node::Statement(statement));
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found.push(Node::Expr(expr));
    }

    fn visit_annotation(&mut self, annotation: &'a Expr) {
        if self.annotations {
            self.found.push(Node::Expr(annotation));
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        self.found.push(Node::Handler(handler));
    }

    fn visit_alias(&mut self, alias: &'a Alias) {
        self.found.push(Node::Alias(alias));
    }

    fn visit_parameter(&mut self, parameter: &'a Parameter) {
        self.found.push(Node::Parameter(parameter));
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        self.found.push(Node::Pattern(pattern));
    }
}

/// Takes the statements that are directly in a statement.
struct InsideStatement<'a, 'n>(&'n mut Vec<&'a Stmt>);

impl<'a> StatementVisitor<'a> for InsideStatement<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.0.push(statement);
    }
}

impl<'a> From<&'a [Stmt]> for Code<'a> {
    fn from(body: &'a [Stmt]) -> Self {
        Code::Body(body)
    }
}

impl<'a> From<&'a Suite> for Code<'a> {
    fn from(body: &'a Suite) -> Self {
        Code::Body(body)
    }
}

impl<'a> From<&'a Stmt> for Code<'a> {
    fn from(statement: &'a Stmt) -> Self {
        Code::Statement(statement)
    }
}

impl<'a> From<&'a Expr> for Code<'a> {
    fn from(expr: &'a Expr) -> Self {
        Code::Expr(expr)
    }
}

impl<'a> From<&'a Arguments> for Code<'a> {
    fn from(arguments: &'a Arguments) -> Self {
        Code::Arguments(arguments)
    }
}

impl<'a> From<&'a Parameters> for Code<'a> {
    fn from(parameters: &'a Parameters) -> Self {
        Code::Parameters(parameters)
    }
}

impl<'a> From<&'a ExceptHandler> for Code<'a> {
    fn from(handler: &'a ExceptHandler) -> Self {
        Code::Handler(handler)
    }
}

impl<'a> From<&'a Pattern> for Code<'a> {
    fn from(pattern: &'a Pattern) -> Self {
        Code::Pattern(pattern)
    }
}
