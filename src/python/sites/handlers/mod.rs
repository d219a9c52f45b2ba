//! Clauses that catch exceptions: what they name, which connects they stand around, what they read.

use std::mem;

use foldhash::{HashMap, HashSet};
use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{self as ast, ExceptHandler, Expr, ModModule};
use ruff_text_size::Ranged;

use self::aftermath::Aftermath;
use self::callees::Callees;
use self::exception::bound_in;
use self::headers::{everything, header};
use self::order::Classes;
use crate::catalog::Catalog;
use crate::python::names::{FunctionId, Names};
use crate::python::program::{Others, Raised};
use crate::python::sites::anchor::Anchor;
use crate::python::syntax::spans::span;
use crate::python::testing::test_code::TestCode;
use crate::python::values::caught_classes::{CaughtClass, caught_classes};
use crate::python::values::variables::Variables;
use crate::python::version_choice::VersionChoice;
use crate::sites::{Caught, Connect, Handler, HandlerForm, LateClause, Retry};
use crate::source::Language;

mod aftermath;
mod callees;
mod calls;
mod exception;
mod expected;
mod headers;
mod order;
mod raised;
mod text_tests;
mod visit;

/// Finds every clause that names an exception of the catalogue or stands around a connect, by position, and every clause for a
/// timeout that comes too late to see one of a connect or a deadline.
pub(in crate::python) fn collect<'a>(
    module: &'a ModModule,
    variables: &'a dyn Variables,
    tests: &'a TestCode<'a>,
    choice: &'a VersionChoice<'a>,
    catalog: &'a Catalog,
    (connects, anchors): (&'a [Connect], &[Anchor]),
    others: Option<Others<'_>>,
) -> Clauses {
    let names = variables.names();
    let mut collector = Collector {
        names,
        variables,
        tests,
        choice,
        entries: HashMap::default(),
        certain: HashSet::default(),
        raised_here: HashSet::default(),
        frames: Vec::new(),
        found: Vec::new(),
        expected: HashMap::default(),
        expected_names: HashSet::default(),
        aftermath: Aftermath::default(),
        classes: Classes { variables, catalog },
        late: Vec::new(),
        limited: 0,
        limited_functions: HashSet::default(),
        called: Vec::new(),
        attempts: Vec::new(),
        callees: Callees::default(),
        outgoing: Vec::new(),
        awaited: HashSet::default(),
    };
    for (connect, anchor) in connects.iter().zip(anchors) {
        // A connect that a variable keeps raises where the variable is entered.
        let is_kept = !anchor.statement.contains(anchor.call);
        let at = if is_kept {
            anchor.statement.start
        } else {
            connect.call.start
        };
        collector.entries.entry((is_kept, at)).or_default().push(connect);
    }
    collector.visit_body(&module.body);
    // Who asks others wants to know what comes to the clauses here, who asks nobody what comes out of all functions.
    let coming = others.is_some().then(|| collector.callees.coming());
    collector.pass_on_elsewhere(coming.as_ref());
    collector.ask_functions();
    let Collector {
        mut found,
        certain,
        mut late,
        callees,
        aftermath,
        ..
    } = collector;
    let raised = callees.settle(&mut found, connects, others);
    late.sort_by_key(|clause| clause.span);
    for handler in &mut found {
        let mut all = handler.connects.iter().chain(&handler.iterated);
        handler.is_conditional |= all.any(|id| !certain.contains(id));
    }
    let is_known = |caught: &Caught| {
        let path = caught.path.as_deref();
        path.is_some_and(|path| catalog.rejection(Language::Python, path).is_some())
    };
    found.retain(|handler| handler.raising(connects).next().is_some() || handler.caught.iter().any(is_known));
    found.sort_by_key(|handler| handler.span);
    text_tests::tell_once(&mut found);
    for (id, handler) in found.iter_mut().enumerate() {
        handler.id = id;
    }
    let retry = |handler: &Handler| {
        let head = aftermath.retries.get(&handler.span.start)?;
        Some(Retry {
            head: *head,
            span: handler.span,
            connects: handler.connects.clone(),
        })
    };
    Clauses {
        retries: found.iter().filter_map(retry).collect(),
        handlers: found,
        late,
        raised,
    }
}

/// What [`collect`] finds.
pub(in crate::python) struct Clauses {
    /// Those that stand around connects, or name an exception of the catalogue.
    pub(in crate::python) handlers: Vec<Handler>,
    /// Those that try a connect again for ever.
    pub(in crate::python) retries: Vec<Retry>,
    /// Those that never see a timeout.
    pub(in crate::python) late: Vec<LateClause>,
    /// What the functions of the module raise.
    pub(in crate::python) raised: HashMap<FunctionId, Raised>,
}

struct Collector<'a> {
    names: &'a Names,
    variables: &'a dyn Variables,
    tests: &'a TestCode<'a>,
    choice: &'a VersionChoice<'a>,
    /// The connects by where they are entered: whether that is a statement, and where it begins.
    entries: HashMap<(bool, usize), Vec<&'a Connect>>,
    /// The connects that are certainly calls of one function of the catalogue.
    certain: HashSet<usize>,
    /// Where the arguments begin whose exceptions an awaited call raises: `await asyncio.wait_for(<this>, 5)`.
    raised_here: HashSet<usize>,
    frames: Vec<Frame>,
    found: Vec<Handler>,
    /// The clauses of `with pytest.raises(…)`, by where the call begins.
    expected: HashMap<usize, usize>,
    /// The names that they are bound to.
    expected_names: HashSet<&'a str>,
    /// What becomes of the functions so far behind their clauses.
    aftermath: Aftermath,
    classes: Classes<'a>,
    late: Vec<LateClause>,
    /// How many connects and deadlines were met so far.
    limited: usize,
    /// The functions that raise what they do, under no clause of theirs.
    limited_functions: HashSet<FunctionId>,
    /// The functions of the module that were called under clauses so far.
    called: Vec<FunctionId>,
    /// What has no connect and no deadline to itself, each with the functions of the module that it calls.
    attempts: Vec<(&'a ast::StmtTry, Vec<FunctionId>)>,
    callees: Callees,
    /// The calls in functions, under no clause of these, of what is no function of the module: who calls, what, and whether that is
    /// awaited.
    outgoing: Vec<(FunctionId, &'a Expr, bool)>,
    /// Where the calls begin that stand right behind an `await`.
    awaited: HashSet<usize>,
}

/// What an exception meets on its way out.
enum Frame {
    /// Clauses: indices into [`Collector::found`].
    Clauses(Vec<usize>),
    /// Something that may take it in ways that are not looked at.
    Unseen,
    /// The function's end, and whether it is a test.
    Function { is_test: bool },
}

impl<'a> Collector<'a> {
    /// The clauses around calls of functions that connect, or set a deadline.
    fn ask_functions(&mut self) {
        if self.attempts.is_empty() {
            return;
        }
        let limited = self.callees.passed_on(mem::take(&mut self.limited_functions));
        for (statement, called) in mem::take(&mut self.attempts) {
            if called.iter().any(|function| limited.contains(function)) {
                self.late.extend(self.classes.late(statement));
            }
        }
    }

    fn clauses(&mut self, statement: &'a ast::StmtTry) -> Vec<usize> {
        let handlers = || {
            statement
                .handlers
                .iter()
                .map(|ExceptHandler::ExceptHandler(handler)| handler)
        };
        let caught: Vec<_> = handlers()
            .map(|handler| self.caught(handler.type_.as_deref()))
            .collect();
        let around = self.caught_around();
        let first = self.found.len();
        for (index, handler) in handlers().enumerate() {
            let others = caught.iter().enumerate().filter(|(other, _)| *other != index);
            let others = others.flat_map(|(_, caught)| match caught.as_slice() {
                [] => vec![everything(handler)],
                caught => caught.to_vec(),
            });
            let elsewhere = others.chain(around.iter().cloned()).collect();
            let own = caught.get(index).cloned().unwrap_or_default();
            let read = match &handler.name {
                Some(name) => bound_in(&handler.body, name.as_str(), self.variables, self.choice),
                None => exception::Uses::default(),
            };
            self.found.push(Handler {
                id: 0,
                form: HandlerForm::Except,
                span: header(handler),
                statement: span(statement),
                caught: own,
                elsewhere,
                connects: Vec::new(),
                iterated: Vec::new(),
                connects_elsewhere: Vec::new(),
                is_conditional: self.choice.is_tested(handler.start().to_usize()),
                reads: read.reads,
                text_tests: read.text_tests,
                asked: read.asked,
                matched: read.matched,
                other_calls: false,
                fails_a_test: self.fails_a_test(),
                swallows: self.aftermath.swallows.get(&handler.start().to_usize()).copied(),
            });
        }
        (first..self.found.len()).collect()
    }

    /// What a clause names; nothing for a bare `except:`.
    fn caught(&self, class: Option<&'a Expr>) -> Vec<Caught> {
        let mut classes = class.map_or_else(Vec::new, |class| caught_classes(class, self.variables));
        // One name that stands for one class or for another.
        classes
            .dedup_by(|next, before| std::ptr::eq(next.shown, before.shown) && !next.is_certain && !next.is_of_tuple);
        let caught = |caught: CaughtClass<'_>| {
            let certain = caught.class.path().filter(|_| caught.is_certain).map(str::to_owned);
            let is_first_import = certain.is_none() && !caught.is_of_tuple;
            let first = || self.names.first_import(caught.shown).filter(|_| is_first_import);
            let path = certain.or_else(first);
            Caught {
                span: span(caught.shown),
                is_first_import: is_first_import && path.is_some(),
                is_of_tuple: caught.is_of_tuple,
                path,
            }
        };
        classes.into_iter().map(caught).collect()
    }

    /// What the clauses around the current code name, within its function.
    fn caught_around(&self) -> Vec<Caught> {
        let inside = self
            .frames
            .iter()
            .rev()
            .take_while(|frame| !matches!(frame, Frame::Function { .. }));
        let mut around = Vec::new();
        for frame in inside.take(FARTHEST) {
            if let Frame::Clauses(clauses) = frame {
                for clause in clauses.iter().filter_map(|index| self.found.get(*index)) {
                    around.extend(clause.caught.iter().cloned());
                }
            }
        }
        around
    }

    /// Whether what leaves the current statement certainly ends a test.
    fn fails_a_test(&self) -> bool {
        matches!(self.frames.as_slice(), [Frame::Function { is_test: true }])
    }
}

/// So many clauses of one `try`, and around one, are looked at.
const FARTHEST: usize = 64;
