//! The Rust front end: the only place that knows Rust's parser.
//!
//! `syntax` gives a tree whose positions are offsets of the original text, and keeps deep input from the parser; `names`
//! says what a path means and what is inside a macro. `collect` visits the tree once: its `values` say what a receiver is,
//! its `frames` what surrounds a wait. `assemble` turns what was found into [`Sites`], `program` knows the other files of the
//! package. `rewrite` makes fixes of the notes that are kept about each site, `verify` compares before and after.

mod assemble;
mod collect;
mod names;
mod program;
mod rewrite;
mod syntax;
mod verify;

use std::cell::OnceCell;

pub use self::program::{Crates, InCrate, Signs};
pub use self::syntax::comment_places::comment_places;
pub use self::syntax::module_files::{ModuleFile, ModuleFiles, module_files};
pub use self::verify::verify;

use self::assemble::exchanges::ReceiveNote;
use self::assemble::{Assembled, ConnectNote};
use self::collect::blocking::BlockingNote;
use self::collect::other_files::OtherFiles;
use self::collect::prints::PrintNote;
use self::collect::sought::Sought;
use self::collect::{Collector, Surroundings};
use self::names::{Known, Names};
use self::program::View;
use self::rewrite::Uses;
use self::syntax::{comments, parse};
use crate::catalog::Catalog;
use crate::explanation::Trail;
use crate::facts::Project;
use crate::finding::{Fix, Refusal};
use crate::prescan::Announced;
use crate::rules::{Context, DeadlineRequest, Rewrite};
use crate::sites::{BlockingCall, Comment, Connect, DeadlineSites, Keyword, Print, PrintFallback, Receive, Sites};
use crate::source::{Language, SourceFile, SyntaxError};

/// A parsed file: its sites, and what the rewrites need of it.
pub struct Module<'a> {
    source: &'a SourceFile,
    sites: Sites,
    connect_notes: Vec<ConnectNote>,
    receive_notes: Vec<ReceiveNote>,
    print_notes: Vec<PrintNote>,
    blocking_notes: Vec<Option<BlockingNote>>,
    no_timer: Option<&'static str>,
    /// What its imports are used for, once a fix asks.
    uses: OnceCell<Uses>,
}

impl<'a> Module<'a> {
    /// Parses `source`, the file of a crate at `place`, unless its words show that nothing can be in it, and collects those of its sites that can be there.
    /// Does not panic, abort or overflow the stack on any input (given a stack of at least [`crate::stack::STACK_BYTES`]).
    ///
    /// # Errors
    /// Where and why the file does not parse.
    pub fn parse(
        source: &'a SourceFile,
        catalog: &Catalog,
        project: &dyn Project,
        place: Option<InCrate<'_>>,
        announced: Announced,
    ) -> Result<Self, SyntaxError> {
        let Some(sought) = Sought::of(source, announced) else {
            return Ok(Self::new(source, Assembled::default(), Vec::new()));
        };
        let known = KnownPaths(catalog);
        let view = place
            .filter(|_| sought.calls)
            .and_then(|place| View::of(place, catalog, project.facts()));
        let view = view.as_ref();
        let (assembled, statements) = parse::with_tree(source, |file, offsets| {
            let mut names = Names::of(file, source.path(), &known);
            if let Some(view) = view {
                names = names.within(view.place.names.clone(), Some(view));
            }
            let surroundings = Surroundings {
                catalog,
                project,
                crates: view.map(|view| view as &dyn OtherFiles),
            };
            let mut found = Collector::new(source, offsets, surroundings, names, sought).collect(file);
            let statements = std::mem::take(&mut found.statements);
            rewrite::share_imports(source, &mut found.prints);
            (assemble::assemble(found, catalog, view), statements)
        })?;
        let comments = if sought.comments {
            comments::collect(source, statements)
        } else {
            Vec::new()
        };
        Ok(Self::new(source, assembled, comments))
    }

    fn new(source: &'a SourceFile, assembled: Assembled, comments: Vec<Comment>) -> Self {
        let Assembled {
            connects,
            connect_notes,
            deadline_calls,
            sets_deadline,
            mut prints,
            print_notes,
            tests,
            courses,
            opened_elsewhere,
            receives,
            receive_notes,
            exchanges,
            swallowed,
            retries,
            blocking_calls,
            blocking_notes,
            no_timer,
        } = assembled;
        if is_build_script(source) {
            // What a build script prints are orders to cargo, which reads them to the end.
            prints.clear();
        }
        Self {
            source,
            sites: Sites {
                connects,
                prints,
                tests,
                courses,
                opened_elsewhere,
                receives,
                exchanges,
                blocking_calls,
                swallowed,
                retries,
                comments,
                deadlines: DeadlineSites {
                    are_set: sets_deadline,
                    calls: deadline_calls,
                    ..DeadlineSites::default()
                },
                ..Sites::default()
            },
            connect_notes,
            receive_notes,
            print_notes,
            blocking_notes,
            no_timer,
            uses: OnceCell::new(),
        }
    }

    /// The facts that the rules read.
    #[must_use]
    pub fn sites(&self) -> &Sites {
        &self.sites
    }

    fn connect_note(&self, connect: &Connect) -> Result<&ConnectNote, Refusal> {
        self.connect_notes
            .get(connect.id)
            .ok_or_else(|| Refusal::because("the connect is not one of this file"))
    }

    /// The fix with the imports that it takes the last use of.
    fn without_left_behind(&self, fix: Fix) -> Fix {
        let uses = self.uses.get_or_init(|| {
            let connects = self.sites.connects.iter().map(|site| site.call);
            let blocking = self.sites.blocking_calls.iter().map(|site| site.call);
            Uses::of(self.source, connects.chain(blocking).collect())
        });
        rewrite::without_left_behind(uses, fix)
    }
}

impl Rewrite for Module<'_> {
    fn external_deadline(&self, connect: &Connect, request: &DeadlineRequest<'_>) -> Result<Fix, Refusal> {
        rewrite::external_deadline(self.source, connect, self.connect_note(connect)?, request)
    }

    fn bound_receive(&self, receive: &Receive, seconds: f64, context: &Context<'_>) -> Result<Fix, Refusal> {
        let note = self
            .receive_notes
            .get(receive.id)
            .ok_or_else(|| Refusal::because("the wait is not one of this file"))?;
        rewrite::bound_receive(self.source, receive, note, seconds, context)
    }

    fn drop_timeout_argument(&self, connect: &Connect, request: &DeadlineRequest<'_>) -> Result<Fix, Refusal> {
        let fix = rewrite::drop_timeout_argument(self.source, connect, self.connect_note(connect)?, request)?;
        Ok(self.without_left_behind(fix))
    }

    fn rename_argument(&self, _: &Connect, (keyword, _): (&Keyword, &str), _: &Context<'_>) -> Result<Fix, Refusal> {
        Err(Refusal::because(format!("`{}` is no keyword in Rust", keyword.name)))
    }

    fn safe_print(&self, print: &Print, context: &Context<'_>) -> Result<Fix, Refusal> {
        let note = self
            .print_notes
            .get(print.id)
            .ok_or_else(|| Refusal::because("the print is not one of this file"))?;
        rewrite::safe_print(self.source, print, note, &context.project.rustfmt)
    }

    fn unblock(&self, call: &BlockingCall, context: &Context<'_>) -> Result<Fix, Refusal> {
        let note = self.blocking_notes.get(call.id).and_then(Option::as_ref);
        rewrite::unblock(call, note, self.no_timer, context).map(|fix| self.without_left_behind(fix))
    }

    fn sound_print_fallback(&self, fallback: &PrintFallback) -> Result<Fix, Refusal> {
        Err(Refusal::because(format!(
            "`{}` is Rust, where no text is unencodable",
            fallback.name
        )))
    }
}

fn is_build_script(source: &SourceFile) -> bool {
    source.path().file_name().is_some_and(|name| name == "build.rs")
}

/// The paths that a glob import can bring in: those of the catalogue and those that the rewrites write.
#[derive(Debug)]
struct KnownPaths<'a>(&'a Catalog);

impl Known for KnownPaths<'_> {
    fn knows(&self, path: &str) -> bool {
        const WRITTEN: [&str; 10] = [
            "std::io::Write",
            "std::io::prelude::Write",
            "std::time::Duration",
            "core::time::Duration",
            "tokio::time::Duration",
            "tokio::time::timeout",
            "tokio::time::timeout_at",
            "tokio::time::sleep",
            "async_std::future::timeout",
            "anyhow::Result",
        ];
        WRITTEN.contains(&path)
            || self.0.connect(Language::Rust, path).is_some()
            || self.0.leads_to_connect(Language::Rust, path)
            || self.0.receiving_class(Language::Rust, path).is_some()
            || self.0.receiving_outcome(Language::Rust, path).is_some()
            || self.0.blocking(Language::Rust, path).is_some()
            || self.0.blocking_methods(Language::Rust, path).next().is_some()
    }
}

/// How a name of Rust is resolved with what other files declare is not kept.
impl Trail for Module<'_> {}

#[cfg(test)]
mod tests;
