//! One visit of a file's tree: keeps the way to the current node and what is in scope, and notes every connect, print,
//! call of a local function and use of a future on the way.

pub(in crate::rust) mod blocked;
pub(in crate::rust) mod blocking;
pub(in crate::rust) mod bodies;
pub(in crate::rust) mod bounded;
pub(in crate::rust) mod calls;
pub(in crate::rust) mod carried;
pub(in crate::rust) mod connects;
pub(in crate::rust) mod course;
pub(in crate::rust) mod deadlines;
pub(in crate::rust) mod ending;
pub(in crate::rust) mod endless;
pub(in crate::rust) mod errors;
pub(in crate::rust) mod finished;
pub(in crate::rust) mod fixtures;
pub(in crate::rust) mod found;
pub(in crate::rust) mod frames;
pub(in crate::rust) mod futures;
pub(in crate::rust) mod limits;
mod made_tests;
pub(in crate::rust) mod other_files;
pub(in crate::rust) mod outcomes;
pub(in crate::rust) mod own_deadlines;
pub(in crate::rust) mod parameters;
pub(in crate::rust) mod picked;
pub(in crate::rust) mod prints;
pub(in crate::rust) mod received;
pub(in crate::rust) mod receives;
pub(in crate::rust) mod retried;
pub(in crate::rust) mod rounds;
pub(in crate::rust) mod signals;
pub(in crate::rust) mod sought;
pub(in crate::rust) mod swallowed;
pub(in crate::rust) mod tasks;
pub(in crate::rust) mod timers;
pub(in crate::rust) mod values;
pub(in crate::rust) mod variables;
pub(in crate::rust) mod visit;
pub(in crate::rust) mod watchdogs;

use std::cell::{OnceCell, RefCell};

use foldhash::{HashMap, HashSet};
use syn::visit::Visit;
use syn::{Block, Expr, Pat};

use crate::catalog::Catalog;
use crate::facts::Project;
use crate::rust::collect::course::Gathered;
use crate::rust::collect::endless::Loops;
use crate::rust::collect::errors::OwnErrors;
use crate::rust::collect::found::{Found, Runtimes, Use};
use crate::rust::collect::frames::{Frame, Function, Outer, Place, Sealed};
use crate::rust::collect::futures::gives_future;
use crate::rust::collect::other_files::OtherFiles;
use crate::rust::collect::own_deadlines::Own;
use crate::rust::collect::prints::{LastWriting, PrintWords};
use crate::rust::collect::signals::{Givers, Leaving};
use crate::rust::collect::sought::Sought;
use crate::rust::collect::values::{Declarations, bounds_of};
use crate::rust::names::attributes;
use crate::rust::names::spelling::Spelling;
use crate::rust::names::{Name, Names, Written, names_crate, plain};
use crate::rust::syntax::imports::ImportPlace;
use crate::rust::syntax::parse::Offsets;
use crate::sites::{Bound, Course, Test};
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
            let serves = |word: &&str| self.source.text().contains(*word);
            self.found.may_serve = SERVERS.iter().any(serves);
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
        let mut place = frames::place(&self.frames, &self.found.functions);
        place.sealed = place.sealed.or_else(|| self.seals.last().cloned());
        place
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
        for id in future.into_iter().chain(place.task) {
            if let Some(variable) = self.found.variables.get_mut(id.0) {
                variable.waits = true;
            }
        }
    }

    /// Notes a use of a function or a variable of this file.
    pub(super) fn note_use(&mut self, of: Outer) {
        if !self.sought.waits {
            return;
        }
        let place = self.place();
        self.watch(&place);
        let spelling = Spelling::at(&self.names);
        self.found.uses.entry(of).or_default().push(Use { place, spelling });
    }

    /// What a path of this place means; `Self` is the type of the `impl` around.
    pub(super) fn resolve(&self, path: &syn::Path) -> Name {
        let written = Written::from(path);
        let of_self = self.of_self(&written);
        of_self.unwrap_or_else(|| self.names.resolve(&self.of_bound(written)))
    }

    /// A function of a type parameter as that of the trait that bounds it: `T::open` is `Transport::open`.
    fn of_bound(&self, written: Written) -> Written {
        let mut around = self.type_parameters.iter().rev().filter(|_| !written.leading);
        match written.names.split_first() {
            Some((parameter, rest @ [_, ..])) => match around.find_map(|bounds| bounds.get(parameter)) {
                Some(bound) => bound.followed_by(rest),
                None => written,
            },
            _ => written,
        }
    }

    /// As [`Self::resolve`] for the path of a type; an alias of the file is itself.
    pub(super) fn resolve_type(&self, written: &Written) -> Name {
        self.of_self(written)
            .unwrap_or_else(|| self.names.resolve_to_alias(written))
    }

    fn of_self(&self, written: &Written) -> Option<Name> {
        match written.names.split_first() {
            Some((first, rest)) if first == "Self" && !written.leading => {
                let of = self.self_types.last().cloned().flatten();
                let path = |of| {
                    std::iter::once(of)
                        .chain(rest.iter().cloned())
                        .collect::<Vec<_>>()
                        .join("::")
                };
                Some(of.map_or(Name::Unknown, |of| typed(path(of))))
            }
            _ => None,
        }
    }

    /// The value of a constant or a variable that is a duration.
    pub(super) fn named_duration(&self, path: &syn::Path) -> Option<Bound> {
        match self.resolve(path) {
            Name::Variable(id) => self.found.variables.get(id.0).and_then(|variable| variable.value),
            Name::File(path) => self.declared.constants.get(&path).copied(),
            Name::Extern(path) if path.ends_with("time::Duration::MAX") => Some(Bound::Unlimited),
            Name::Extern(path) => self.crates.and_then(|crates| crates.constant(&path)),
            _ => None,
        }
    }

    /// Visits a function; `path` gives the one by which the file calls it. Others may call it if it is `is_open`.
    pub(super) fn function(
        &mut self,
        path: impl FnOnce(&Self) -> String,
        is_open: bool,
        attrs: &[syn::Attribute],
        signature: &syn::Signature,
        block: &Block,
    ) {
        if !self.loops.follows_calls() && !self.may_hold(|this| this.braces(block)) {
            return;
        }
        let is_test = attributes::is_test(attrs) || self.has_renamed_test(attrs);
        let marked = usize::from(is_test || attributes::is_cfg_test(attrs));
        let constant = usize::from(signature.constness.is_some());
        self.test_depth += marked;
        self.const_depth += constant;
        let assumed = self.names.assume(attributes::conditions(attrs));
        let entered = self.names.enter_function();
        let began = self.loops.enter_function(self.found.prints.len());
        if self.sought.calls {
            self.callable(path(self), is_open, is_test, attrs, signature, block);
        } else {
            self.visit_block(block);
        }
        let name = plain(&signature.ident);
        self.loops.leave_function(name, began, self.found.prints.len());
        self.names.leave(entered);
        self.names.forget(assumed);
        self.const_depth -= constant;
        self.test_depth -= marked;
    }

    /// Whether an attribute makes a test of a function that an import calls otherwise: `use tokio::test as check;`.
    fn has_renamed_test(&self, attrs: &[syn::Attribute]) -> bool {
        let mut names = attrs.iter().filter_map(|attr| attr.path().get_ident());
        names.any(|name| {
            let meant = self.names.resolve(&Written::name(&plain(name)));
            matches!(meant, Name::Extern(path) if path.rsplit("::").next().is_some_and(attributes::makes_test))
        })
    }

    /// Whether anything that is looked for may be in a part of the text.
    pub(super) fn may_hold(&self, part: impl FnOnce(&Self) -> Span) -> bool {
        let words = self.print_words.as_ref();
        words.is_none_or(|words| words.any_in(part(self)))
    }

    fn braces(&self, block: &Block) -> Span {
        let braces = block.brace_token.span;
        self.offsets.of(braces.open()).cover(self.offsets.of(braces.close()))
    }

    /// Visits a function that may be called, or wait.
    fn callable(
        &mut self,
        path: String,
        is_open: bool,
        is_test: bool,
        attrs: &[syn::Attribute],
        signature: &syn::Signature,
        block: &Block,
    ) {
        if signature.asyncness.is_none() {
            self.plain_function(&path);
        }
        let conditions = std::mem::take(&mut self.conditions);
        let index = self.found.functions.len();
        let deadlines = attributes::deadlines(attrs, self.offsets);
        let test = is_test.then_some(self.found.tests.len());
        let of = path.clone();
        if is_test {
            self.found.tests.push(Test {
                name: path.strip_prefix("$file::").unwrap_or(&path).to_owned(),
                name_span: self.offsets.of(signature.ident.span()),
                body: self.braces(block),
                limit: deadlines.first().cloned(),
                course: Course::default(),
            });
        }
        self.found.functions.push(Function {
            path,
            is_async: signature.asyncness.is_some(),
            is_test,
            test,
            is_open,
            gives_future: signature.asyncness.is_none() && gives_future(&signature.output),
            takes: self.taken_by(&signature.output),
            in_tokio: attributes::runs_in_tokio(attrs),
            paused: attributes::starts_paused(attrs),
            resumed: false,
            deadlines,
            ended_by_tasks: Vec::new(),
        });
        self.type_parameters.push(bounds_of(&signature.generics));
        let fixtures = self.fixtures_of(attrs, signature);
        let mut signals = Vec::new();
        for (index, input) in signature.inputs.iter().enumerate() {
            if let syn::FnArg::Typed(typed) = input {
                self.bind_parameter(&Pat::Type(typed.clone()));
                signals.extend(self.bind_signal(&typed.pat, index).then_some(index));
            }
        }
        if self.sought.waits {
            self.givers.push(Givers::of(block));
        }
        let leaving = std::mem::take(&mut self.leaving);
        let course = self.gathered(|this| {
            if attributes::starts_paused(attrs) {
                this.found.courses.pause();
            }
            this.prepare(fixtures);
            this.within(Frame::Function(index), |this| this.visit_block(block));
        });
        self.leaving = leaving;
        if self.sought.waits {
            self.failures(block, is_test && !attributes::should_panic(attrs));
        }
        self.type_parameters.pop();
        if self.sought.waits {
            self.givers.pop();
            self.function_gathered(Gathered {
                path: of,
                is_async: signature.asyncness.is_some(),
                test,
                signals,
                course,
            });
        }
        self.conditions = conditions;
    }
}

/// A path that begins with a type's own path.
pub(super) fn typed(path: String) -> Name {
    if path.starts_with('$') {
        Name::File(path)
    } else {
        Name::Extern(path)
    }
}
