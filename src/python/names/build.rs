//! The table of scopes and bindings while it grows.

use std::mem;

use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::source_order::SourceOrderVisitor;
use ruff_python_ast::{self as ast, Expr, ModModule, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::annotations::{annotated, declared_alias};
use super::binding::{Binding, Bindings, Branch, Guard, Meaning, NameUse, Scope, ScopeId, ScopeKind};
use super::elements::part;
use super::meaning::{awaited_meanings, meanings};
use super::table::Table;
use crate::source::Span;

/// Of a function that gives something else at more places it is not told what it gives.
const MOST_OUTCOMES: usize = 8;

pub(super) fn build(module: &ModModule) -> Table {
    let mut builder = Builder {
        names: Table::default(),
        scope: ScopeId(0),
        branch: Branch::default(),
        yield_awaits: false,
        has_fields: false,
        nonlocals: Vec::new(),
        guards: Vec::new(),
    };
    builder.enter(ScopeKind::Module, 0);
    builder.visit_body(&module.body);
    builder.finish()
}

/// The table so far, and where the visit is.
pub(super) struct Builder {
    pub(super) names: Table,
    pub(super) scope: ScopeId,
    pub(super) branch: Branch,
    /// A decorator of the function around says that its `yield` awaits: `gen.coroutine`.
    pub(super) yield_awaits: bool,
    /// The class around may make fields of what its body annotates.
    pub(super) has_fields: bool,
    /// Bindings through `nonlocal`, by the scope that declares it: the function around may bind the name later.
    nonlocals: Vec<(ScopeId, Name, Binding)>,
    /// What catches exceptions around, within its function.
    pub(super) guards: Vec<Guard>,
}

impl Builder {
    fn finish(mut self) -> Table {
        for (scope, name, binding) in mem::take(&mut self.nonlocals) {
            if let Some(owner) = self.names.owner_of_nonlocal(scope, &name) {
                self.name_in(owner, &name).bindings.push(binding);
            }
        }
        let count = u32::try_from(self.names.scopes.len()).unwrap_or(u32::MAX);
        self.names.scopes[0].nested_end = count;
        self.names
    }

    pub(super) fn enter(&mut self, kind: ScopeKind, at: usize) -> Branch {
        let id = ScopeId(u32::try_from(self.names.scopes.len()).unwrap_or(u32::MAX));
        self.names.scopes.push(Scope {
            parent: (id.0 > 0).then_some(self.scope),
            kind,
            name: None,
            bases: Vec::new(),
            nested_end: 0,
            names: Default::default(),
            attributes: Default::default(),
        });
        self.switch(id, at);
        mem::take(&mut self.branch)
    }

    pub(super) fn leave(&mut self, at: usize, branch: Branch) {
        let count = u32::try_from(self.names.scopes.len()).unwrap_or(u32::MAX);
        let scope = &mut self.names.scopes[self.scope.0 as usize];
        scope.nested_end = count;
        if let Some(parent) = scope.parent {
            self.switch(parent, at);
        }
        self.branch = branch;
    }

    pub(super) fn switch(&mut self, scope: ScopeId, at: usize) {
        self.scope = scope;
        self.names.regions.push((at, scope));
    }

    pub(super) fn name_in(&mut self, scope: ScopeId, name: &Name) -> &mut NameUse {
        self.names.scopes[scope.0 as usize]
            .names
            .entry(name.clone())
            .or_default()
    }

    pub(super) fn bind(&mut self, name: &Name, meaning: Meaning, end: usize) {
        let branch = self.branch;
        let binding = Binding {
            meaning,
            declared: None,
            end,
            branch,
        };
        self.bind_in(self.scope, name, binding);
    }

    pub(super) fn bind_in(&mut self, scope: ScopeId, name: &Name, mut binding: Binding) {
        if matches!(binding.meaning, Meaning::Import(_)) {
            self.names.imports.push((scope, name.clone()));
        }
        match self.name_in(scope, name).bindings {
            // Whether the function ever ran cannot be told, so nothing can count on the binding: it stands in a block
            // that holds no other code.
            Bindings::Global => {
                binding.branch.block = Some(Span::empty(0));
                self.name_in(ScopeId(0), name).bindings.push(binding);
            }
            Bindings::Nonlocal => self.nonlocals.push((scope, name.clone(), binding)),
            Bindings::Known(_) | Bindings::Opaque => self.name_in(scope, name).bindings.push(binding),
        }
    }

    /// Binds `target` to each of several values that it may get. `declared` is what its annotation says.
    pub(super) fn bind_to(
        &mut self,
        target: &Expr,
        mut values: Vec<Meaning>,
        declared: Option<&Meaning>,
        origin: TextRange,
        end: usize,
    ) {
        let several = values.len() > 1;
        let branch = Branch {
            outermost: self
                .branch
                .outermost
                .or_else(|| several.then(|| origin.start().to_usize())),
            ..self.branch
        };
        let binding = |meaning| Binding {
            meaning,
            declared: declared.cloned().map(Box::new),
            end,
            branch,
        };
        match target {
            Expr::Name(name) => {
                if several {
                    let scope = self.scope;
                    // `session = session or Session()` says nothing new about `session`.
                    values.retain(|value| !matches!(value, Meaning::Alias(alias) if alias.scope == scope && alias.root == name.id && alias.steps.is_empty()));
                }
                for meaning in values {
                    self.bind_in(self.scope, &name.id, binding(meaning));
                }
            }
            Expr::Attribute(attribute) => {
                self.visit_expr(&attribute.value);
                for meaning in values {
                    self.bind_attribute(attribute, binding(meaning));
                }
            }
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                let rest = elts.iter().position(Expr::is_starred_expr);
                for (index, element) in elts.iter().enumerate() {
                    let values = values.iter().map(|value| part(value, index, rest, elts.len()));
                    let element = element.as_starred_expr().map_or(element, |starred| &starred.value);
                    self.bind_to(element, values.collect(), None, origin, end);
                }
            }
            Expr::Subscript(item) => {
                self.visit_expr(&item.value);
                self.visit_expr(&item.slice);
                self.puts(&item.value, Some(values).filter(|_| !item.slice.is_slice_expr()));
                self.alters(&item.value);
            }
            _ => self.visit_expr(target),
        }
    }

    pub(super) fn bind_attribute(&mut self, attribute: &ast::ExprAttribute, binding: Binding) {
        let Expr::Name(receiver) = &*attribute.value else {
            return;
        };
        if let Some(class) = self.names.receiver_class(self.scope, &receiver.id) {
            self.names.scopes[class.0 as usize]
                .attributes
                .entry(attribute.attr.id.clone())
                .or_default()
                .push(binding);
        }
    }

    pub(super) fn assign(&mut self, targets: &[Expr], value: &Expr, end: usize) {
        self.visit_expr(value);
        let values = match value {
            Expr::Yield(yielded) if self.yield_awaits => {
                let awaited = yielded.value.as_deref();
                awaited.map_or_else(
                    || vec![Meaning::Opaque],
                    |awaited| awaited_meanings(awaited, self.scope),
                )
            }
            _ => self.assigned(value),
        };
        let Some((last, others)) = targets.split_last() else {
            return;
        };
        for target in others {
            self.bind_to(target, values.clone(), None, value.range(), end);
        }
        self.bind_to(last, values, None, value.range(), end);
    }

    pub(super) fn assign_annotated(&mut self, statement: &ast::StmtAnnAssign) {
        self.visit_annotation(&statement.annotation);
        let declared = annotated(&statement.annotation, self.scope);
        let values = match &statement.value {
            Some(value) => {
                self.visit_expr(value);
                match declared_alias(&statement.annotation, value, self.scope) {
                    Some(class) => vec![Meaning::Alias(class)],
                    None => self.assigned(value),
                }
            }
            // A field may be given to the constructor that a decorator or a base class makes of it.
            None if self.has_fields => vec![declared.clone().unwrap_or(Meaning::Opaque)],
            None => vec![Meaning::Nothing],
        };
        let end = statement.end().to_usize();
        self.bind_to(&statement.target, values, declared.as_ref(), statement.range(), end);
    }

    /// Visits a block that may be skipped. `branching` is where the statement begins that chooses between blocks.
    pub(super) fn block(&mut self, body: &[Stmt], branching: Option<usize>) {
        let Some(block) = span_of(body) else {
            return;
        };
        let outer = self.branch;
        self.branch.outermost = outer.outermost.or(branching);
        self.branch.arm = outer.arm.or(branching.map(|_| block));
        self.branch.block = Some(block);
        self.visit_body(body);
        self.branch = outer;
    }

    /// Takes note of what the function around gives to who calls it.
    pub(super) fn gives(&mut self, value: Option<&Expr>, yields: bool) {
        let ScopeKind::Function(function) = self.names.scope(self.scope).kind else {
            return;
        };
        let meanings = match value {
            Some(value) => meanings(value, self.scope),
            None => vec![Meaning::Nothing],
        };
        let gives = &mut self.names.functions[function.index()].gives;
        if yields && gives.yields_under.is_empty() {
            gives.yields_under.clone_from(&self.guards);
        }
        gives.may_be_true |= !yields && value.is_some_and(may_be_true);
        let list = match yields {
            true => &mut gives.yielded,
            false => &mut gives.returned,
        };
        match list.len() < MOST_OUTCOMES {
            true => list.extend(meanings),
            false => list.push(Meaning::Opaque),
        }
    }

    pub(super) fn declare(&mut self, names: &[ast::Identifier], make: fn() -> Bindings) {
        for name in names {
            self.name_in(self.scope, &name.id).bindings = make();
        }
    }

    pub(super) fn class_around(&self) -> Option<ScopeId> {
        let mut scope = self.scope;
        while self.names.scope(scope).kind == ScopeKind::TypeParameters {
            scope = self.names.scope(scope).parent?;
        }
        (self.names.scope(scope).kind == ScopeKind::Class).then_some(scope)
    }

    /// `name` behind the names of the classes that it is defined in.
    pub(super) fn qualified(&self, name: &Name) -> String {
        let scopes = self.names.chain(self.scope);
        let classes: Vec<&str> = scopes
            .filter_map(|scope| self.names.scope(scope).name.as_deref())
            .collect();
        let mut qualified = String::with_capacity(name.len());
        for class in classes.into_iter().rev() {
            qualified.extend([class, "."]);
        }
        qualified.push_str(name);
        qualified
    }
}

fn may_be_true(value: &Expr) -> bool {
    match value {
        Expr::NoneLiteral(_) => false,
        Expr::BooleanLiteral(literal) => literal.value,
        _ => true,
    }
}

/// From the first to the last statement of a block.
pub(super) fn span_of(body: &[Stmt]) -> Option<Span> {
    let (first, last) = (body.first()?, body.last()?);
    Some(Span::new(first.start().to_usize(), last.end().to_usize()))
}
