//! The insides of macros whose arguments are ordinary expressions. syn leaves a macro's tokens alone; parsed again they
//! keep their positions. What each macro takes was measured over the crates of a registry (`facts/rust.md` 5).

use std::cell::RefCell;
use std::rc::Rc;

use foldhash::HashMap;
use proc_macro2::TokenTree;
use quote::ToTokens;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Block, Expr, Pat, Stmt, Token};

use crate::rust::names::last_name;
use crate::rust::syntax::parse::Tree;

/// What is inside a macro.
#[allow(clippy::large_enum_variant, reason = "each stands alone on the heap")]
pub(in crate::rust) enum Inside {
    /// Expressions that are evaluated where the macro stands.
    Arguments(Vec<Expr>),
    /// The value of `matches!`, without its pattern.
    Matched(Expr),
    /// Futures that run side by side; the macro's own name in front.
    Join(Vec<Expr>),
    /// The branches of `select!`.
    Select(Vec<Branch>),
    /// Statements: `stream! { … }`.
    Statements(Vec<Stmt>),
    /// Names of futures that are pinned in place.
    Pinned(Vec<Expr>),
    /// Variables that are made of pinned futures: `pin! { let late = sleep(d); }`.
    Bindings(Vec<Stmt>),
    /// The arguments of a macro that is not known, which look like expressions.
    Unknown(Vec<Argument>),
    /// Anything else.
    Opaque,
}

/// An argument of a macro that is not known.
pub(in crate::rust) struct Argument {
    /// What its value is taken apart by: `let_assert!(Ok(x) = …)`.
    pub(in crate::rust) pat: Option<Pat>,
    pub(in crate::rust) value: Expr,
}

/// One branch of `select!`.
pub(in crate::rust) struct Branch {
    /// What the future's output is bound to.
    pub(in crate::rust) pat: Option<Pat>,
    /// The future, polled beside those of the other branches.
    pub(in crate::rust) future: Option<Expr>,
    /// `, if …`.
    pub(in crate::rust) condition: Option<Expr>,
    /// Runs once the future is done.
    pub(in crate::rust) handler: Expr,
}

/// What the definition of a macro says of what it does with what it is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::rust) struct Definition {
    /// It may end it, or run it some other time.
    pub(in crate::rust) may_end: bool,
    /// It awaits something.
    pub(in crate::rust) awaits: bool,
    /// It has a function, an asynchronous one, a test.
    pub(in crate::rust) made: [bool; 3],
}

impl Definition {
    /// That of a `macro_rules!` with these tokens.
    pub(in crate::rust) fn of(tokens: proc_macro2::TokenStream) -> Self {
        let mut definition = Self::default();
        let mut pending = vec![tokens];
        while let Some(tokens) = pending.pop() {
            for tree in tokens {
                match tree {
                    TokenTree::Group(group) => pending.push(group.stream()),
                    TokenTree::Ident(word) => definition.note(&word.to_string()),
                    TokenTree::Punct(_) | TokenTree::Literal(_) => {}
                }
            }
        }
        definition
    }

    /// Takes note of a word of it.
    pub(in crate::rust) fn note(&mut self, word: &str) {
        self.may_end |= may_end(word);
        self.awaits |= word == "await";
        for (has, wanted) in self.made.iter_mut().zip(["fn", "async", "test"]) {
            *has |= word == wanted;
        }
    }

    /// It may as well be this one.
    pub(in crate::rust) fn add(&mut self, other: Self) {
        self.may_end |= other.may_end;
        self.awaits |= other.awaits;
        for (has, other) in self.made.iter_mut().zip(other.made) {
            *has |= other;
        }
    }
}

/// The macros of a tree that were opened, by where their insides begin.
type Opened = (Option<Tree>, HashMap<usize, Rc<Inside>>);

thread_local! {
    /// A dozen visits of a function open the same macros.
    static OPENED: RefCell<Opened> = RefCell::default();
}

/// Opens a macro.
pub(in crate::rust) fn inside(mac: &syn::Macro) -> Rc<Inside> {
    let (tree, at) = (Tree::current(), mac.delimiter.span().open().byte_range());
    // What was not read from a file stands nowhere.
    if tree.is_none() || at.is_empty() {
        return Rc::new(opened(mac));
    }
    let known = OPENED.with_borrow_mut(|(of, opened)| {
        if *of != tree {
            *of = tree;
            opened.clear();
        }
        opened.get(&at.start).cloned()
    });
    known.unwrap_or_else(|| {
        let inside = Rc::new(opened(mac));
        OPENED.with_borrow_mut(|(_, opened)| opened.insert(at.start, Rc::clone(&inside)));
        inside
    })
}

fn opened(mac: &syn::Macro) -> Inside {
    let Some(name) = last_name(&mac.path) else {
        return Inside::Opaque;
    };
    let tokens = mac.tokens.clone();
    let parsed = match name.as_str() {
        "matches" | "assert_matches" | "debug_assert_matches" => matched.parse2(tokens).map(Inside::Matched),
        "join" | "try_join" => biased_list.parse2(tokens).map(Inside::Join),
        "select" | "select_biased" => select.parse2(tokens).map(Inside::Select),
        "stream" | "try_stream" => Block::parse_within.parse2(tokens).map(Inside::Statements),
        "pin" | "pin_mut" => list
            .parse2(tokens.clone())
            .map(Inside::Pinned)
            .or_else(|_| Block::parse_within.parse2(tokens).map(Inside::Bindings)),
        "vec" => list_or_repeat.parse2(tokens).map(Inside::Arguments),
        name if takes_arguments(name) => list.parse2(tokens).map(Inside::Arguments),
        name if is_no_code(name) => return Inside::Opaque,
        _ => unknown.parse2(tokens).map(Inside::Unknown),
    };
    parsed.unwrap_or(Inside::Opaque)
}

fn takes_arguments(name: &str) -> bool {
    matches!(
        name,
        "assert"
            | "assert_eq"
            | "assert_ne"
            | "assert_ok"
            | "assert_err"
            | "assert_none"
            | "assert_some"
            | "debug_assert"
            | "debug_assert_eq"
            | "debug_assert_ne"
            | "print"
            | "println"
            | "eprint"
            | "eprintln"
            | "write"
            | "writeln"
            | "format"
            | "format_args"
            | "panic"
            | "unreachable"
            | "todo"
            | "unimplemented"
            | "dbg"
            | "bail"
            | "ensure"
            | "anyhow"
            | "eyre"
            | "trace"
            | "debug"
            | "info"
            | "warn"
            | "error"
    )
}

/// What a macro gives that only takes it out of a result, as far as its name and its arguments say: `assert_ok!(f())`.
pub(in crate::rust) fn taken_out(mac: &syn::Macro) -> Option<Expr> {
    let name = last_name(&mac.path)?;
    match &*inside(mac) {
        Inside::Arguments(values) if matches!(name.as_str(), "assert_ok" | "assert_some" | "dbg") => match &**values {
            [only] => Some(only.clone()),
            _ => None,
        },
        Inside::Unknown(arguments) => match &**arguments {
            [Argument { pat: None, value }] => Some(value.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a macro may do anything with what it is given: write it, run it later, again or not to its end.
pub(in crate::rust) fn is_no_code(name: &str) -> bool {
    const WRITING: [&str; 12] = [
        "asm",
        "cfg",
        "compile_error",
        "concat",
        "env",
        "html",
        "include",
        "json",
        "macro_rules",
        "rsx",
        "stringify",
        "view",
    ];
    WRITING.contains(&name) || may_end(name)
}

/// Whether a name, of a macro or in its definition, says that what it is given may be ended, or may run some other time.
pub(in crate::rust) fn may_end(name: &str) -> bool {
    const ENDING: [&str; 14] = [
        "defer",
        "eventually",
        "lazy",
        "limit",
        "poll",
        "quote",
        "race",
        "retry",
        "select",
        "spawn",
        "sql",
        "task",
        "wait",
        "within",
    ];
    name != "await" && ENDING.iter().any(|word| name.contains(word)) || sounds_like_a_timer(name)
}

/// What a macro is given, as far as it looks like expressions.
pub(in crate::rust) fn given(mac: &syn::Macro) -> Vec<Argument> {
    unknown.parse2(mac.tokens.clone()).unwrap_or_default()
}

/// Expressions with commas or semicolons between them, some behind a pattern: `Ok(x) = f()`.
fn unknown(input: ParseStream<'_>) -> syn::Result<Vec<Argument>> {
    let mut arguments = Vec::new();
    while !input.is_empty() {
        let pat = match pattern(&input.fork()) {
            true => {
                let pat = Pat::parse_multi_with_leading_vert(input)?;
                input.parse::<Token![=]>()?;
                // `name = value` gives an argument a name.
                Some(pat).filter(|pat| !matches!(pat, Pat::Ident(_)))
            }
            false => None,
        };
        arguments.push(Argument {
            pat,
            value: input.parse()?,
        });
        if !input.is_empty() && input.parse::<Option<Token![;]>>()?.is_none() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(arguments)
}

/// Whether a pattern and `=` come next.
fn pattern(ahead: ParseStream<'_>) -> bool {
    let is_pattern = Pat::parse_multi_with_leading_vert(ahead).is_ok();
    is_pattern && ahead.peek(Token![=]) && !ahead.peek(Token![==]) && !ahead.peek(Token![=>])
}

fn list(input: ParseStream<'_>) -> syn::Result<Vec<Expr>> {
    Ok(Punctuated::<Expr, Token![,]>::parse_terminated(input)?
        .into_iter()
        .collect())
}

fn list_or_repeat(input: ParseStream<'_>) -> syn::Result<Vec<Expr>> {
    let mut items = Vec::new();
    while !input.is_empty() {
        items.push(input.parse()?);
        if !input.is_empty() && input.parse::<Option<Token![;]>>()?.is_none() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(items)
}

fn biased_list(input: ParseStream<'_>) -> syn::Result<Vec<Expr>> {
    skip_biased(input)?;
    list(input)
}

fn skip_biased(input: ParseStream<'_>) -> syn::Result<()> {
    let ahead = input.fork();
    let biased = ahead.parse::<syn::Ident>().is_ok_and(|ident| ident == "biased") && ahead.peek(Token![;]);
    if biased {
        input.parse::<syn::Ident>()?;
        input.parse::<Token![;]>()?;
    }
    Ok(())
}

fn matched(input: ParseStream<'_>) -> syn::Result<Expr> {
    let value = input.parse()?;
    input.parse::<proc_macro2::TokenStream>()?;
    Ok(value)
}

fn select(input: ParseStream<'_>) -> syn::Result<Vec<Branch>> {
    skip_biased(input)?;
    let mut branches = Vec::new();
    while !input.is_empty() {
        branches.push(input.parse()?);
    }
    Ok(branches)
}

impl Parse for Branch {
    /// `pat = future[, if condition] => handler`, or `else | complete | default => handler`.
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (mut pat, mut future, mut condition) = (None, None, None);
        if input.peek(Token![else]) {
            input.parse::<Token![else]>()?;
        } else if input.peek(syn::Ident) && input.peek2(Token![=>]) {
            input.parse::<syn::Ident>()?;
        } else {
            pat = Some(Pat::parse_multi_with_leading_vert(input)?);
            input.parse::<Token![=]>()?;
            future = Some(input.parse()?);
            if input.peek(Token![,]) {
                input.parse::<Token![,]>()?;
                input.parse::<Token![if]>()?;
                condition = Some(input.parse()?);
            }
        }
        input.parse::<Token![=>]>()?;
        let is_block = input.peek(syn::token::Brace);
        let handler = if is_block {
            let block: Block = input.parse()?;
            Expr::Block(syn::ExprBlock {
                attrs: Vec::new(),
                label: None,
                block,
            })
        } else {
            input.parse()?
        };
        if !input.is_empty() && (!is_block || input.peek(Token![,])) {
            input.parse::<Token![,]>()?;
        }
        Ok(Self {
            pat,
            future,
            condition,
            handler,
        })
    }
}

/// Whether an expression mentions a timer, by a name that sounds like one.
pub(in crate::rust) fn mentions_timer(expr: &Expr) -> bool {
    mentions(expr.to_token_stream(), &sounds_like_a_timer)
}

/// Whether a name sounds like a timer's.
pub(in crate::rust) fn sounds_like_a_timer(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["sleep", "timer", "delay", "timeout", "deadline"]
        .iter()
        .any(|mark| name.contains(mark))
}

/// Whether a name of these tokens is one that is wanted.
pub(in crate::rust) fn mentions(tokens: proc_macro2::TokenStream, wanted: &dyn Fn(&str) -> bool) -> bool {
    tokens.into_iter().any(|tree| match tree {
        proc_macro2::TokenTree::Group(group) => mentions(group.stream(), wanted),
        proc_macro2::TokenTree::Ident(ident) => wanted(&ident.to_string()),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(text: &str) -> Inside {
        opened(&syn::parse_str(text).unwrap())
    }

    #[test]
    fn argument_macros_open() {
        for (text, count) in [
            ("assert!(a.await.is_err(), \"x {}\", y)", 2 + 1),
            ("vec![a; 3]", 2),
            ("vec![a, b,]", 2),
            ("println!()", 0),
            ("tracing::info!(\"x\", a)", 2),
        ] {
            assert!(
                matches!(open(text), Inside::Arguments(items) if items.len() == count),
                "{text}"
            );
        }
        assert!(matches!(open("tokio::join!(biased; a, b)"), Inside::Join(items) if items.len() == 2));
        assert!(matches!(open("matches!(a.await, Ok(x) if x > 1)"), Inside::Matched(_)));
        assert!(matches!(open("tracing::info!(%a, ?b)"), Inside::Opaque));
        assert!(matches!(open("quote!(connect_async(u))"), Inside::Opaque));
    }

    #[test]
    fn select_has_branches() {
        let text = "select! { biased; Some(x) = a, if b => { c } d | e = f => g(h), _ = sleep(t) => {}, else => i }";
        let Inside::Select(branches) = open(text) else { panic!() };
        assert_eq!(branches.len(), 4);
        assert!(branches[0].condition.is_some());
        assert!(branches[3].future.is_none());
        assert!(branches[2].future.as_ref().is_some_and(mentions_timer));
        assert!(matches!(open("select! { recv(r) -> m => x }"), Inside::Opaque));
    }
}
