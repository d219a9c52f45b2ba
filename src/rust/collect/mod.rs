//! One visit of a file's tree: keeps the way to the current node and what is in scope, and notes every connect, print,
//! call of a local function and use of a future on the way.

pub(in crate::rust) mod blocked;
pub(in crate::rust) mod blocking;
pub(in crate::rust) mod bodies;
pub(in crate::rust) mod bounded;
pub(in crate::rust) mod calls;
pub(in crate::rust) mod carried;
pub(in crate::rust) mod connects;
mod counted;
pub(in crate::rust) mod course;
pub(in crate::rust) mod deadlines;
mod dropped_guards;
mod elements;
pub(in crate::rust) mod ending;
pub(in crate::rust) mod endless;
pub(in crate::rust) mod errors;
pub(in crate::rust) mod exits;
mod fed_fields;
pub(in crate::rust) mod finished;
pub(in crate::rust) mod fixtures;
pub(in crate::rust) mod found;
pub(in crate::rust) mod frames;
mod functions;
pub(in crate::rust) mod futures;
mod gates;
pub(in crate::rust) mod gathered;
pub(in crate::rust) mod given;
pub(in crate::rust) mod givers;
pub(in crate::rust) mod handed_limits;
pub(in crate::rust) mod late;
pub(in crate::rust) mod let_go;
pub(in crate::rust) mod limits;
mod made_tests;
mod merged;
pub(in crate::rust) mod moments;
pub(in crate::rust) mod on_parameters;
pub(in crate::rust) mod other_files;
pub(in crate::rust) mod outcomes;
pub(in crate::rust) mod own_deadlines;
pub(in crate::rust) mod parameters;
mod paths;
pub(in crate::rust) mod patterns;
pub(in crate::rust) mod picked;
pub(in crate::rust) mod place;
pub(in crate::rust) mod prints;
pub(in crate::rust) mod received;
pub(in crate::rust) mod receives;
pub(in crate::rust) mod retried;
pub(in crate::rust) mod rounds;
pub(in crate::rust) mod scoped_threads;
pub(in crate::rust) mod signals;
pub(in crate::rust) mod sockets;
pub(in crate::rust) mod sought;
pub(in crate::rust) mod swallowed;
pub(in crate::rust) mod tasks;
pub(in crate::rust) mod timers;
pub(in crate::rust) mod told;
pub(in crate::rust) mod values;
pub(in crate::rust) mod variables;
pub(in crate::rust) mod visit;
pub(in crate::rust) mod watchdogs;
mod watched;
mod words;

use std::cell::{OnceCell, RefCell};

use foldhash::{HashMap, HashSet};
use syn::Expr;
use syn::visit::Visit;

use crate::catalog::Catalog;
use crate::facts::Project;
use crate::rust::collect::endless::Loops;
use crate::rust::collect::errors::OwnErrors;
use crate::rust::collect::found::{Found, Runtimes, Use};
use crate::rust::collect::frames::{Frame, Outer, Sealed};
use crate::rust::collect::givers::Givers;
use crate::rust::collect::other_files::OtherFiles;
use crate::rust::collect::own_deadlines::Own;
pub(super) use crate::rust::collect::paths::typed;
use crate::rust::collect::place::Place;
use crate::rust::collect::prints::{LastWriting, PrintWords};
use crate::rust::collect::signals::Leaving;
use crate::rust::collect::sought::Sought;
use crate::rust::collect::values::Declarations;
use crate::rust::collect::variables::KnownValue;
use crate::rust::collect::words::Words;
use crate::rust::names::attributes;
use crate::rust::names::spelling::Spelling;
use crate::rust::names::{LocalId, Names, Written, names_crate};
use crate::rust::syntax::imports::ImportPlace;
use crate::rust::syntax::parse::Offsets;
use crate::source::{Language, SourceFile, Span};

/// Where a module takes another import, and how many conditions (`#[cfg]`) hold for all of the module.
#[derive(Debug)]
pub(super) struct ModuleImports {
    pub(super) place: Option<ImportPlace>,
    pub(super) assumed: usize,
}

/// Words without which a file runs no server.
const SERVERS: [&str; 6] = ["Listener", "accept", "serve", "Server", "listen", "bind"];

/// What is known besides the file.
#[derive(Clone, Copy)]
pub(super) struct Surroundings<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) project: &'a dyn Project,
    /// The other files of the crate.
    pub(super) crates: Option<&'a dyn OtherFiles>,
}

/// The visit.
pub(super) struct Collector<'a> {
    pub(super) source: &'a SourceFile,
    pub(super) offsets: Offsets,
    pub(super) catalog: &'a Catalog,
    pub(super) project: &'a dyn Project,
    pub(super) crates: Option<&'a dyn OtherFiles>,
    pub(super) names: Names<'a>,
    pub(super) sought: Sought,
    /// Which words its text has.
    pub(super) words: Words<'a>,
    /// Where prints may stand, if they are all that is looked for.
    pub(super) print_words: Option<PrintWords>,
    pub(super) last_writing: LastWriting,
    pub(super) frames: Vec<Frame>,
    pub(super) found: Found,
    /// What the file's items declare of values.
    pub(super) declared: Declarations,
    /// The type of `Self`, innermost last.
    pub(super) self_types: Vec<Option<String>>,
    /// The traits that the `impl`s around implement, innermost last.
    pub(super) traits: Vec<Option<String>>,
    /// The traits that bound the type parameters of the items around, innermost last.
    pub(super) type_parameters: Vec<HashMap<String, Written>>,
    /// How many `#[cfg(test)]` items and test functions are around.
    pub(super) test_depth: usize,
    pub(super) imports: Vec<ModuleImports>,
    /// The loops around.
    pub(super) loops: Loops,
    /// Where the `await` ends whose outcome the `?` that is visited takes.
    pub(super) tried: Option<usize>,
    /// What the file says of errors.
    pub(super) errors: OwnErrors,
    /// What methods do of traits that are imported, by the module and the method, once that is asked.
    pub(super) own_of_traits: RefCell<HashMap<(String, String), Option<Own>>>,
    /// What another trait in scope would make ambiguous, once that is asked.
    pub(super) clash: OnceCell<Option<&'static str>>,
    /// The file is visited for others: they ask for every method that is called.
    pub(super) is_for_others: bool,
    /// The macros that the items around are given to.
    pub(super) seals: Vec<Sealed>,
    /// The head of a loop is visited that goes on until all of many futures are done.
    pub(super) is_draining: bool,
    /// Who gives signals in the functions around, innermost last.
    pub(super) givers: Vec<Givers>,
    /// What the closure that is visited next gets the handles of.
    pub(super) handed_to_closure: Option<LocalId>,
    /// What it is called with, as far as that is known: each of what an iterator goes through.
    pub(super) each_for_closure: KnownValue,
    /// The signals that end the loop that is visited.
    pub(super) leaving: Vec<Leaving>,
    /// How many conditions decide whether the current node runs, within its function.
    pub(super) conditions: usize,
    /// How many constant contexts are around.
    pub(super) const_depth: usize,
    /// The last names of the catalogue's paths: no other method can connect.
    pub(super) connecting: HashSet<&'a str>,
    /// The methods of the catalogue that wait for messages.
    pub(super) receiving: HashSet<&'a str>,
    /// The last names of the catalogue's functions that block.
    pub(super) blocking: HashSet<&'a str>,
}

impl<'a> Collector<'a> {
    pub(super) fn new(
        source: &'a SourceFile,
        offsets: Offsets,
        surroundings: Surroundings<'a>,
        names: Names<'a>,
        sought: Sought,
    ) -> Self {
        let Surroundings {
            catalog,
            project,
            crates,
        } = surroundings;
        // What is not looked for needs no names.
        let sources = |is_sought: bool| is_sought.then_some(catalog).into_iter();
        Self {
            source,
            offsets,
            catalog,
            project,
            crates,
            names,
            sought,
            words: Words::of(source.text()),
            print_words: sought.is_prints_alone().then(|| PrintWords::of(source.text())),
            last_writing: LastWriting::default(),
            frames: Vec::new(),
            found: Found::default(),
            declared: Declarations::default(),
            self_types: Vec::new(),
            traits: Vec::new(),
            type_parameters: Vec::new(),
            test_depth: 0,
            imports: Vec::new(),
            loops: Loops::of(source.text()),
            tried: None,
            errors: OwnErrors::default(),
            own_of_traits: RefCell::default(),
            clash: OnceCell::new(),
            is_for_others: false,
            seals: Vec::new(),
            is_draining: false,
            givers: Vec::new(),
            handed_to_closure: None,
            each_for_closure: KnownValue::default(),
            leaving: Vec::new(),
            conditions: 0,
            const_depth: 0,
            receiving: sources(sought.waits)
                .flat_map(|catalog| catalog.receivers(Language::Rust))
                .flat_map(|receiver| &receiver.methods)
                .map(String::as_str)
                .collect(),
            connecting: sources(sought.waits)
                .flat_map(|catalog| catalog.entries(Language::Rust))
                .flat_map(|entry| &entry.api.paths)
                .filter_map(|path| path.rsplit("::").next())
                .collect(),
            blocking: sources(sought.calls)
                .flat_map(|catalog| catalog.blocking_paths(Language::Rust))
                .filter_map(|path| path.rsplit("::").next())
                .collect(),
        }
    }

    /// Visits the whole file.
    pub(super) fn collect(mut self, file: &syn::File) -> Found {
        // What holds for the whole file holds for its imports too.
        let _for_ever = self.names.assume(attributes::conditions(&file.attrs));
        self.enter_imports(&file.items);
        if self.sought.waits {
            self.found.runtimes = Runtimes {
                tokio: names_crate(file, "tokio"),
                async_std: names_crate(file, "async_std"),
            };
            self.found.may_serve = SERVERS.iter().any(|word| self.words.has(word));
        }
        self.test_depth += usize::from(attributes::is_cfg_test(&file.attrs));
        self.declare_file(&file.items);
        if self.sought.waits {
            self.declare_errors(&file.items);
        }
        self.visit_file(file);
        for index in self.loops.prints() {
            if let Some(print) = self.found.prints.get_mut(index) {
                print.note.in_endless_loop = true;
            }
        }
        self.found
    }

    /// Notes where the module that is entered takes imports.
    pub(super) fn enter_imports(&mut self, items: &[syn::Item]) {
        self.imports.push(ModuleImports {
            place: ImportPlace::of(items, self.source, self.offsets, &["std", "io", "Write"]),
            assumed: self.names.assumed(),
        });
    }

    /// Visits `expr` with one more step on the way.
    pub(super) fn under(&mut self, frame: Frame, expr: &Expr) {
        self.within(frame, |this| this.visit_expr(expr));
    }

    pub(super) fn within(&mut self, frame: Frame, visit: impl FnOnce(&mut Self)) {
        self.found.sets_deadline |= matches!(frame, Frame::Deadline(_));
        self.frames.push(frame);
        visit(self);
        self.frames.pop();
    }

    /// What is known of a wait that begins at the current node.
    pub(super) fn place(&self) -> Place {
        let mut place = place::place(&self.frames, &self.found.functions);
        place.sealed = place.sealed.or_else(|| self.seals.last().cloned());
        place
    }

    /// Whether the current node runs in a task of its own, whatever gets what it gives.
    pub(super) fn is_in_task(&self) -> bool {
        let around = self.frames.iter().rev();
        around
            .take_while(|frame| frame.function().is_none())
            .any(Frame::is_task)
    }

    /// Whether the current node is test code by its own marks.
    pub(super) fn in_test(&self) -> bool {
        self.test_depth > 0
    }

    /// Notes who decides about a wait: a variable that holds it is watched from here on.
    pub(super) fn watch(&mut self, place: &Place) {
        let future = match place.outer {
            Some(Outer::Variable(id)) => Some(id),
            _ => None,
        };
        for id in future.into_iter().chain(place.task.iter().copied()) {
            if let Some(variable) = self.found.variables.get_mut(id.0) {
                variable.waits = true;
            }
        }
        place.task.iter().chain(&place.kept).for_each(|id| self.keeps(*id));
    }

    /// Notes a use of a function or a variable of this file.
    pub(super) fn note_use(&mut self, of: Outer) {
        if !self.sought.waits {
            return;
        }
        let mut place = self.place();
        place.kept = place::keepers(self.frames.iter().rev());
        self.watch(&place);
        let spelling = Spelling::at(&self.names);
        self.found.uses.entry(of).or_default().push(Use { place, spelling });
    }

    /// Whether anything that is looked for may be in a part of the text.
    pub(super) fn may_hold(&self, part: impl FnOnce(&Self) -> Span) -> bool {
        let words = self.print_words.as_ref();
        words.is_none_or(|words| words.any_in(part(self)))
    }
}
