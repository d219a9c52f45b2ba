//! How long the tests of all files can take.

use std::path::{Path, PathBuf};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::Known;
use super::one_file::caught;
use crate::budget::Budget;
use crate::check;
use crate::decode::{Decoded, decode};
use crate::discover::{Failure, Found};
use crate::finding::Finding;
use crate::project::OwnFacts;
use crate::reading::{self, Kind};
use crate::source::{Position, SourceFile, Span};

/// The tests of one file.
#[derive(Debug)]
pub struct FileBudget {
    /// The file.
    pub source: SourceFile,
    /// Each test, worst first.
    pub tests: Vec<TestBudget>,
    /// What WS205 finds in it, unless a comment or the configuration allows that.
    pub findings: Vec<Finding>,
    /// The seconds that a test in it may take.
    pub most: f64,
}

/// One test.
#[derive(Debug)]
pub struct TestBudget {
    /// As its runner names it.
    pub name: String,
    /// Where its name stands.
    pub place: Position,
    /// The name itself.
    pub name_span: Span,
    /// How long it can take.
    pub budget: Budget,
}

/// What came of all the files.
#[derive(Debug, Default)]
pub struct Budgets {
    /// Those with tests, the one with the worst test first.
    pub files: Vec<FileBudget>,
    /// One line each.
    pub warnings: Vec<String>,
    /// What could not be done: one line each.
    pub failures: Vec<String>,
}

/// Counts the tests of `files`; `given` is the text of the one that standard input stands for.
///
/// # Errors
/// The threads cannot be started.
pub fn budgets(files: &[Found], given: Option<&[u8]>, cwd: &Path) -> Result<Budgets, String> {
    let pool = super::threads(0)?;
    let known = Known::new(cwd);
    let look = |file: &Found| {
        let bytes = match given {
            Some(bytes) => bytes.to_vec(),
            None => {
                reading::read(&file.path, Kind::Source).map_err(|error| Failure::path(&file.path, error).to_string())?
            }
        };
        caught(&file.path, || of_file(file, bytes, &known)).and_then(|looked| looked)
    };
    let looked: Vec<Result<Looked, String>> = pool.install(|| files.par_iter().map(look).collect());
    let mut budgets = Budgets::default();
    for looked in looked {
        match looked {
            Ok(Looked::Tests(file)) if file.tests.is_empty() => {}
            Ok(Looked::Tests(file)) => budgets.files.push(*file),
            Ok(Looked::Foreign(warning)) => budgets.warnings.push(warning),
            Ok(Looked::Nothing) => {}
            Err(failure) => budgets.failures.push(failure),
        }
    }
    // The order of the paths decides between equals.
    budgets.files.sort_by(|a, b| worst(b).total_cmp(&worst(a)));
    budgets.warnings.extend(known.warnings());
    Ok(budgets)
}

/// The tests of a text of `file`, worst first, with what is known around it; nothing where there are none, or where it does not
/// parse. On the calling thread, which has a stack of [`STACK_BYTES`](crate::stack::STACK_BYTES).
#[must_use]
pub fn budgets_of_text(file: &Found, bytes: Vec<u8>, known: &Known) -> Option<FileBudget> {
    match caught(&file.path, || of_file(file, bytes, known)) {
        Ok(Ok(Looked::Tests(budget))) => Some(*budget),
        _ => None,
    }
}

enum Looked {
    Tests(Box<FileBudget>),
    Foreign(String),
    Nothing,
}

fn worst(file: &FileBudget) -> f64 {
    file.tests.first().map_or(0.0, |test| test.budget.weight())
}

fn of_file(file: &Found, bytes: Vec<u8>, known: &Known) -> Result<Looked, String> {
    let path: &PathBuf = &file.path;
    let source = match decode(path.clone(), file.language, bytes) {
        Decoded::Source(source) => source,
        Decoded::Broken(_, error) => return Err(format!("{}: {}", path.display(), error.message)),
        Decoded::Foreign(encoding) => {
            let path = path.display();
            return Ok(Looked::Foreign(format!(
                "{path}: declares `{encoding}`, ws-lint reads UTF-8: not counted"
            )));
        }
    };
    let settings = file.configuration.settings_for(&file.absolute);
    let project = known.facts_of(file, OwnFacts::of(&source));
    let surroundings = known.around(file, &settings, &*project);
    let counted = check::budgets(&source, surroundings).map_err(|error| super::unparsed(&source, &error))?;
    let Some((tests, findings)) = counted else {
        return Ok(Looked::Nothing);
    };
    let mut tests: Vec<TestBudget> = tests
        .into_iter()
        .map(|(name, span, budget)| TestBudget {
            name,
            place: source.position(span.start),
            name_span: span,
            budget,
        })
        .collect();
    tests.sort_by(|a, b| b.budget.weight().total_cmp(&a.budget.weight()));
    Ok(Looked::Tests(Box::new(FileBudget {
        source,
        tests,
        findings,
        most: settings.max_test_seconds,
    })))
}
