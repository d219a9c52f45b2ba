//! The Python front end: the only place that knows Python's parser.

mod console;
mod course;
mod deadlines;
mod names;
mod program;
mod rewrite;
mod sites;
mod summaries;
mod syntax;
mod testing;
#[cfg(test)]
mod tests;
mod used_python;
mod values;
mod verify;
mod version_choice;

use ruff_python_ast::ModModule;
use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_parser::Parsed;

use self::console::{print_fallback, prints};
use self::names::Names;
use self::program::Others;
use self::sites::anchor::Anchor;
use self::sites::{blocking, collect, deadline_calls, handlers, loop_policies, misuses, proofs};
use self::syntax::spans::span;
use self::syntax::{comments, parse, repeated_keyword};
use self::testing::marked_by_conftest::timeout_of_all;
use self::testing::stand_ins::{self, LastingReplacements, Replaceable};
use self::testing::test_code::TestCode;
use self::values::variables::ModuleVariables;
use self::version_choice::VersionChoice;
use crate::catalog::{Catalog, Rejection};
use crate::explanation::Trail;
use crate::facts::{Conftest, Project, ProjectFacts, PythonVersion};
use crate::finding::{Applicability, Fix, Refusal};
use crate::prescan::Announced;
use crate::rules::{Context, DeadlineMend, DeadlineRequest, Rewrite};
use crate::signs::Sign;
use crate::sites::{
    BlockingCall, Connect, DeadlineCall, Handler, Keyword, Misuse, MisusedConnect, NewerName, Print, PrintFallback,
    Receive, RelatedPlace, Sites,
};
use crate::source::{SourceFile, Span, SyntaxError};

pub use program::{InProject, Program};
pub use syntax::comment_places::comment_places;
pub use verify::verify;

/// A parsed file: its sites, and what the rewrites need of it.
pub struct Module<'a> {
    source: &'a SourceFile,
    parsed: Parsed<ModModule>,
    names: Names,
    sites: Sites,
    /// By [`Connect::id`].
    anchors: Vec<Anchor>,
    /// By [`Receive::id`].
    receive_notes: Vec<collect::ReceiveNote>,
    /// What the rewrites find out about the module once.
    facts: rewrite::Facts,
}

impl<'a> Module<'a> {
    /// Parses `source` and collects those of its sites that can be there. Does not panic, abort or overflow the stack on any
    /// input (given a stack of at least [`crate::stack::STACK_BYTES`]).
    ///
    /// # Errors
    /// Where and why the file does not parse.
    pub fn parse(
        source: &'a SourceFile,
        catalog: &Catalog,
        project: &dyn Project,
        announced: Announced,
        in_project: Option<InProject<'_>>,
    ) -> Result<Self, SyntaxError> {
        let parsed = parse::parse_relevant(source)?;
        if let Some(error) = repeated_keyword::find(parsed.syntax()) {
            return Err(error);
        }
        let tree = parsed.syntax();
        let names = match in_project {
            Some(InProject { program, file, .. }) => Names::build_at(tree, file, program.modules()),
            None => Names::build(tree),
        };
        let tests = TestCode::of(tree, &names, source, project);
        let others = in_project.map(|InProject { program, protocols, .. }| Others {
            program,
            catalog,
            protocols,
        });
        let choice = VersionChoice::of(tree, &names, others);
        let variables = ModuleVariables::of(tree, &names);
        let mut sites = Sites {
            comments: comments::comments(source, parsed.tokens()),
            ..Sites::default()
        };
        let (mut anchors, mut receive_notes) = (Vec::new(), Vec::new());
        if announced.includes(Sign::Connect) || announced.includes(Sign::Receive) {
            let collected = collect::collect(tree, &variables, &tests, &choice, catalog, others);
            // Only who wants to know everything, or what functions of other modules open, asks how long other tests take.
            let opens_nothing = collected.connects.is_empty() && collected.receives.is_empty() && others.is_none();
            if !opens_nothing || announced == Announced::EVERYTHING {
                let courses = course::collect(tree, &variables, &tests, catalog, source, &collected);
                (sites.tests, sites.courses, sites.blocks) = (courses.tests, courses.functions, courses.blocks);
                (sites.classes, sites.replaced) = (courses.classes, courses.replaced);
            }
            (sites.connects, anchors) = (collected.connects, collected.anchors);
            (sites.receives, receive_notes) = (collected.receives, collected.receive_notes);
            sites.exchanges = collected.exchanges;
            sites.handed = collected.handed;
            let is_handed_so = |connect: &Connect| {
                let by = connect.handed_by.as_ref();
                by.is_none_or(|passes| passes.is_so_in(project.facts()))
            };
            sites.handed.retain(is_handed_so);
            if !sites.tests.is_empty() && stand_ins::replaces(tree, &names) {
                sites.stand_ins = Some(stand_ins::classes(tree));
            }
            let by_fixtures = || {
                let others = others.filter(|_| !sites.tests.is_empty())?;
                let replaced = LastingReplacements::of(tree, &variables);
                let mut tests = sites.tests.iter();
                tests.find(|test| replaced.is_asked_of_others(test.body.start, &names, others))
            };
            sites.replaces_parts = stand_ins::names_mocks(source.text()) || by_fixtures().is_some();
            if sites.replaces_parts {
                let is_here = |connect: &Connect| {
                    let mut through = connect.through.iter();
                    through.all(|related| matches!(related.place, RelatedPlace::Here(_)))
                };
                sites.handed.retain(is_here);
            }
            if let Some(others) = others {
                let of_tests = sites.tests.iter().map(|test| &test.course);
                let of_functions = sites.courses.iter().map(|function| &function.course);
                sites.opened_elsewhere = others.opened_by(of_tests.chain(of_functions)).into_iter().collect();
            }
        }
        if announced.includes(Sign::Connect) || announced.includes(Sign::Receive) {
            sites.misuses = misuses::collect(tree, &names, &choice, catalog, &sites.connects, others);
            if sites.replaces_parts {
                let is_here = |misuse: &Misuse| matches!(misuse.connect, MisusedConnect::Here(_));
                sites.misuses.retain(is_here);
            }
        }
        if announced.includes(Sign::Connect) {
            sites.doubtful_proofs = proofs::collect(tree, &names, &tests, catalog, &sites.connects);
        }
        if announced.includes(Sign::Connect) || announced.includes(Sign::Rejection) {
            let entered = (&*sites.connects, &*anchors);
            let clauses = handlers::collect(tree, &variables, &tests, &choice, catalog, entered, others);
            (sites.handlers, sites.late_clauses, sites.retries) = (clauses.handlers, clauses.late, clauses.retries);
        }
        if announced.includes(Sign::Deadline) {
            sites.deadlines = deadline_calls::collect(tree, &variables, &tests, &choice, &sites.connects);
        }
        if announced.includes(Sign::Async) {
            sites.blocking_calls = blocking::collect(tree, &variables, &tests, catalog, &sites.connects, others);
        }
        if announced.includes(Sign::LoopPolicy) || announced.includes(Sign::WindowsDeadline) {
            sites.platform =
                loop_policies::collect(tree, &names, &tests, &choice, announced.includes(Sign::LoopPolicy));
        }
        sites.used_python = used_python::oldest(tree, &names, &choice, source);
        sites.platform.names_uvloop = names_one_of(&["uvloop"], source, &parsed);
        sites.deadlines.clock_is_virtual = names_one_of(&VIRTUAL_CLOCKS, source, &parsed);
        // What a notebook prints goes to its page, in UTF-8 whatever the console takes.
        let has_console = !source.is_notebook();
        if announced.includes(Sign::Print) && has_console {
            let console = prints::collect(tree, &variables, &tests, source, others);
            (sites.prints, sites.console_reconfigured) = (console.prints, console.is_reconfigured);
        }
        if announced.includes(Sign::EncodeError) && has_console {
            sites.print_fallbacks = print_fallback::collect(tree, &variables);
        }
        Ok(Self {
            source,
            parsed,
            names,
            sites,
            anchors,
            receive_notes,
            facts: rewrite::Facts::default(),
        })
    }

    /// A fix with the imports taken away that it leaves without use. What a notebook imports may be used by what is not read
    /// here: the lines of magics, and cells that are passed over.
    fn tidy(&self, fix: Result<Fix, Refusal>) -> Result<Fix, Refusal> {
        if self.source.is_notebook() {
            return fix;
        }
        fix.map(|fix| rewrite::without_left_behind(self, fix))
    }

    /// Whether a test, or whatever else, may put something in the place of what is called at `callee` and has this path: what
    /// knows another way to call it by heart fails where that changes.
    fn may_be_replaced(&self, path: &str, callee: Span, context: &Context<'_>) -> bool {
        let callee = self.source.slice(callee);
        let file = context.source.path();
        let here = self.facts.replacements(self.parsed.syntax(), &self.names);
        let replaceable = Replaceable::of(path, callee, file);
        here.iter().any(|replaced| replaced.may_be(replaceable)) || context.linked.may_replace(path, callee)
    }

    /// A fix that changes how what has this path is called at `callee`; no safe one where that may be replaced.
    fn doubtful_where_replaced(&self, fix: Fix, path: &str, callee: Span, context: &Context<'_>) -> Fix {
        match fix.applicability == Applicability::Safe && self.may_be_replaced(path, callee, context) {
            true => fix.at_most(Applicability::Unsafe),
            false => fix,
        }
    }

    /// The facts that the rules read.
    #[must_use]
    pub fn sites(&self) -> &Sites {
        &self.sites
    }
}

/// What a file names under whose tests no real time passes: trio's clock, the fixtures of pytest-trio, and event loops that jump to
/// the next timer.
const VIRTUAL_CLOCKS: [&str; 6] = [
    "MockClock",
    "autojump_clock",
    "mock_clock",
    "looptime",
    "async_solipsism",
    "VirtualClock",
];

/// Whether the code, and no comment or string, has one of these names.
fn names_one_of(wanted: &[&str], source: &SourceFile, parsed: &Parsed<ModModule>) -> bool {
    let text = source.text();
    let is_one = |token: &Token| {
        let name = text.get(span(token).range());
        token.kind() == TokenKind::Name && name.is_some_and(|name| wanted.contains(&name))
    };
    wanted.iter().any(|name| text.contains(name)) && parsed.tokens().iter().any(is_one)
}

impl Rewrite for Module<'_> {
    fn external_deadline(&self, connect: &Connect, request: &DeadlineRequest<'_>) -> Result<Fix, Refusal> {
        self.tidy(rewrite::external_deadline(self, connect, request))
    }

    fn drop_timeout_argument(&self, connect: &Connect, request: &DeadlineRequest<'_>) -> Result<Fix, Refusal> {
        self.tidy(rewrite::drop_timeout_argument(self, connect, request))
    }

    fn rename_argument(
        &self,
        connect: &Connect,
        (keyword, name): (&Keyword, &str),
        context: &Context<'_>,
    ) -> Result<Fix, Refusal> {
        let fix = rewrite::rename_argument(self.source, connect, keyword, name)?;
        Ok(self.doubtful_where_replaced(fix, &connect.path, connect.callee, context))
    }

    fn switch_default_off(&self, connect: &Connect, request: &DeadlineRequest<'_>) -> Result<Fix, Refusal> {
        self.tidy(rewrite::switch_default_off(self, connect, request))
    }

    fn bound_receive(&self, receive: &Receive, seconds: f64, context: &Context<'_>) -> Result<Fix, Refusal> {
        self.tidy(rewrite::bound_receive(self, receive, seconds, context))
    }

    fn mend_deadline(&self, call: &DeadlineCall, mend: DeadlineMend, _context: &Context<'_>) -> Result<Fix, Refusal> {
        rewrite::mend_deadline(self, call, mend)
    }

    fn older_deadline(&self, name: &NewerName, _context: &Context<'_>) -> Result<Fix, Refusal> {
        self.tidy(rewrite::older_deadline(self, name))
    }

    fn safe_print(&self, print: &Print, context: &Context<'_>) -> Result<Fix, Refusal> {
        rewrite::safe_print(self, print, context)
    }

    fn sound_print_fallback(&self, fallback: &PrintFallback) -> Result<Fix, Refusal> {
        self.tidy(rewrite::sound_print_fallback(self, fallback))
    }

    fn unblock(&self, call: &BlockingCall, context: &Context<'_>) -> Result<Fix, Refusal> {
        self.tidy(rewrite::unblock(self, call, context))
    }

    fn catch_instead(&self, handler: &Handler, caught: usize, wanted: &Rejection) -> Result<Fix, Refusal> {
        self.tidy(rewrite::catch_instead(self, handler, caught, wanted))
    }

    fn read_instead(&self, handler: &Handler, read: usize, length: usize, path: &str) -> Result<Fix, Refusal> {
        self.tidy(rewrite::read_instead(self, handler, read, length, path))
    }

    fn compare_status(&self, handler: &Handler, test: usize, path: &str, status: &str) -> Result<Fix, Refusal> {
        self.tidy(rewrite::compare_status(self, handler, test, path, status))
    }

    fn ensure_future(&self, misuse: &Misuse) -> Result<Fix, Refusal> {
        self.tidy(rewrite::ensure_future(self, misuse))
    }

    fn enter_connect(&self, misuse: &Misuse, connect: &Connect) -> Result<Fix, Refusal> {
        self.tidy(rewrite::enter_connect(self, misuse, connect))
    }
}

/// What a `conftest.py` does for every test below it, as far as it can be read.
#[must_use]
pub fn read_conftest(source: &SourceFile) -> Conftest {
    let catalog = Catalog::default();
    let module = Module::parse(source, &catalog, &ProjectFacts::default(), Announced::EVERYTHING, None);
    module.map_or_else(
        |_| Conftest::default(),
        |module| Conftest {
            reconfigures_console: module.sites.console_reconfigured,
            test_timeout: timeout_of_all(module.parsed.syntax(), &module.names),
        },
    )
}

/// The oldest Python that what the file uses is for, as far as it tells.
#[must_use]
pub fn used_python(source: &SourceFile) -> Option<PythonVersion> {
    let catalog = Catalog::default();
    let module = Module::parse(source, &catalog, &ProjectFacts::default(), Announced::NOTHING, None);
    module.ok()?.sites.used_python
}

impl Trail for Module<'_> {
    fn files(&self, callee: Span) -> Vec<String> {
        let statement = rewrite::locate::statement_around(&self.parsed.syntax().body, callee);
        let expr = statement.and_then(|statement| rewrite::locate::expression(statement, callee));
        let modules = expr.map_or_else(Vec::new, |expr| self.names.trail(expr));
        let shown = modules.iter().map(|module| module.0.source().path().to_string_lossy());
        shown.map(std::borrow::Cow::into_owned).collect()
    }
}
