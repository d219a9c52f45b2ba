//! Callers in other files of the package: what they put around the functions of this one.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use foldhash::HashMap;

use crate::rust::assemble::callers::Callers;
use crate::rust::collect::found::Found;
use crate::rust::collect::frames::Outer;
use crate::rust::collect::place::Place;
use crate::rust::program::View;
use crate::sites::{Deadline, Entered};
use crate::source::Span;

/// Callers of callers are followed through so many files.
const FARTHEST: usize = 4;

/// A function by its file and its path there, and whether what is asked for blocks its thread.
type Asked = (PathBuf, String, bool);

/// What is around a function in each place that uses it; `None` where these cannot be known.
type Around = Option<Vec<Vec<Deadline>>>;

/// The callers in other files.
pub(in crate::rust) struct Elsewhere<'a> {
    view: &'a View<'a>,
    /// How many files away the first question came from.
    hops: usize,
    /// What is known already; nothing while it is being found out.
    known: Rc<RefCell<HashMap<Asked, Around>>>,
    in_tests: Rc<RefCell<HashMap<Asked, Option<bool>>>>,
}

impl<'a> Elsewhere<'a> {
    pub(in crate::rust) fn new(view: &'a View<'a>) -> Self {
        Self {
            view,
            hops: 0,
            known: Rc::default(),
            in_tests: Rc::default(),
        }
    }

    /// What is put around `outer`, a function of this file, in each place of another file that uses it; `None` where somebody
    /// may use it whom nobody sees.
    pub(in crate::rust) fn around(&self, outer: &Outer, found: &Found, blocking: bool) -> Around {
        let Some(path) = open_function(outer, found) else {
            return Some(Vec::new());
        };
        let asked = (self.view.file().to_owned(), path.to_owned(), blocking);
        if let Some(known) = self.known.borrow().get(&asked) {
            return known.clone();
        }
        // Functions that call each other in a circle ask each other: that one is not known.
        self.known.borrow_mut().insert(asked.clone(), None);
        let around = self.each_use(path, found, |callers, place| {
            let deadlines = callers.around(place, blocking);
            deadlines.into_iter().map(in_another_file).collect()
        });
        self.known.borrow_mut().insert(asked, around.clone());
        around
    }

    /// Whether other files may use `outer`, a function of this one.
    pub(in crate::rust) fn may_use(&self, outer: &Outer, found: &Found) -> bool {
        open_function(outer, found).is_some()
    }

    /// Whether a test waits for `outer`, a function of this file, in each place of another file that uses it; `None` where no
    /// other file does.
    pub(in crate::rust) fn run_in_test(&self, outer: &Outer, found: &Found, blocking: bool) -> Option<bool> {
        let path = open_function(outer, found)?;
        let asked = (self.view.file().to_owned(), path.to_owned(), blocking);
        if let Some(known) = self.in_tests.borrow().get(&asked) {
            return *known;
        }
        self.in_tests.borrow_mut().insert(asked.clone(), Some(false));
        let uses = self.each_use(path, found, |callers, place| match blocking {
            true => callers.blocks_test(place),
            false => callers.runs_in_test(place),
        });
        let run = match uses {
            Some(uses) if uses.is_empty() => None,
            Some(uses) => Some(uses.into_iter().all(|in_test| in_test)),
            None => Some(false),
        };
        self.in_tests.borrow_mut().insert(asked, run);
        run
    }

    /// What `each` says of each place of another file that uses the function at this path.
    fn each_use<R>(
        &self,
        path: &str,
        found: &Found,
        mut each: impl FnMut(&mut Callers<'_>, &Place) -> R,
    ) -> Option<Vec<R>> {
        // Callers of a trait's method are callers of what implements it.
        let of_traits = found.implements.get(path).into_iter().flatten();
        let of_traits = of_traits.filter_map(|method| match method.starts_with('$') {
            true => Some((self.view.file().to_owned(), method.clone())),
            false => self.view.home(method),
        });
        let called: Vec<(PathBuf, String)> = std::iter::once((self.view.file().to_owned(), path.to_owned()))
            .chain(of_traits)
            .collect();
        let name = path.rsplit("::").next()?;
        let is_method = path
            .rsplit("::")
            .nth(1)
            .is_some_and(|of| of.starts_with(char::is_uppercase));
        let mut said = Vec::new();
        let traits: Vec<PathBuf> = called.iter().skip(1).map(|(file, _)| file.clone()).collect();
        for walked in self.view.callers_of(name, is_method, &traits)? {
            let Some(walked) = &*walked else { continue };
            if is_method && walked.found.loose_methods.contains(name) {
                return None;
            }
            let uses: Vec<&Outer> = called
                .iter()
                .flat_map(|(file, path)| walked.uses_of(file, path))
                .collect();
            if uses.is_empty() {
                continue;
            }
            let view = self.view.of_file(&walked.file).filter(|_| self.hops < FARTHEST)?;
            let elsewhere = Elsewhere {
                view: &view,
                hops: self.hops + 1,
                known: Rc::clone(&self.known),
                in_tests: Rc::clone(&self.in_tests),
            };
            let mut callers = Callers::new(&walked.found, Some(elsewhere));
            for used in uses
                .iter()
                .flat_map(|outer| walked.found.uses.get(*outer).into_iter().flatten())
            {
                said.push(each(&mut callers, &used.place));
            }
        }
        Some(said)
    }
}

/// The path of a function that other files may call.
fn open_function<'o>(outer: &'o Outer, found: &Found) -> Option<&'o str> {
    let Outer::Function(path) = outer else { return None };
    let mut functions = found.functions.iter();
    functions
        .any(|function| function.path == *path && function.is_open)
        .then_some(path)
}

/// A deadline that stands in no place of this file.
fn in_another_file(deadline: Deadline) -> Deadline {
    Deadline {
        span: Span::empty(0),
        entered: Entered::ByCallers,
        ..deadline
    }
}
