//! What is done with one file.

use std::any::Any;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::LazyLock;

use super::{FileRun, Request, Task};
use crate::baseline::{self, Judged};
use crate::check::{self, Prescanned, Surroundings};
use crate::decode::{Decoded, decode};
use crate::discover::{Failure, Found};
use crate::finding::{Applicability, Checked};
use crate::fix::{self, Leftovers, Wanted};
use crate::narrowing::InFile;
use crate::prescan::Announced;
use crate::project::OwnFacts;
use crate::settings::Settings;
use crate::source::{Language, SourceFile};
use crate::suppress::Reason;

/// What came of one file.
#[derive(Clone, Default)]
pub(super) struct Looked {
    pub(super) file: Option<FileRun>,
    pub(super) warning: Option<String>,
    pub(super) failures: Vec<String>,
    pub(super) judged: Option<Judged>,
}

impl Looked {
    fn at(file: FileRun) -> Self {
        Self {
            file: Some(file),
            ..Self::default()
        }
    }

    fn not_at(warning: String) -> Self {
        Self {
            warning: Some(warning),
            ..Self::default()
        }
    }

    pub(super) fn failed(failure: String) -> Self {
        Self {
            failures: vec![failure],
            ..Self::default()
        }
    }

    /// The file before and after the fixes, where they changed it.
    fn change(&self) -> Option<(&str, &str)> {
        let run = self.file.as_ref()?;
        Some((run.before.as_ref()?.on_disk().text(), run.source.on_disk().text()))
    }

    /// What is to be said of the file once more, with what was done with it before.
    pub(super) fn after(mut self, earlier: Self) -> Self {
        let Some(fixed) = earlier.file.filter(|run| run.before.is_some()) else {
            return self;
        };
        self.failures.extend(earlier.failures);
        let checked = self.file.take().map(|run| run.checked).unwrap_or_default();
        self.file = Some(FileRun { checked, ..fixed });
        self
    }

    /// The same without the fixes, because of this failure.
    fn taken_back(mut self, check: &Check<'_>, failure: String) -> Self {
        self.failures.push(failure);
        self.file = self.file.map(|run| match run.before {
            Some(before) => unfixed_checked(before, check),
            None => run,
        });
        self
    }
}

/// What is done with all the files.
pub(super) struct Job<'a> {
    request: Request<'a>,
    leftovers: Leftovers,
}

impl<'a> Job<'a> {
    pub(super) fn new(request: Request<'a>) -> Self {
        Self {
            request,
            leftovers: Leftovers::default(),
        }
    }

    /// The fixes that are applied where they are trusted at least so far.
    fn wanted(&self, least: Applicability) -> Wanted {
        Wanted {
            least,
            counts: self.request.counts,
        }
    }

    pub(super) fn look_at(&self, file: &Found, bytes: Vec<u8>) -> Looked {
        guarded(&file.path, || examine(file, bytes, self))
    }

    /// What was found in the file for the baseline, if there is one.
    fn judge(&self, file: &Found, run: Option<&FileRun>) -> Option<Judged> {
        let baseline = self.request.narrowing.baseline.as_ref()?;
        let counts = run.map(|run| {
            let findings = run.checked.findings.iter().chain(&run.checked.baselined);
            baseline::count(findings, &run.source)
        });
        Some(Judged {
            name: baseline.name_of(&file.absolute),
            settings: file.configuration.settings_for(&file.absolute),
            counts: counts.unwrap_or_default(),
        })
    }
}

/// What there is to say about a text of one file.
type Check<'a> = dyn Fn(&SourceFile) -> Checked + 'a;

/// A panic is a defect of ws-lint in one file; the others still have their turn.
fn guarded(path: &Path, work: impl FnOnce() -> Looked) -> Looked {
    caught(path, work).unwrap_or_else(Looked::failed)
}

/// What `work` gives, or a panic as a failure of the file at `path`.
pub(super) fn caught<T>(path: &Path, work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let path = path.display();
        format!("{path}: internal error: {}: please report it", words(&*panic))
    })
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let owned = panic.downcast_ref::<String>().map(String::as_str);
    owned
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
}

fn examine(file: &Found, bytes: Vec<u8>, job: &Job<'_>) -> Looked {
    let configuration = &file.configuration;
    let Some(announced) = file
        .announced
        .or_else(|| super::announced(file, &bytes, job.request.known))
    else {
        return Looked {
            judged: job.judge(file, None),
            ..Looked::default()
        };
    };
    let settings = configuration.settings_for(&file.absolute);
    let narrowing = match job.request.narrowing.in_file(&file.absolute, &bytes) {
        Ok(narrowing) => narrowing,
        Err(reason) => return Looked::failed(Failure::path(&file.path, reason).to_string()),
    };
    let mut looked = match decode(file.path.clone(), file.language, bytes) {
        Decoded::Source(source) => {
            let is_python = file.language == Language::Python && !source.is_notebook();
            let relevant = is_python
                .then(|| configuration.prescan.relevant(source.text()))
                .flatten();
            let source = source.with_relevant(relevant);
            checked_or_fixed(file, source, announced, &settings, &narrowing, job)
        }
        Decoded::Broken(source, error) if file.language == Language::Manifest => {
            return Looked::not_at(format!("{}: {}: not checked", source.path().display(), error.message));
        }
        Decoded::Broken(source, error) => {
            let checked = narrowing.apply(&source, check::undecodable(error, &settings));
            Looked::at(unfixed(source, checked))
        }
        Decoded::Foreign(encoding) => {
            let path = file.path.display();
            return Looked::not_at(format!(
                "{path}: declares `{encoding}`, ws-lint reads UTF-8: not checked"
            ));
        }
    };
    looked.judged = job.judge(file, looked.file.as_ref());
    looked
}

fn checked_or_fixed(
    file: &Found,
    source: SourceFile,
    announced: Announced,
    settings: &Settings,
    narrowing: &InFile<'_>,
    job: &Job<'_>,
) -> Looked {
    let own = OwnFacts::of(&source);
    let project = LazyLock::new(|| job.request.known.facts_of(file, own));
    if file.language == Language::Manifest {
        // What is wrong with the manifest itself is told by whoever reads its project.
        LazyLock::force(&project);
    }
    let announced_in = |text: &str| {
        let announced = super::announced_in(file, text.as_bytes(), job.request.known);
        announced.unwrap_or(Announced::NOTHING)
    };
    let surroundings = Surroundings {
        prescan: Some(match job.request.task {
            Task::Check => Prescanned::Before(announced),
            Task::Preview(_) | Task::Fix(_) => Prescanned::By(&announced_in),
        }),
        ..job.request.known.around(file, settings, &project)
    };
    let least_that_matters = match job.request.task {
        Task::Check => Some(Applicability::Unsafe),
        Task::Preview(least) | Task::Fix(least) => least,
    };
    let takes_python_for_granted = Cell::new(false);
    let check: &Check<'_> = &|source| {
        let checked = narrowing.apply(source, check::check(source, surroundings));
        let wanted = least_that_matters.map(|least| job.wanted(least));
        let fixes = checked.findings.iter().filter_map(|finding| wanted?.fix_of(finding));
        let takes = fixes.into_iter().any(|fix| fix.takes_python_for_granted);
        takes_python_for_granted.set(takes_python_for_granted.get() || takes);
        checked
    };
    let mut looked = checked_or_fixed_by(file, source, check, job);
    if let Some(run) = &mut looked.file {
        run.takes_python_for_granted = takes_python_for_granted.get();
    }
    looked
}

fn checked_or_fixed_by(file: &Found, source: SourceFile, check: &Check<'_>, job: &Job<'_>) -> Looked {
    let (least, writes) = match job.request.task {
        Task::Check => return Looked::at(unfixed_checked(source, check)),
        Task::Preview(least) => (least, false),
        Task::Fix(least) => (least, true),
    };
    let wanted = least.map(|least| job.wanted(least));
    let looked = fixed(file, source, check, wanted, job.request.allow);
    match &file.hands_off {
        Some(reason) if looked.change().is_some() => {
            let path = file.path.display();
            looked.taken_back(
                check,
                format!("`{path}` is not written, because it may be ignored: {reason}"),
            )
        }
        Some(_) => looked,
        None if writes => written(file, looked, check, &job.leftovers),
        None => looked,
    }
}

fn unfixed_checked(source: SourceFile, check: &Check<'_>) -> FileRun {
    let checked = check(&source);
    unfixed(source, checked)
}

fn unfixed(source: SourceFile, checked: Checked) -> FileRun {
    FileRun {
        source,
        before: None,
        checked,
        fixed: BTreeMap::new(),
        allowed: 0,
        takes_python_for_granted: false,
    }
}

/// With the fixes, and behind them with the comments that allow what is left.
fn fixed(
    file: &Found,
    source: SourceFile,
    check: &Check<'_>,
    wanted: Option<Wanted>,
    allow: Option<&Reason>,
) -> Looked {
    let mut run = unfixed(source.clone(), Checked::default());
    let mut failures = Vec::new();
    match wanted {
        Some(wanted) => {
            let outcome = fix::fix_what(&run.source, wanted, check);
            failures.extend(outcome.failures);
            run.source = outcome.source;
            run.checked = outcome.checked;
            run.fixed = outcome.applied;
        }
        None => run.checked = check(&run.source),
    }
    if let Some(reason) = allow {
        let with_comments = |source: &SourceFile| {
            let mut checked = check(source);
            let comments = check::comments_for(source, &checked.findings, reason);
            for (finding, comment) in checked.findings.iter_mut().zip(comments) {
                finding.fix = comment.ok();
            }
            checked
        };
        let outcome = fix::add_suppressions(&run.source, &with_comments);
        failures.extend(outcome.failures);
        run.allowed = outcome.applied.values().sum();
        run.source = outcome.source;
        run.checked = check(&run.source);
    }
    run.before = (source.text() != run.source.text()).then_some(source);
    Looked {
        failures: failures
            .iter()
            .map(|failure| format!("{}: internal error: {failure}", file.path.display()))
            .collect(),
        ..Looked::at(run)
    }
}

/// Puts what was fixed on the disk. A file that cannot be written keeps its text and its findings.
fn written(file: &Found, looked: Looked, check: &Check<'_>, leftovers: &Leftovers) -> Looked {
    let Some((before, after)) = looked.change() else {
        return looked;
    };
    leftovers.remove_beside(&file.path);
    match fix::write(&file.path, before.as_bytes(), after.as_bytes()) {
        Ok(()) => looked,
        Err(error) => looked.taken_back(check, error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
