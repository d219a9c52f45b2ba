//! Which format goes where.

use std::fs;
use std::path::{Path, PathBuf};

use super::args::Output;
use super::plan::Misuse;
use crate::config::OutputFormat;

/// The outputs of a run; at most one has no file. Formats that go to files leave standard output to the configured one,
/// unless the one that has `--output-file` for itself is that one.
pub(super) fn outputs(
    mut outputs: Vec<Output>,
    files: Vec<PathBuf>,
    configured: OutputFormat,
    cwd: &Path,
) -> Result<Vec<Output>, Misuse> {
    if outputs.is_empty() && files.len() == 1 {
        outputs.push(to_stdout(configured));
    }
    let without_file = outputs.iter().filter(|output| output.file.is_none()).count();
    if !files.is_empty() && files.len() != without_file {
        return Err(Misuse::UnpairedFiles {
            formats: without_file,
            files: files.len(),
        });
    }
    let is_paired = !files.is_empty();
    let lacking = outputs.iter_mut().filter(|output| output.file.is_none());
    for (output, file) in lacking.zip(files) {
        output.file = Some(file);
    }
    match outputs.iter().filter(|output| output.file.is_none()).count() {
        0 if !is_paired => outputs.push(to_stdout(configured)),
        0 | 1 => {}
        _ => {
            return Err(Misuse::Arguments(
                "only one `--output-format` can go to standard output: give the others a file (`json=report.json`)",
            ));
        }
    }
    match shared_file(&outputs, cwd) {
        Some(file) => Err(Misuse::SharedFile(file.to_owned())),
        None => Ok(outputs),
    }
}

fn to_stdout(format: OutputFormat) -> Output {
    Output { format, file: None }
}

/// A file that two outputs would write, each over the other.
fn shared_file<'a>(outputs: &'a [Output], cwd: &Path) -> Option<&'a Path> {
    let mut seen = Vec::new();
    for file in outputs.iter().filter_map(|output| output.file.as_deref()) {
        let place = place(&cwd.join(file));
        if seen.contains(&place) {
            return Some(file);
        }
        seen.push(place);
    }
    None
}

/// One path for all names of a file that may not be there yet.
fn place(path: &Path) -> PathBuf {
    if let Ok(place) = fs::canonicalize(path) {
        return place;
    }
    let folder = path.parent().and_then(|folder| fs::canonicalize(folder).ok());
    match (folder, path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}
