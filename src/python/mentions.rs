//! Where a module speaks of its own functions and classes: what holds at all of these places holds wherever such a function runs.

use std::path::Path;

use foldhash::{HashMap, HashSet};
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_expr, walk_stmt};
use ruff_python_ast::{self as ast, Decorator, Expr, ModModule, Stmt};
use ruff_text_size::Ranged;

use super::connects::span;
use super::dotted::last_name;
use super::names::{FunctionId, Names, ScopeId, Value};
use super::program::Others;
use super::stretches::{covers, outermost};
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
pub(super) struct Mentions<'a> {
    definitions: Vec<Definition<'a>>,
    places: HashMap<Of, Vec<usize>>,
    /// Those of methods of objects that are not known, by the method's name: they may mean any method called so.
    unknown: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Mentions<'a> {
    pub(super) fn of(module: &'a ModModule, names: &Names) -> Self {
        let mut definitions = Definitions {
            names,
            in_class: false,
            found: Vec::new(),
            called: HashSet::default(),
        };
        definitions.visit_body(&module.body);
        let mut search = Search {
            names,
            called: definitions.called,
            read_at: None,
            found: Self {
                definitions: definitions.found,
                places: HashMap::default(),
                unknown: HashMap::default(),
            },
        };
        search.visit_body(&module.body);
        search.found
    }

    /// Of what other modules call, or hand on, the mentions here do not tell enough.
    pub(super) fn without_those_called_elsewhere(&mut self, names: &Names, others: Option<Others<'_>>) {
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
    pub(super) fn all_within(&self, holds: &dyn Fn(usize) -> bool) -> Vec<Span> {
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

/// Finds what a module defines.
struct Definitions<'a, 'n> {
    names: &'n Names,
    in_class: bool,
    found: Vec<Definition<'a>>,
    /// Their simple names.
    called: HashSet<&'a str>,
}

impl<'a> Definitions<'a, '_> {
    fn define(&mut self, name: &'a ast::Identifier, of: Of, whole: Span) {
        let name = name.as_str();
        self.found.push(Definition {
            of,
            name,
            whole,
            is_method: self.in_class && matches!(of, Of::Function(_)),
        });
        self.called.insert(name);
    }
}

impl<'a> SourceOrderVisitor<'a> for Definitions<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let in_class = statement.is_class_def_stmt();
        match statement {
            Stmt::FunctionDef(function) if function.decorator_list.iter().all(leaves_calls_in_sight) => {
                let first = function.body.first().map(|first| first.start().to_usize());
                if let Some(id) = first.and_then(|first| self.names.function_at(first)) {
                    self.define(&function.name, Of::Function(id), span(function.range()));
                }
            }
            Stmt::ClassDef(class) if class.decorator_list.is_empty() => {
                if let Some(first) = class.body.first() {
                    let id = self.names.scope_at(first.start().to_usize());
                    self.define(&class.name, Of::Class(id), span(class.range()));
                }
            }
            _ => {}
        }
        let outer = std::mem::replace(&mut self.in_class, in_class);
        walk_stmt(self, statement);
        self.in_class = outer;
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
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
    /// Where the variable is read that a loop gives the current expression to.
    read_at: Option<Vec<usize>>,
    found: Mentions<'a>,
}

impl<'a> Search<'a, '_> {
    fn mentioned(&mut self, expr: &'a Expr, name: &'a str) {
        if !self.called.contains(name) {
            return;
        }
        let at = self.read_at.clone().unwrap_or_else(|| vec![expr.start().to_usize()]);
        let values = self.names.values(expr);
        if values.is_empty() && expr.is_attribute_expr() {
            self.found.unknown.entry(name).or_default().extend(&at);
        }
        for value in values {
            let of = match value {
                Value::Function(function) => Of::Function(*function),
                Value::Class(class) => Of::Class(*class),
                _ => continue,
            };
            self.found.places.entry(of).or_default().extend(&at);
        }
    }
}

/// Where a variable is read in a block, that a loop gives one of several things that are written out: `for dial in (new, old):`.
fn reads_of_target(each: &ast::StmtFor) -> Option<Vec<usize>> {
    struct Reads<'t>(&'t str, Vec<usize>);
    impl<'a> SourceOrderVisitor<'a> for Reads<'_> {
        fn visit_expr(&mut self, expr: &'a Expr) {
            if let Expr::Name(name) = expr
                && name.id == self.0
            {
                self.1.push(name.start().to_usize());
            }
            walk_expr(self, expr);
        }
    }
    let is_written_out = matches!(&*each.iter, Expr::Tuple(_) | Expr::List(_));
    let target = each.target.as_name_expr().filter(|_| is_written_out)?;
    let mut reads = Reads(&target.id, Vec::new());
    reads.visit_body(&each.body);
    (!reads.1.is_empty()).then_some(reads.1)
}

impl<'a> SourceOrderVisitor<'a> for Search<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let Stmt::For(each) = statement else {
            return walk_stmt(self, statement);
        };
        self.read_at = reads_of_target(each);
        self.visit_expr(&each.iter);
        self.read_at = None;
        self.visit_body(&each.body);
        self.visit_body(&each.orelse);
    }

    fn visit_annotation(&mut self, _: &'a Expr) {}

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if name.ctx.is_load() => self.mentioned(expr, name.id.as_str()),
            Expr::Attribute(attribute) if attribute.ctx.is_load() => self.mentioned(expr, attribute.attr.as_str()),
            _ => {}
        }
        walk_expr(self, expr);
    }
}
