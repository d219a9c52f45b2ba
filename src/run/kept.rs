//! What was said of each file of a run, kept while the files change: only those are looked at again of which something else may be said.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::one_file::{Job, Looked};
use super::{Happened, Outcome, Request, Task, Touched, look_at_each, sieve, threads, told};
use crate::discover::Found;
use crate::reading::{self, Kind};

/// The files of a run, and what came of each.
pub struct Kept {
    files: Vec<Found>,
    looked: Vec<Looked>,
    /// Where each file stands in `files`, by its absolute path.
    places: HashMap<PathBuf, usize>,
    /// Those that the sieve held back, by their absolute paths.
    passed_over: HashMap<PathBuf, Found>,
}

/// What stands in the way of looking at a few files only.
enum Obstacle {
    /// Other files are worth a look than before.
    OtherFiles,
    Threads(String),
}

impl Kept {
    /// Does with `files` what is asked for; `passed_over` are those that the sieve held back.
    ///
    /// # Errors
    /// The threads cannot be started.
    pub fn look_at_all(
        files: Vec<Found>,
        passed_over: impl IntoIterator<Item = Found>,
        request: Request<'_>,
    ) -> Result<Self, String> {
        let looked = look_at_each(&files, request)?;
        let passed_over = passed_over.into_iter().map(|file| (file.absolute.clone(), file));
        Ok(Self {
            places: files
                .iter()
                .enumerate()
                .map(|(at, file)| (file.absolute.clone(), at))
                .collect(),
            passed_over: passed_over.collect(),
            files,
            looked,
        })
    }

    /// The files that were written.
    #[must_use]
    pub fn written(&self) -> Happened {
        let is_written = |looked: &Looked| looked.file.as_ref().is_some_and(|run| run.before.is_some());
        let written = self
            .files
            .iter()
            .zip(&self.looked)
            .filter(|(_, looked)| is_written(looked));
        Happened {
            changed: written.map(|(file, _)| file.absolute.clone()).collect(),
            ..Happened::default()
        }
    }

    /// Looks again at those that are touched, and writes nothing. False: other files are worth a look than before, so that all of them have to be met anew.
    ///
    /// # Errors
    /// The threads cannot be started.
    pub fn look_again(&mut self, touched: &Touched, request: Request<'_>) -> Result<bool, String> {
        match self.looked_again(touched, request) {
            Ok(again) => {
                for (at, file, looked) in again {
                    if let (Some(known), Some(before)) = (self.files.get_mut(at), self.looked.get_mut(at)) {
                        (*known, *before) = (file, looked.after(std::mem::take(before)));
                    }
                }
                Ok(true)
            }
            Err(Obstacle::OtherFiles) => Ok(false),
            Err(Obstacle::Threads(reason)) => Err(reason),
        }
    }

    /// What is to be said of all files, where nothing is kept any longer.
    #[must_use]
    pub fn into_outcome(self, request: Request<'_>) -> Outcome {
        told(self.looked, request)
    }

    /// What is to be said of all files.
    #[must_use]
    pub fn outcome(&self, request: Request<'_>) -> Outcome {
        told(self.looked.iter().cloned(), request)
    }

    fn looked_again(&self, touched: &Touched, request: Request<'_>) -> Result<Vec<(usize, Found, Looked)>, Obstacle> {
        let job = Job::new(Request {
            task: Task::Check,
            ..request
        });
        let is_worth_a_look = sieve(request.narrowing, request.known);
        let look = |at: usize| {
            let mut file = self.files.get(at).ok_or(Obstacle::OtherFiles)?.clone();
            let bytes = reading::read(&file.path, Kind::Source).map_err(|_| Obstacle::OtherFiles)?;
            // A symbolic link was not held before the sieve.
            if file.announced.is_some() && !is_worth_a_look(&mut file, &bytes) {
                return Err(Obstacle::OtherFiles);
            }
            let looked = job.look_at(&file, bytes);
            Ok((at, file, looked))
        };
        let stays_away = |file: &Found| {
            let bytes = reading::read(&file.path, Kind::Source).map_err(|_| Obstacle::OtherFiles)?;
            match is_worth_a_look(&mut file.clone(), &bytes) {
                true => Err(Obstacle::OtherFiles),
                false => Ok(()),
            }
        };
        let (again, away) = self.touched(touched);
        let threads = threads(0).map_err(Obstacle::Threads)?;
        threads.install(|| {
            away.into_par_iter().try_for_each(stays_away)?;
            again.into_par_iter().map(look).collect()
        })
    }

    /// Where the touched files stand that were looked at, and those that were held back.
    fn touched(&self, touched: &Touched) -> (Vec<usize>, Vec<&Found>) {
        let is_touched = |path: &Path| touched.has(path);
        match touched.only_these() {
            Some(paths) => {
                let again = paths.iter().filter_map(|path| self.places.get(path).copied());
                let away = paths.iter().filter_map(|path| self.passed_over.get(path));
                (again.collect(), away.collect())
            }
            None => {
                let again = self
                    .files
                    .iter()
                    .enumerate()
                    .filter(|(_, file)| is_touched(&file.absolute));
                let away = self.passed_over.values().filter(|file| is_touched(&file.absolute));
                (again.map(|(at, _)| at).collect(), away.collect())
            }
        }
    }
}
