//! Guards of the file that tell when they go that something is over: `impl Drop for Tells { … self.0.notify_one() … }`. Who has
//! such a guard gives its signal.

use syn::Expr;
use syn::spanned::Spanned;

use crate::rust::collect::given::Received;
use crate::rust::collect::receives::{FoundUse, plain_operand};
use crate::rust::collect::signals::{GOES, Signal};
use crate::rust::collect::told::OBJECT;
use crate::rust::collect::values::{Kind, is_pointer_new};
use crate::rust::collect::{Collector, typed};
use crate::rust::names::{LocalId, Name};
use crate::rust::syntax::edges;
use crate::source::Span;

/// So many uses back a guard is looked for.
const MOST_USES: usize = 256;

impl Collector<'_> {
    /// The end of the signal that is given once what a value makes goes.
    pub(in crate::rust) fn told_by_drop(&self, value: &Expr) -> Option<Received> {
        if !self.sought.waits || !self.words.has("Drop") {
            return None;
        }
        let (of, given): (_, Vec<&Expr>) = match value {
            Expr::Call(call) => match &*call.func {
                Expr::Path(func) => (&func.path, call.args.iter().collect()),
                _ => return None,
            },
            Expr::Struct(literal) => (&literal.path, literal.fields.iter().map(|field| &field.expr).collect()),
            Expr::Path(path) => match self.resolve(&path.path) {
                Name::Variable(id) => return self.found.variables.get(id.0)?.tells.clone(),
                _ => return None,
            },
            _ => return None,
        };
        if !self.tells_when_it_goes(&self.resolve(of)) {
            return None;
        }
        given.into_iter().find_map(|given| self.signal_end(given))
    }

    /// Whether what a function of the file, or a struct, gives has a `drop` that gives a signal of its own.
    fn tells_when_it_goes(&self, made_by: &Name) -> bool {
        let Name::File(path) = made_by else { return false };
        let class = match self.given_by(made_by) {
            Some(Some(Kind::Of(class))) => class,
            Some(_) => return false,
            None => path.clone(),
        };
        self.gives_at(&typed(format!("{class}::drop")), OBJECT)
    }

    /// The end of a signal of this function that an expression is: `tx`, `Some(tx)`, `done.clone()`.
    fn signal_end(&self, expr: &Expr) -> Option<Received> {
        let mut at = plain_operand(expr);
        while let Expr::Call(call) = at
            && let Expr::Path(func) = &*call.func
            && (func.path.is_ident("Some") || is_pointer_new(&func.path))
        {
            at = plain_operand(call.args.first()?);
        }
        let end = self.given(at)?.at_hand()?;
        matches!(self.signal_of(at), Some(Signal::Made(_))).then_some(end)
    }

    /// Notes that a guard is made: in a task it goes with that, elsewhere whoever gets it decides.
    pub(in crate::rust) fn guard_made(&mut self, value: &Expr) {
        if let Some(end) = self.told_by_drop(value) {
            self.guard_goes(end, edges::expression(value, self.offsets), false);
        }
    }

    /// The same of a variable that has one: one that is moved goes as well.
    pub(in crate::rust) fn guard_used(&mut self, path: &syn::ExprPath, id: LocalId) {
        let Some(end) = self.found.variables.get(id.0).and_then(|guard| guard.tells.clone()) else {
            return;
        };
        let is_moved = self.givers.last().is_some_and(|givers| {
            let mut moved = givers.gone.moved();
            moved.any(|name| path.path.is_ident(name))
        });
        self.guard_goes(end, self.offsets.of(path.path.span()), is_moved);
    }

    fn guard_goes(&mut self, from: Received, span: Span, is_moved: bool) {
        let place = self.place();
        // What a variable gets in a task is in that as well.
        let in_task = self.is_in_task();
        if !is_moved && !in_task {
            return;
        }
        self.found.messages.uses.push(FoundUse {
            span,
            from,
            method: Some(GOES.to_owned()),
            function: place.function,
            in_task: in_task || place.is_handed_on,
            task: None,
            // Whatever comes, it goes.
            is_certain: true,
            in_test: self.in_test(),
        });
    }

    /// Whether a guard that gives this signal goes somewhere.
    pub(in crate::rust) fn is_guarded(&self, signal: Signal) -> bool {
        let Signal::Made(made) = signal else { return false };
        let mut used = self.found.messages.uses.iter().rev().take(MOST_USES);
        used.any(|used| used.from.made == Some(made) && used.method.as_deref() == Some(GOES))
    }
}
