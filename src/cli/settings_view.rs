//! `--show-settings`: what holds for a path, where each setting comes from, and what is known of its project.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::thread;

use serde::Serialize;

use super::Exit;
use super::streams::Streams;
use crate::config::{Configuration, Hierarchy, Patterns, shown};
use crate::decode::{Decoded, decode};
use crate::facts::{Certainty, Fact, PackageRange, ProjectFacts, PythonVersion, Windows};
use crate::project::{OwnFacts, Projects};
use crate::python;
use crate::reading::{self, Kind};
use crate::report::{Harmless, Notation, escape};
use crate::settings::PrintStrategy;
use crate::source::Language;
use crate::stack::STACK_BYTES;

/// Prints the settings as a configuration file would say them, each with its origin.
///
/// # Errors
/// Standard output cannot be written.
pub(super) fn show(path: &Path, hierarchy: &Hierarchy, streams: &mut Streams<'_>) -> io::Result<Exit> {
    let path = hierarchy.cwd().join(path);
    let folder = match path.is_dir() {
        true => path.as_path(),
        false => path.parent().unwrap_or(&path),
    };
    let configuration = match hierarchy.of(folder) {
        Ok(configuration) => configuration,
        Err(error) => {
            for mistake in error.all() {
                streams.say("error", mistake);
            }
            return Ok(Exit::Failure);
        }
    };
    for warning in hierarchy.warnings() {
        streams.say("warning", warning);
    }
    // Names and values come from whoever wrote the project.
    let out = &mut Harmless::new(Notation::Toml, &mut streams.stdout);
    match &configuration.file {
        Some(file) => writeln!(out, "# configuration: {}", shown(file, hierarchy.cwd()))?,
        None => writeln!(out, "# configuration: none found")?,
    }
    let listing = Listing {
        out,
        configuration: &configuration,
        cwd: hierarchy.cwd(),
    };
    listing.write(&path)?;
    // The facts are those of a file; in a folder any name does.
    let file = match path.is_dir() {
        true => path.join("any"),
        false => path,
    };
    let projects = Projects::new(hierarchy.cwd(), crate::python::read_conftest);
    match facts(&projects, &file) {
        Ok((python, rust)) => write_project(out, &configuration, &python, &rust)?,
        Err(error) => {
            streams.say("error", format!("no thread can be started: {error}"));
            return Ok(Exit::Failure);
        }
    }
    for warning in projects.warnings() {
        streams.say("warning", warning);
    }
    Ok(Exit::Clean)
}

/// Writes `key = value  # origin` lines.
struct Listing<'a> {
    out: &'a mut dyn Write,
    configuration: &'a Configuration,
    cwd: &'a Path,
}

impl Listing<'_> {
    fn write(mut self, path: &Path) -> io::Result<()> {
        self.rules(path)?;
        self.files()?;
        self.deadlines_and_prints()?;
        self.run()
    }

    fn rules(&mut self, path: &Path) -> io::Result<()> {
        let settings = match path.is_dir() {
            true => Arc::clone(&self.configuration.settings),
            false => self.configuration.settings_for(path),
        };
        self.line("select", list(&settings.enabled))?;
        for (code, severity) in &settings.severities {
            self.nested("severity", code, quoted(severity))?;
        }
        let configuration = self.configuration;
        for (pattern, selectors) in configuration.per_file_ignores() {
            self.nested("per-file-ignores", &quoted(pattern), list(selectors))?;
        }
        if let Some(version) = settings.target_version {
            self.line("target-version", quoted(version))?;
        }
        self.line("strict", settings.strict)
    }

    fn files(&mut self) -> io::Result<()> {
        let configuration = self.configuration;
        if let Some(include) = &configuration.include {
            self.line("include", list(include.texts()))?;
        }
        let (exclude, extended) = configuration.exclude.split_first().unzip();
        self.line("exclude", list(exclude.map_or(&[][..], Patterns::texts)))?;
        let extended: Vec<_> = extended.unwrap_or_default().iter().flat_map(Patterns::texts).collect();
        if !extended.is_empty() {
            self.line("extend-exclude", list(extended))?;
        }
        self.line("force-exclude", configuration.run.force_exclude)?;
        self.line("test-code", list(configuration.test_code.texts()))
    }

    fn deadlines_and_prints(&mut self) -> io::Result<()> {
        let settings = Arc::clone(&self.configuration.settings);
        self.line("default-deadline", format!("{:?}", settings.deadline.default))?;
        for (key, limit) in [
            ("min-deadline", settings.deadline.min),
            ("max-deadline", settings.deadline.max),
            ("windows-min-deadline", settings.windows_min_deadline),
        ] {
            if let Some(seconds) = limit {
                self.line(key, format!("{seconds:?}"))?;
            }
        }
        self.line("max-connect-wait", format!("{:?}", settings.deadline.max_wait))?;
        self.line("deadline-scope", choice(settings.deadline.scope))?;
        self.line("internal-timeout", choice(settings.deadline.internal_timeout))?;
        self.line("max-test-seconds", format!("{:?}", settings.max_test_seconds))?;
        self.line(
            "default-receive-deadline",
            format!("{:?}", settings.receive.default_deadline),
        )?;
        self.line("welcome", settings.receive.welcome)?;
        self.line("hang-rules", choice(settings.hang_rules))?;
        self.line("protocols", choices(&settings.protocols))?;
        self.line("console-encodings", list(&settings.console.encodings))?;
        match &settings.console.strategy {
            PrintStrategy::Helper => self.line("print-strategy", quoted("helper")),
            PrintStrategy::Ascii => self.line("print-strategy", quoted("ascii")),
            PrintStrategy::Import(path) => {
                self.line("print-strategy", quoted("import"))?;
                self.line("safe-print", quoted(path))
            }
        }
    }

    fn run(&mut self) -> io::Result<()> {
        let run = &self.configuration.run;
        self.line("fix", run.fix)?;
        self.line("unsafe-fixes", run.unsafe_fixes)?;
        self.line("fail-on", quoted(run.fail_on))?;
        self.line("output-format", quoted(run.output_format))?;
        self.line("exit-zero", run.exit_zero)?;
        if let Some(baseline) = &run.baseline {
            self.line("baseline", quoted(shown(baseline, self.cwd)))?;
        }
        match &run.diff_base {
            Some(revision) => self.line("diff-base", quoted(revision)),
            None => Ok(()),
        }
    }

    fn line(&mut self, key: &str, value: impl Display) -> io::Result<()> {
        writeln!(self.out, "{key} = {value}  # {}", self.configuration.origin(key))
    }

    fn nested(&mut self, key: &str, inner: &str, value: impl Display) -> io::Result<()> {
        writeln!(
            self.out,
            "{key}.{inner} = {value}  # {}",
            self.configuration.origin(key)
        )
    }
}

/// A TOML string, in the form that knows escapes where it needs them.
fn quoted(text: impl Display) -> String {
    let text = text.to_string();
    match escape::line(&text) {
        Cow::Borrowed(_) => toml::Value::String(text).to_string(),
        Cow::Owned(_) => serde_json::Value::String(text).to_string(),
    }
}

/// A TOML array of strings.
fn list<T: Display>(texts: impl IntoIterator<Item = T>) -> String {
    let quoted: Vec<_> = texts.into_iter().map(quoted).collect();
    format!("[{}]", quoted.join(", "))
}

/// What the configuration calls a value of an enumeration.
fn choice(value: impl Serialize) -> String {
    toml::Value::try_from(value).map_or_else(|error| error.to_string(), |value| value.to_string())
}

fn choices<T: Serialize>(values: impl IntoIterator<Item = T>) -> String {
    let chosen: Vec<_> = values.into_iter().map(choice).collect();
    format!("[{}]", chosen.join(", "))
}

/// What is known of `file`'s project if it is Python, and if it is Rust; found on a thread whose stack suffices.
fn facts(projects: &Projects, file: &Path) -> io::Result<(Arc<ProjectFacts>, Arc<ProjectFacts>)> {
    let find = || {
        let facts = |language| projects.facts_for(file, language);
        (of_file(facts(Language::Python), file), facts(Language::Rust))
    };
    thread::scope(|scope| {
        let finder = thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, find)?;
        finder.join().map_err(|_| io::Error::other("it panicked"))
    })
}

/// What is known of a project of Python, and of its Python the file itself, if it can be read.
fn of_file(facts: Arc<ProjectFacts>, file: &Path) -> Arc<ProjectFacts> {
    let bytes = reading::read(file, Kind::Source).ok();
    let decoded = bytes.map(|bytes| decode(file.to_owned(), Language::Python, bytes));
    let Some(Decoded::Source(source)) = decoded else {
        return facts;
    };
    let facts = facts.for_file(OwnFacts::of(&source));
    let used = || python::used_python(&source);
    let is_told = facts.told_python(None).is_some();
    match (!is_told).then(used).flatten() {
        Some(value) => Arc::new(ProjectFacts {
            python_around: Some(Fact {
                value,
                source: "what the file uses".to_owned(),
            }),
            ..ProjectFacts::clone(&facts)
        }),
        None => facts,
    }
}

fn write_project(
    out: &mut dyn Write,
    configuration: &Configuration,
    python: &ProjectFacts,
    rust: &ProjectFacts,
) -> io::Result<()> {
    writeln!(out, "\n# project")?;
    let packages = [(Language::Python, python), (Language::Rust, rust)]
        .into_iter()
        .flat_map(|(language, facts)| {
            let connecting = configuration.catalog().packages(language).into_iter();
            let connecting = connecting.filter(move |name| configuration.catalog().has_package(language, name));
            connecting.filter_map(|name| Some((name, facts.packages.get(name)?)))
        });
    for (name, fact) in packages {
        writeln!(out, "# {name}: {} ({})", releases(&fact.value), fact.source)?;
    }
    let mut fact = |name: &str, value: Option<(String, &str)>| match value {
        Some((value, source)) => writeln!(out, "# {name}: {value} ({source})"),
        None => writeln!(out, "# {name}: unknown"),
    };
    let oldest = said(
        python.python.as_ref().or(python.python_around.as_ref()),
        ToString::to_string,
    );
    let depends = said(python.async_timeout.as_ref(), |()| "yes".to_owned());
    let reconfigured = said(python.console_reconfigured.as_ref(), |()| "yes".to_owned());
    let time = said(rust.tokio_time.as_ref(), |on| if *on { "on" } else { "off" }.to_owned());
    let windows = said(python.windows.as_ref(), |windows| match windows {
        Windows::Among => "yes".to_owned(),
        Windows::Only => "nothing else".to_owned(),
        Windows::Never => "no".to_owned(),
    });
    let ended = said(python.test_timeout.as_ref(), |seconds| format!("{seconds} s"));
    let ended_in_rust = said(rust.test_timeout.as_ref(), |seconds| format!("{seconds} s"));
    let oldest = oldest.or_else(|| {
        let taken = format!("{}, taken for it", PythonVersion::OLDEST_MAINTAINED);
        Some((taken, "nothing says it; `target-version` does"))
    });
    fact("oldest Python", oldest)?;
    fact("depends on async-timeout", depends)?;
    fact("console takes every character", reconfigured)?;
    fact("runs on Windows", windows)?;
    fact("pytest ends a test after", ended)?;
    fact("nextest ends a test after", ended_in_rust)?;
    fact("tokio's feature `time`", time)
}

/// `>=12, <14, a range`.
fn releases(range: &PackageRange) -> String {
    let certainty = match range.certainty {
        Certainty::Range => "a range",
        Certainty::Pinned => "pinned",
        Certainty::Locked => "locked",
    };
    match range.specifiers.is_empty() {
        true => "any release".to_owned(),
        false => format!("{}, {certainty}", range.specifiers),
    }
}

fn said<T>(fact: Option<&Fact<T>>, value: impl Fn(&T) -> String) -> Option<(String, &str)> {
    fact.map(|fact| (value(&fact.value), fact.source.as_str()))
}
