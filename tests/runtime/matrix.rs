//! Every Python with every version of websockets that it takes.

use std::env;
use std::sync::Mutex;
use std::thread;

use crate::clients::{self, Client};
use crate::pythons::{self, Python};

/// The minor versions that are tried, where they are installed.
const MINORS: [u8; 5] = [8, 10, 11, 12, 13];

/// The Python with which the facts about the other libraries were found.
const OF_THE_LIBRARIES: u8 = 12;

/// How many interpreters run at a time. They mostly wait.
const WORKERS: usize = 3;

/// The Pythons to try, the oldest first.
///
/// # Panics
/// There is none.
pub(crate) fn pythons() -> Vec<Python> {
    let mut found = pythons::all();
    found.retain(|python| MINORS.contains(&python.minor()));
    assert!(!found.is_empty(), "none of the Pythons 3.{MINORS:?} is installed");
    found
}

/// The one of `pythons` that the facts about the other libraries were found with, or a newer one.
///
/// # Panics
/// There is none.
pub(crate) fn of_the_libraries(pythons: &[Python]) -> &Python {
    let mut minors = pythons.iter().filter(|python| python.minor() >= OF_THE_LIBRARIES);
    minors.next().expect("a Python from 3.12 on")
}

/// Every Python with every version that it takes. Neighbours have different Pythons: they do not wait for each other's pip.
pub(crate) fn every_client(pythons: &[Python]) -> Vec<(&Python, &'static str)> {
    let per_python: Vec<_> = pythons.iter().map(clients::versions).collect();
    let longest = per_python.iter().map(Vec::len).max().unwrap_or_default();
    (0..longest)
        .flat_map(|turn| {
            let take = move |(python, versions): (_, &Vec<_>)| versions.get(turn).map(|version| (python, *version));
            pythons.iter().zip(&per_python).filter_map(take)
        })
        .collect()
}

/// Calls `judge` for each Python with its version of websockets, some at a time, and collects what is wrong.
///
/// # Panics
/// Something is.
pub(crate) fn judge_all(jobs: Vec<(&Python, &str)>, judge: impl Fn(&Python, &Client) -> Vec<String> + Sync) {
    let wanted = jobs.into_iter().filter(|(python, version)| is_wanted(python, version));
    judge_each(wanted.collect(), |(python, version)| {
        match clients::websockets(python, version) {
            Ok(client) => named(&client, judge(python, &client)),
            Err(error) => vec![error],
        }
    });
}

/// Calls `judge` for each job, some at a time, and collects what is wrong.
///
/// # Panics
/// Something is.
pub(crate) fn judge_each<J: Send>(jobs: Vec<J>, judge: impl Fn(J) -> Vec<String> + Sync) {
    let jobs = Mutex::new(jobs);
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(job) = next(&jobs) {
                    let errors = judge(job);
                    wrong.lock().expect("no worker panics with it").extend(errors);
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("no worker panics with it");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `RUNTIME_PYTHON` or `RUNTIME_CLIENT` (`3.12`, `16.0`) is set: only a part of the matrix is wanted.
pub(crate) fn is_restricted() -> bool {
    ["RUNTIME_PYTHON", "RUNTIME_CLIENT"]
        .iter()
        .any(|variable| env::var_os(variable).is_some())
}

fn is_wanted(python: &Python, version: &str) -> bool {
    let forbids = |variable, value: &str| env::var(variable).is_ok_and(|wanted| wanted != value);
    !forbids("RUNTIME_PYTHON", &python.version) && !forbids("RUNTIME_CLIENT", version)
}

fn next<T>(jobs: &Mutex<Vec<T>>) -> Option<T> {
    jobs.lock().expect("no worker panics with it").pop()
}

fn named(client: &Client, errors: Vec<String>) -> Vec<String> {
    errors
        .into_iter()
        .map(|error| format!("{}: {error}", client.name))
        .collect()
}
