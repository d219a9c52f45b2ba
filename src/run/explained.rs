//! What is known of the sites of one file.

use std::path::Path;
use std::thread;

use super::test_modules::TestModules;
use crate::check::{self, InProject, STACK_BYTES, Surroundings};
use crate::decode::{Decoded, decode};
use crate::discover::{Failure, Found};
use crate::explanation::Explanation;
use crate::project::Projects;
use crate::python;
use crate::reading::{self, Kind};
use crate::rust::{Crates, InCrate};
use crate::source::SourceFile;

/// The sites of one file.
#[derive(Debug)]
pub struct Explained {
    /// The file.
    pub source: SourceFile,
    /// By position.
    pub sites: Vec<Explanation>,
}

/// Explains every site of `file`. Other files of its project are asked as a run would ask them.
///
/// # Errors
/// The file cannot be read, does not parse, or no thread can be started: one line.
pub fn explain(file: &Found, cwd: &Path) -> Result<Explained, String> {
    let bytes =
        reading::read(&file.path, Kind::Source).map_err(|error| Failure::path(&file.path, error).to_string())?;
    let path = file.path.display();
    let source = match decode(file.path.clone(), file.language, bytes) {
        Decoded::Source(source) => source,
        Decoded::Broken(_, error) => return Err(format!("{path}: {}", error.message)),
        Decoded::Foreign(encoding) => return Err(format!("{path}: declares `{encoding}`, ws-lint reads UTF-8")),
    };
    let sites = thread::scope(|scope| {
        let work = || sites_of(file, &source, cwd);
        let worker = thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work);
        let worker = worker.map_err(|error| format!("no thread can be started: {error}"))?;
        worker
            .join()
            .map_err(|_| format!("{path}: internal error: please report it"))?
    })?;
    Ok(Explained { source, sites })
}

fn sites_of(file: &Found, source: &SourceFile, cwd: &Path) -> Result<Vec<Explanation>, String> {
    let (projects, modules, crates) = (Projects::new(cwd), TestModules::default(), Crates::default());
    let python = python::Program::new(cwd);
    let settings = file.configuration.settings_for(&file.absolute);
    let project = projects.facts_for(&file.absolute, file.language);
    let surroundings = Surroundings {
        in_project: Some(InProject {
            program: &python,
            file: &file.absolute,
            protocols: &settings.protocols,
        }),
        catalog: file.configuration.catalog(),
        // Whoever asks wants to hear of everything.
        prescan: None,
        settings: &settings,
        project: &*project,
        crates: Some(InCrate {
            crates: &crates,
            path: &file.absolute,
        }),
        test_file: super::is_test_code(file, &modules),
    };
    check::explain(source, surroundings).map_err(|error| {
        let place = source.position(error.span.start);
        format!(
            "{}:{}:{}: {}",
            file.path.display(),
            place.line,
            place.column,
            error.message
        )
    })
}
