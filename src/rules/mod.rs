//! The rules: one file each, named as its code; a list of early returns, then one report.
//!
//! A rule sees [`Sites`] and the facts around the file, never a tree, and never builds text: rewriting is asked of the
//! language through [`Rewrite`].

use pep440_rs::Version;

use crate::budget::Linked;
use crate::catalog::{Beside, Catalog, Rejection, Releases, Verdict};
use crate::facts::{Project, PythonVersion};
use crate::finding::{Finding, Fix, Refusal, Rule};
use crate::patience::Patience;
use crate::settings::{HangRules, Settings};
use crate::sites::{
    BlockingCall, Connect, DeadlineCall, Handler, Keyword, Misuse, NewerName, Print, PrintFallback, Receive, Sites,
};
use crate::source::SourceFile;

mod argument_advice;
mod claims;
mod deadline_request;
mod handshake_clause;
mod lacking_status;
mod misfit;
mod mistaken_units;
mod misuse_failures;
mod one_line;
mod proposed;
mod refused_calls;
mod refused_lengths;
pub(crate) mod silence;
mod test_limit;
mod ws001_syntax_error;
pub(crate) mod ws002_unused_suppression;
mod ws101_connect_timeout_argument;
mod ws102_connect_without_deadline;
mod ws103_rejected_connect_argument;
mod ws104_misread_timeout_argument;
mod ws105_deadline_not_entered;
mod ws106_deadline_out_of_range;
mod ws107_shadowed_deadline;
mod ws108_swallowed_deadline;
mod ws201_receive_without_deadline;
mod ws202_blocking_call_in_async;
mod ws203_connect_as_coroutine;
mod ws204_endless_reconnect;
mod ws205_test_over_budget;
mod ws206_message_before_ready;
mod ws207_windows_loop_policy;
mod ws301_unencodable_print;
mod ws302_panicking_print;
mod ws303_leaky_print_fallback;
mod ws401_deadline_needs_newer_python;
mod ws402_unpinned_client;
mod ws403_diverging_client_pins;
mod ws501_uncaught_handshake_status;
mod ws502_status_from_message;
mod ws503_swallowed_connect_failure;

pub use deadline_request::{DeadlineRequest, Limit};
pub use ws001_syntax_error::{is_syntax_error, syntax_error};

/// A rule at work.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// Its card.
    pub rule: &'static Rule,
    /// Looks at one file.
    pub look: fn(&Context<'_>, &mut Vec<Finding>),
}

/// Makes the tables of the rules. What the first ones say comes from the run itself: they look at nothing.
macro_rules! tables {
    (of the run: $($own:ident),*; $($rule:ident),* $(,)?) => {
        /// Every rule, by code.
        pub static ALL: &[&Rule] = &[$(&$own::RULE,)* $(&$rule::RULE),*];

        /// Those that look at files, by code.
        pub static CHECKS: &[Check] = &[$(Check { rule: &$rule::RULE, look: $rule::check }),*];
    };
}

tables! {
    of the run: ws001_syntax_error, ws002_unused_suppression;
    ws101_connect_timeout_argument,
    ws102_connect_without_deadline,
    ws103_rejected_connect_argument,
    ws104_misread_timeout_argument,
    ws105_deadline_not_entered,
    ws106_deadline_out_of_range,
    ws107_shadowed_deadline,
    ws108_swallowed_deadline,
    ws201_receive_without_deadline,
    ws202_blocking_call_in_async,
    ws203_connect_as_coroutine,
    ws204_endless_reconnect,
    ws205_test_over_budget,
    ws206_message_before_ready,
    ws207_windows_loop_policy,
    ws301_unencodable_print,
    ws302_panicking_print,
    ws303_leaky_print_fallback,
    ws401_deadline_needs_newer_python,
    ws402_unpinned_client,
    ws403_diverging_client_pins,
    ws501_uncaught_handshake_status,
    ws502_status_from_message,
    ws503_swallowed_connect_failure,
}

/// The rule of this code, in any case, or of this name.
#[must_use]
pub fn find(code_or_name: &str) -> Option<&'static Rule> {
    ALL.iter()
        .copied()
        .find(|rule| rule.code.eq_ignore_ascii_case(code_or_name) || rule.name == code_or_name)
}

/// What a rule is given of one file.
pub struct Context<'a> {
    /// The text and its path.
    pub source: &'a SourceFile,
    /// The facts that the language collected.
    pub sites: &'a Sites,
    /// What is known about each library.
    pub catalog: &'a Catalog,
    /// What the configuration says for this file.
    pub settings: &'a Settings,
    /// What the manifests around the file say.
    pub project: &'a dyn Project,
    /// The whole file is test code by its path (`test_code` in the configuration).
    pub test_file: bool,
    /// What the functions of other files of the project wait for.
    pub linked: &'a dyn Linked,
    /// The language's rewrites.
    pub rewrite: &'a dyn Rewrite,
}

impl<'a> Context<'a> {
    /// The oldest Python that rewritten code must run on, as far as the configuration, the project or the file itself tells.
    pub(crate) fn told_python(&self) -> Option<PythonVersion> {
        let told = self.project.told_python(self.settings.target_version);
        told.or(self.sites.used_python)
    }

    /// The same; where nothing tells it [`PythonVersion::OLDEST_MAINTAINED`].
    pub(crate) fn oldest_python(&self) -> PythonVersion {
        self.told_python().unwrap_or(PythonVersion::OLDEST_MAINTAINED)
    }

    /// The releases of a connect's library that the project may run with; `None` where the catalogue knows no differences
    /// between them.
    pub(crate) fn releases(&'a self, connect: &Connect) -> Option<Releases<'a>> {
        let known = self.catalog.entry(connect.api);
        let releases = self.catalog.releases(known.language, &known.package, self.project)?;
        match &connect.handed_by {
            Some(passes) => passes.asked_for(releases, self.project),
            None => Some(releases),
        }
    }

    /// Whether nothing is known of any release of a connect's library that the project may run with.
    pub(crate) fn is_unknown_here(&self, connect: &Connect) -> bool {
        let known = self.catalog.entry(connect.api);
        let unknown = self
            .catalog
            .unknown_releases(known.language, &known.package, self.project);
        unknown.is_some()
    }

    /// How long a connect waits by itself, in the releases that the project may run with.
    pub(crate) fn patience(&'a self, connect: &'a Connect) -> Patience<'a> {
        Patience::of(connect, self.catalog, self.project)
    }

    /// Whether the code runs on uvloop, as far as its module or the manifests say.
    pub(crate) fn uses_uvloop(&self) -> bool {
        self.sites.platform.names_uvloop || self.project.packages.has("uvloop")
    }

    /// Whether the rules about hangs after the connect look at code that is test code by its own marks, or is not.
    pub(crate) fn hangs_matter(&self, in_test: bool) -> bool {
        in_test || self.test_file || self.settings.hang_rules == HangRules::All
    }

    /// What the function that `connect` calls makes of the keyword `name` in `release`.
    pub(crate) fn verdict(&self, connect: &Connect, name: &str, release: &Version) -> Verdict<'a> {
        let language = self.catalog.entry(connect.api).language;
        let has = |other: &Beside| {
            let mut keywords = connect.keywords.iter();
            keywords.any(|keyword| keyword.is_certain && other.is(&keyword.name, keyword.value.as_deref()))
        };
        self.catalog
            .verdict_beside(language, &connect.path, name, release, &has)
    }
}

/// What a deadline around a connect does whose own limit holds for each address.
const TAKES_FALL_BACK_AWAY: &str = "a deadline outside is one for all of them, and takes the fall-back to the next address away \
                                    where the first one is silent";

/// Why a rule says nothing of a release that is older than every known one.
const UNKNOWN_RELEASE: &str = "nothing is known of the releases that may run";

/// Why a rule says nothing of what the configuration does not look at.
const OTHER_PROTOCOL: &str = "`protocols` of the configuration does not name what it speaks";

const PYTHON_ONLY: &str = "only Python has such a thing";

/// What a rule may ask a language to rewrite. A language refuses what it cannot do, with the reason.
pub trait Rewrite {
    /// Puts the wait for a connection under an external deadline, as the table in `docs/src/fixes.md` says.
    fn external_deadline(&self, connect: &Connect, request: &DeadlineRequest<'_>) -> Result<Fix, Refusal>;

    /// Takes an argument that bounds the connect away (or sets it to the value that switches it off), because a
    /// deadline outside makes it pointless.
    fn drop_timeout_argument(&self, connect: &Connect, request: &DeadlineRequest<'_>) -> Result<Fix, Refusal>;

    /// Gives an argument of a connect another name.
    fn rename_argument(
        &self,
        connect: &Connect,
        renamed: (&Keyword, &str),
        context: &Context<'_>,
    ) -> Result<Fix, Refusal>;

    /// Adds the argument that switches the library's own limit off, because a longer deadline is around the connect.
    fn switch_default_off(&self, _connect: &Connect, _request: &DeadlineRequest<'_>) -> Result<Fix, Refusal> {
        Err(no_such_rewrite())
    }

    /// Puts a wait for a message under a deadline of `seconds`.
    fn bound_receive(&self, _receive: &Receive, _seconds: f64, _context: &Context<'_>) -> Result<Fix, Refusal> {
        Err(no_such_rewrite())
    }

    /// Enters a deadline the way that its function wants to be entered.
    fn mend_deadline(&self, _call: &DeadlineCall, _mend: DeadlineMend, _context: &Context<'_>) -> Result<Fix, Refusal> {
        Err(no_such_rewrite())
    }

    /// Puts what older versions of the language have in the place of a newer function that sets a deadline.
    fn older_deadline(&self, _name: &NewerName, _context: &Context<'_>) -> Result<Fix, Refusal> {
        Err(no_such_rewrite())
    }

    /// Makes a print safe on a console that cannot take its text, by the configured strategy.
    fn safe_print(&self, print: &Print, context: &Context<'_>) -> Result<Fix, Refusal>;

    /// Replaces a leaky fallback by one that cannot raise again.
    fn sound_print_fallback(&self, fallback: &PrintFallback) -> Result<Fix, Refusal>;

    /// Waits for the event loop where a call blocks it.
    fn unblock(&self, _call: &BlockingCall, _context: &Context<'_>) -> Result<Fix, Refusal> {
        Err(no_such_rewrite())
    }

    /// Makes a clause catch `wanted` in place of the exception that it names at `caught` (an index into
    /// [`Handler::caught`]), and what it reads from it.
    fn catch_instead(&self, _handler: &Handler, _caught: usize, _wanted: &Rejection) -> Result<Fix, Refusal> {
        Err(Refusal::because(PYTHON_ONLY))
    }

    /// Reads `path` from a caught exception, in place of the first `length` attributes of a read (an index into
    /// [`Handler::reads`]).
    fn read_instead(&self, _handler: &Handler, _read: usize, _length: usize, _path: &str) -> Result<Fix, Refusal> {
        Err(Refusal::because(PYTHON_ONLY))
    }

    /// Compares what `path` reads from a caught exception with `status`, in place of a search in its text (an index into
    /// [`Handler::text_tests`]).
    fn compare_status(&self, _handler: &Handler, _test: usize, _path: &str, _status: &str) -> Result<Fix, Refusal> {
        Err(Refusal::because(PYTHON_ONLY))
    }

    /// Makes a task of a connect by `asyncio.ensure_future`, in place of a function that takes a coroutine.
    fn ensure_future(&self, _misuse: &Misuse) -> Result<Fix, Refusal> {
        Err(Refusal::because(PYTHON_ONLY))
    }

    /// Enters a connect and not the connection that awaiting it gives.
    fn enter_connect(&self, _misuse: &Misuse, _connect: &Connect) -> Result<Fix, Refusal> {
        Err(Refusal::because(PYTHON_ONLY))
    }
}

fn no_such_rewrite() -> Refusal {
    Refusal::because("this language has no such rewrite")
}

/// How a deadline that is not entered is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadlineMend {
    /// `with` becomes `async with`.
    AsyncWith,
    /// `async with` becomes `with`.
    PlainWith,
    /// `await` comes before it.
    Await,
    /// Its item goes in front of the item that enters the connect.
    BeforeConnect,
}
