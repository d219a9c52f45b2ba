//! Looks at many files in parallel: each is read, prescanned, decoded, checked or fixed, and, where that was asked for,
//! written back. What comes out has the order of the files that went in.

use std::any::Any;
use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

use crate::check::{self, Checked, Surroundings};
use crate::decode::{Decoded, decode};
use crate::discover::{Failure, Found};
use crate::fix::{self, Applicability, Leftovers};
use crate::project::Projects;
use crate::source::{Language, SourceFile};

/// What is done with each file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Its findings are reported.
    Check,
    /// Fixes that are trusted at least so far are applied to its text; the file stays as it is.
    Preview(Applicability),
    /// Fixes that are trusted at least so far are applied, and the file is written.
    Fix(Applicability),
}

/// What is to be said about one file.
#[derive(Debug)]
pub struct FileRun {
    /// The text that the findings are about: the fixed one, where fixes were applied.
    pub source: SourceFile,
    /// The text before the fixes, where they changed it.
    pub before: Option<String>,
    /// Its findings.
    pub checked: Checked,
    /// How many findings of each rule (by code) were fixed.
    pub fixed: BTreeMap<&'static str, usize>,
}

impl FileRun {
    fn is_silent(&self) -> bool {
        self.checked.findings.is_empty() && self.checked.suppressed == 0 && self.before.is_none()
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
}

/// Does `task` with every file. Manifests below `cwd` are named from there.
///
/// # Errors
/// The threads cannot be started.
pub fn run(files: &[Found], task: Task, cwd: &Path) -> Result<Outcome, String> {
    let job = Job::new(task, cwd);
    let pool = ThreadPoolBuilder::new()
        .stack_size(check::STACK_BYTES)
        .build()
        .map_err(|error| error.to_string())?;
    let looked: Vec<Looked> = pool.install(|| {
        files
            .par_iter()
            .map(|file| match fs::read(&file.path) {
                Ok(bytes) => job.look_at(file, bytes),
                Err(error) => Looked::failed(Failure::path(&file.path, error).to_string()),
            })
            .collect()
    });
    let mut outcome = Outcome::default();
    for looked in looked {
        outcome.add(looked);
    }
    outcome.warnings.extend(job.projects.warnings());
    Ok(outcome)
}

/// As [`run()`] for one file whose bytes did not come from the disk, and that is not written.
///
/// # Errors
/// The thread cannot be started.
pub fn run_bytes(file: &Found, bytes: Vec<u8>, task: Task, cwd: &Path) -> Result<Outcome, String> {
    let task = match task {
        Task::Fix(least) => Task::Preview(least),
        other => other,
    };
    let job = Job::new(task, cwd);
    let pool = ThreadPoolBuilder::new()
        .num_threads(1)
        .stack_size(check::STACK_BYTES)
        .build()
        .map_err(|error| error.to_string())?;
    let mut outcome = Outcome::default();
    outcome.add(pool.install(|| job.look_at(file, bytes)));
    outcome.warnings.extend(job.projects.warnings());
    Ok(outcome)
}

impl Outcome {
    fn add(&mut self, looked: Looked) {
        // Only what could not be read as its language warns.
        self.looked_at += usize::from(looked.warning.is_none());
        self.warnings.extend(looked.warning);
        self.failures.extend(looked.failures);
        self.files.extend(looked.file.filter(|file| !file.is_silent()));
    }
}

/// What came of one file.
#[derive(Default)]
struct Looked {
    file: Option<FileRun>,
    warning: Option<String>,
    failures: Vec<String>,
}

impl Looked {
    fn failed(failure: String) -> Self {
        Self {
            failures: vec![failure],
            ..Self::default()
        }
    }

    /// The text before and after the fixes, where they changed it.
    fn change(&self) -> Option<(&str, &str)> {
        let run = self.file.as_ref()?;
        Some((run.before.as_deref()?, run.source.text()))
    }

    /// The same without the fixes, because of this failure.
    fn taken_back(mut self, surroundings: Surroundings<'_>, failure: String) -> Self {
        self.failures.push(failure);
        self.file = self.file.map(|run| match run.before {
            Some(before) => unfixed_checked(run.source.with_text(before), surroundings),
            None => run,
        });
        self
    }
}

/// What is done with all the files, and what is known of their surroundings.
struct Job {
    task: Task,
    projects: Projects,
    leftovers: Leftovers,
}

impl Job {
    fn new(task: Task, cwd: &Path) -> Self {
        Self {
            task,
            projects: Projects::new(cwd),
            leftovers: Leftovers::default(),
        }
    }

    fn look_at(&self, file: &Found, bytes: Vec<u8>) -> Looked {
        guarded(&file.path, || examine(file, bytes, self))
    }
}

/// A panic is a defect of ws-lint in one file; the others still have their turn.
fn guarded(path: &Path, work: impl FnOnce() -> Looked) -> Looked {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let path = path.display();
        Looked::failed(format!("{path}: internal error: {}: please report it", words(&*panic)))
    })
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let owned = panic.downcast_ref::<String>().map(String::as_str);
    owned
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
}

fn examine(file: &Found, bytes: Vec<u8>, job: &Job) -> Looked {
    let configuration = &file.configuration;
    if !configuration.prescan.may_hold_finding(file.language, &bytes) {
        return Looked::default();
    }
    let settings = configuration.settings_for(&file.absolute);
    let source = match decode(file.path.clone(), file.language, bytes) {
        Decoded::Source(source) => source,
        Decoded::Broken(source, error) if file.language == Language::Manifest => {
            return Looked {
                warning: Some(format!("{}: {}: not checked", source.path().display(), error.message)),
                ..Looked::default()
            };
        }
        Decoded::Broken(source, error) => {
            return Looked {
                file: Some(unfixed(source, check::undecodable(error, &settings))),
                ..Looked::default()
            };
        }
        Decoded::Foreign(encoding) => {
            let path = file.path.display();
            return Looked {
                warning: Some(format!(
                    "{path}: declares `{encoding}`, ws-lint reads UTF-8: not checked"
                )),
                ..Looked::default()
            };
        }
    };
    let project = job.projects.facts_for(&file.absolute, file.language);
    let surroundings = Surroundings {
        catalog: &configuration.catalog,
        settings: &settings,
        project: &project,
        test_file: configuration.test_code.cover(&file.absolute),
    };
    let (least, writes) = match job.task {
        Task::Check => {
            return Looked {
                file: Some(unfixed_checked(source, surroundings)),
                ..Looked::default()
            };
        }
        Task::Preview(least) => (least, false),
        Task::Fix(least) => (least, true),
    };
    let looked = fixed(file, source, surroundings, least);
    match &file.leads_out_to {
        Some(target) if looked.change().is_some() => looked.taken_back(surroundings, leads_out(&file.path, target)),
        Some(_) => looked,
        None if writes => written(file, looked, surroundings, &job.leftovers),
        None => looked,
    }
}

fn leads_out(link: &Path, target: &Path) -> String {
    format!(
        "`{}` is a symbolic link to `{}`, outside of the folders that were named: name the link itself to have it fixed",
        link.display(),
        target.display()
    )
}

fn unfixed_checked(source: SourceFile, surroundings: Surroundings<'_>) -> FileRun {
    let checked = check::check(&source, surroundings);
    unfixed(source, checked)
}

fn unfixed(source: SourceFile, checked: Checked) -> FileRun {
    FileRun {
        source,
        before: None,
        checked,
        fixed: BTreeMap::new(),
    }
}

fn fixed(file: &Found, source: SourceFile, surroundings: Surroundings<'_>, least: Applicability) -> Looked {
    let outcome = fix::fix(&source, surroundings, least);
    let failures = outcome
        .failures
        .iter()
        .map(|failure| format!("{}: internal error: {failure}", file.path.display()))
        .collect();
    let changed = outcome.text != source.text();
    let after = source.with_text(outcome.text);
    let run = FileRun {
        before: changed.then(|| source.text().to_owned()),
        source: after,
        checked: outcome.checked,
        fixed: outcome.applied,
    };
    Looked {
        file: Some(run),
        warning: None,
        failures,
    }
}

/// Puts what was fixed on the disk. A file that cannot be written keeps its text and its findings.
fn written(file: &Found, looked: Looked, surroundings: Surroundings<'_>, leftovers: &Leftovers) -> Looked {
    let Some((before, after)) = looked.change() else {
        return looked;
    };
    leftovers.remove_beside(&file.path);
    match fix::write(&file.path, before.as_bytes(), after.as_bytes()) {
        Ok(()) => looked,
        Err(error) => looked.taken_back(surroundings, error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::config::{Hierarchy, Sources};
    use crate::discover::discover;
    use crate::finding::{Finding, Severity};
    use crate::rules::Rule;
    use crate::source::{Language, Span};

    static BROKEN: Rule = Rule {
        code: "T1",
        name: "broken",
        summary: "",
        languages: &[Language::Python],
        severity: Severity::Warning,
        fixable: true,
        on_by_default: true,
        page: "",
        triggers: &[],
        check: |context, findings| {
            let text = context.source.text();
            let Some(at) = text.find("# why") else { return };
            let comment = Span::new(at, at + 5);
            let mut finding = Finding::new(&BROKEN, comment, "a comment");
            finding.fix = Some(fix::Fix {
                title: "delete the comment".to_owned(),
                applicability: Applicability::Safe,
                edits: vec![fix::Edit::delete(comment)],
                changes: Vec::new(),
                claims: Vec::new(),
            });
            findings.push(finding);
        },
    };

    static RULES: [&Rule; 1] = [&BROKEN];

    #[test]
    fn nothing_of_a_broken_fix_is_written() {
        const TEXT: &str = "import websockets  # why\n";
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.py");
        fs::write(&path, TEXT).unwrap();
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        let hierarchy = Hierarchy::new(folder.path(), Sources::default()).unwrap();
        let mut found = discover(std::slice::from_ref(&path), &hierarchy, false).files;
        let configuration = Arc::make_mut(&mut found[0].configuration);
        let settings = Arc::make_mut(&mut configuration.settings);
        settings.rules = &RULES;
        settings.enabled.insert("T1");
        let outcome = run(&found, Task::Fix(Applicability::Unsafe), folder.path()).unwrap();
        let line = format!(
            "{}: internal error: the fix of T1 at 1:20 was left out: the comment `# why` is lost",
            path.display()
        );
        assert_eq!(outcome.failures, [line]);
        assert_eq!(fs::read_to_string(&path).unwrap(), TEXT);
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), modified);
        assert_eq!((outcome.files.len(), outcome.files[0].before.as_deref()), (1, None));
    }

    #[test]
    fn a_panic_is_an_internal_error_of_its_file() {
        let failures = |work: fn() -> Looked| guarded(Path::new("a.py"), work).failures;
        assert_eq!(
            failures(|| panic!("no {}", "way")),
            ["a.py: internal error: no way: please report it"]
        );
        assert_eq!(
            failures(|| panic!("oops")),
            ["a.py: internal error: oops: please report it"]
        );
        assert_eq!(failures(Looked::default), [""; 0]);
    }
}
