//! Fixes every Python and Rust file of whole trees in memory, with all rules and all fixes, and holds the outcome to
//! ws-lint's promises. Nothing is written. CONTRIBUTING.md says how to run it.

mod compiler;
#[path = "../../fuzz/promises.rs"]
mod promises;
mod surroundings;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use rayon::prelude::*;
use ws_lint::source::Language;
use ws_lint::stack::STACK_BYTES;

use compiler::Compiler;
use surroundings::Everything;

/// Fixes whole trees in memory and holds the outcome to ws-lint's promises.
#[derive(Parser)]
struct Args {
    /// Folders and files. Nothing in them is left out and nothing is written.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// A Python that has to compile after the fixes what it compiled before; the code is never run. Can be repeated.
    #[arg(long, value_name = "PROGRAM", default_values = ["python3"])]
    python: Vec<PathBuf>,
    /// Take much-used functions for connects and ASCII for the console's encoding, so that there is more to fix.
    #[arg(long)]
    stress: bool,
}

/// What came of some files.
#[derive(Default)]
struct Tally {
    files: usize,
    lines: usize,
    with_findings: usize,
    findings: usize,
    changed: usize,
    applied: usize,
    /// How many changed texts were compiled before and after, by all Pythons together.
    compiled: usize,
    failures: usize,
    slowest: Option<(Duration, PathBuf)>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args) {
        Ok(tally) => {
            tally.print();
            ExitCode::from(u8::from(tally.failures > 0))
        }
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}

fn run(args: &Args) -> Result<Tally, String> {
    let compilers = args
        .python
        .iter()
        .map(|program| Compiler::start(program))
        .collect::<Result<Vec<_>, _>>()?;
    let everything = Everything::new(args.stress)?;
    let files = sources(&args.paths)?;
    let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK_BYTES).build();
    let tally = pool.map_err(|error| error.to_string())?.install(|| {
        files
            .par_iter()
            .map(|(path, language)| Tally::of(path, *language, &everything, &compilers))
            .reduce(Tally::default, Tally::and)
    });
    Ok(tally)
}

/// Every Python and Rust file below `paths`.
fn sources(paths: &[PathBuf]) -> Result<Vec<(PathBuf, Language)>, String> {
    let mut sources = Vec::new();
    for path in paths {
        let walk = ignore::WalkBuilder::new(path)
            .standard_filters(false)
            .follow_links(false)
            .build();
        for entry in walk {
            let entry = entry.map_err(|error| error.to_string())?;
            let language = match entry.path().extension().and_then(|extension| extension.to_str()) {
                Some("py" | "pyi") => Language::Python,
                Some("rs") => Language::Rust,
                _ => continue,
            };
            if entry.file_type().is_some_and(|kind| kind.is_file()) {
                sources.push((entry.into_path(), language));
            }
        }
    }
    Ok(sources)
}

impl Tally {
    fn of(path: &Path, language: Language, everything: &Everything, compilers: &[Compiler]) -> Self {
        let mut tally = Self {
            files: 1,
            ..Self::default()
        };
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => return tally.failed(path, &error.to_string()),
        };
        tally.lines = bytes.iter().filter(|&&byte| byte == b'\n').count();
        let project = everything.project(path, language);
        let start = Instant::now();
        let outcome = promises::hold(
            path,
            language,
            &bytes,
            everything.surroundings(&project),
            &everything.prescan,
        );
        tally.slowest = Some((start.elapsed(), path.to_owned()));
        let kept = match outcome {
            Ok(kept) => kept,
            Err(broken) => return tally.failed(path, &broken),
        };
        tally.with_findings = usize::from(kept.findings > 0);
        tally.findings = kept.findings;
        tally.changed = usize::from(!kept.fixed.is_empty());
        tally.applied = kept.applied;
        if language == Language::Python {
            for (compiler, after) in compilers.iter().flat_map(|c| kept.fixed.iter().map(move |f| (c, f))) {
                match compiler.still_compiles(&bytes, after.as_bytes()) {
                    Ok(compiled) => tally.compiled += usize::from(compiled),
                    Err(broken) => return tally.failed(path, &broken),
                }
            }
        }
        tally
    }

    fn failed(mut self, path: &Path, reason: &str) -> Self {
        eprintln!("{}: {reason}", path.display());
        self.failures += 1;
        self
    }

    fn and(self, other: Self) -> Self {
        Self {
            files: self.files + other.files,
            lines: self.lines + other.lines,
            with_findings: self.with_findings + other.with_findings,
            findings: self.findings + other.findings,
            changed: self.changed + other.changed,
            applied: self.applied + other.applied,
            compiled: self.compiled + other.compiled,
            failures: self.failures + other.failures,
            slowest: self.slowest.max(other.slowest),
        }
    }

    fn print(&self) {
        println!("{:>9} files, {} lines", self.files, self.lines);
        println!("{:>9} findings in {} files", self.findings, self.with_findings);
        println!("{:>9} fixes applied in {} files", self.applied, self.changed);
        println!("{:>9} fixed texts compiled by Python, as before", self.compiled);
        if let Some((time, path)) = &self.slowest {
            println!("{:>9.2} s for the slowest file: {}", time.as_secs_f64(), path.display());
        }
        println!("{:>9} broken promises", self.failures);
    }
}
