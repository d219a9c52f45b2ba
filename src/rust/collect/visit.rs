//! The one visit of the tree: which node goes to which part of the collector.

use syn::visit::{self, Visit};
use syn::{Block, Expr};

use crate::rust::collect::Collector;
use crate::rust::collect::errors;
use crate::rust::collect::frames::{Frame, Sealed};
use crate::rust::collect::values::bounds_of;
use crate::rust::names::given_items;
use crate::rust::names::{Name, last_name, plain};
use crate::rust::syntax::cfg;
use crate::rust::syntax::edges;

impl<'ast> Visit<'ast> for Collector<'_> {
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}

    fn visit_type(&mut self, _: &'ast syn::Type) {}

    fn visit_item(&mut self, item: &'ast syn::Item) {
        let is_small = !matches!(
            item,
            syn::Item::Fn(_) | syn::Item::Impl(_) | syn::Item::Mod(_) | syn::Item::Trait(_)
        );
        if is_small && self.sought.comments {
            self.found.statements.push(edges::item(item, self.offsets));
        }
        let gate = self.enter_gate(edges::attributes_of_item(item));
        visit::visit_item(self, item);
        self.leave_gate(gate);
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let Some((_, items)) = &module.content else { return };
        let gate = self.enter_gate(&module.attrs);
        let entered = self.names.enter_module(&module.ident, items);
        self.enter_imports(items);
        for item in items {
            self.visit_item(item);
        }
        self.imports.pop();
        self.names.leave(entered);
        self.leave_gate(gate);
    }

    /// What a macro is given where items stand: most that take items give them out again.
    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        let name = last_name(&item.mac.path).unwrap_or_default();
        let may_hold = self.sought.waits || self.may_hold(|this| edges::inside(&item.mac.delimiter, this.offsets));
        if !may_hold || item.ident.is_some() {
            return;
        }
        let mut given = given_items::items(&item.mac);
        if given.is_empty() {
            given = self.tests_made_by(&item.mac);
        }
        if given.is_empty() || self.may_rewrite(&item.mac.path) {
            return;
        }
        let sealed = Sealed {
            name: format!("{name}!").into(),
            races: false,
        };
        self.seals.push(sealed);
        for given in &given {
            let condition = given.condition.as_deref();
            let marked = usize::from(condition.is_some_and(cfg::is_for_tests));
            self.test_depth += marked;
            let assumed = self.names.assume(condition.map(cfg::conditions).unwrap_or_default());
            for item in &given.items {
                match item {
                    syn::Item::Mod(module) => {
                        self.names.declare_given(module);
                        self.visit_item(item);
                    }
                    syn::Item::Fn(_) | syn::Item::Impl(_) => self.visit_item(item),
                    _ => {}
                }
            }
            self.names.forget(assumed);
            self.test_depth -= marked;
        }
        self.seals.pop();
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let path = |this: &Self| format!("{}::{}", this.names.place(), plain(&item.sig.ident));
        let is_open = is_open(&item.vis) || self.names.has_files();
        self.function(path, is_open, &item.attrs, &item.sig, &item.block);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let gate = self.enter_gate(&item.attrs);
        let of = self.sought.calls.then(|| self.written_type(&item.self_ty)).flatten();
        self.self_types.push(of);
        let implemented = self.sought.calls.then_some(item.trait_.as_ref()).flatten();
        let implemented = implemented.and_then(|(of, _)| match self.resolve(of) {
            Name::File(path) | Name::Extern(path) => Some(path),
            Name::Variable(_) | Name::Unknown => None,
        });
        self.traits.push(implemented);
        self.type_parameters.push(bounds_of(&item.generics));
        visit::visit_item_impl(self, item);
        self.type_parameters.pop();
        self.traits.pop();
        self.self_types.pop();
        self.leave_gate(gate);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        let path = |this: &Self| {
            let of = this.self_types.last().and_then(Option::as_deref).unwrap_or("?");
            format!("{of}::{}", plain(&item.sig.ident))
        };
        let of_trait = self.traits.last().cloned().flatten();
        if let Some(of) = &of_trait {
            let method = format!("{of}::{}", plain(&item.sig.ident));
            self.found.implements.entry(path(self)).or_default().push(method);
        }
        // A method of a trait is called through that.
        let is_open = is_open(&item.vis) || of_trait.is_some() || self.names.has_files();
        self.function(path, is_open, &item.attrs, &item.sig, &item.block);
    }

    /// What `self` is in the methods that it has of its own: whatever implements it.
    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        let of = format!("{}::{}", self.names.place(), plain(&item.ident));
        for bound in &item.supertraits {
            if let syn::TypeParamBound::Trait(bound) = bound
                && let Name::File(above) | Name::Extern(above) = self.resolve(&bound.path)
            {
                self.found.subtraits.entry(above).or_default().push(of.clone());
            }
        }
        self.self_types.push(Some(of));
        visit::visit_item_trait(self, item);
        self.self_types.pop();
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            let path = |_: &Self| format!("?::{}", plain(&item.sig.ident));
            self.function(path, false, &item.attrs, &item.sig, block);
        }
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.const_depth += 1;
        self.under(Frame::Held, &item.expr);
        self.const_depth -= 1;
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        let gate = self.enter_gate(&arm.attrs);
        visit::visit_arm(self, arm);
        self.leave_gate(gate);
    }

    fn visit_field_value(&mut self, field: &'ast syn::FieldValue) {
        let gate = self.enter_gate(&field.attrs);
        visit::visit_field_value(self, field);
        self.leave_gate(gate);
    }

    fn visit_block(&mut self, block: &'ast Block) {
        self.statements(&block.stmts);
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        let is_apart = matches!(expr, Expr::Closure(_) | Expr::Async(_));
        if is_apart {
            self.loops.enter_apart();
        }
        let is_entered = is_apart || self.loops.enter(expr, self.found.prints.len());
        let gate = self.enter_gate(edges::attributes_of_expression(expr));
        self.visit_kind(expr);
        self.leave_gate(gate);
        if is_entered {
            self.loops.leave(self.found.prints.len());
        }
    }
}

/// Whether others than the module itself and those below it see an item.
fn is_open(visibility: &syn::Visibility) -> bool {
    !matches!(visibility, syn::Visibility::Inherited)
}

impl Collector<'_> {
    fn visit_kind(&mut self, expr: &Expr) {
        self.loops.look_at(expr);
        match expr {
            Expr::Paren(paren) => self.visit_expr(&paren.expr),
            Expr::Group(group) => self.visit_expr(&group.expr),
            Expr::Reference(reference) => self.visit_expr(&reference.expr),
            Expr::Block(block) => self.visit_block(&block.block),
            Expr::Unsafe(block) => self.visit_block(&block.block),
            Expr::Macro(call) => self.macro_call(&call.mac, None),
            Expr::Const(block) => {
                self.const_depth += 1;
                self.visit_block(&block.block);
                self.const_depth -= 1;
            }
            _ if !self.sought.calls => self.visit_for_prints(expr),
            Expr::If(branch) => self.branch(branch),
            Expr::Match(choice) => self.arms(choice),
            Expr::Await(awaited) => self.awaited(awaited),
            Expr::Async(block) => self.async_block(block),
            Expr::Closure(closure) => self.closure(closure),
            Expr::Call(call) => {
                let opens = self.open_scope(call);
                self.call(expr, call);
                match opens {
                    true => self.close_scope(call),
                    false => self.blocked_call(expr, call),
                }
                self.guard_made(expr);
            }
            Expr::MethodCall(call) => self.method_call(expr, call),
            Expr::Path(path) => self.path(path),
            Expr::Return(exit) => {
                if let Some(value) = &exit.expr {
                    self.under(Frame::Return, value);
                }
            }
            Expr::Try(attempt) => self.attempt(attempt),
            Expr::Loop(body) => self.repeat_while(body.loop_token.span, None, &body.body),
            Expr::While(body) => {
                self.repeat_while(body.while_token.span, Some(&body.cond), &body.body);
            }
            Expr::ForLoop(body) => self.repeat_for(body),
            Expr::Let(condition) => self.let_condition(condition),
            Expr::Struct(literal) => {
                self.within(Frame::Held, |this| this.literal(literal));
                self.guard_made(expr);
            }
            Expr::Field(field) => self.field_of(expr, field),
            Expr::Assign(assign) => self.assignment(assign),
            _ => self.within(Frame::Held, |this| visit::visit_expr(this, expr)),
        }
    }

    fn let_condition(&mut self, condition: &syn::ExprLet) {
        let each = self.scrutinee(&condition.expr);
        self.bind_out_of(&condition.pat, &condition.expr);
        self.keep_in_names(each, &condition.pat);
    }

    fn literal(&mut self, literal: &syn::ExprStruct) {
        match self.sought.waits && self.is_guard(&literal.path) {
            true => self.guard_literal(literal),
            false => self.kept_in_fields(literal),
        }
    }

    fn field_of(&mut self, expr: &Expr, field: &syn::ExprField) {
        self.field_used(expr);
        self.held(&field.base);
    }

    fn async_block(&mut self, block: &syn::ExprAsync) {
        let course = self.gathered(|this| this.within(Frame::Async, |this| this.visit_block(&block.block)));
        self.block_gathered(&block.block, course);
    }

    fn attempt(&mut self, attempt: &syn::ExprTry) {
        let end = errors::awaited_end(&attempt.expr).map(|mark| self.offsets.of(mark).end);
        let outer = std::mem::replace(&mut self.tried, end);
        self.held(&attempt.expr);
        self.tried = outer;
    }

    fn assignment(&mut self, assign: &syn::ExprAssign) {
        self.assigned(assign);
        let keeper = self.keeper_assigned(&assign.left);
        self.held(&assign.left);
        self.kept_under(Frame::Held, keeper, &assign.right);
    }

    fn held(&mut self, expr: &Expr) {
        self.under(Frame::Held, expr);
    }

    /// Visits the same parts of an expression as where calls are looked for: there may be a macro in them.
    fn visit_for_prints(&mut self, expr: &Expr) {
        match expr {
            Expr::Path(_) | Expr::Lit(_) => {}
            Expr::Call(call) => {
                self.visit_expr(&call.func);
                call.args.iter().for_each(|argument| self.visit_expr(argument));
            }
            Expr::MethodCall(call) => {
                self.visit_expr(&call.receiver);
                call.args.iter().for_each(|argument| self.visit_expr(argument));
            }
            Expr::Let(condition) => self.visit_expr(&condition.expr),
            Expr::Closure(closure) => self.visit_expr(&closure.body),
            Expr::ForLoop(body) => {
                self.visit_expr(&body.expr);
                self.visit_block(&body.body);
            }
            _ => visit::visit_expr(self, expr),
        }
    }
}
