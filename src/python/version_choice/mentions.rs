//! Where a module speaks of its own functions and classes: what holds at all of these places holds wherever such a function runs.

use std::path::Path;

use foldhash::{HashMap, HashSet};
use ruff_python_ast::{self as ast, Decorator, Expr, ModModule, Stmt};
use ruff_text_size::Ranged;

use crate::python::names::{FunctionId, Names, ScopeId, Value};
use crate::python::program::Others;
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::nodes::{Enclosing, Node, Nodes, Scope, expressions_in, nodes_in, statements_in};
use crate::python::syntax::spans::span;
use crate::python::syntax::stretches::{covers, outermost};
use crate::source::Span;

/// Who calls the functions of a module that more modules import is not asked.
const MOST_IMPORTERS: usize = 256;

/// Chains of callers longer than this are not followed.
const LONGEST_CHAIN: usize = 16;

/// What runs where it is spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Of {
    Function(FunctionId),
    /// The methods of a class run where objects of it are made.
    Class(ScopeId),
}

/// A function or class that the module defines.
struct Definition<'a> {
    of: Of,
    name: &'a str,
    whole: Span,
    is_method: bool,
}

/// The definitions of a module, and where it speaks of them.
pub(in crate::python) struct Mentions<'a> {
    definitions: Vec<Definition<'a>>,
    places: HashMap<Of, Vec<usize>>,
    /// Those of methods of objects that are not known, by the method's name: they may mean any method called so.
    unknown: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Mentions<'a> {
    pub(in crate::python) fn of(module: &'a ModModule, names: &Names) -> Self {
        let definitions = definitions(module, names);
        let mut search = Search {
            names,
            called: definitions.iter().map(|definition| definition.name).collect(),
            found: Self {
                definitions,
                places: HashMap::default(),
                unknown: HashMap::default(),
            },
        };
        search.look_through(nodes_in(&module.body, Scope::All), None);
        search.found
    }

    /// Of what other modules call, or hand on, the mentions here do not tell enough.
    pub(in crate::python) fn without_those_called_elsewhere(&mut self, names: &Names, others: Option<Others<'_>>) {
        let (Some(others), Some(file)) = (others.filter(|_| !self.places.is_empty()), names.file()) else {
            return;
        };
        let Some(users) = others.users(file, MOST_IMPORTERS) else {
            self.definitions.clear();
            return;
        };
        let facts: Vec<_> = users.iter().filter_map(|user| others.facts_at(user)).collect();
        let called: HashSet<&str> = facts.iter().flat_map(|facts| facts.uses.of_file(file)).collect();
        self.definitions.retain(|definition| match definition.of {
            Of::Function(function) => !called.contains(names.function(function).qualified.as_str()),
            Of::Class(_) => !users.iter().any(|user| names_it(others, user, definition.name)),
        });
    }

    /// The definitions whose every mention is one that `holds` at, or stands in such a definition: the outermost ones, ascending.
    pub(in crate::python) fn all_within(&self, holds: &dyn Fn(usize) -> bool) -> Vec<Span> {
        let mut found: Vec<Span> = Vec::new();
        for _ in 0..LONGEST_CHAIN {
            let is_new = |definition: &&Definition<'_>| {
                !covers(&found, definition.whole.start)
                    && self.is_within(definition, &|at| holds(at) || covers(&found, at))
            };
            let more: Vec<Span> = self.definitions.iter().filter(is_new).map(|one| one.whole).collect();
            if more.is_empty() {
                break;
            }
            found.extend(more);
            found = outermost(found);
        }
        found
    }

    fn is_within(&self, definition: &Definition<'_>, holds: &dyn Fn(usize) -> bool) -> bool {
        let known = self.places.get(&definition.of).into_iter().flatten();
        let unknown = self.unknown.get(definition.name).filter(|_| definition.is_method);
        let mut places = known
            .chain(unknown.into_iter().flatten())
            .filter(|at| !has(definition.whole, **at))
            .peekable();
        places.peek().is_some() && places.all(|at| holds(*at))
    }
}

/// Whether the text of the module at this absolute path may name something; also where it cannot be read.
fn names_it(others: Others<'_>, file: &Path, name: &str) -> bool {
    let module = others.module(file);
    module.is_none_or(|module| module.0.source().text().contains(name))
}

fn has(whole: Span, at: usize) -> bool {
    whole.start <= at && at < whole.end
}

/// What a module defines.
fn definitions<'a>(module: &'a ModModule, names: &Names) -> Vec<Definition<'a>> {
    let mut found = Vec::new();
    // Whether what a statement stands in is a class.
    let mut enclosing = Enclosing::nothing();
    for statement in statements_in(&module.body, Scope::All) {
        let in_class = enclosing.at(statement).is_some_and(|is_class| *is_class);
        enclosing.enter(statement, statement.is_class_def_stmt());
        match statement {
            Stmt::FunctionDef(function) if function.decorator_list.iter().all(leaves_calls_in_sight) => {
                let first = function.body.first().map(|first| first.start().to_usize());
                if let Some(id) = first.and_then(|first| names.function_at(first)) {
                    found.push(Definition {
                        of: Of::Function(id),
                        name: function.name.as_str(),
                        whole: span(function),
                        is_method: in_class,
                    });
                }
            }
            Stmt::ClassDef(class) => {
                if let Some(first) = class.body.first().filter(|_| class.decorator_list.is_empty()) {
                    found.push(Definition {
                        of: Of::Class(names.scope_at(first.start().to_usize())),
                        name: class.name.as_str(),
                        whole: span(class),
                        is_method: false,
                    });
                }
            }
            _ => {}
        }
    }
    found
}

/// Whether nobody but who speaks of a function calls it, though this decorates it.
fn leaves_calls_in_sight(decorator: &Decorator) -> bool {
    const PLAIN: &[&str] = &[
        "staticmethod",
        "classmethod",
        "asynccontextmanager",
        "contextmanager",
        "abstractmethod",
        "override",
    ];
    last_name(&decorator.expression).is_some_and(|name| PLAIN.contains(&name))
}

/// Finds where a module speaks of what it defines.
struct Search<'a, 'n> {
    names: &'n Names,
    called: HashSet<&'a str>,
    found: Mentions<'a>,
}

impl<'a> Search<'a, '_> {
    /// `read_at`: where the variable is read that a loop gives the expression to.
    fn look_through(&mut self, nodes: Nodes<'a>, read_at: Option<&[usize]>) {
        let mut nodes = nodes.without_annotations();
        while let Some(node) = nodes.next() {
            match node {
                Node::Statement(Stmt::For(each)) => {
                    let read_at = reads_of_target(each);
                    self.look_through(nodes_in(&*each.iter, Scope::All), read_at.as_deref());
                    nodes.only([(&each.body).into(), (&each.orelse).into()]);
                }
                Node::Expr(expr @ Expr::Name(name)) if name.ctx.is_load() => self.mentioned(expr, &name.id, read_at),
                Node::Expr(expr @ Expr::Attribute(attribute)) if attribute.ctx.is_load() => {
                    self.mentioned(expr, &attribute.attr, read_at);
                }
                _ => {}
            }
        }
    }

    fn mentioned(&mut self, expr: &'a Expr, name: &'a str, read_at: Option<&[usize]>) {
        if !self.called.contains(name) {
            return;
        }
        let here = [expr.start().to_usize()];
        let at = read_at.unwrap_or(&here);
        let values = self.names.values(expr);
        if values.is_empty() && expr.is_attribute_expr() {
            self.found.unknown.entry(name).or_default().extend(at);
        }
        for value in values {
            let of = match value {
                Value::Function(function) => Of::Function(*function),
                Value::Class(class) => Of::Class(*class),
                _ => continue,
            };
            self.found.places.entry(of).or_default().extend(at);
        }
    }
}

/// Where a variable is read in a block, that a loop gives one of several things that are written out: `for dial in (new, old):`.
fn reads_of_target(each: &ast::StmtFor) -> Option<Vec<usize>> {
    let is_written_out = matches!(&*each.iter, Expr::Tuple(_) | Expr::List(_));
    let target = each.target.as_name_expr().filter(|_| is_written_out)?;
    let names = expressions_in(&each.body, Scope::All).filter_map(Expr::as_name_expr);
    let reads = names.filter(|name| name.id == target.id);
    let reads: Vec<usize> = reads.map(|name| name.start().to_usize()).collect();
    (!reads.is_empty()).then_some(reads)
}
