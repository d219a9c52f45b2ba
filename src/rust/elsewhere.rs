//! Callers in other files of the package: what they put around the functions of this one.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use foldhash::HashMap;

use super::assemble::Callers;
use super::collect::Found;
use super::frames::Outer;
use super::program::View;
use crate::sites::Deadline;
use crate::source::Span;

/// Callers of callers are followed through so many files.
const FARTHEST: usize = 4;

/// A function by its file and its path there, and whether what is asked for blocks its thread.
type Asked = (PathBuf, String, bool);

/// What is around a function in each place that uses it; `None` where these cannot be known.
type Around = Option<Vec<Vec<Deadline>>>;

/// The callers in other files.
pub(super) struct Elsewhere<'a> {
    view: &'a View<'a>,
    /// How many files away the first question came from.
    hops: usize,
    /// What is known already; nothing while it is being found out.
    known: Rc<RefCell<HashMap<Asked, Around>>>,
}

impl<'a> Elsewhere<'a> {
    pub(super) fn new(view: &'a View<'a>) -> Self {
        Self {
            view,
            hops: 0,
            known: Rc::default(),
        }
    }

    /// What is put around `outer`, a function of this file, in each place of another file that uses it; `None` where somebody
    /// may use it whom nobody sees.
    pub(super) fn around(&self, outer: &Outer, found: &Found, blocking: bool) -> Around {
        let Outer::Function(path) = outer else { return Some(Vec::new()) };
        let is_open = found.functions.iter().any(|function| function.path == *path && function.is_open);
        if !is_open {
            return Some(Vec::new());
        }
        let asked = (self.view.file().to_owned(), path.clone(), blocking);
        if let Some(known) = self.known.borrow().get(&asked) {
            return known.clone();
        }
        // Functions that call each other in a circle ask each other: that one is not known.
        self.known.borrow_mut().insert(asked.clone(), None);
        let around = self.found_around(path, blocking);
        self.known.borrow_mut().insert(asked, around.clone());
        around
    }

    fn found_around(&self, path: &str, blocking: bool) -> Around {
        let name = path.rsplit("::").next()?;
        let is_method = path.rsplit("::").nth(1).is_some_and(|of| of.starts_with(char::is_uppercase));
        let mut around = Vec::new();
        for walked in self.view.callers_of(name)? {
            let Some(walked) = &*walked else { continue };
            if is_method && walked.found.loose_methods.contains(name) {
                return None;
            }
            let uses = walked.uses_of(self.view.file(), path);
            if uses.is_empty() {
                continue;
            }
            let view = self.view.of_file(&walked.file).filter(|_| self.hops < FARTHEST)?;
            let elsewhere = Elsewhere {
                view: &view,
                hops: self.hops + 1,
                known: Rc::clone(&self.known),
            };
            let mut callers = Callers::new(&walked.found, Some(elsewhere));
            for used in uses.iter().flat_map(|outer| walked.found.uses.get(outer).into_iter().flatten()) {
                let deadlines = callers.around(&used.place, blocking);
                around.push(deadlines.into_iter().map(in_another_file).collect());
            }
        }
        Some(around)
    }
}

/// A deadline that stands in no place of this file.
fn in_another_file(deadline: Deadline) -> Deadline {
    Deadline {
        span: Span::empty(0),
        in_callers: true,
        ..deadline
    }
}
