//! One visit of a file's tree: keeps the way to the current node and what is in scope, and notes every connect, print,
//! call of a local function and use of a future on the way.

use std::cell::OnceCell;

use foldhash::{HashMap, HashSet};
use syn::visit::Visit;
use syn::{Block, Expr, Pat, Stmt};

use super::attributes;
use super::blocking::FoundBlocking;
use super::connects::FoundConnect;
use super::course::Courses;
use super::edges;
use super::endless::Loops;
use super::frames::{self, AwaitPoint, Frame, Function, Outer, Place};
use super::imports::ImportPlace;
use super::macros::{self, Inside};
use super::names::{Name, Names, Written, names_crate, plain};
use super::parse::Offsets;
use super::prints::{FoundPrint, LastWriting, PrintWords};
use super::receives::Messages;
use super::sought::Sought;
use super::spelling::Spelling;
use super::swallowed::FoundSwallow;
use super::variables::Variable;
use crate::catalog::Catalog;
use crate::sites::{Bound, Course, DeadlineCall, Test};
use crate::source::{Language, SourceFile, Span};

/// A use of a future, or a call of a function that waits.
#[derive(Debug)]
pub(super) struct Use {
    pub(super) place: Place,
    pub(super) spelling: Spelling,
}

/// Which runtimes' own crates a file uses something of.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Runtimes {
    pub(super) tokio: bool,
    pub(super) async_std: bool,
}

/// Everything that the visit found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) connects: Vec<FoundConnect>,
    pub(super) prints: Vec<FoundPrint>,
    pub(super) deadline_calls: Vec<DeadlineCall>,
    pub(super) blocking: FoundBlocking,
    pub(super) functions: Vec<Function>,
    pub(super) tests: Vec<Test>,
    pub(super) courses: Courses,
    pub(super) messages: Messages,
    /// Connects whose failure a test does not see.
    pub(super) swallowed: Vec<FoundSwallow>,
    pub(super) uses: HashMap<Outer, Vec<Use>>,
    /// Names of methods that are called on a receiver of unknown type.
    pub(super) loose_methods: HashSet<String>,
    pub(super) variables: Vec<Variable>,
    pub(super) statements: Vec<Span>,
    /// A runtime is built without `enable_time` or `enable_all`.
    pub(super) untimed_runtime: bool,
    /// The runtimes that the file itself uses something of.
    pub(super) runtimes: Runtimes,
}

/// Where a module takes another import, and how many conditions (`#[cfg]`) hold for all of the module.
#[derive(Debug)]
pub(super) struct ModuleImports {
    pub(super) place: Option<ImportPlace>,
    pub(super) assumed: usize,
}

/// The visit.
pub(super) struct Collector<'a> {
    pub(super) source: &'a SourceFile,
    pub(super) offsets: Offsets,
    pub(super) catalog: &'a Catalog,
    pub(super) names: Names<'a>,
    pub(super) sought: Sought,
    /// Where prints may stand, if they are all that is looked for.
    pub(super) print_words: Option<PrintWords>,
    pub(super) last_writing: LastWriting,
    pub(super) frames: Vec<Frame>,
    pub(super) found: Found,
    /// The types of the file's structs' fields, by the struct's path: as written, and the module to resolve them in.
    pub(super) fields: HashMap<String, HashMap<String, String>>,
    /// The values of the file's constants that are durations, by path.
    pub(super) constants: HashMap<String, Bound>,
    /// The type of `Self`, innermost last.
    pub(super) self_types: Vec<Option<String>>,
    /// How many `#[cfg(test)]` items and test functions are around.
    pub(super) test_depth: usize,
    pub(super) imports: Vec<ModuleImports>,
    /// The loops around.
    pub(super) loops: Loops,
    /// What another trait in scope would make ambiguous, once that is asked.
    pub(super) clash: OnceCell<Option<&'static str>>,
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
        catalog: &'a Catalog,
        names: Names<'a>,
        sought: Sought,
    ) -> Self {
        // What is not looked for needs no names.
        let sources = |is_sought: bool| is_sought.then_some(catalog).into_iter();
        Self {
            source,
            offsets,
            catalog,
            names,
            sought,
            print_words: sought.is_prints_alone().then(|| PrintWords::of(source.text())),
            last_writing: LastWriting::default(),
            frames: Vec::new(),
            found: Found::default(),
            fields: HashMap::default(),
            constants: HashMap::default(),
            self_types: Vec::new(),
            test_depth: 0,
            imports: Vec::new(),
            loops: Loops::of(source.text()),
            clash: OnceCell::new(),
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
        }
        self.test_depth += usize::from(attributes::is_cfg_test(&file.attrs));
        self.declare(&file.items);
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
            place: ImportPlace::of(items, self.source, self.offsets),
            assumed: self.names.assumed(),
        });
    }

    /// Visits `expr` with one more step on the way.
    pub(super) fn under(&mut self, frame: Frame, expr: &Expr) {
        self.within(frame, |this| this.visit_expr(expr));
    }

    pub(super) fn within(&mut self, frame: Frame, visit: impl FnOnce(&mut Self)) {
        self.frames.push(frame);
        visit(self);
        self.frames.pop();
    }

    /// What is known of a wait that begins at the current node.
    pub(super) fn place(&self) -> Place {
        frames::place(&self.frames, &self.found.functions)
    }

    /// Whether the current node is test code by its own marks.
    pub(super) fn in_test(&self) -> bool {
        self.test_depth > 0
    }

    /// Notes who decides about a wait: a variable that holds it is watched from here on.
    pub(super) fn watch(&mut self, place: &Place) {
        if let Some(Outer::Variable(id)) = place.outer
            && let Some(variable) = self.found.variables.get_mut(id.0)
        {
            variable.waits = true;
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
        match written.names.split_first() {
            Some((first, rest)) if first == "Self" && !written.leading => {
                match self.self_types.last().cloned().flatten() {
                    Some(of) => typed(
                        std::iter::once(of)
                            .chain(rest.iter().cloned())
                            .collect::<Vec<_>>()
                            .join("::"),
                    ),
                    None => Name::Unknown,
                }
            }
            _ => self.names.resolve(&written),
        }
    }

    /// The value of a constant or a variable that is a duration.
    pub(super) fn named_duration(&self, path: &syn::Path) -> Option<Bound> {
        match self.resolve(path) {
            Name::Variable(id) => self.found.variables.get(id.0).and_then(|variable| variable.value),
            Name::File(path) => self.constants.get(&path).copied(),
            _ => None,
        }
    }

    /// Visits a function; `path` gives the one by which the file calls it.
    pub(super) fn function(
        &mut self,
        path: impl FnOnce(&Self) -> String,
        attrs: &[syn::Attribute],
        signature: &syn::Signature,
        block: &Block,
    ) {
        if !self.may_hold(|this| this.braces(block)) {
            return;
        }
        let is_test = attributes::is_test(attrs);
        let marked = usize::from(is_test || attributes::is_cfg_test(attrs));
        let constant = usize::from(signature.constness.is_some());
        self.test_depth += marked;
        self.const_depth += constant;
        let assumed = self.names.assume(attributes::conditions(attrs));
        let entered = self.names.enter_function();
        let began = self.loops.enter_function(self.found.prints.len());
        if self.sought.calls {
            self.callable(path(self), is_test, attrs, signature, block);
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

    /// Whether anything that is looked for may be in a part of the text.
    fn may_hold(&self, part: impl FnOnce(&Self) -> Span) -> bool {
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
            in_tokio: attributes::runs_in_tokio(attrs),
            paused: attributes::starts_paused(attrs),
            deadlines,
        });
        for input in &signature.inputs {
            if let syn::FnArg::Typed(typed) = input {
                self.bind_parameter(&Pat::Type(typed.clone()));
            }
        }
        let course = self.gathered(|this| this.within(Frame::Function(index), |this| this.visit_block(block)));
        if self.sought.waits && is_test && !attributes::should_panic(attrs) {
            self.swallowed(block);
        }
        self.function_gathered(of, signature.asyncness.is_some(), test, course);
        self.conditions = conditions;
    }

    pub(super) fn branch(&mut self, branch: &syn::ExprIf) {
        let entered = self.names.enter_variables();
        self.under(Frame::Held, &branch.cond);
        self.conditions += 1;
        let mut branches = vec![self.gathered(|this| this.visit_block(&branch.then_branch))];
        self.names.leave(entered);
        if let Some((_, otherwise)) = &branch.else_branch {
            branches.push(self.gathered(|this| this.visit_expr(otherwise)));
        }
        self.waits_for_one(branches);
        self.conditions -= 1;
    }

    pub(super) fn arms(&mut self, choice: &syn::ExprMatch) {
        self.under(Frame::Held, &choice.expr);
        self.conditions += 1;
        let mut branches = Vec::new();
        for arm in &choice.arms {
            let entered = self.names.enter_variables();
            self.bind_pattern(&arm.pat);
            self.within(Frame::Held, |this| this.visit_pat(&arm.pat));
            branches.push(self.gathered(|this| this.visit_expr(&arm.body)));
            self.names.leave(entered);
        }
        self.conditions -= 1;
        self.waits_for_one(branches);
    }

    pub(super) fn closure(&mut self, closure: &syn::ExprClosure) {
        let is_async = closure.asyncness.is_some();
        let entered = self.names.enter_variables();
        for input in &closure.inputs {
            self.bind_parameter(input);
        }
        // Whether and how often it is called is not to be seen.
        self.gathered(|this| this.under(Frame::Closure { is_async }, &closure.body));
        self.names.leave(entered);
    }

    pub(super) fn awaited(&mut self, awaited: &syn::ExprAwait) {
        if !self.sought.waits {
            return self.under(Frame::Held, &awaited.base);
        }
        let point = AwaitPoint {
            base: edges::expression(&awaited.base, self.offsets),
            suffix: self
                .offsets
                .of(awaited.dot_token.span)
                .cover(self.offsets.of(awaited.await_token.span)),
        };
        self.message_await(&awaited.base, &point);
        self.under(Frame::Await(point), &awaited.base);
        let course = self.future(&awaited.base, 0);
        self.waits(course);
    }

    /// A macro where an expression or a statement may stand.
    pub(super) fn macro_call(&mut self, mac: &syn::Macro, is_statement: Option<bool>) {
        self.print(mac, is_statement);
        if !self.may_hold(|this| edges::inside(&mac.delimiter, this.offsets)) {
            return self.loops.look_at_macro(mac, true);
        }
        let inside = macros::inside(mac);
        self.loops.look_at_macro(mac, matches!(inside, Inside::Opaque));
        match inside {
            Inside::Arguments(arguments) => {
                for argument in &arguments {
                    self.under(Frame::Held, argument);
                }
            }
            Inside::Matched(value) => self.under(Frame::Held, &value),
            Inside::Join(futures) => self.join(mac, &futures),
            Inside::Select(branches) => self.select(mac, &branches),
            Inside::Statements(statements) => self.within(Frame::Sealed("stream!"), |this| {
                this.within(Frame::Async, |this| this.statements(&statements));
            }),
            Inside::Pinned(pinned) => {
                // `pin!(fut)` as a statement keeps the name and its meaning; `pin!(connect(…))` gives the future on.
                for future in pinned
                    .iter()
                    .filter(|future| !matches!(future, Expr::Path(_)) || is_statement.is_none())
                {
                    self.visit_expr(future);
                }
            }
            Inside::Opaque => {}
        }
    }

    pub(super) fn statements(&mut self, statements: &[Stmt]) {
        let items = || {
            statements.iter().filter_map(|stmt| match stmt {
                Stmt::Item(item) => Some(item),
                _ => None,
            })
        };
        let entered = self.names.enter_block(items());
        self.declare(items());
        for (index, stmt) in statements.iter().enumerate() {
            if self.sought.comments {
                self.found.statements.push(edges::statement(stmt, self.offsets));
            }
            let assumed = self.names.assume(attributes::conditions(edges::attributes_of(stmt)));
            match stmt {
                Stmt::Local(local) => self.local(local),
                Stmt::Item(item) => self.visit_item(item),
                Stmt::Expr(expr, None) if index + 1 == statements.len() => self.visit_expr(expr),
                Stmt::Expr(expr, _) => self.under(Frame::Held, expr),
                Stmt::Macro(stmt) => self.macro_call(&stmt.mac, Some(stmt.semi_token.is_some())),
            }
            self.names.forget(assumed);
        }
        self.names.leave(entered);
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
