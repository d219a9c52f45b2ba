//! Where nodes begin and end, without turning whole subtrees into tokens as `syn::spanned` does.

use proc_macro2::Span as Mark;
use syn::spanned::Spanned;
use syn::{Expr, Item, MacroDelimiter, Stmt, Visibility};

use crate::rust::syntax::parse::Offsets;
use crate::source::Span;

/// The span of an expression, its attributes included.
pub(in crate::rust) fn expression(expr: &Expr, offsets: Offsets) -> Span {
    Span::new(start(expr, offsets), end(expr, offsets))
}

/// `loop`, `while ready()`: what stands before the body of a loop without a pattern.
pub(in crate::rust) fn head_of_loop(keyword: Mark, condition: Option<&Expr>, offsets: Offsets) -> Span {
    let keyword = offsets.of(keyword);
    condition.map_or(keyword, |condition| keyword.cover(expression(condition, offsets)))
}

/// The attributes of a statement; an item's are those of the item.
pub(in crate::rust) fn attributes_of(stmt: &Stmt) -> &[syn::Attribute] {
    match stmt {
        Stmt::Local(local) => &local.attrs,
        Stmt::Macro(stmt) => &stmt.attrs,
        Stmt::Item(_) => &[],
        Stmt::Expr(expr, _) => attributes_of_expression(expr),
    }
}

/// The attributes of an expression, as far as such an expression is known to have some.
pub(in crate::rust) fn attributes_of_expression(expr: &Expr) -> &[syn::Attribute] {
    match expr {
        Expr::Array(array) => &array.attrs,
        Expr::Assign(assign) => &assign.attrs,
        Expr::Async(block) => &block.attrs,
        Expr::Await(awaited) => &awaited.attrs,
        Expr::Block(block) => &block.attrs,
        Expr::Call(call) => &call.attrs,
        Expr::Closure(closure) => &closure.attrs,
        Expr::ForLoop(body) => &body.attrs,
        Expr::If(branch) => &branch.attrs,
        Expr::Loop(body) => &body.attrs,
        Expr::Macro(call) => &call.attrs,
        Expr::Match(body) => &body.attrs,
        Expr::MethodCall(call) => &call.attrs,
        Expr::Paren(paren) => &paren.attrs,
        Expr::Reference(reference) => &reference.attrs,
        Expr::Return(exit) => &exit.attrs,
        Expr::Struct(made) => &made.attrs,
        Expr::Try(attempt) => &attempt.attrs,
        Expr::Tuple(tuple) => &tuple.attrs,
        Expr::Unsafe(block) => &block.attrs,
        Expr::While(body) => &body.attrs,
        _ => &[],
    }
}

/// The attributes of an item whose parts do not look at them themselves.
pub(in crate::rust) fn attributes_of_item(item: &Item) -> &[syn::Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        _ => &[],
    }
}

/// The span of a statement, its attributes and its semicolon included.
pub(in crate::rust) fn statement(stmt: &Stmt, offsets: Offsets) -> Span {
    match stmt {
        Stmt::Local(local) => {
            let start = attributes(&local.attrs).unwrap_or(local.let_token.span);
            joined(start, local.semi_token.span, offsets)
        }
        Stmt::Expr(expr, semi) => {
            let end = semi.map_or_else(|| end(expr, offsets), |semi| offsets.of(semi.span).end);
            Span::new(start(expr, offsets), end)
        }
        Stmt::Macro(stmt) => {
            let start = attributes(&stmt.attrs).unwrap_or_else(|| stmt.mac.path.span());
            let end = stmt
                .semi_token
                .map_or_else(|| close(&stmt.mac.delimiter), |semi| semi.span);
            joined(start, end, offsets)
        }
        Stmt::Item(each) => item(each, offsets),
    }
}

/// The span of an item, its attributes included.
pub(in crate::rust) fn item(item: &Item, offsets: Offsets) -> Span {
    match item {
        Item::Use(import) => {
            let start = attributes(&import.attrs).or_else(|| visibility(&import.vis));
            joined(start.unwrap_or(import.use_token.span), import.semi_token.span, offsets)
        }
        other => offsets.of(other.span()),
    }
}

/// The closing bracket of a macro call.
pub(in crate::rust) fn close(delimiter: &MacroDelimiter) -> Mark {
    match delimiter {
        MacroDelimiter::Paren(paren) => paren.span.close(),
        MacroDelimiter::Brace(brace) => brace.span.close(),
        MacroDelimiter::Bracket(bracket) => bracket.span.close(),
    }
}

/// The opening bracket of a macro call.
pub(in crate::rust) fn open(delimiter: &MacroDelimiter) -> Mark {
    match delimiter {
        MacroDelimiter::Paren(paren) => paren.span.open(),
        MacroDelimiter::Brace(brace) => brace.span.open(),
        MacroDelimiter::Bracket(bracket) => bracket.span.open(),
    }
}

/// What is between the brackets of a macro call.
pub(in crate::rust) fn inside(delimiter: &MacroDelimiter, offsets: Offsets) -> Span {
    Span::new(offsets.of(open(delimiter)).end, offsets.of(close(delimiter)).start)
}

fn joined(start: Mark, end: Mark, offsets: Offsets) -> Span {
    offsets.of(start).cover(offsets.of(end))
}

fn attributes(attrs: &[syn::Attribute]) -> Option<Mark> {
    attrs.first().map(|attr| attr.pound_token.span)
}

fn visibility(visibility: &Visibility) -> Option<Mark> {
    match visibility {
        Visibility::Public(public) => Some(public.span),
        Visibility::Restricted(restricted) => Some(restricted.pub_token.span),
        Visibility::Inherited => None,
    }
}

/// Where an expression begins.
fn start(expr: &Expr, offsets: Offsets) -> usize {
    let mark = match expr {
        Expr::Assign(assign) => return start(&assign.left, offsets),
        Expr::Await(awaited) => return start(&awaited.base, offsets),
        Expr::Binary(binary) => return start(&binary.left, offsets),
        Expr::Call(call) => return start(&call.func, offsets),
        Expr::Cast(cast) => return start(&cast.expr, offsets),
        Expr::Field(field) => return start(&field.base, offsets),
        Expr::Index(index) => return start(&index.expr, offsets),
        Expr::MethodCall(call) => return start(&call.receiver, offsets),
        Expr::Try(attempt) => return start(&attempt.expr, offsets),
        Expr::Async(block) => attributes(&block.attrs).unwrap_or(block.async_token.span),
        Expr::Block(block) => attributes(&block.attrs)
            .or(block.label.as_ref().map(|label| label.name.apostrophe))
            .unwrap_or_else(|| block.block.brace_token.span.open()),
        Expr::If(branch) => attributes(&branch.attrs).unwrap_or(branch.if_token.span),
        Expr::Loop(body) => attributes(&body.attrs)
            .or(body.label.as_ref().map(|label| label.name.apostrophe))
            .unwrap_or(body.loop_token.span),
        Expr::While(body) => attributes(&body.attrs)
            .or(body.label.as_ref().map(|label| label.name.apostrophe))
            .unwrap_or(body.while_token.span),
        Expr::ForLoop(body) => attributes(&body.attrs)
            .or(body.label.as_ref().map(|label| label.name.apostrophe))
            .unwrap_or(body.for_token.span),
        Expr::Match(body) => attributes(&body.attrs).unwrap_or(body.match_token.span),
        Expr::Macro(call) => attributes(&call.attrs).unwrap_or_else(|| call.mac.path.span()),
        Expr::Paren(paren) => attributes(&paren.attrs).unwrap_or_else(|| paren.paren_token.span.open()),
        Expr::Reference(reference) => attributes(&reference.attrs).unwrap_or(reference.and_token.span),
        Expr::Return(exit) => attributes(&exit.attrs).unwrap_or(exit.return_token.span),
        Expr::Unsafe(block) => attributes(&block.attrs).unwrap_or(block.unsafe_token.span),
        other => other.span(),
    };
    offsets.of(mark).start
}

/// Where an expression ends.
fn end(expr: &Expr, offsets: Offsets) -> usize {
    let mark = match expr {
        Expr::Assign(assign) => return end(&assign.right, offsets),
        Expr::Binary(binary) => return end(&binary.right, offsets),
        Expr::Closure(closure) => return end(&closure.body, offsets),
        Expr::Reference(reference) => return end(&reference.expr, offsets),
        Expr::Unary(unary) => return end(&unary.expr, offsets),
        Expr::If(branch) => match &branch.else_branch {
            Some((_, otherwise)) => return end(otherwise, offsets),
            None => branch.then_branch.brace_token.span.close(),
        },
        Expr::Return(exit) => match &exit.expr {
            Some(value) => return end(value, offsets),
            None => exit.return_token.span,
        },
        Expr::Async(block) => block.block.brace_token.span.close(),
        Expr::Await(awaited) => awaited.await_token.span,
        Expr::Block(block) => block.block.brace_token.span.close(),
        Expr::Call(call) => call.paren_token.span.close(),
        Expr::ForLoop(body) => body.body.brace_token.span.close(),
        Expr::Index(index) => index.bracket_token.span.close(),
        Expr::Loop(body) => body.body.brace_token.span.close(),
        Expr::Macro(call) => close(&call.mac.delimiter),
        Expr::Match(body) => body.brace_token.span.close(),
        Expr::MethodCall(call) => call.paren_token.span.close(),
        Expr::Paren(paren) => paren.paren_token.span.close(),
        Expr::Try(attempt) => attempt.question_token.span,
        Expr::Unsafe(block) => block.block.brace_token.span.close(),
        Expr::While(body) => body.body.brace_token.span.close(),
        other => other.span(),
    };
    offsets.of(mark).end
}
