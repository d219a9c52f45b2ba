//! What is known of the sites of one file.

use std::path::Path;

use super::Around;
use super::one_file::caught;
use super::test_modules::TestModules;
use crate::check;
use crate::decode::{Decoded, decode};
use crate::discover::{Failure, Found};
use crate::explanation::Explanation;
use crate::project::Projects;
use crate::python;
use crate::reading::{self, Kind};
use crate::rust::Crates;
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
    let sites = super::threads(1)?.install(|| caught(&file.path, || sites_of(file, &source, cwd)))??;
    Ok(Explained { source, sites })
}

fn sites_of(file: &Found, source: &SourceFile, cwd: &Path) -> Result<Vec<Explanation>, String> {
    let (projects, modules, crates) = (Projects::new(cwd), TestModules::default(), Crates::default());
    let python = python::Program::new(cwd);
    let settings = file.configuration.settings_for(&file.absolute);
    let project = projects.facts_for(&file.absolute, file.language);
    let project = project.for_notebook(source.kernel_python());
    let around = Around {
        modules: &modules,
        crates: &crates,
        python: &python,
    };
    let surroundings = around.of(file, &settings, &*project);
    check::explain(source, surroundings).map_err(|error| super::unparsed(source, &error))
}
