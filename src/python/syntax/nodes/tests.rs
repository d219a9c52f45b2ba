use ruff_python_ast::visitor::source_order::{self, SourceOrderVisitor};
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_parser::parse_module;
use ruff_text_size::Ranged;

use super::*;

/// Something of everything in which something else can stand.
const CODE: &str = r#"
import a.b as c, d
from e import (f as g, h)

@decorated(by=1, *more)
async def function[T: bound = int](first: one = 1, /, *rest: two, key: three = (yes if no else maybe), **others: four) -> five:
    global there
    a = b[(yield 1)] = yield 2
    value: typed = 3
    total += [x for y in z if w async for v in u]
    {k: v for k, v in pairs}, {s for s in t}, (i for i in j), {"l": m, **n}
    return lambda p, q=r, *ar, **kw: (s := p)

class Class[U](Base, metaclass=Meta):
    attribute = f"{text!r:{width}.{depth}} {more=}" "literal"

    def method(self):
        def inner():
            pass

with entered(1) as target, other:
    for one, two in three:
        continue
    else:
        del four[5:6]
while not done:
    break
try:
    raise Error from cause
except (A, B) as error:
    assert error, "why"
else:
    -u + w * z < 2 <= call(k=1, *v, **w)
finally:
    pass
if a and b:
    pass
elif await c:
    type Alias[V] = list[V]
match subject:
    case Point(x=0, y=[first, *rest]) | {"k": v, **left} as whole if guard:
        pass
"#;

/// What a node is, and where.
fn place(node: Node<'_>) -> (&'static str, usize, usize) {
    let (kind, range) = match node {
        Node::Statement(statement) => ("statement", statement.range()),
        Node::Expr(expr) => ("expression", expr.range()),
        Node::Handler(handler) => ("handler", handler.range()),
        Node::Alias(alias) => ("alias", alias.range()),
        Node::Parameter(parameter) => ("parameter", parameter.range()),
        Node::Pattern(pattern) => ("pattern", pattern.range()),
    };
    (kind, range.start().to_usize(), range.end().to_usize())
}

/// What ruff's own visitors visit, in their order.
#[derive(Default)]
struct Visited(Vec<(&'static str, usize, usize)>);

macro_rules! records {
    ($visitor:ident, $walks:ident) => {
        impl<'a> $visitor<'a> for Visited {
            fn visit_stmt(&mut self, node: &'a Stmt) {
                self.0.push(place(Node::Statement(node)));
                $walks::walk_stmt(self, node);
            }
            fn visit_expr(&mut self, node: &'a Expr) {
                self.0.push(place(Node::Expr(node)));
                $walks::walk_expr(self, node);
            }
            fn visit_except_handler(&mut self, node: &'a ExceptHandler) {
                self.0.push(place(Node::Handler(node)));
                $walks::walk_except_handler(self, node);
            }
            fn visit_alias(&mut self, node: &'a Alias) {
                self.0.push(place(Node::Alias(node)));
            }
            fn visit_parameter(&mut self, node: &'a Parameter) {
                self.0.push(place(Node::Parameter(node)));
                $walks::walk_parameter(self, node);
            }
            fn visit_pattern(&mut self, node: &'a Pattern) {
                self.0.push(place(Node::Pattern(node)));
                $walks::walk_pattern(self, node);
            }
        }
    };
}

records!(SourceOrderVisitor, source_order);
records!(Visitor, visitor);

#[test]
fn nodes_come_as_the_visitors_of_ruff_visit_them() {
    let parsed = parse_module(CODE).unwrap();
    let nodes = || nodes_in(parsed.suite(), Scope::All);
    let mut by_text = Visited::default();
    SourceOrderVisitor::visit_body(&mut by_text, parsed.suite());
    assert!(by_text.0.len() > 150, "{}", by_text.0.len());
    assert_eq!(nodes().map(place).collect::<Vec<_>>(), by_text.0);
    let mut at_once = Vec::new();
    nodes().for_each(|node| at_once.push(place(node)));
    assert_eq!(at_once, by_text.0);

    let mut evaluated = Visited::default();
    Visitor::visit_body(&mut evaluated, parsed.suite());
    assert_ne!(evaluated.0, by_text.0);
    assert_eq!(
        nodes().in_order_of_evaluation().map(place).collect::<Vec<_>>(),
        evaluated.0
    );

    let statements: Vec<_> = by_text
        .0
        .iter()
        .filter(|(kind, ..)| *kind == "statement")
        .copied()
        .collect();
    let found = statements_in(parsed.suite(), Scope::All).map(|statement| place(Node::Statement(statement)));
    assert_eq!(found.collect::<Vec<_>>(), statements);
}

/// The names that a walk gives, with a space between.
fn names(nodes: impl Iterator<Item = Expr>) -> String {
    let names = nodes.filter_map(|expr| Some(expr.as_name_expr()?.id.to_string()));
    names.collect::<Vec<_>>().join(" ")
}

#[test]
fn what_is_shut_is_given_and_nothing_of_it() {
    let code = "a\n@b\ndef f(x=c):\n    d\nclass C(e):\n    g\nlambda y=h: i\nj";
    let parsed = parse_module(code).unwrap();
    let found = |scope| {
        let mut at_once = Vec::new();
        nodes_in(parsed.suite(), scope).for_each(|node| at_once.extend(node.expr().cloned()));
        let one_by_one = names(expressions_in(parsed.suite(), scope).cloned());
        assert_eq!(names(at_once.into_iter()), one_by_one);
        (one_by_one, statements_in(parsed.suite(), scope).count())
    };
    assert_eq!(found(Scope::All), ("a b c d e g h i j".to_owned(), 7));
    assert_eq!(found(Scope::Own), ("a j".to_owned(), 5));
    assert_eq!(found(Scope::OwnAndLambdas), ("a h i j".to_owned(), 5));
    assert_eq!(found(Scope::OwnAndClasses), ("a e g j".to_owned(), 6));
    assert_eq!(found(Scope::NoFunctions), ("a e g h i j".to_owned(), 6));
}

#[test]
fn parts_of_a_node_are_passed_over_or_taken_alone() {
    let parsed = parse_module("f(a, key=b)\ng(c, key=d)\nx: e = h").unwrap();
    let mut nodes = nodes_in(parsed.suite(), Scope::All).without_annotations();
    let mut found = Vec::new();
    while let Some(node) = nodes.next() {
        let Node::Expr(expr) = node else { continue };
        found.push(expr.clone());
        match expr {
            Expr::Call(call) if call.func.as_name_expr().is_some_and(|name| name.id == "f") => nodes.pass_over(),
            Expr::Call(call) => nodes.only([(&call.arguments).into(), (&*call.func).into()]),
            _ => {}
        }
    }
    assert_eq!(names(found.into_iter()), "c d g x h");
}

#[test]
fn what_stands_around_a_node_ends_with_it() {
    let parsed = parse_module("class A:\n    class B:\n        b\n    a\nm").unwrap();
    let mut enclosing = Enclosing::nothing();
    let mut found = Vec::new();
    for statement in statements_in(parsed.suite(), Scope::All) {
        match statement {
            Stmt::ClassDef(class) => enclosing.enter(class, class.name.as_str()),
            other => found.push(enclosing.at(other).map(|name| *name)),
        }
    }
    assert_eq!(found, [Some("B"), Some("A"), None]);
}
