//! How often a loop goes round, as far as its own text shows it.

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Block, Expr, Ident, Pat, RangeLimits, Stmt};

use crate::rust::collect::counted::{Counts, names_in};
use crate::rust::collect::exits::has_exit;
use crate::rust::collect::late::{Outcomes, ends_by_silence, is_in_time, timed};
use crate::rust::collect::own_deadlines::InSilence;
use crate::rust::names::durations;
use crate::rust::names::last_name;
use crate::rust::names::macros::{self, Inside};
use crate::sites::{Bound, Times};

/// How often a `for` goes round; `named` answers for a constant or a variable.
pub(in crate::rust) fn rounds_of_for(
    each: &syn::ExprForLoop,
    named: &dyn Fn(&syn::Path) -> Option<Bound>,
    known: &dyn Outcomes,
) -> Times {
    if ends_in_first_round(&each.body, known) {
        return Times::Number(1.0);
    }
    match strip(&each.expr) {
        Expr::Range(range) => {
            let start = range
                .start
                .as_deref()
                .map_or(Some(0.0), |start| durations::number(start, named));
            let end = range.end.as_deref().and_then(|end| durations::number(end, named));
            let more = if matches!(range.limits, RangeLimits::Closed(_)) {
                1.0
            } else {
                0.0
            };
            match (start, end, &range.end) {
                (Some(start), Some(end), _) => Times::Number((end - start + more).max(0.0)),
                (_, _, None) if Ends::of_body(&each.body, names_in(&each.pat), known).leaves => Times::Unknown,
                (_, _, None) => Times::Unbounded,
                _ => Times::Unknown,
            }
        }
        #[allow(clippy::cast_precision_loss, reason = "a source has fewer elements than 2^52")]
        Expr::Array(array) => Times::Number(array.elems.len() as f64),
        _ => Times::Unknown,
    }
}

fn strip(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(paren) => strip(&paren.expr),
        Expr::Reference(reference) => strip(&reference.expr),
        _ => expr,
    }
}

/// How often a `while` or a `loop` goes round: what compares numbers, or asks the clock, ends some day.
pub(in crate::rust) fn rounds_of_while(condition: Option<&Expr>, body: &Block, known: &dyn Outcomes) -> Times {
    if ends_in_first_round(body, known) {
        return Times::Number(1.0);
    }
    let ends = Ends::of_body(body, Vec::new(), known);
    let by_head = condition.is_some_and(|condition| match condition {
        Expr::Let(head) => {
            let leads_on = |counted: &Ident| names_in(&head.pat).iter().any(|name| ends.is_next(counted, name));
            let is_led_on = matches!(&*head.expr, Expr::Path(path) if path.path.get_ident().is_some_and(leads_on));
            ends.is_timed(&head.expr) || ends.compares_in(condition) || is_led_on
        }
        other => ends.ends_by_silence(other) || ends.compares_in(other),
    });
    let by_head = by_head || condition.is_some_and(|condition| ends.fails_in(condition));
    match by_head || ends.leaves {
        true => Times::Unknown,
        false => Times::Unbounded,
    }
}

fn ends_in_first_round(body: &Block, known: &dyn Outcomes) -> bool {
    let leaves = matches!(body.stmts.last(), Some(Stmt::Expr(Expr::Break(_) | Expr::Return(_), _)));
    leaves && !Ends::of_body(body, Vec::new(), known).again
}

/// Methods that say something else than what a round itself does: what is left, whether it is late, a flag of somebody.
const RUNNING_OUT: [&str; 7] = [
    "is_cancelled",
    "is_closed",
    "is_elapsed",
    "is_empty",
    "is_finished",
    "is_zero",
    "load",
];

/// Of one loop so many outcomes are remembered.
const MOST_OUTCOMES: usize = 64;

/// Looks for what ends a loop by counting.
struct Ends<'k> {
    known: &'k dyn Outcomes,
    compares: bool,
    leaves: bool,
    again: bool,
    /// The variables that keep what waits under a deadline came to.
    outcomes: Vec<Ident>,
    /// The variables that each round counts, or sets to what comes next.
    counted: Vec<Ident>,
    /// What comes next, by the variable and the names that this is made of.
    nexts: Vec<(Ident, String)>,
}

impl<'k> Ends<'k> {
    /// What ends a loop with this body; `counted` are the variables that its head counts.
    fn of_body(body: &Block, counted: Vec<Ident>, known: &'k dyn Outcomes) -> Self {
        let counts = Counts::of_body(body, counted);
        let mut ends = Self::new(counts.counted, known);
        ends.nexts = counts.nexts;
        ends.visit_block(body);
        ends
    }

    fn new(counted: Vec<Ident>, known: &'k dyn Outcomes) -> Self {
        Self {
            known,
            compares: false,
            leaves: false,
            again: false,
            outcomes: Vec::new(),
            counted,
            nexts: Vec::new(),
        }
    }

    /// Whether a round sets the variable to something that is made of `name`.
    fn is_next(&self, of: &Ident, name: &Ident) -> bool {
        self.nexts.iter().any(|(next, made_of)| next == of && name == made_of)
    }

    /// Whether an expression compares numbers or times.
    fn compares_in(&self, expr: &Expr) -> bool {
        let mut condition = Self::new(self.counted.clone(), self.known);
        condition.visit_expr(expr);
        condition.compares
    }

    /// Whether a condition panics, or leaves the function, once nothing came in time.
    fn fails_in(&self, condition: &Expr) -> bool {
        let mut within = Self::new(Vec::new(), self.known);
        within.visit_expr(condition);
        within.leaves
    }

    fn is_counted(&self, expr: &Expr) -> bool {
        matches!(strip(expr), Expr::Path(path) if self.counted.iter().any(|name| path.path.is_ident(name)))
    }

    /// Whether an expression asks a clock, or what each round counts: that of a message may hold for ever.
    fn runs_out(&self, expr: &Expr) -> bool {
        const CLOCKS: [&str; 5] = ["elapsed", "is_elapsed", "is_finished", "is_zero", "now"];
        let is_it = |word: &str| CLOCKS.contains(&word) || self.counted.iter().any(|name| name == word);
        macros::mentions(expr.to_token_stream(), &is_it)
    }

    /// A macro that panics or leaves where numbers or times have come so far: `assert!(start.elapsed() < LIMIT)`.
    fn asserted(&mut self, mac: &syn::Macro) {
        let name = last_name(&mac.path);
        let name = name.as_deref().unwrap_or_default();
        let inside = macros::inside(mac);
        let given: Vec<&Expr> = match &*inside {
            Inside::Arguments(given) => given.iter().collect(),
            Inside::Unknown(given) if name == "ensure" => given.iter().map(|given| &given.value).collect(),
            _ => return,
        };
        self.leaves |= match (name, given.as_slice()) {
            ("assert" | "debug_assert" | "ensure", [condition, ..]) => {
                self.compares_in(condition) && self.runs_out(condition)
            }
            ("assert_ne" | "debug_assert_ne", [left, right, ..]) => self.is_counted(left) || self.is_counted(right),
            _ => false,
        };
    }
}

impl<'ast> Visit<'ast> for Ends<'_> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Continue(_) => self.again = true,
            Expr::Binary(binary) => {
                use syn::BinOp::{Eq, Ge, Gt, Le, Lt, Ne};
                self.compares |= match binary.op {
                    Ge(_) | Gt(_) | Le(_) | Lt(_) => true,
                    Eq(_) | Ne(_) => self.is_counted(&binary.left) || self.is_counted(&binary.right),
                    _ => false,
                };
            }
            Expr::If(branch) => {
                let leaves = branch
                    .then_branch
                    .stmts
                    .iter()
                    .any(|stmt| matches!(stmt, Stmt::Expr(Expr::Break(_) | Expr::Return(_), _) | Stmt::Macro(_)));
                self.leaves |= leaves && self.compares_in(&branch.cond);
                self.leaves |= self.leaves_by_silence(branch);
            }
            // What goes on until something is empty takes something out of it, and a time that runs out does so some day.
            Expr::MethodCall(call) if RUNNING_OUT.iter().any(|name| call.method == *name) => {
                self.compares = true;
            }
            Expr::MethodCall(call) if call.method == "unwrap" || call.method == "expect" => {
                self.leaves |= self.is_timed(&call.receiver);
            }
            Expr::Await(awaited) => self.leaves |= self.known.in_silence(&awaited.base) == Some(InSilence::Fails),
            Expr::Try(attempt) => self.leaves |= self.is_timed(&attempt.expr),
            Expr::Match(choice) => {
                let mut late = choice.arms.iter().filter(|arm| !is_in_time(&arm.pat));
                self.leaves |= self.is_timed(&choice.expr) && late.any(|arm| has_exit(|exit| exit.visit_arm(arm)));
                self.leaves |= self.leaves_by_arm(choice);
            }
            Expr::Macro(call) => {
                self.raced(&call.mac);
                self.asserted(&call.mac);
                self.opened(&call.mac);
            }
            Expr::Closure(_) | Expr::Async(_) => return,
            _ => {}
        }
        visit::visit_expr(self, expr);
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        let init = local.init.as_ref();
        let is_outcome = init.is_some_and(|init| self.is_timed(&init.expr));
        self.leaves |= is_outcome && init.is_some_and(|init| init.diverge.is_some());
        visit::visit_local(self, local);
        if let Pat::Ident(name) = &local.pat {
            self.outcomes.retain(|known| *known != name.ident);
            if is_outcome && self.outcomes.len() < MOST_OUTCOMES {
                self.outcomes.push(name.ident.clone());
            }
        }
    }

    fn visit_stmt_macro(&mut self, call: &'ast syn::StmtMacro) {
        self.raced(&call.mac);
        self.asserted(&call.mac);
        self.opened(&call.mac);
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

impl Ends<'_> {
    /// Whether the branch for a deadline that fired leaves the loop: `if timeout(…).await.is_err() { break }`.
    fn leaves_by_silence(&self, branch: &syn::ExprIf) -> bool {
        match &*branch.cond {
            Expr::Let(condition) if self.is_timed(&condition.expr) && is_in_time(&condition.pat) => {
                let otherwise = branch.else_branch.as_ref();
                otherwise.is_some_and(|(_, otherwise)| has_exit(|exit| exit.visit_expr(otherwise)))
            }
            Expr::Let(condition) => {
                self.is_timed(&condition.expr) && has_exit(|exit| exit.visit_block(&branch.then_branch))
            }
            other => self.is_timed(other) && has_exit(|exit| exit.visit_expr_if(branch)),
        }
    }

    /// Whether an arm leaves the loop for what each round counts, or comes to bear once a guard's count is full.
    fn leaves_by_arm(&self, choice: &syn::ExprMatch) -> bool {
        let leaves = |arm: &syn::Arm| has_exit(|exit| exit.visit_expr(&arm.body));
        let guard = |arm: &syn::Arm| match &arm.pat {
            Pat::Guard(pat) if self.compares_in(&pat.guard) => Some(self.runs_out(&pat.guard)),
            _ => None,
        };
        let is_of_state = self.is_counted(&choice.expr);
        let mut counts_before = false;
        choice.arms.iter().any(|arm| {
            let guarded = guard(arm);
            let is_left = leaves(arm) && (is_of_state || guarded.is_some() || counts_before && !is_in_time(&arm.pat));
            counts_before |= guarded == Some(true);
            is_left
        })
    }

    /// What is evaluated where a macro stands may panic, too: `assert!(recv(&mut ws).await.is_text())`.
    fn opened(&mut self, mac: &syn::Macro) {
        if let Inside::Arguments(values) = &*macros::inside(mac) {
            self.leaves |= values.iter().any(|value| self.fails_in(value));
        } else if let Inside::Matched(value) = &*macros::inside(mac) {
            self.leaves |= self.fails_in(value);
        }
    }

    /// Whether the condition of a `while` no longer holds once nothing came in time.
    fn ends_by_silence(&self, condition: &Expr) -> bool {
        let is_kept = |path: &syn::Path| self.outcomes.iter().any(|kept| path.is_ident(kept));
        ends_by_silence(condition, &is_kept, self.known)
    }

    /// Whether an expression is the outcome of a wait under a deadline, or of something else that comes to its end, or a
    /// variable that keeps it.
    fn is_timed(&self, expr: &Expr) -> bool {
        let is_kept = |path: &syn::Path| self.outcomes.iter().any(|kept| path.is_ident(kept));
        timed(expr, &is_kept, self.known).is_some()
    }

    /// `select!` with a timer, or with a future that is made outside and may be one, and with a branch that leaves.
    fn raced(&mut self, mac: &syn::Macro) {
        if mac.path.segments.last().is_none_or(|last| last.ident != "select") {
            return;
        }
        let tokens = mac.tokens.to_string();
        let has = |words: &[&str]| words.iter().any(|word| tokens.contains(word));
        self.leaves |= has(&["break", "return", "panic"]) && has(&["& mut", "&mut", "sleep", "timeout", "tick"]);
    }
}
