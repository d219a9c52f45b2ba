//! The shapes in a tree that fixes make and unmake, as plain spans.

use proc_macro2::TokenTree;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Expr, Stmt, Token};

use crate::rust::names::last_name;
use crate::rust::names::macros::{self, Inside};
use crate::rust::names::plain;
use crate::rust::syntax::edges;
use crate::rust::syntax::parse::Offsets;
use crate::source::Span;

/// Every shape of a file, the insides of argument macros included.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    /// The operand of every `.await`, and where the `await` ends.
    pub(super) awaits: Vec<(Span, usize)>,
    /// Every call of a function, and what is called.
    pub(super) calls: Vec<(Span, Span)>,
    pub(super) macros: Vec<MacroCall>,
    pub(super) links: Vec<Link>,
    pub(super) wrappers: Vec<Wrapper>,
    pub(super) writes: Vec<Write>,
    /// `use …;`
    pub(super) imports: Vec<Span>,
    /// The paths of what these bring in.
    pub(super) imported: Vec<String>,
    /// The commas behind the last of the arguments of a call, or of the elements of a list, which mean nothing: that of a tuple of
    /// one is none.
    pub(super) last_commas: Vec<Span>,
}

/// A macro call.
#[derive(Debug)]
pub(super) struct MacroCall {
    pub(super) whole: Span,
    pub(super) name: String,
    /// Its path and its `!`.
    pub(super) callee: Span,
    /// Between its brackets.
    pub(super) inside: Span,
    /// Where its second argument begins, or where it closes.
    pub(super) arguments_start: usize,
}

/// A method call in a chain.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) name: String,
    /// From the end of its receiver to its closing bracket.
    pub(super) whole: Span,
    /// Between its brackets.
    pub(super) inside: Span,
}

/// `timeout(LIMIT, FUTURE).await.method(…)`, or with `?` behind it.
#[derive(Debug)]
pub(super) struct Wrapper {
    pub(super) whole: Span,
    pub(super) limit: Span,
    pub(super) future: Span,
    /// The future is `async { join!(…) }`: the macro.
    pub(super) joined: Option<Span>,
    /// Where the call of `timeout` ends.
    pub(super) call_end: usize,
    /// From the end of `await` to the end of the whole.
    pub(super) expiry: Span,
}

/// `let _ = writeln!(…);`, alone in a block or as a statement, or `_ = writeln!(…)`.
#[derive(Debug)]
pub(super) struct Write {
    pub(super) outer: Span,
    pub(super) mac: Span,
}

impl Shapes {
    /// Reads a tree.
    pub(super) fn of(file: &syn::File, offsets: Offsets) -> Self {
        let mut reader = Reader {
            shapes: Self::default(),
            offsets,
        };
        reader.visit_file(file);
        reader.shapes
    }
}

struct Reader {
    shapes: Shapes,
    offsets: Offsets,
}

impl Reader {
    fn expr(&self, expr: &Expr) -> Span {
        edges::expression(expr, self.offsets)
    }

    /// `end` is where what follows the `await` ends.
    fn wrapper(&self, awaited: &Expr, end: usize) -> Option<Wrapper> {
        let Expr::Await(awaited) = awaited else {
            return None;
        };
        let Expr::Call(timeout) = &*awaited.base else {
            return None;
        };
        let Expr::Path(func) = &*timeout.func else { return None };
        let [limit, future] = timeout.args.iter().collect::<Vec<_>>()[..] else {
            return None;
        };
        if func.path.segments.last()?.ident != "timeout" {
            return None;
        }
        let start = self.expr(&timeout.func).start;
        Some(Wrapper {
            whole: Span::new(start, end),
            limit: self.expr(limit),
            future: self.expr(future),
            joined: joined(future).map(|mac| self.whole(mac)),
            call_end: self.offsets.of(timeout.paren_token.span.close()).end,
            expiry: Span::new(self.offsets.of(awaited.await_token.span).end, end),
        })
    }

    fn whole(&self, mac: &syn::Macro) -> Span {
        use syn::spanned::Spanned;
        let start = self.offsets.of(mac.path.span());
        start.cover(self.offsets.of(edges::close(&mac.delimiter)))
    }

    fn last_comma(&mut self, elements: &Punctuated<Expr, Token![,]>) {
        let comma = elements
            .pairs()
            .next_back()
            .and_then(|last| last.punct().map(|comma| comma.span));
        self.shapes
            .last_commas
            .extend(comma.map(|comma| self.offsets.of(comma)));
    }

    fn write(&mut self, stmt: &Stmt, outer: Option<Span>) {
        let Stmt::Local(local) = stmt else { return };
        let (syn::Pat::Wild(_), Some(init)) = (&local.pat, &local.init) else {
            return;
        };
        if let Expr::Macro(call) = &*init.expr {
            let start = self.offsets.of(local.let_token.span);
            let own = start.cover(self.offsets.of(local.semi_token.span));
            self.shapes.writes.push(Write {
                outer: outer.unwrap_or(own),
                mac: self.whole(&call.mac),
            });
        }
    }
}

/// The paths of what a tree of imports brings in, below `prefix`.
fn imported(tree: &syn::UseTree, prefix: &str, found: &mut Vec<String>) {
    let below = |name: &syn::Ident| match prefix {
        "" => plain(name),
        _ => format!("{prefix}::{}", plain(name)),
    };
    match tree {
        syn::UseTree::Path(path) => imported(&path.tree, &below(&path.ident), found),
        syn::UseTree::Name(name) if name.ident == "self" => found.push(prefix.to_owned()),
        syn::UseTree::Name(name) => found.push(below(&name.ident)),
        syn::UseTree::Rename(renamed) => found.push(format!("{} as {}", below(&renamed.ident), renamed.rename)),
        syn::UseTree::Glob(_) => found.push(format!("{prefix}::*")),
        syn::UseTree::Group(group) => group.items.iter().for_each(|tree| imported(tree, prefix, found)),
    }
}

/// The macro of `async { join!(…) }`.
fn joined(future: &Expr) -> Option<&syn::Macro> {
    let Expr::Async(block) = future else { return None };
    match block.block.stmts.as_slice() {
        [Stmt::Macro(stmt)] if stmt.semi_token.is_none() => Some(&stmt.mac),
        [Stmt::Expr(Expr::Macro(call), None)] => Some(&call.mac),
        _ => None,
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_expr_await(&mut self, awaited: &'ast syn::ExprAwait) {
        let end = self.offsets.of(awaited.await_token.span).end;
        self.shapes.awaits.push((self.expr(&awaited.base), end));
        visit::visit_expr_await(self, awaited);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        let callee = self.expr(&call.func);
        let end = self.offsets.of(call.paren_token.span.close()).end;
        self.shapes.calls.push((Span::new(callee.start, end), callee));
        self.last_comma(&call.args);
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_try(&mut self, attempt: &'ast syn::ExprTry) {
        let end = self.offsets.of(attempt.question_token.span).end;
        let wrapper = self.wrapper(&attempt.expr, end);
        self.shapes.wrappers.extend(wrapper);
        visit::visit_expr_try(self, attempt);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let end = self.offsets.of(call.paren_token.span.close());
        let start = self.expr(&call.receiver).end;
        let wrapper = self.wrapper(&call.receiver, end.end);
        self.shapes.wrappers.extend(wrapper);
        self.shapes.links.push(Link {
            name: plain(&call.method),
            whole: Span::new(start, end.end),
            inside: Span::new(self.offsets.of(call.paren_token.span.open()).end, end.start),
        });
        self.last_comma(&call.args);
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_array(&mut self, array: &'ast syn::ExprArray) {
        self.last_comma(&array.elems);
        visit::visit_expr_array(self, array);
    }

    fn visit_expr_tuple(&mut self, tuple: &'ast syn::ExprTuple) {
        if tuple.elems.len() > 1 {
            self.last_comma(&tuple.elems);
        }
        visit::visit_expr_tuple(self, tuple);
    }

    fn visit_expr_assign(&mut self, assign: &'ast syn::ExprAssign) {
        if let (Expr::Infer(_), Expr::Macro(call)) = (&*assign.left, &*assign.right) {
            let outer = self.expr(&assign.left).cover(self.whole(&call.mac));
            let mac = self.whole(&call.mac);
            self.shapes.writes.push(Write { outer, mac });
        }
        visit::visit_expr_assign(self, assign);
    }

    fn visit_expr_block(&mut self, block: &'ast syn::ExprBlock) {
        if let [only] = block.block.stmts.as_slice() {
            let braces = block.block.brace_token.span;
            let outer = self.offsets.of(braces.open()).cover(self.offsets.of(braces.close()));
            self.write(only, Some(outer));
        }
        visit::visit_expr_block(self, block);
    }

    fn visit_stmt(&mut self, stmt: &'ast Stmt) {
        self.write(stmt, None);
        visit::visit_stmt(self, stmt);
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let span = self
            .offsets
            .of(item.use_token.span)
            .cover(self.offsets.of(item.semi_token.span));
        self.shapes.imports.push(span);
        imported(&item.tree, "", &mut self.shapes.imported);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let whole = self.whole(mac);
        let inside = Span::new(
            self.offsets.of(edges::open(&mac.delimiter)).end,
            self.offsets.of(edges::close(&mac.delimiter)).start,
        );
        let opened = macros::inside(mac);
        let arguments_start = match &*opened {
            Inside::Arguments(arguments) => arguments.get(1).map_or(inside.end, |second| self.expr(second).start),
            _ => inside.end,
        };
        let name = last_name(&mac.path).unwrap_or_default();
        if name == "vec"
            && let Some(TokenTree::Punct(last)) = mac.tokens.clone().into_iter().last()
            && last.as_char() == ','
        {
            self.shapes.last_commas.push(self.offsets.of(last.span()));
        }
        self.shapes.macros.push(MacroCall {
            whole,
            name,
            callee: Span::new(whole.start, self.offsets.of(mac.bang_token.span).end),
            inside,
            arguments_start,
        });
        match &*opened {
            Inside::Arguments(items) | Inside::Join(items) | Inside::Pinned(items) => {
                for item in items {
                    self.visit_expr(item);
                }
            }
            Inside::Matched(value) => self.visit_expr(value),
            Inside::Select(branches) => {
                for branch in branches {
                    for expr in branch.future.iter().chain(&branch.condition).chain([&branch.handler]) {
                        self.visit_expr(expr);
                    }
                }
            }
            Inside::Statements(statements) | Inside::Bindings(statements) => {
                for stmt in statements {
                    self.visit_stmt(stmt);
                }
            }
            Inside::Unknown(arguments) => {
                for argument in arguments {
                    self.visit_expr(&argument.value);
                }
            }
            Inside::Opaque => {}
        }
    }
}
