//! Streams that are made of others: `stream::select(a, b)`, `stream::select_all(links)`, `a.merge(b)`. Where all of these are
//! connections, who waits for the next message waits for one of theirs.

use syn::{Expr, ExprMethodCall};

use crate::rust::collect::Collector;
use crate::rust::collect::given::{Given, Received};
use crate::rust::collect::values::Kind;
use crate::rust::collect::variables::Variable;

impl Collector<'_> {
    /// What a function of this name makes of streams.
    pub(in crate::rust) fn given_by_merging(&self, name: &str, call: &syn::ExprCall, links: usize) -> Option<Given> {
        let mut streams = match name {
            "merge" | "select" | "select_with_strategy" => call.args.iter().take(2),
            "select_all" => call.args.iter().take(1),
            _ => return None,
        };
        if name == "select_all" {
            return match self.given_within(streams.next()?, links)? {
                Given::Many(each) => self.merged(*each),
                _ => None,
            };
        }
        let (first, second) = (streams.next()?, streams.next()?);
        self.merged_of(first, second, links)
    }

    /// The same of a method that is given another stream.
    pub(in crate::rust) fn given_by_merging_method(
        &self,
        call: &ExprMethodCall,
        method: &str,
        links: usize,
    ) -> Option<Given> {
        let other = call.args.first().filter(|_| method == "merge")?;
        self.merged_of(&call.receiver, other, links)
    }

    fn merged_of(&self, first: &Expr, second: &Expr, links: usize) -> Option<Given> {
        self.merged(self.given_within(second, links / 4)?)?;
        self.merged(self.given_within(first, links / 4)?)
    }

    /// One of several connections. What ends a signal is told by its own channel.
    fn merged(&self, stream: Given) -> Option<Given> {
        let one: Received = stream.at_hand()?;
        let is_connection = !self.catalog.receiver(one.receiver).receiver.signal;
        is_connection.then_some(Given::One(one))
    }
}

/// Whether a variable holds streams that are read as one.
pub(in crate::rust) fn reads_as_one(variable: &Variable) -> bool {
    let class = variable.kind.as_ref().and_then(Kind::path);
    class.is_some_and(|class| class.ends_with("::SelectAll") || class.ends_with("::StreamMap"))
}
