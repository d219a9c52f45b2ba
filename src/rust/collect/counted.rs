//! What the rounds of a loop count, or lead on to what comes next.

use syn::visit::{self, Visit};
use syn::{Block, Expr, Ident, Pat};

/// Collects the variables that are counted up or down, or set to what comes next.
pub(in crate::rust) struct Counts {
    pub(in crate::rust) counted: Vec<Ident>,
    /// What comes next, by the variable and the names that this is made of.
    pub(in crate::rust) nexts: Vec<(Ident, String)>,
}

impl Counts {
    /// What a loop with this body counts; `counted` are the variables that its head counts.
    pub(in crate::rust) fn of_body(body: &Block, counted: Vec<Ident>) -> Self {
        let mut counts = Self {
            counted,
            nexts: Vec::new(),
        };
        counts.visit_block(body);
        counts
    }
}

impl<'ast> Visit<'ast> for Counts {
    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        use syn::BinOp::{AddAssign, SubAssign};
        if let (Expr::Path(of), AddAssign(_) | SubAssign(_)) = (&*binary.left, binary.op) {
            self.counted.extend(of.path.get_ident().cloned());
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_assign(&mut self, assign: &'ast syn::ExprAssign) {
        if let Expr::Path(of) = &*assign.left
            && let Some(of) = of.path.get_ident()
        {
            // `state = State::Done`, `state = match state { … }`: nothing from outside decides about it.
            let is_state = matches!(&*assign.right, Expr::Path(state) if state.path.segments.len() > 1);
            let is_step = matches!(&*assign.right, Expr::Match(choice)
                if matches!(&*choice.expr, Expr::Path(path) if path.path.is_ident(of)));
            if is_state || is_step {
                self.counted.push(of.clone());
            }
            if let Expr::MethodCall(call) = &*assign.right
                && let Expr::Path(made_of) = &*call.receiver
            {
                let made_of = made_of.path.get_ident().map(ToString::to_string);
                self.nexts.extend(made_of.map(|made_of| (of.clone(), made_of)));
            }
        }
        visit::visit_expr_assign(self, assign);
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

/// The names of a pattern that is a name, or takes a tuple or a variant apart.
pub(in crate::rust) fn names_in(pat: &Pat) -> Vec<Ident> {
    match pat {
        Pat::Ident(name) => vec![name.ident.clone()],
        Pat::Tuple(tuple) => tuple.elems.iter().flat_map(names_in).collect(),
        Pat::TupleStruct(of) => of.elems.iter().flat_map(names_in).collect(),
        _ => Vec::new(),
    }
}
