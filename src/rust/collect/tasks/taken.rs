//! Where handles go on to from what keeps them: what patterns and loops take out of it, and what is done with it.

use syn::{Expr, ExprMethodCall, Pat};

use crate::rust::collect::Collector;
use crate::rust::collect::frames::Frame;
use crate::rust::collect::patterns::names_of;
use crate::rust::collect::place::keepers;
use crate::rust::collect::variables::Variable;
use crate::rust::names::{LocalId, Name, Written};

/// Methods that neither wait for a task nor hand it on.
const IDLE: &[&str] = &["abort", "abort_all", "close", "id", "is_closed", "is_finished"];

impl Collector<'_> {
    /// Makes something of its own of what a pattern gets out of what keeps handles, before it is visited.
    pub(in crate::rust) fn taken_apart(&mut self, value: &Expr) -> Option<LocalId> {
        if !self.follows_tasks() {
            return None;
        }
        let from = match is_list(value) {
            true => None,
            false => {
                let kept = self.kept(value)?;
                let variable = self.found.variables.get(kept.id.0)?;
                Some(variable.keeps_tasks.then_some(kept.id)?)
            }
        };
        let each = self.new_variable(Variable {
            keeps_tasks: true,
            ..Variable::default()
        });
        if let Some(from) = from {
            self.found.keepers.is_made_of(each, from);
        }
        Some(each)
    }

    /// Visits what a pattern takes apart; gives what [`Self::keep_in_names`] wants.
    pub(in crate::rust) fn scrutinee(&mut self, value: &Expr) -> Option<LocalId> {
        let each = self.taken_apart(value);
        match each {
            Some(each) => self.within(Frame::Set(each), |this| this.under(Frame::Held, value)),
            None => self.under(Frame::Held, value),
        }
        each
    }

    /// Gives the names of a pattern what it takes apart.
    pub(in crate::rust) fn keep_in_names(&mut self, each: Option<LocalId>, pat: &Pat) {
        let Some(each) = each else { return };
        for name in names_of(pat) {
            if let Name::Variable(id) = self.names.resolve(&Written::name(&name)) {
                self.found.keepers.is_made_of(id, each);
                self.keeps(id);
            }
        }
    }

    pub(in crate::rust) fn keeps(&mut self, id: LocalId) {
        if let Some(variable) = self.found.variables.get_mut(id.0) {
            variable.keeps_tasks = true;
        }
    }

    /// Notes a use of a field that may keep handles.
    pub(in crate::rust) fn field_used(&mut self, expr: &Expr) {
        if self.follows_tasks() {
            for id in self.kept_by(expr) {
                self.keeper_used(id);
            }
        }
    }

    /// Notes a use of what keeps handles and holds no future that is watched.
    pub(in crate::rust) fn keeper_used(&mut self, id: LocalId) {
        let mut place = self.place();
        place.kept = keepers(self.frames.iter().rev());
        self.watch(&place);
        self.found.keepers.uses.entry(id).or_default().push(place);
    }

    /// Whether a method does nothing to the tasks whose handles its receiver keeps that a wait would.
    pub(super) fn leaves_tasks(&self, call: &ExprMethodCall, method: &str) -> bool {
        let Expr::Path(path) = &*call.receiver else {
            return false;
        };
        IDLE.contains(&method)
            && matches!(self.resolve(&path.path), Name::Variable(id)
                if self.found.variables.get(id.0).is_some_and(|variable| variable.keeps_tasks))
    }
}

/// `[one, two]`, `vec![one, two].into_iter()`.
fn is_list(expr: &Expr) -> bool {
    let mut at = expr;
    loop {
        at = match at {
            Expr::Array(_) => return true,
            Expr::Macro(list) => return list.mac.path.is_ident("vec"),
            Expr::Reference(reference) => &reference.expr,
            Expr::MethodCall(call) if call.args.is_empty() => &call.receiver,
            _ => return false,
        };
    }
}
