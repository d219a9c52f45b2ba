//! `--watch`: looks again whenever a file changes, until Ctrl-C.
//!
//! What the system tells only wakes ws-lint up. Whether it looks again is decided by the files that a run looks at
//! (their sizes and times), so builds, other tools' files and what ws-lint itself writes start no run. Where sources have other texts and
//! nothing else happened, only these are looked at again, and what that can matter to.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, SystemTime};

use console::Term;
use notify::{RecursiveMode, Watcher as _};

use super::Exit;
use super::adoption::{BaselineUse, ChangesSource};
use super::lint::{self, Last};
use super::plan::{Input, Lint, Misuse, Plan};
use super::streams::Streams;
use crate::discover;
use crate::report::Root;
use crate::run::Task;

/// Editors write a file in several steps: so long nothing has to happen before ws-lint looks.
const QUIET: Duration = Duration::from_millis(100);

/// A second run changes nothing, unless somebody else writes at the same time.
const MOST_RUNS: usize = 3;

/// What says how other files are read: a change of one with such an ending starts a run.
const CONTEXT_ENDINGS: [&str; 7] = ["toml", "lock", "cfg", "ini", "yml", "yaml", "pth"];

/// The endings of files that say nothing of how others are read.
const ENDINGS: [&str; 3] = ["py", "pyi", "rs"];

/// As [`CONTEXT_ENDINGS`], by the whole name.
const CONTEXT_NAMES: [&str; 4] = [".gitignore", ".ignore", ".python-version", "Pipfile"];

/// Looks at the files of `lint`, and again, as `plan` then says, whenever something changes.
///
/// # Errors
/// Standard output cannot be written.
pub(super) fn watch(
    mut lint: Lint,
    plan: impl Fn() -> Result<Plan, Misuse>,
    streams: &mut Streams<'_>,
) -> io::Result<Exit> {
    let (sender, wakes) = mpsc::channel();
    let watcher = end_on_interrupt(sender.clone()).and_then(|()| watcher(&lint, sender));
    // It watches until it is dropped.
    let _watcher = match watcher {
        Ok(watcher) => watcher,
        Err(reason) => {
            streams.say("error", format!("`--watch`: {reason}"));
            return Ok(Exit::Failure);
        }
    };
    let mut look = look_at_all(&lint, streams)?;
    loop {
        streams.stdout.flush()?;
        if !lint.quiet {
            streams.say("note", "watching for changes, Ctrl-C ends");
        }
        let is_told = match wait(&wakes, &lint, &mut look.seen) {
            Due::Nothing => return Ok(Exit::Clean),
            Due::Texts(changed) => {
                clear(streams)?;
                match &mut look.last {
                    Some(last) => lint::lint_again(&lint, last, changed, streams)?,
                    None => false,
                }
            }
            Due::Everything => {
                clear(streams)?;
                false
            }
        };
        match plan() {
            _ if is_told => {}
            Ok(Plan::Lint(changed)) => {
                lint = *changed;
                look = look_at_all(&lint, streams)?;
            }
            Ok(_) => return Ok(Exit::Clean),
            Err(mistake) => {
                look = Look {
                    seen: Seen::of(&lint),
                    last: None,
                };
                super::say_misuse(&mistake, streams);
            }
        }
    }
}

/// What is kept of a look at all files.
struct Look {
    /// What they were before it, so that what changes while it is at work is a change.
    seen: Seen,
    /// What was found; nothing where a look at some files alone is not possible: files are written, or a diff is asked for.
    last: Option<Last>,
}

fn look_at_all(lint: &Lint, streams: &mut Streams<'_>) -> io::Result<Look> {
    match &lint.input {
        Input::Paths(paths) if lint.task() == Task::Check && lint.adoption.changes.is_none() => {
            let seen = Seen::of(lint);
            let last = lint::lint_and_keep(lint, paths, streams)?;
            Ok(Look { seen, last })
        }
        _ => {
            let seen = run_until_settled(lint, streams)?;
            Ok(Look { seen, last: None })
        }
    }
}

/// Runs until a run writes nothing, so that the last report is about the files as they are. What they were before that
/// one.
fn run_until_settled(lint: &Lint, streams: &mut Streams<'_>) -> io::Result<Seen> {
    let writes = matches!(lint.task(), Task::Fix(_));
    let mut before = Seen::of(lint);
    for _ in 0..MOST_RUNS {
        lint::lint(lint, streams)?;
        let after = Seen::of(lint);
        if !writes || after == before {
            break;
        }
        before = after;
    }
    Ok(before)
}

/// Why ws-lint wakes up.
enum Wake {
    /// These files changed; none where it is not known which.
    Changed(Vec<PathBuf>),
    Interrupted,
}

/// What is to be looked at.
enum Due {
    /// These sources, which have other texts, and what that can matter to.
    Texts(Vec<PathBuf>),
    Everything,
    /// The user had enough.
    Nothing,
}

/// Waits for a change that matters, and takes note of it.
fn wait(wakes: &Receiver<Wake>, lint: &Lint, seen: &mut Seen) -> Due {
    let mut is_context = false;
    let mut woken = false;
    // Nothing: it is not known which files it is.
    let mut changed = Some(BTreeSet::new());
    loop {
        let wake = match woken {
            true => wakes.recv_timeout(QUIET),
            false => wakes.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match wake {
            Ok(Wake::Changed(paths)) => {
                woken = true;
                is_context |= paths.iter().any(|path| seen.is_context(path, lint));
                let paths = paths.iter().map(|path| path.components().collect::<PathBuf>());
                changed = changed.filter(|_| paths.len() > 0).map(|mut changed| {
                    changed.extend(paths);
                    changed
                });
            }
            Ok(Wake::Interrupted) | Err(RecvTimeoutError::Disconnected) => return Due::Nothing,
            Err(RecvTimeoutError::Timeout) if is_context => return Due::Everything,
            Err(RecvTimeoutError::Timeout) => {
                woken = false;
                let (texts, is_all) = match changed.replace(BTreeSet::new()) {
                    Some(changed) => seen.renew(changed),
                    None => (Vec::new(), false),
                };
                if !is_all && Seen::of(lint) != *seen {
                    return Due::Everything;
                }
                if !texts.is_empty() {
                    return Due::Texts(texts);
                }
            }
        }
    }
}

/// The first Ctrl-C lets the run end what it writes, the second one does not.
fn end_on_interrupt(sender: Sender<Wake>) -> Result<(), String> {
    let was_told = AtomicBool::new(false);
    let handler = move || {
        if was_told.swap(true, Ordering::SeqCst) {
            process::exit(130);
        }
        _ = sender.send(Wake::Interrupted);
    };
    ctrlc::set_handler(handler).map_err(|error| error.to_string())
}

/// Watches the folders that were named, and above them those where a configuration may come to lie.
fn watcher(lint: &Lint, sender: Sender<Wake>) -> Result<notify::RecommendedWatcher, String> {
    let told = move |event: notify::Result<notify::Event>| {
        let paths = match event {
            Ok(event) if event.kind.is_access() => return,
            Ok(event) => event.paths,
            Err(_) => Vec::new(),
        };
        let is_git = |path: &PathBuf| path.components().any(|part| part.as_os_str() == ".git");
        if paths.is_empty() || !paths.iter().all(is_git) {
            _ = sender.send(Wake::Changed(paths));
        }
    };
    let mut watcher = notify::recommended_watcher(told).map_err(|error| error.to_string())?;
    let (whole, single) = match &lint.input {
        Input::Paths(paths) => folders(paths, lint.hierarchy.cwd()),
        Input::Stdin(_) => (Vec::new(), Vec::new()),
    };
    let whole = whole.into_iter().map(|folder| (folder, RecursiveMode::Recursive));
    let single = single.into_iter().map(|folder| (folder, RecursiveMode::NonRecursive));
    for (folder, mode) in whole.chain(single) {
        let watched = watcher.watch(&folder, mode);
        watched.map_err(|error| format!("`{}` cannot be watched: {error}", folder.display()))?;
    }
    Ok(watcher)
}

/// The folders to watch with all below them, and those to watch alone.
fn folders(paths: &[PathBuf], cwd: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let root = Root::around(cwd);
    let absolute: Vec<PathBuf> = paths.iter().map(|path| cwd.join(path)).collect();
    let (mut whole, files): (Vec<PathBuf>, Vec<PathBuf>) = absolute.into_iter().partition(|path| path.is_dir());
    whole.sort();
    whole.dedup_by(|inner, outer| inner.starts_with(outer));
    let parents = files.iter().filter_map(|file| file.parent());
    let root = root.folder();
    let above = whole
        .iter()
        .map(PathBuf::as_path)
        .chain(parents)
        .chain([cwd])
        .flat_map(|folder| {
            let inside = folder.starts_with(root);
            folder
                .ancestors()
                .take_while(move |one| *one == folder || inside && one.starts_with(root))
        });
    let mut single: Vec<PathBuf> = above
        .filter(|folder| folder.is_dir() && !whole.iter().any(|outer| folder.starts_with(outer)))
        .map(Path::to_owned)
        .collect();
    single.sort();
    single.dedup();
    (whole, single)
}

/// On a terminal each report stands alone. What scrolled away stays, and what is said next comes behind it.
fn clear(streams: &mut Streams<'_>) -> io::Result<()> {
    let is_plain = env::var_os("TERM").is_some_and(|term| term == "dumb");
    match io::stdout().is_terminal() && !is_plain {
        true => {
            streams.stdout.flush()?;
            Term::stdout().clear_screen()
        }
        false => Ok(()),
    }
}

/// When a file was changed, and its size.
type Stamp = (SystemTime, u64);

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

/// The files of a run as they were seen.
#[derive(Debug, PartialEq, Eq)]
struct Seen(BTreeMap<PathBuf, Option<Stamp>>);

impl Seen {
    fn of(lint: &Lint) -> Self {
        let Input::Paths(paths) = &lint.input else {
            return Self(BTreeMap::new());
        };
        let found = discover::discover(paths, &lint.hierarchy, lint.force_exclude, None).files;
        let read = read_besides(lint).map(|path| lint.hierarchy.cwd().join(path));
        let seen = found.into_iter().map(|file| file.absolute).chain(read).map(|path| {
            let stamp = stamp(&path);
            (path, stamp)
        });
        Self(seen.collect())
    }

    /// Which of these files are sources that have other texts than they had, which is noted, and whether that is all that can have happened.
    fn renew(&mut self, changed: BTreeSet<PathBuf>) -> (Vec<PathBuf>, bool) {
        let (mut renewed, mut is_all) = (Vec::new(), true);
        for path in changed {
            let is_source = path
                .extension()
                .is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known));
            let now = stamp(&path);
            // What an editor writes for moments on its way.
            if now.is_none() && !self.has_below(&path) {
                continue;
            }
            match self.0.get_mut(&path).filter(|_| is_source) {
                Some(before) if now.is_some() => {
                    if *before != now {
                        *before = now;
                        renewed.push(path);
                    }
                }
                _ => is_all = false,
            }
        }
        (renewed, is_all)
    }

    /// Whether a file of this path, or one below it, is looked at.
    fn has_below(&self, path: &Path) -> bool {
        let mut from_there = self.0.range(path.to_owned()..);
        from_there.next().is_some_and(|(known, _)| known.starts_with(path))
    }

    /// Whether a file that no run looks at says how others are read.
    fn is_context(&self, path: &Path, lint: &Lint) -> bool {
        let cwd = lint.hierarchy.cwd();
        let is_output = lint
            .outputs
            .iter()
            .filter_map(|output| output.file.as_ref())
            .any(|file| cwd.join(file) == *path);
        let ending = path.extension().and_then(OsStr::to_str);
        let name = path.file_name().and_then(OsStr::to_str);
        let may_say = ending.is_some_and(|ending| CONTEXT_ENDINGS.contains(&ending))
            || name.is_some_and(|name| CONTEXT_NAMES.contains(&name));
        may_say && !is_output && !self.0.contains_key(path)
    }
}

/// The baseline and the diff.
fn read_besides(lint: &Lint) -> impl Iterator<Item = &Path> {
    let baseline = match &lint.adoption.baseline {
        Some(BaselineUse::Known(path) | BaselineUse::Pruned(path) | BaselineUse::Renewed(path)) => Some(path.as_path()),
        None => None,
    };
    let diff = match &lint.adoption.changes {
        Some(ChangesSource::File(path)) => Some(path.as_path()),
        Some(ChangesSource::Revision(_)) | None => None,
    };
    baseline.into_iter().chain(diff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_within_others_are_watched_once() {
        let folder = tempfile::tempdir().unwrap();
        let cwd = folder.path().join("r/project");
        fs::create_dir_all(cwd.join("src/inner")).unwrap();
        fs::create_dir(folder.path().join("r/.git")).unwrap();
        fs::write(cwd.join("setup.py"), "").unwrap();
        let named = |paths: &[&str]| {
            let paths: Vec<PathBuf> = paths.iter().map(|path| cwd.join(path)).collect();
            folders(&paths, &cwd)
        };
        let above = vec![folder.path().join("r"), cwd.clone()];
        assert_eq!(
            named(&["src", "src/inner", "setup.py"]),
            (vec![cwd.join("src")], above.clone())
        );
        assert_eq!(named(&["."]), (vec![cwd.join(".")], vec![folder.path().join("r")]));
        assert_eq!(named(&["setup.py"]), (Vec::new(), above));
    }
}
