//! Which functions of a file come to a place by what they call, whatever the language.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::Hash;

/// What a function does whenever it is called, as far as it goes on to that place.
pub(crate) enum Edge<F, T> {
    /// It comes to a place that is looked for.
    Place(T),
    /// It calls a function of the file.
    To(F),
}

/// What the functions of a file call. Only those are followed that run where they are called: no coroutines, no generators.
pub(crate) struct CallGraph<F, T> {
    plain: HashSet<F>,
    edges: HashMap<F, Vec<Edge<F, T>>>,
}

impl<F, T> Default for CallGraph<F, T> {
    fn default() -> Self {
        Self {
            plain: HashSet::new(),
            edges: HashMap::new(),
        }
    }
}

/// So many calls of one function are looked at.
const MOST_EDGES: usize = 256;

impl<F: Clone + Eq + Hash + Ord, T: Clone> CallGraph<F, T> {
    /// `function` runs where it is called.
    pub(crate) fn plain(&mut self, function: F) {
        self.plain.insert(function);
    }

    /// `function` yields: calling it runs nothing of it.
    pub(crate) fn yields(&mut self, function: &F) {
        self.plain.remove(function);
    }

    /// Takes note of a call in `caller`.
    pub(crate) fn call(&mut self, caller: F, edge: Edge<F, T>) {
        let edges = self.edges.entry(caller).or_default();
        if edges.len() < MOST_EDGES {
            edges.push(edge);
        }
    }

    /// For every function that comes to a place that counts when it is called: to which.
    pub(crate) fn reached(&self, counts: impl Fn(&T) -> bool) -> HashMap<F, T> {
        let mut reached: HashMap<F, T> = HashMap::new();
        let mut callers: HashMap<F, Vec<F>> = HashMap::new();
        let mut pending = VecDeque::new();
        let mut functions: Vec<_> = self.edges.iter().filter(|(id, _)| self.plain.contains(*id)).collect();
        functions.sort_by_key(|(id, _)| *id);
        for (function, edges) in functions {
            for edge in edges {
                match edge {
                    Edge::To(callee) => callers.entry(callee.clone()).or_default().push(function.clone()),
                    Edge::Place(place) if counts(place) && !reached.contains_key(function) => {
                        reached.insert(function.clone(), place.clone());
                        pending.push_back(function.clone());
                    }
                    Edge::Place(_) => {}
                }
            }
        }
        while let Some(function) = pending.pop_front() {
            let Some(place) = reached.get(&function).cloned() else {
                continue;
            };
            for caller in callers.get(&function).into_iter().flatten() {
                if !reached.contains_key(caller) {
                    reached.insert(caller.clone(), place.clone());
                    pending.push_back(caller.clone());
                }
            }
        }
        reached
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(calls: &[(u32, u32)], places: &[(u32, char)]) -> CallGraph<u32, char> {
        let mut graph = CallGraph::default();
        for (caller, callee) in calls {
            graph.plain(*caller);
            graph.call(*caller, Edge::To(*callee));
        }
        for (function, place) in places {
            graph.plain(*function);
            graph.call(*function, Edge::Place(*place));
        }
        graph
    }

    #[test]
    fn who_calls_what_comes_to_a_place_comes_there_too() {
        let reached = graph(&[(1, 2), (2, 3), (4, 5)], &[(3, 'a')]).reached(|_| true);
        assert_eq!(reached, HashMap::from([(1, 'a'), (2, 'a'), (3, 'a')]));
    }

    #[test]
    fn calls_in_a_circle_come_to_an_end() {
        let reached = graph(&[(1, 2), (2, 1)], &[(2, 'a')]).reached(|_| true);
        assert_eq!(reached, HashMap::from([(1, 'a'), (2, 'a')]));
        assert!(graph(&[(1, 2), (2, 1)], &[]).reached(|_| true).is_empty());
    }

    #[test]
    fn generators_and_places_that_do_not_count_are_left_out() {
        let mut graph = graph(&[(1, 2)], &[(2, 'a'), (3, 'b')]);
        assert!(!graph.reached(|place| *place == 'b').contains_key(&1));
        graph.yields(&2);
        assert_eq!(graph.reached(|_| true), HashMap::from([(3, 'b')]));
    }
}
