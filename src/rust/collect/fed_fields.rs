//! Fields that hold the receiving end of a channel whose sender somebody else got where the object is made: a task that a
//! constructor starts, the function that it is given. Told before anything is visited.

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Block, Expr, Pat};

use crate::rust::collect::carried::{Limits, of_field};
use crate::rust::collect::given::Given;
use crate::rust::collect::givers::Givers;
use crate::rust::collect::{Collector, typed};
use crate::rust::names::macros;
use crate::rust::names::{Name, plain};
use crate::source::Language;

/// What such a field brings along.
const FED: &str = "send";

impl Collector<'_> {
    /// The variables of a body that are receiving ends whose senders somebody else gives, or lets go of.
    pub(in crate::rust) fn fed_in(&self, block: &Block) -> Vec<String> {
        if !self.words.has("channel") {
            return Vec::new();
        }
        let mut made = Channels {
            collector: self,
            ends: Vec::new(),
        };
        made.visit_block(block);
        let ends = made.ends;
        if ends.is_empty() {
            return Vec::new();
        }
        let givers = Givers::of(block);
        let is_fed = |sender: &String| {
            let mut handed = givers.handed.iter();
            givers.names.contains(sender)
                || handed.any(|(func, index, name)| name == sender && self.gives_signal(func, *index))
        };
        let fed = ends.into_iter().filter(|(sender, _)| is_fed(sender));
        fed.map(|(_, receiver)| receiver).collect()
    }

    /// Notes that a field is filled with one of these.
    pub(in crate::rust) fn fill_fed(&mut self, of: &str, name: &str, value: &Expr, fed: &[String]) {
        let is_one = |word: &str| fed.iter().any(|receiver| receiver == word);
        if !fed.is_empty() && macros::mentions(value.to_token_stream(), &is_one) {
            self.carry(of_field(of, name), Limits::from([FED.to_owned()]));
        }
    }

    /// Whether a field of this type is such a one.
    pub(in crate::rust) fn is_fed_field(&self, field: &syn::ExprField) -> bool {
        let name = field.member.to_token_stream().to_string();
        let of = self.type_of(&field.base);
        let limits = of.and_then(|of| self.limits_at(&typed(of_field(&of, &name))));
        limits.is_some_and(|limits| limits.contains(FED))
    }

    /// Whether an expression waits for what comes out of such a field.
    pub(in crate::rust) fn waits_for_fed(&self, expr: &Expr) -> bool {
        let mut at = expr;
        while let Expr::MethodCall(call) = at {
            at = &call.receiver;
        }
        matches!(self.given(at), Some(Given::One(end)) if end.is_fed)
    }
}

/// Looks for the channels that a body makes, the ones of their ends that have names.
struct Channels<'c, 'a> {
    collector: &'c Collector<'a>,
    ends: Vec<(String, String)>,
}

impl<'ast> Visit<'ast> for Channels<'_, '_> {
    fn visit_local(&mut self, local: &'ast syn::Local) {
        let pat = match &local.pat {
            Pat::Type(typed) => &*typed.pat,
            pat => pat,
        };
        if let (Pat::Tuple(pair), Some(init)) = (pat, &local.init)
            && let [Pat::Ident(sender), Pat::Ident(receiver)] = pair.elems.iter().collect::<Vec<_>>()[..]
            && let Expr::Call(call) = &*init.expr
            && let Expr::Path(func) = &*call.func
            && self.is_channel(&func.path)
        {
            self.ends.push((plain(&sender.ident), plain(&receiver.ident)));
        }
        visit::visit_local(self, local);
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

impl Channels<'_, '_> {
    fn is_channel(&self, func: &syn::Path) -> bool {
        let Name::Extern(path) = self.collector.resolve(func) else {
            return false;
        };
        let catalog = self.collector.catalog;
        let receiver = catalog.receiving_outcome(Language::Rust, &path);
        receiver.is_some_and(|id| catalog.receiver(id).receiver.signal)
    }
}
