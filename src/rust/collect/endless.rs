//! Loops that nothing in their own text leaves, and the prints in them: only the panic of a print ends such a program.

use foldhash::{HashMap, HashSet};
use std::ops::Range;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::{Expr, Lit, Pat};

use crate::rust::names::{last_name, plain};

/// What is known of the loops around the current node, and of the functions that were visited.
#[derive(Debug, Default)]
pub(in crate::rust) struct Loops {
    open: Vec<Open>,
    /// The last names of what is called, in the order of the visit; nothing in a file without a word of such a loop.
    calls: Vec<String>,
    follows_calls: bool,
    /// What is called in loops that nothing leaves.
    called_for_ever: HashSet<String>,
    functions: Vec<Visited>,
    /// The prints in loops that nothing leaves: ranges of their indices.
    endless: Vec<Range<usize>>,
}

#[derive(Debug)]
enum Open {
    Loop(OpenLoop),
    /// What stands inside runs at another time, and is left on its own: a closure, an `async` block, a function.
    Apart,
}

#[derive(Debug)]
struct OpenLoop {
    label: Option<String>,
    /// Its head ends it, or something in it leaves it.
    ends: bool,
    /// How many prints and calls came before.
    prints: usize,
    calls: usize,
}

#[derive(Debug)]
struct Visited {
    name: String,
    prints: Range<usize>,
    calls: Range<usize>,
}

impl Loops {
    /// For a file with this text.
    pub(in crate::rust) fn of(text: &str) -> Self {
        Self {
            follows_calls: ["loop", "while true", ".. {", "repeat", "cycle", "incoming"]
                .iter()
                .any(|word| text.contains(word)),
            ..Self::default()
        }
    }

    /// Enters a loop behind `prints` prints; another expression is none.
    pub(in crate::rust) fn enter(&mut self, expr: &Expr, prints: usize) -> bool {
        let (label, ends) = match expr {
            Expr::Loop(body) => (&body.label, false),
            Expr::While(body) => (&body.label, !is_true(&body.cond)),
            Expr::ForLoop(body) => (&body.label, !goes_on(&body.expr)),
            _ => return false,
        };
        self.open.push(Open::Loop(OpenLoop {
            label: label.as_ref().map(|label| label.name.ident.to_string()),
            ends,
            prints,
            calls: self.calls.len(),
        }));
        true
    }

    /// Enters what runs at another time.
    pub(in crate::rust) fn enter_apart(&mut self) {
        self.open.push(Open::Apart);
    }

    /// Leaves what was entered last; `prints` were found so far.
    pub(in crate::rust) fn leave(&mut self, prints: usize) {
        if let Some(Open::Loop(left)) = self.open.pop()
            && !left.ends
        {
            self.endless.push(left.prints..prints);
            self.called_for_ever
                .extend(self.calls.get(left.calls..).into_iter().flatten().cloned());
        }
    }

    /// Where a function that is visited now begins.
    pub(in crate::rust) fn enter_function(&mut self, prints: usize) -> (usize, usize) {
        self.enter_apart();
        (prints, self.calls.len())
    }

    /// The function is visited.
    pub(in crate::rust) fn leave_function(&mut self, name: String, began: (usize, usize), prints: usize) {
        self.leave(prints);
        if self.follows_calls {
            self.functions.push(Visited {
                name,
                prints: began.0..prints,
                calls: began.1..self.calls.len(),
            });
        }
    }

    /// Looks at an expression that may leave the loops around it, or call a function.
    pub(in crate::rust) fn look_at(&mut self, expr: &Expr) {
        match expr {
            Expr::Break(exit) => self.broken(exit.label.as_ref().map(|label| label.ident.to_string())),
            Expr::Return(_) | Expr::Try(_) => self.all_left(),
            Expr::Call(call) => {
                if let Expr::Path(func) = &*call.func
                    && let Some(last) = func.path.segments.last()
                {
                    self.called(plain(&last.ident));
                }
            }
            Expr::MethodCall(call) => self.called(plain(&call.method)),
            _ => {}
        }
    }

    /// Looks at a macro; `is_opaque`: what is in it is not visited.
    pub(in crate::rust) fn look_at_macro(&mut self, mac: &syn::Macro, is_opaque: bool) {
        if is_opaque && self.follows_calls {
            self.called_in(mac.tokens.clone());
        }
        if !matches!(self.open.last(), Some(Open::Loop(_))) {
            return;
        }
        let name = last_name(&mac.path).unwrap_or_default();
        if diverges(&name) || name == "ensure" || is_opaque && leaves(mac.tokens.clone()) {
            self.all_left();
        }
    }

    /// Whether functions that print nothing themselves matter: a loop may call those that do through them.
    pub(in crate::rust) fn follows_calls(&self) -> bool {
        self.follows_calls
    }

    /// Notes what may be called in tokens that are not opened.
    fn called_in(&mut self, tokens: TokenStream) {
        let mut last = None;
        for tree in tokens {
            match tree {
                TokenTree::Group(group) => {
                    let called = last.take().filter(|_| group.delimiter() == Delimiter::Parenthesis);
                    self.calls.extend(called.map(|name: Ident| plain(&name)));
                    self.called_in(group.stream());
                }
                TokenTree::Ident(ident) => last = Some(ident),
                _ => last = None,
            }
        }
    }

    fn called(&mut self, name: String) {
        if matches!(name.as_str(), "exit" | "abort" | "panic_any" | "resume_unwind") {
            self.all_left();
        } else if self.follows_calls {
            self.calls.push(name);
        }
    }

    fn all_left(&mut self) {
        for open in self.open.iter_mut().rev() {
            match open {
                Open::Loop(left) => left.ends = true,
                Open::Apart => break,
            }
        }
    }

    fn broken(&mut self, label: Option<String>) {
        let within = self.open.iter().rev().take_while(|open| matches!(open, Open::Loop(_)));
        let mut loops = within.filter_map(|open| match open {
            Open::Loop(open) => Some(open),
            Open::Apart => None,
        });
        let count = match &label {
            // A label of a block: whether that is in the loop cannot be told.
            Some(_) => loops.position(|open| open.label == label).map_or(0, |index| index + 1),
            None => 1,
        };
        for open in self.open.iter_mut().rev().take(count) {
            if let Open::Loop(left) = open {
                left.ends = true;
            }
        }
    }

    /// The indices of the prints that are in such a loop, or in a function of the file that one calls.
    pub(in crate::rust) fn prints(self) -> HashSet<usize> {
        let mut endless: HashSet<usize> = self.endless.into_iter().flatten().collect();
        let mut by_name: HashMap<&str, Vec<&Visited>> = HashMap::default();
        for function in &self.functions {
            by_name.entry(&function.name).or_default().push(function);
        }
        let mut pending: Vec<&str> = self.called_for_ever.iter().map(String::as_str).collect();
        // Each name is looked at once.
        while let Some(name) = pending.pop() {
            for function in by_name.remove(name).unwrap_or_default() {
                endless.extend(function.prints.clone());
                let calls = self.calls.get(function.calls.clone()).unwrap_or_default();
                pending.extend(calls.iter().map(String::as_str));
            }
        }
        endless
    }
}

/// Whether what a macro of this name comes to panics, or leaves the function.
pub(in crate::rust) fn diverges(name: &str) -> bool {
    matches!(
        name,
        "panic" | "unreachable" | "todo" | "unimplemented" | "bail" | "throw"
    )
}

/// Whether the condition of a `while` always holds.
pub(in crate::rust) fn is_true(condition: &Expr) -> bool {
    match condition {
        Expr::Lit(literal) => matches!(&literal.lit, Lit::Bool(value) if value.value),
        Expr::Paren(paren) => is_true(&paren.expr),
        // `while let _ = …` always matches.
        Expr::Let(condition) => matches!(&*condition.pat, Pat::Wild(_)),
        _ => false,
    }
}

/// Whether what a `for` goes over has no end: `0..`, `iter::repeat(x)`, `xs.iter().cycle()`, `listener.incoming()`.
fn goes_on(each: &Expr) -> bool {
    let mut at = each;
    loop {
        at = match at {
            Expr::Paren(paren) => &paren.expr,
            Expr::Reference(reference) => &reference.expr,
            Expr::Range(range) => return range.end.is_none(),
            Expr::Call(call) => {
                let Expr::Path(func) = &*call.func else { return false };
                let last = last_name(&func.path);
                return matches!(last.as_deref(), Some("repeat" | "repeat_with"));
            }
            Expr::MethodCall(call) => match plain(&call.method).as_str() {
                "cycle" | "incoming" => return true,
                "enumerate" | "map" | "inspect" | "filter" | "filter_map" | "skip" | "step_by" | "chain"
                | "flatten" | "flat_map" | "peekable" | "by_ref" | "into_iter" => &call.receiver,
                _ => return false,
            },
            _ => return false,
        };
    }
}

/// Whether tokens that are not opened may leave a loop around them.
fn leaves(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Group(group) => leaves(group.stream()),
        TokenTree::Punct(punct) => punct.as_char() == '?',
        TokenTree::Ident(ident) => ident == "break" || ident == "return" || ident == "exit",
        TokenTree::Literal(_) => false,
    })
}
