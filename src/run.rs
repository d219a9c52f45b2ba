//! Looks at many files in parallel: each is read, prescanned, decoded, checked or fixed, and, where that was asked for,
//! written back. What comes out has the order of the files that went in.

use std::collections::BTreeMap;
use std::sync::Arc;

use memchr::memmem;
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::baseline::Judged;
use crate::check::Surroundings;
use crate::config::Origin;
use crate::decode;
use crate::discover::{Failure, Found};
use crate::facts::{Project, ProjectFacts};
use crate::finding::{Applicability, Checked, Severity};
use crate::narrowing::Narrowing;
use crate::prescan::{Announced, Unread};
use crate::project::OwnFacts;
use crate::python::{self, InProject};
use crate::reading::{self, Kind};
use crate::rust::InCrate;
use crate::settings::Settings;
use crate::signs::Sign;
use crate::source::{Language, SourceFile, SyntaxError};
use crate::stack::STACK_BYTES;
use crate::suppress::Reason;

mod budgets;
mod explained;
mod kept;
mod known;
mod one_file;
mod repeats;
mod test_modules;

pub use budgets::{Budgets, FileBudget, TestBudget, budgets, budgets_of_text};
pub use explained::{Explained, explain, explain_text};
pub use kept::Kept;
pub use known::{Happened, Known, Touched};

use one_file::{Job, Looked};

/// What is done with each file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Its findings are reported.
    Check,
    /// Fixes that are trusted at least so far, if any, are applied to its text; the file stays as it is.
    Preview(Option<Applicability>),
    /// Fixes that are trusted at least so far, if any, are applied, and the file is written.
    Fix(Option<Applicability>),
}

/// What is done with all the files.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// What is done with each.
    pub task: Task,
    /// What is left aside.
    pub narrowing: &'a Narrowing,
    /// Behind the fixes, every finding that is left gets a comment that allows it, for this reason. Not for
    /// [`Task::Check`].
    pub allow: Option<&'a Reason>,
    /// What is less bad counts as nothing: its fixes are not applied.
    pub counts: Severity,
    /// What is known around the files, as far as it was asked for.
    pub known: &'a Known,
}

/// What is to be said about one file.
#[derive(Clone, Debug)]
pub struct FileRun {
    /// The text that the findings are about: the fixed one, where fixes were applied.
    pub source: SourceFile,
    /// The file before the fixes, where they changed it.
    pub before: Option<SourceFile>,
    /// Its findings.
    pub checked: Checked,
    /// How many findings of each rule (by code) were fixed.
    pub fixed: BTreeMap<&'static str, usize>,
    /// How many findings got a comment that allows them.
    pub allowed: usize,
    /// A fix that is offered, or was applied, is for Pythons that nothing tells.
    pub takes_python_for_granted: bool,
}

impl FileRun {
    fn is_silent(&self) -> bool {
        let checked = &self.checked;
        let none_aside = checked.suppressed + checked.unchanged + checked.baselined.len() == 0;
        checked.findings.is_empty() && none_aside && self.before.is_none()
    }
}

/// What came of all the files.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The files of which something is to be said, in order.
    pub files: Vec<FileRun>,
    /// How many files were looked at, those without a trigger word included.
    pub looked_at: usize,
    /// What keeps ws-lint from knowing more and is no failure: files in another encoding, broken manifests. One line
    /// each.
    pub warnings: Vec<String>,
    /// What could not be done, and what ws-lint itself did wrong: one line each.
    pub failures: Vec<String>,
    /// What was found in each file that could be looked at, for the baseline if there is one.
    pub judged: Vec<Judged>,
}

/// Says which files [`run()`] has more to do with than to count them: those that may hold a finding, and those that a
/// baseline speaks of.
pub fn sieve(narrowing: &Narrowing, known: &Known) -> impl Fn(&mut Found, &[u8]) -> bool + Sync {
    move |file, bytes| {
        let baseline = narrowing.baseline.as_ref();
        file.announced = announced(file, bytes, known);
        file.announced.is_some() || baseline.is_some_and(|baseline| baseline.speaks_of(&file.absolute))
    }
}

fn announced(file: &Found, bytes: &[u8], known: &Known) -> Option<Announced> {
    let prescan = &file.configuration.prescan;
    let Some(code) = decode::code_of(&file.path, bytes) else {
        // That a notebook cannot be read matters where one of the packages is named.
        let packages = prescan.packages(file.language);
        let mut named = packages.iter().map(|package| package.as_bytes());
        return named
            .any(|package| memmem::find(bytes, package).is_some())
            .then_some(Announced::EVERYTHING);
    };
    announced_in(file, &code, known)
}

/// What `code` announces that stands in `file`, or may come to stand there.
fn announced_in(file: &Found, bytes: &[u8], known: &Known) -> Option<Announced> {
    let prescan = &file.configuration.prescan;
    let own = prescan.announced(Unread {
        language: file.language,
        bytes,
        is_test: &|| is_test_code(file, known),
    });
    match file.language {
        Language::Manifest => own,
        Language::Python => {
            let all = through_modules(own, file, bytes, &known.python)?;
            match decode::is_notebook(&file.path) {
                true => Some(all.without_console()).filter(|left| *left != Announced::NOTHING || left == &all),
                false => Some(all),
            }
        }
        Language::Rust => {
            let place = InCrate {
                crates: &known.crates,
                path: &file.absolute,
            };
            let all = place.announced(own.unwrap_or(Announced::NOTHING), bytes, prescan);
            (all != Announced::NOTHING).then_some(all).or(own)
        }
    }
}

impl Known {
    /// What the manifests around `file` say, and of its Python the file itself.
    fn facts_of(&self, file: &Found, own: Option<OwnFacts>) -> Arc<ProjectFacts> {
        let facts = self.projects.facts_for(&file.absolute, file.language);
        match file.language == Language::Rust && self.is_for_tests(&file.absolute) {
            true => facts.for_tests(),
            false => facts.for_file(own),
        }
    }

    /// What is known around `file`, in which everything is looked for.
    fn around<'a>(&'a self, file: &'a Found, settings: &'a Settings, project: &'a dyn Project) -> Surroundings<'a> {
        let in_crate = InCrate {
            crates: &self.crates,
            path: &file.absolute,
        };
        let is_rust = file.language == Language::Rust;
        Surroundings {
            in_project: Some(InProject {
                program: &self.python,
                file: &file.absolute,
                protocols: &settings.protocols,
            }),
            catalog: file.configuration.catalog(),
            settings,
            project,
            // Other files of a package matter only where it may connect.
            crates: (is_rust && in_crate.may_connect(&file.configuration.prescan)).then_some(in_crate),
            test_file: is_test_code(file, self),
            prescan: None,
            checks: self.checks,
        }
    }
}

/// Threads whose stacks suffice for every file: so many, or with 0 as many as there are cores.
fn threads(count: usize) -> Result<ThreadPool, String> {
    let threads = ThreadPoolBuilder::new().num_threads(count).stack_size(STACK_BYTES);
    threads.build().map_err(|error| error.to_string())
}

/// Why a file does not parse, with the place.
fn unparsed(source: &SourceFile, error: &SyntaxError) -> String {
    let place = source.place(error.span.start);
    format!("{}:{place}: {}", source.path().display(), error.message)
}

/// What a module of Python announces, with what other modules of its project may bring into it.
fn through_modules(own: Option<Announced>, file: &Found, bytes: &[u8], python: &python::Program) -> Option<Announced> {
    let prescan = &file.configuration.prescan;
    let is_new = |sign| !own.is_some_and(|own| own.includes(sign));
    let wants = |signs: &[Sign]| prescan.wants(Language::Python, signs);
    let mut all = own.unwrap_or(Announced::NOTHING);
    if is_new(Sign::Connect) && wants(&Announced::THROUGH_MODULES) && python.reaches(&file.absolute, bytes) {
        all = all.and_through_modules();
    }
    if is_new(Sign::Print) && wants(&[Sign::Print]) && python.may_print_elsewhere(&file.absolute, bytes) {
        all = all.and_prints();
    }
    (all != Announced::NOTHING).then_some(all).or(own)
}

/// Whether all of a file is test code: by its path, or because the modules above it, its manifest or the project's pytest say so.
fn is_test_code(file: &Found, known: &Known) -> bool {
    let configuration = &file.configuration;
    configuration.test_code.cover(&file.absolute)
        || match file.language {
            Language::Rust => known.is_for_tests(&file.absolute),
            // What the configuration says counts alone.
            Language::Python if configuration.origin("test-code") == Origin::Default => {
                known.modules.of_pytest.cover(&file.absolute)
            }
            Language::Python | Language::Manifest => false,
        }
}

/// Does with every file what is asked for.
///
/// # Errors
/// The threads cannot be started.
pub fn run(files: &[Found], request: Request<'_>) -> Result<Outcome, String> {
    Ok(told(look_at_each(files, request)?, request))
}

/// What comes of each file, in their order.
fn look_at_each(files: &[Found], request: Request<'_>) -> Result<Vec<Looked>, String> {
    let job = Job::new(request);
    Ok(threads(0)?.install(|| files.par_iter().map(|file| read_and_look(&job, file)).collect()))
}

fn read_and_look(job: &Job<'_>, file: &Found) -> Looked {
    match reading::read(&file.path, Kind::Source) {
        Ok(bytes) => job.look_at(file, bytes),
        Err(error) => Looked::failed(Failure::path(&file.path, error).to_string()),
    }
}

/// What is to be said of all files together.
fn told(looked: impl IntoIterator<Item = Looked>, request: Request<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for looked in looked {
        outcome.add(looked);
    }
    repeats::fold(&mut outcome.files, |file| {
        request.known.projects.root_of(file.source.path())
    });
    outcome.warnings.extend(request.known.warnings());
    outcome
}

/// As [`run()`] for one file whose bytes did not come from the disk, and that is not written.
///
/// # Errors
/// The thread cannot be started.
pub fn run_bytes(file: &Found, bytes: Vec<u8>, request: Request<'_>) -> Result<Outcome, String> {
    let task = match request.task {
        Task::Fix(least) => Task::Preview(least),
        other => other,
    };
    Ok(threads(1)?.install(|| look_at(file, bytes, Request { task, ..request })))
}

/// As [`run_bytes()`] on the calling thread, which has a stack of [`STACK_BYTES`].
#[must_use]
pub fn look_at(file: &Found, bytes: Vec<u8>, request: Request<'_>) -> Outcome {
    told([Job::new(request).look_at(file, bytes)], request)
}

impl Outcome {
    fn add(&mut self, looked: Looked) {
        // Only what could not be read as its language warns.
        self.looked_at += usize::from(looked.warning.is_none());
        self.warnings.extend(looked.warning);
        self.failures.extend(looked.failures);
        self.judged.extend(looked.judged);
        self.files.extend(looked.file.filter(|file| !file.is_silent()));
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Arc;

    use super::*;
    use crate::config::{Hierarchy, Sources};
    use crate::discover::discover;
    use crate::finding::{Edit, Finding, Fix, Rule};
    use crate::rules::{Check, Context};
    use crate::source::{Language, Span};

    static BROKEN: Rule = Rule {
        code: "T1",
        name: "broken",
        summary: "",
        remedy: "",
        languages: &[Language::Python],
        severity: Severity::Warning,
        fixable: true,
        on_by_default: true,
        page: "",
        triggers: &[],
    };

    fn find(context: &Context<'_>, findings: &mut Vec<Finding>) {
        let text = context.source.text();
        let Some(at) = text.find("# why") else { return };
        let comment = Span::new(at, at + 5);
        let mut finding = Finding::new(&BROKEN, comment, "a comment");
        finding.fix = Some(Fix {
            title: "delete the comment".to_owned(),
            applicability: Applicability::Safe,
            edits: vec![Edit::delete(comment)],
            changes: Vec::new(),
            takes_python_for_granted: false,
            claims: Vec::new(),
            awaits: Vec::new(),
        });
        findings.push(finding);
    }

    static CHECKS: [Check; 1] = [Check {
        rule: &BROKEN,
        look: find,
    }];

    #[test]
    fn nothing_of_a_broken_fix_is_written() {
        const TEXT: &str = "from websockets import connect  # why\n";
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.py");
        fs::write(&path, TEXT).unwrap();
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        let hierarchy = Hierarchy::new(folder.path(), Sources::default()).unwrap();
        let mut found = discover(std::slice::from_ref(&path), &hierarchy, false, None).files;
        let configuration = Arc::make_mut(&mut found[0].configuration);
        let settings = Arc::make_mut(&mut configuration.settings);
        settings.enabled.insert("T1");
        let mut known = Known::new(folder.path());
        known.checks = &CHECKS;
        let request = Request {
            task: Task::Fix(Some(Applicability::Unsafe)),
            narrowing: &Narrowing::default(),
            allow: None,
            counts: Severity::Warning,
            known: &known,
        };
        let outcome = run(&found, request).unwrap();
        let line = format!(
            "{}: internal error: the fix of T1 at 1:33 was left out: the comment `# why` is lost",
            path.display()
        );
        assert_eq!(outcome.failures, [line]);
        assert_eq!(fs::read_to_string(&path).unwrap(), TEXT);
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), modified);
        assert_eq!((outcome.files.len(), outcome.files[0].before.is_some()), (1, false));
    }
}
