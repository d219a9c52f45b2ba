//! What bodies are made of: statements, branches, closures, macros, awaits. Keeps what is in scope, and gathers what is waited for.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, Stmt};

use crate::rust::collect::Collector;
use crate::rust::collect::frames::{AwaitPoint, Frame, Sealed};
use crate::rust::collect::place;
use crate::rust::names::last_name;
use crate::rust::names::macros::{self, Argument, Definition, Inside};
use crate::rust::names::plain;
use crate::rust::syntax::edges;
use crate::rust::syntax::print_macros::prints;
use crate::sites::{Bound, Course, Deadline, Entered};

impl Collector<'_> {
    pub(in crate::rust) fn branch(&mut self, branch: &syn::ExprIf) {
        let entered = self.names.enter_variables();
        self.under(Frame::Held, &branch.cond);
        self.conditions += 1;
        let before = self.finished(&branch.cond, true);
        let mut branches = vec![self.gathered(|this| this.visit_block(&branch.then_branch))];
        self.names.leave(entered);
        self.may_go_on(before);
        if let Some((_, otherwise)) = &branch.else_branch {
            let before = self.finished(&branch.cond, false);
            branches.push(self.gathered(|this| this.visit_expr(otherwise)));
            self.may_go_on(before);
        }
        self.finished_behind(branch);
        self.waits_for_one(branches);
        self.conditions -= 1;
    }

    pub(in crate::rust) fn arms(&mut self, choice: &syn::ExprMatch) {
        let each = self.scrutinee(&choice.expr);
        self.conditions += 1;
        let mut branches = Vec::new();
        let known = Box::new(self.known_of(&choice.expr));
        for arm in &choice.arms {
            let gate = self.enter_gate(&arm.attrs);
            let entered = self.names.enter_variables();
            self.bind_value(&arm.pat, &known);
            self.keep_in_names(each, &arm.pat);
            self.within(Frame::Held, |this| this.visit_pat(&arm.pat));
            branches.push(self.gathered(|this| this.visit_expr(&arm.body)));
            self.comes_to(&arm.body);
            self.names.leave(entered);
            self.leave_gate(gate);
        }
        self.conditions -= 1;
        self.waits_for_one(branches);
    }

    pub(in crate::rust) fn closure(&mut self, closure: &syn::ExprClosure) {
        let is_async = closure.asyncness.is_some();
        let entered = self.names.enter_variables();
        self.bind_inputs(closure);
        // Whether and how often it is called is not to be seen here.
        let course = self.gathered(|this| this.under(Frame::Closure { is_async }, &closure.body));
        self.closure_gathered(closure, course);
        self.names.leave(entered);
    }

    /// Binds what a closure gets. In a function of its own: closures nest deep.
    fn bind_inputs(&mut self, closure: &syn::ExprClosure) {
        let each = self.handed_to_closure.take();
        let known = std::mem::take(&mut self.each_for_closure);
        for input in &closure.inputs {
            self.bind_parameter(input);
            self.bind_known(input, &known);
            self.keep_in_names(each, input);
        }
    }

    pub(in crate::rust) fn awaited(&mut self, awaited: &syn::ExprAwait) {
        if !self.sought.waits {
            return self.under(Frame::Held, &awaited.base);
        }
        let suffix = self.offsets.of(awaited.dot_token.span);
        let suffix = suffix.cover(self.offsets.of(awaited.await_token.span));
        let is_tried = self.tried == Some(suffix.end);
        let point = AwaitPoint {
            base: edges::expression(&awaited.base, self.offsets),
            suffix,
            leaves_with: is_tried
                .then(|| place::takes(&self.frames, &self.found.functions))
                .flatten(),
        };
        self.message_await(&awaited.base, &point);
        self.under(Frame::Await(point), &awaited.base);
        let course = self.future(&awaited.base, 0);
        self.waits(course);
    }

    /// A macro where an expression or a statement may stand.
    pub(in crate::rust) fn macro_call(&mut self, mac: &syn::Macro, is_statement: Option<bool>) {
        self.print(mac, is_statement);
        if !self.may_hold(|this| edges::inside(&mac.delimiter, this.offsets)) {
            return self.loops.look_at_macro(mac, true);
        }
        let inside = macros::inside(mac);
        self.loops.look_at_macro(mac, matches!(*inside, Inside::Opaque));
        match &*inside {
            Inside::Arguments(arguments) => {
                for argument in arguments {
                    self.under(Frame::Held, argument);
                }
                if let (true, Some(condition)) = (mac.path.is_ident("assert"), arguments.first()) {
                    self.finished(condition, true);
                }
            }
            Inside::Matched(value) => self.under(Frame::Held, value),
            Inside::Join(futures) => self.join(mac, futures),
            Inside::Select(branches) => self.select(mac, branches),
            Inside::Statements(statements) => {
                let sealed = Frame::Sealed(Sealed::racing("stream!"));
                // It runs as far, and as often, as somebody asks the stream for something: that is not followed.
                self.gathered(|this| {
                    this.within(sealed, |this| {
                        this.within(Frame::Async, |this| this.statements(statements))
                    });
                });
            }
            Inside::Pinned(pinned) => {
                // `pin!(fut)` as a statement keeps the name and its meaning; `pin!(connect(…))` gives the future on.
                for future in pinned
                    .iter()
                    .filter(|future| !matches!(future, Expr::Path(_)) || is_statement.is_none())
                {
                    self.visit_expr(future);
                }
            }
            Inside::Bindings(statements) => {
                for stmt in statements {
                    if let Stmt::Local(local) = stmt {
                        self.local(local);
                    }
                }
            }
            Inside::Unknown(arguments) => {
                self.unknown_macro(mac, arguments);
                self.waits_in_macro(mac);
            }
            Inside::Opaque => {
                self.used_by_macro(mac, false);
                self.waits_in_macro(mac);
            }
        }
    }

    /// What a macro of the project waits for by itself is not looked at.
    fn waits_in_macro(&mut self, mac: &syn::Macro) {
        if self.sought.waits && self.macro_called(&mac.path).is_some_and(|definition| definition.awaits) {
            let start = self.offsets.of(mac.path.span());
            let all = start.cover(self.offsets.of(edges::close(&mac.delimiter)));
            self.waits(Course::Unseen(self.shown(all)));
        }
    }

    /// A macro that takes expressions, of which no more is known: that they are evaluated where it stands is what most do.
    fn unknown_macro(&mut self, mac: &syn::Macro, arguments: &[Argument]) {
        let name = last_name(&mac.path).unwrap_or_default();
        let has_limit = || arguments.iter().any(|argument| self.is_limit(&argument.value));
        if self.may_rewrite(&mac.path) || has_limit() {
            return self.used_by_macro(mac, true);
        }
        let sealed = Sealed {
            name: format!("{name}!").into(),
            races: false,
        };
        for argument in arguments {
            self.within(Frame::Sealed(sealed.clone()), |this| {
                this.under(Frame::Held, &argument.value)
            });
            // `let_assert!(Ok(x) = …)` makes variables of the place where it stands.
            if let Some(pat) = &argument.pat {
                self.bind_out_of(pat, &argument.value);
            }
        }
    }

    /// What a macro of the project does with what it is given, whatever file defines it.
    pub(in crate::rust) fn macro_called(&self, path: &syn::Path) -> Option<Definition> {
        let name = last_name(path)?;
        self.names.macro_called(&name).or_else(|| {
            let crates = self.crates?;
            crates.macro_called(&name, &self.resolve(path))
        })
    }

    /// Whether a macro of the project may do more with what it is given than to evaluate it.
    pub(in crate::rust) fn may_rewrite(&self, path: &syn::Path) -> bool {
        self.macro_called(path).is_some_and(|definition| definition.may_end)
    }

    /// Notes what is called in a macro that may end it, or run it some other time: how long it waits there is not to be seen.
    fn used_by_macro(&mut self, mac: &syn::Macro, may_end: bool) {
        let Some(last) = mac.path.segments.last().filter(|_| self.sought.waits) else {
            return;
        };
        let name = plain(&last.ident);
        if !may_end && !macros::may_end(&name) {
            return;
        }
        // Nobody's words put this deadline there: it is no sign of one.
        self.frames.push(Frame::Deadline(Deadline {
            span: self.offsets.of(last.ident.span()),
            path: format!("{name}!"),
            bound: Bound::Unknown,
            entered: Entered::Here,
        }));
        for argument in macros::given(mac) {
            Uses(self).visit_expr(&argument.value);
        }
        self.frames.pop();
    }

    /// Whether an argument says for how long.
    fn is_limit(&self, argument: &Expr) -> bool {
        self.duration(argument) != Bound::Unknown && !matches!(argument, Expr::Lit(_))
            || matches!(argument, Expr::Path(_) | Expr::Field(_)) && macros::mentions_timer(argument)
    }

    pub(in crate::rust) fn statements(&mut self, statements: &[Stmt]) {
        let items = || {
            statements.iter().filter_map(|stmt| match stmt {
                Stmt::Item(item) => Some(item),
                _ => None,
            })
        };
        let entered = self.names.enter_block(items());
        self.declare(items());
        self.declare_own(items());
        for (index, stmt) in statements.iter().enumerate() {
            if self.sought.waits {
                self.watched_over(stmt, statements.get(index + 1..).unwrap_or_default());
            }
            if self.sought.comments {
                self.found.statements.push(edges::statement(stmt, self.offsets));
            }
            let gate = self.enter_gate(edges::attributes_of(stmt));
            match stmt {
                Stmt::Local(local) => self.local(local),
                Stmt::Item(item) => self.visit_item(item),
                // The last print of a block gives as little as a statement.
                Stmt::Expr(Expr::Macro(call), None) if index + 1 == statements.len() && is_print(&call.mac) => {
                    self.macro_call(&call.mac, Some(false));
                }
                Stmt::Expr(expr, None) if index + 1 == statements.len() => {
                    self.visit_expr(expr);
                    self.gives(expr);
                    self.comes_to(expr);
                }
                Stmt::Expr(expr, _) => self.under(Frame::Statement, expr),
                Stmt::Macro(stmt) => self.macro_call(&stmt.mac, Some(stmt.semi_token.is_some())),
            }
            self.leave_gate(gate);
        }
        self.names.leave(entered);
    }
}

/// Notes the functions of the file that are called, and the variables that are used; nothing else.
struct Uses<'c, 'a>(&'c mut Collector<'a>);

impl<'ast> Visit<'ast> for Uses<'_, '_> {
    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        match &*call.func {
            Expr::Path(func) => {
                let callee = self.0.resolve(&func.path);
                self.0.called(callee);
            }
            other => self.visit_expr(other),
        }
        call.args.iter().for_each(|argument| self.visit_expr(argument));
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.0.called_method(call, &plain(&call.method));
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        self.0.path(path);
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

fn is_print(mac: &syn::Macro) -> bool {
    let name = last_name(&mac.path);
    name.is_some_and(|name| name != "dbg" && prints(&name))
}
