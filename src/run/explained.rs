//! What is known of the sites of one file.

use std::path::Path;

use super::Known;
use super::one_file::caught;
use crate::check;
use crate::decode::{Decoded, decode};
use crate::discover::{Failure, Found};
use crate::explanation::Explanation;
use crate::project::OwnFacts;
use crate::reading::{self, Kind};
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
    super::threads(1)?.install(|| explain_text(file, bytes, &Known::new(cwd)))
}

/// As [`explain()`] for a text of `file`, with what is known around it, on the calling thread, which has a stack of
/// [`STACK_BYTES`](crate::stack::STACK_BYTES).
///
/// # Errors
/// The text is no UTF-8 or does not parse: one line.
pub fn explain_text(file: &Found, bytes: Vec<u8>, known: &Known) -> Result<Explained, String> {
    let path = file.path.display();
    let source = match decode(file.path.clone(), file.language, bytes) {
        Decoded::Source(source) => source,
        Decoded::Broken(_, error) => return Err(format!("{path}: {}", error.message)),
        Decoded::Foreign(encoding) => return Err(format!("{path}: declares `{encoding}`, ws-lint reads UTF-8")),
    };
    let sites = caught(&file.path, || sites_of(file, &source, known))??;
    Ok(Explained { source, sites })
}

fn sites_of(file: &Found, source: &SourceFile, known: &Known) -> Result<Vec<Explanation>, String> {
    let settings = file.configuration.settings_for(&file.absolute);
    let project = known.facts_of(file, OwnFacts::of(source));
    let surroundings = known.around(file, &settings, &*project);
    check::explain(source, surroundings).map_err(|error| super::unparsed(source, &error))
}
