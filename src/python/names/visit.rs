//! The visit itself: what each statement and expression binds.

use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::source_order::{
    SourceOrderVisitor, walk_arguments, walk_decorator, walk_expr, walk_parameters, walk_pattern, walk_stmt,
    walk_type_param, walk_type_params,
};
use ruff_python_ast::{self as ast, Comprehension, Expr, ExprContext, Pattern, Stmt, TypeParam, TypeParams};
use ruff_text_size::{Ranged, TextRange};

use super::annotations::annotated_class;
use super::binding::{Binding, Bindings, Branch, Meaning, ScopeId, ScopeKind};
use super::build::Builder;
use super::functions::CalledBy;
use super::meaning::{element_of, gives_outcome, meanings, reference, second_of};
use super::table::Star;

impl Builder {
    fn class(&mut self, class: &ast::StmtClassDef) {
        for decorator in &class.decorator_list {
            walk_decorator(self, decorator);
        }
        let outside = self.scope;
        let outer_branch = self.branch;
        let end = class.end().to_usize();
        let generic = class
            .type_params
            .as_deref()
            .map(|parameters| self.enter_generic(parameters));
        if let Some(arguments) = &class.arguments {
            walk_arguments(self, arguments);
        }
        let header = match &class.arguments {
            Some(arguments) => arguments.end(),
            None => class.name.end(),
        };
        let branch = self.enter(ScopeKind::Class, header.to_usize());
        let scope = self.scope;
        let bases = class.bases().iter().map(|base| reference(base, outside)).collect();
        let of_class = &mut self.names.scopes[scope.0 as usize];
        (of_class.name, of_class.bases) = (Some(class.name.id.clone()), bases);
        let has_fields = !class.decorator_list.is_empty() || class.arguments.is_some();
        let outer_fields = std::mem::replace(&mut self.has_fields, has_fields);
        self.visit_body(&class.body);
        self.has_fields = outer_fields;
        self.leave(end, branch);
        if let Some(branch) = generic {
            self.leave(end, branch);
        }
        let meaning = Meaning::Class(scope);
        self.bind_in(
            outside,
            &class.name.id,
            Binding {
                meaning,
                declared: None,
                end,
                branch: outer_branch,
            },
        );
    }

    pub(super) fn enter_generic(&mut self, parameters: &TypeParams) -> Branch {
        let branch = self.enter(ScopeKind::TypeParameters, parameters.start().to_usize());
        walk_type_params(self, parameters);
        branch
    }

    fn lambda(&mut self, lambda: &ast::ExprLambda) {
        let outside = self.scope;
        if let Some(parameters) = &lambda.parameters {
            walk_parameters(self, parameters);
        }
        let branch = self.enter(ScopeKind::Lambda, lambda.body.start().to_usize());
        if let Some(parameters) = &lambda.parameters {
            self.bind_parameters(parameters, outside, None, &CalledBy::Anyone);
        }
        self.visit_expr(&lambda.body);
        if gives_outcome(lambda) {
            let given = meanings(&lambda.body, self.scope);
            self.names.lambdas.insert(lambda.start().to_usize(), given);
        }
        self.leave(lambda.body.end().to_usize(), branch);
    }

    /// A comprehension has a scope of its own, but its first iterable is evaluated outside it.
    fn comprehension(&mut self, whole: TextRange, elements: &[&Expr], generators: &[Comprehension]) {
        let outside = self.scope;
        let branch = self.enter(ScopeKind::Comprehension, whole.start().to_usize());
        let inside = self.scope;
        for element in elements {
            self.visit_expr(element);
        }
        for (index, generator) in generators.iter().enumerate() {
            let around = if index == 0 { outside } else { inside };
            self.bind_element(&generator.target, &generator.iter, around, generator.is_async);
            if index == 0 {
                self.switch(outside, generator.iter.start().to_usize());
                self.visit_expr(&generator.iter);
                self.switch(inside, generator.iter.end().to_usize());
            } else {
                self.visit_expr(&generator.iter);
            }
            for condition in &generator.ifs {
                self.visit_expr(condition);
            }
        }
        self.leave(whole.end().to_usize(), branch);
    }

    /// Binds the target of a loop to the elements of what is iterated over, which is evaluated in `scope`.
    fn bind_element(&mut self, target: &Expr, iterable: &Expr, scope: ScopeId, is_async: bool) {
        match (target, is_async) {
            (Expr::Name(name), false) => self.bind(&name.id, element_of(iterable, scope), name.end().to_usize()),
            (Expr::Tuple(pair), false)
                if let [Expr::Name(first), Expr::Name(second)] = pair.elts.as_slice()
                    && let Some(element) = second_of(iterable, scope) =>
            {
                self.bind(&first.id, Meaning::Opaque, first.end().to_usize());
                self.bind(&second.id, element, second.end().to_usize());
            }
            _ => self.visit_expr(target),
        }
    }

    fn walrus(&mut self, named: &ast::ExprNamed) {
        self.visit_expr(&named.value);
        let Expr::Name(name) = &*named.target else {
            return;
        };
        let mut scope = self.scope;
        while self.names.scope(scope).kind == ScopeKind::Comprehension {
            let Some(parent) = self.names.scope(scope).parent else {
                break;
            };
            scope = parent;
        }
        for meaning in meanings(&named.value, self.scope) {
            let (end, branch) = (named.end().to_usize(), self.branch);
            let binding = Binding {
                meaning,
                declared: None,
                end,
                branch,
            };
            self.bind_in(scope, &name.id, binding);
        }
    }

    fn import(&mut self, import: &ast::StmtImport) {
        let end = import.end().to_usize();
        for alias in &import.names {
            let module = alias.name.as_str();
            match &alias.asname {
                Some(name) => self.bind(&name.id, Meaning::Import(module.to_owned()), end),
                // `import asyncio.subprocess` binds `asyncio`.
                None => {
                    let root = module.split('.').next().unwrap_or(module);
                    self.bind(&Name::new(root), Meaning::Import(root.to_owned()), end);
                }
            }
        }
    }

    fn import_from(&mut self, import: &ast::StmtImportFrom) {
        let end = import.end().to_usize();
        let module = import.module.as_ref().map_or("", |module| module.as_str());
        // Only as many dots as could be meant: the file is a stranger's.
        let dots = ".".repeat(usize::try_from(import.level).unwrap_or(0).min(64));
        for alias in &import.names {
            let name = alias.name.as_str();
            if name == "*" {
                let module = format!("{dots}{module}");
                self.names.stars.push(Star { module, end });
                continue;
            }
            let separator = if module.is_empty() { "" } else { "." };
            let path = format!("{dots}{module}{separator}{name}");
            let bound = alias.asname.as_ref().unwrap_or(&alias.name);
            self.bind(&bound.id, Meaning::Import(path), end);
        }
    }
}

impl<'a> SourceOrderVisitor<'a> for Builder {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let end = statement.end().to_usize();
        match statement {
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::Assign(assign) => self.assign(&assign.targets, &assign.value, end),
            Stmt::AnnAssign(assign) => self.assign_annotated(assign),
            Stmt::Import(import) => self.import(import),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::Global(global) => self.declare(&global.names, || Bindings::Global),
            Stmt::Nonlocal(nonlocal) => self.declare(&nonlocal.names, || Bindings::Nonlocal),
            Stmt::AugAssign(grown) if grown.op == ast::Operator::BitOr => {
                self.visit_expr(&grown.value);
                self.alters(&grown.target);
                self.bind_to(&grown.target, vec![Meaning::InPlace], None, grown.range(), end);
            }
            Stmt::If(conditional) => self.conditional(conditional),
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::With(with) => self.with(with),
            Stmt::For(each) => {
                self.visit_expr(&each.iter);
                self.bind_element(&each.target, &each.iter, self.scope, each.is_async);
                self.block(&each.body, None);
                self.block(&each.orelse, None);
            }
            Stmt::While(repeat) => {
                self.visit_expr(&repeat.test);
                self.block(&repeat.body, None);
                self.block(&repeat.orelse, None);
            }
            Stmt::Return(returned) => {
                self.gives(returned.value.as_deref(), false);
                walk_stmt(self, statement);
            }
            Stmt::Match(choice) => {
                self.visit_expr(&choice.subject);
                for case in &choice.cases {
                    self.visit_pattern(&case.pattern);
                    if let Some(guard) = &case.guard {
                        self.visit_expr(guard);
                    }
                    self.block(&case.body, Some(choice.start().to_usize()));
                }
            }
            Stmt::TypeAlias(alias) => {
                let class = annotated_class(&alias.value, self.scope).filter(|_| alias.type_params.is_none());
                match (class, &*alias.name) {
                    (Some(class), Expr::Name(name)) => self.bind(&name.id, Meaning::Alias(class), end),
                    _ => self.visit_expr(&alias.name),
                }
                let generic = alias
                    .type_params
                    .as_deref()
                    .map(|parameters| self.enter_generic(parameters));
                self.visit_expr(&alias.value);
                if let Some(branch) = generic {
                    self.leave(end, branch);
                }
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => match name.ctx {
                ExprContext::Load | ExprContext::Invalid => {
                    let entry = self.name_in(self.scope, &name.id);
                    entry.reads = entry.reads.saturating_add(1);
                    entry.last_read = name.start().to_usize();
                }
                ExprContext::Store | ExprContext::Del => {
                    self.bind(&name.id, Meaning::Opaque, name.end().to_usize());
                }
            },
            Expr::Attribute(attribute) => {
                self.visit_expr(&attribute.value);
                if attribute.ctx != ExprContext::Load {
                    let (end, branch) = (attribute.end().to_usize(), self.branch);
                    self.bind_attribute(
                        attribute,
                        Binding {
                            meaning: Meaning::Opaque,
                            declared: None,
                            end,
                            branch,
                        },
                    );
                }
            }
            Expr::Subscript(item) if item.ctx != ExprContext::Load => {
                // What is deleted is not put in.
                self.puts(&item.value, (item.ctx == ExprContext::Del).then(Vec::new));
                self.alters(&item.value);
                walk_expr(self, expr);
            }
            Expr::Call(call) => {
                self.changed_by(call);
                if let Expr::Name(callee) = &*call.func {
                    self.calls_guarded(&callee.id);
                }
                self.dictionary_call(call);
                self.construction(call);
                self.starting(call);
                walk_expr(self, expr);
            }
            Expr::Dict(dict) => {
                self.dictionary(dict);
                walk_expr(self, expr);
            }
            Expr::Named(named) => self.walrus(named),
            Expr::Yield(yielded) => {
                self.gives(yielded.value.as_deref(), true);
                walk_expr(self, expr);
            }
            Expr::Lambda(lambda) => self.lambda(lambda),
            Expr::ListComp(list) => self.comprehension(list.range(), &[&list.elt], &list.generators),
            Expr::SetComp(set) => self.comprehension(set.range(), &[&set.elt], &set.generators),
            Expr::Generator(each) => self.comprehension(each.range(), &[&each.elt], &each.generators),
            Expr::DictComp(dict) => match &dict.key {
                Some(key) => self.comprehension(dict.range(), &[key, &dict.value], &dict.generators),
                None => self.comprehension(dict.range(), &[&dict.value], &dict.generators),
            },
            _ => walk_expr(self, expr),
        }
    }

    fn visit_type_param(&mut self, parameter: &'a TypeParam) {
        let name = parameter.name();
        let bound = parameter.as_type_var().and_then(|variable| variable.bound.as_deref());
        let class = bound.and_then(|bound| annotated_class(bound, self.scope));
        let meaning = class.map_or(Meaning::Opaque, Meaning::Alias);
        self.bind(&name.id, meaning, name.end().to_usize());
        walk_type_param(self, parameter);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let captured = match pattern {
            Pattern::MatchAs(capture) => capture.name.as_ref(),
            Pattern::MatchStar(capture) => capture.name.as_ref(),
            Pattern::MatchMapping(mapping) => mapping.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = captured {
            self.bind(&name.id, Meaning::Opaque, name.end().to_usize());
        }
        walk_pattern(self, pattern);
    }
}
