//! Everything that one source of configuration can say. What it does not say is left to the next weaker source.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::dotted_path;
use super::error::{ConfigError, Origin, gathered};
use super::patterns::Patterns;
use super::reader::{Document, Entry, Located, Table};
use super::selection::{RuleSelection, Selector};
use super::user_library;
use crate::catalog::{Library, Protocol};
use crate::config::OutputFormat;
use crate::encodings::Encoding;
use crate::facts::PythonVersion;
use crate::finding::Severity;
use crate::settings::{DeadlineScope, HangRules, InternalTimeout, PrintStrategy};
use crate::source::Language;

/// The names of the severities, as the configuration and the command line write them.
pub(crate) const SEVERITIES: &[(&str, Severity)] = &[
    ("info", Severity::Info),
    ("warning", Severity::Warning),
    ("error", Severity::Error),
];

/// What `severity` sets for a rule; `None` switches it off.
pub(super) const LEVELS: &[(&str, Option<Severity>)] = &[
    ("off", None),
    ("info", Some(Severity::Info)),
    ("warning", Some(Severity::Warning)),
    ("error", Some(Severity::Error)),
];

pub(super) const DEADLINE_SCOPES: &[(&str, DeadlineScope)] = &[
    ("auto", DeadlineScope::Auto),
    ("block", DeadlineScope::Block),
    ("connect", DeadlineScope::Connect),
];

pub(super) const INTERNAL_TIMEOUTS: &[(&str, InternalTimeout)] = &[
    ("auto", InternalTimeout::Auto),
    ("remove", InternalTimeout::Remove),
    ("disable", InternalTimeout::Disable),
];

pub(super) const HANG_RULES: &[(&str, HangRules)] = &[("tests", HangRules::Tests), ("all", HangRules::All)];

pub(super) const PROTOCOLS: &[(&str, Protocol)] = &[
    ("websocket", Protocol::Websocket),
    ("socket", Protocol::Socket),
    ("http", Protocol::Http),
    ("broker", Protocol::Broker),
];

pub(super) const LANGUAGES: &[(&str, Language)] = &[("python", Language::Python), ("rust", Language::Rust)];

pub(super) const PRINT_STRATEGIES: &[(&str, Strategy)] = &[
    ("helper", Strategy::Helper),
    ("import", Strategy::Import),
    ("ascii", Strategy::Ascii),
];

/// What one source of configuration says: a file, the `--config` flags, the other flags.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// What was said about the rules that run, the weakest source first.
    pub(crate) selections: Vec<RuleSelection>,
    pub(crate) severities: BTreeMap<&'static str, Severity>,
    /// A pattern, and the rules that do not run where it matches.
    pub(crate) per_file_ignores: Option<Vec<(Patterns, Vec<Selector>)>>,
    pub(crate) include: Option<Patterns>,
    pub(crate) exclude: Option<Patterns>,
    pub(crate) extend_exclude: Vec<Patterns>,
    pub(crate) force_exclude: Option<bool>,
    pub(crate) test_code: Option<Patterns>,
    pub(crate) target_version: Option<PythonVersion>,
    pub(crate) strict: Option<bool>,
    pub(crate) protocols: Option<BTreeSet<Protocol>>,
    pub(crate) default_deadline: Option<f64>,
    pub(crate) min_deadline: Option<f64>,
    pub(crate) max_deadline: Option<f64>,
    pub(crate) max_connect_wait: Option<f64>,
    pub(crate) deadline_scope: Option<DeadlineScope>,
    pub(crate) internal_timeout: Option<InternalTimeout>,
    pub(crate) max_test_seconds: Option<f64>,
    pub(crate) default_receive_deadline: Option<f64>,
    pub(crate) welcome: Option<bool>,
    pub(crate) windows_min_deadline: Option<f64>,
    pub(crate) hang_rules: Option<HangRules>,
    pub(crate) console_encodings: Option<Vec<String>>,
    pub(crate) print_strategy: Option<PrintStrategy>,
    pub(crate) fix: Option<bool>,
    pub(crate) unsafe_fixes: Option<bool>,
    pub(crate) fail_on: Option<Severity>,
    pub(crate) output_format: Option<OutputFormat>,
    pub(crate) exit_zero: Option<bool>,
    /// Absolute.
    pub(crate) baseline: Option<PathBuf>,
    pub(crate) diff_base: Option<String>,
    /// The command line alone says it: what a comment allows is reported all the same.
    pub(crate) ignore_suppressions: bool,
    pub(crate) libraries: Vec<(Language, Library)>,
    /// Where each key that was given stands.
    pub(crate) origins: BTreeMap<&'static str, Origin>,
}

impl Options {
    /// These options, completed by the weaker ones.
    pub(crate) fn over(self, weaker: Self) -> Self {
        let concatenated = |mut first: Vec<_>, second: Vec<_>| {
            first.extend(second);
            first
        };
        let mut severities = weaker.severities;
        severities.extend(self.severities);
        let mut origins = weaker.origins;
        origins.extend(self.origins);
        Self {
            selections: concatenated(weaker.selections, self.selections),
            severities,
            per_file_ignores: self.per_file_ignores.or(weaker.per_file_ignores),
            include: self.include.or(weaker.include),
            exclude: self.exclude.or(weaker.exclude),
            extend_exclude: weaker.extend_exclude.into_iter().chain(self.extend_exclude).collect(),
            force_exclude: self.force_exclude.or(weaker.force_exclude),
            test_code: self.test_code.or(weaker.test_code),
            target_version: self.target_version.or(weaker.target_version),
            strict: self.strict.or(weaker.strict),
            protocols: self.protocols.or(weaker.protocols),
            default_deadline: self.default_deadline.or(weaker.default_deadline),
            min_deadline: self.min_deadline.or(weaker.min_deadline),
            max_deadline: self.max_deadline.or(weaker.max_deadline),
            max_connect_wait: self.max_connect_wait.or(weaker.max_connect_wait),
            deadline_scope: self.deadline_scope.or(weaker.deadline_scope),
            internal_timeout: self.internal_timeout.or(weaker.internal_timeout),
            max_test_seconds: self.max_test_seconds.or(weaker.max_test_seconds),
            default_receive_deadline: self.default_receive_deadline.or(weaker.default_receive_deadline),
            welcome: self.welcome.or(weaker.welcome),
            windows_min_deadline: self.windows_min_deadline.or(weaker.windows_min_deadline),
            hang_rules: self.hang_rules.or(weaker.hang_rules),
            console_encodings: self.console_encodings.or(weaker.console_encodings),
            print_strategy: self.print_strategy.or(weaker.print_strategy),
            fix: self.fix.or(weaker.fix),
            unsafe_fixes: self.unsafe_fixes.or(weaker.unsafe_fixes),
            fail_on: self.fail_on.or(weaker.fail_on),
            output_format: self.output_format.or(weaker.output_format),
            exit_zero: self.exit_zero.or(weaker.exit_zero),
            baseline: self.baseline.or(weaker.baseline),
            diff_base: self.diff_base.or(weaker.diff_base),
            ignore_suppressions: self.ignore_suppressions || weaker.ignore_suppressions,
            libraries: weaker.libraries.into_iter().chain(self.libraries).collect(),
            origins,
        }
    }

    /// These options, unless what they say together cannot be.
    pub(super) fn checked(self) -> Result<Self, ConfigError> {
        let (Some(min), Some(max)) = (self.min_deadline, self.max_deadline) else {
            return Ok(self);
        };
        if min <= max {
            return Ok(self);
        }
        let said = |key| self.origins.get(key).unwrap_or(&Origin::Default);
        let message = format!(
            "`min-deadline` is {min}, above the `max-deadline` of {max} ({}): no deadline would do",
            said("max-deadline")
        );
        Err(ConfigError::whole(said("min-deadline").to_string(), message))
    }

    /// Reads a ws-lint table whose patterns are relative to `base`; the path that it extends comes back beside.
    pub(super) fn read(table: Table<'_>, base: &Path) -> Result<(Self, Option<Located<String>>), ConfigError> {
        let mut keys = Keys {
            table,
            origins: BTreeMap::new(),
            mistakes: Vec::new(),
        };
        let extends = keys.read("extend", Entry::string);
        let levels = keys.read("severity", levels).unwrap_or_default();
        let selection = RuleSelection {
            select: keys.read("select", selectors),
            extend_select: keys.read("extend-select", selectors).unwrap_or_default(),
            ignore: keys.read("ignore", selectors).unwrap_or_default(),
            levels: levels.iter().map(|(code, level)| (*code, level.is_some())).collect(),
        };
        let set = levels.into_iter().filter_map(|(code, level)| Some((code, level?)));
        let options = Self {
            selections: vec![selection],
            severities: set.collect(),
            per_file_ignores: keys.read("per-file-ignores", |entry| per_file_ignores(entry, base)),
            include: keys.read("include", |entry| patterns(entry, base)),
            exclude: keys.read("exclude", |entry| patterns(entry, base)),
            extend_exclude: keys
                .read("extend-exclude", |entry| patterns(entry, base))
                .into_iter()
                .collect(),
            force_exclude: keys.read("force-exclude", Entry::boolean),
            test_code: keys.read("test-code", |entry| patterns(entry, base)),
            target_version: keys.read("target-version", target_version),
            strict: keys.read("strict", Entry::boolean),
            protocols: keys
                .read("protocols", |entry| entry.choices(PROTOCOLS))
                .map(BTreeSet::from_iter),
            default_deadline: keys.read("default-deadline", seconds),
            min_deadline: keys.read("min-deadline", seconds),
            max_deadline: keys.read("max-deadline", seconds),
            max_connect_wait: keys.read("max-connect-wait", seconds),
            deadline_scope: keys.read("deadline-scope", |entry| entry.choice(DEADLINE_SCOPES)),
            internal_timeout: keys.read("internal-timeout", |entry| entry.choice(INTERNAL_TIMEOUTS)),
            max_test_seconds: keys.read("max-test-seconds", seconds),
            default_receive_deadline: keys.read("default-receive-deadline", seconds),
            welcome: keys.read("welcome", Entry::boolean),
            windows_min_deadline: keys.read("windows-min-deadline", seconds),
            hang_rules: keys.read("hang-rules", |entry| entry.choice(HANG_RULES)),
            console_encodings: keys.read("console-encodings", console_encodings),
            print_strategy: print_strategy(&mut keys),
            fix: keys.read("fix", Entry::boolean),
            unsafe_fixes: keys.read("unsafe-fixes", Entry::boolean),
            fail_on: keys.read("fail-on", |entry| entry.choice(SEVERITIES)),
            output_format: keys.read("output-format", output_format),
            exit_zero: keys.read("exit-zero", Entry::boolean),
            baseline: keys.read("baseline", Entry::string).map(|path| base.join(path.value)),
            diff_base: keys.read("diff-base", Entry::string).map(|revision| revision.value),
            ignore_suppressions: false,
            libraries: keys.read("library", libraries).unwrap_or_default(),
            origins: BTreeMap::new(),
        };
        let origins = keys.finish()?;
        Ok((Self { origins, ..options }, extends))
    }
}

/// A table whose keys leave their place behind when they are read.
struct Keys<'d> {
    table: Table<'d>,
    origins: BTreeMap<&'static str, Origin>,
    mistakes: Vec<ConfigError>,
}

impl<'d> Keys<'d> {
    fn read<T>(&mut self, key: &'static str, value: impl FnOnce(Entry<'d>) -> Result<T, ConfigError>) -> Option<T> {
        let entry = self.table.take(key)?;
        self.origins.insert(key, entry.origin());
        value(entry).map_err(|mistake| self.mistakes.push(mistake)).ok()
    }

    /// # Errors
    /// All mistakes, those of the keys that nobody asked for included.
    fn finish(mut self) -> Result<BTreeMap<&'static str, Origin>, ConfigError> {
        self.mistakes.extend(self.table.unknown());
        match ConfigError::together(self.mistakes) {
            Some(mistakes) => Err(mistakes),
            None => Ok(self.origins),
        }
    }
}

fn selectors(entry: Entry<'_>) -> Result<Vec<Selector>, ConfigError> {
    let document = entry.document;
    let selector = |text: Located<String>| {
        Selector::parse(&text.value).map_err(|unknown| document.error(text.offset, unknown.to_string()))
    };
    gathered(entry.strings()?.into_iter().map(selector))
}

fn levels(entry: Entry<'_>) -> Result<BTreeMap<&'static str, Option<Severity>>, ConfigError> {
    gathered(entry.table()?.into_entries().map(level))
}

fn level(entry: Entry<'_>) -> Result<(&'static str, Option<Severity>), ConfigError> {
    let selector =
        Selector::parse(&entry.key).map_err(|unknown| entry.document.error(entry.key_offset, unknown.to_string()))?;
    let Selector::Rule(code) = selector else {
        let message = format!("`severity` is set rule by rule: `{}` means several", entry.key);
        return Err(entry.document.error(entry.key_offset, message));
    };
    Ok((code, entry.choice(LEVELS)?))
}

fn per_file_ignores(entry: Entry<'_>, base: &Path) -> Result<Vec<(Patterns, Vec<Selector>)>, ConfigError> {
    let ignore = |entry: Entry<'_>| {
        let pattern = Located {
            value: entry.key.clone(),
            offset: entry.key_offset,
        };
        Ok((compile(entry.document, vec![pattern], base)?, selectors(entry)?))
    };
    gathered(entry.table()?.into_entries().map(ignore))
}

fn patterns(entry: Entry<'_>, base: &Path) -> Result<Patterns, ConfigError> {
    let document = entry.document;
    compile(document, entry.strings()?, base)
}

fn compile(document: &Document, texts: Vec<Located<String>>, base: &Path) -> Result<Patterns, ConfigError> {
    let offsets: Vec<_> = texts.iter().map(|text| text.offset).collect();
    let values: Vec<_> = texts.into_iter().map(|text| text.value).collect();
    Patterns::new(base, values.clone()).map_err(|(index, message)| {
        let offset = offsets.get(index).copied().unwrap_or(0);
        let pattern = values.get(index).map_or("", String::as_str);
        document.error(offset, format!("`{pattern}` is not a pattern: {message}"))
    })
}

fn target_version(entry: Entry<'_>) -> Result<PythonVersion, ConfigError> {
    let document = entry.document;
    let text = entry.string()?;
    text.value
        .parse()
        .map_err(|error| document.error(text.offset, format!("`target-version`: {error}")))
}

fn seconds(entry: Entry<'_>) -> Result<f64, ConfigError> {
    let document = entry.document;
    let key = entry.key.clone();
    let seconds = entry.number()?;
    if seconds.value.is_finite() && seconds.value > 0.0 {
        return Ok(seconds.value);
    }
    let message = format!("`{key}` must be a number of seconds above 0");
    Err(document.error(seconds.offset, message))
}

fn console_encodings(entry: Entry<'_>) -> Result<Vec<String>, ConfigError> {
    let document = entry.document;
    let known = |encoding: Located<String>| match Encoding::from_name(&encoding.value) {
        Some(_) => Ok(encoding.value),
        None => {
            let message = format!(
                "`{}` is no code page of Python's (cp1252, cp437, ascii, …)",
                encoding.value
            );
            Err(document.error(encoding.offset, message))
        }
    };
    gathered(entry.strings()?.into_iter().map(known))
}

fn output_format(entry: Entry<'_>) -> Result<OutputFormat, ConfigError> {
    entry.choice(&output_formats())
}

pub(super) fn output_formats() -> Vec<(&'static str, OutputFormat)> {
    let formats = OutputFormat::ALL.iter();
    formats.map(|&format| (format.name(), format)).collect()
}

/// `print-strategy` and `safe-print` together: the import strategy needs to know what is imported.
fn print_strategy(keys: &mut Keys<'_>) -> Option<PrintStrategy> {
    let path = keys.read("safe-print", dotted_path::read);
    let is_wrong = path.is_none() && keys.origins.contains_key("safe-print");
    let strategy = keys.read("print-strategy", |entry| {
        let (document, offset) = (entry.document, entry.key_offset);
        match entry.choice(PRINT_STRATEGIES)? {
            Strategy::Helper => Ok(PrintStrategy::Helper),
            Strategy::Ascii => Ok(PrintStrategy::Ascii),
            // The mistake in the path is told already.
            Strategy::Import if is_wrong => Ok(PrintStrategy::Helper),
            Strategy::Import => path.clone().map(PrintStrategy::Import).ok_or_else(|| {
                let message = "`print-strategy = \"import\"` needs `safe-print`, the dotted path of the function: \
                               `safe-print = \"my_project.console.safe_print\"`";
                document.error(offset, message)
            }),
        }
    });
    strategy.or_else(|| path.map(PrintStrategy::Import))
}

/// The words of `print-strategy`; what is imported stands in `safe-print`.
#[derive(Clone, Copy)]
pub(super) enum Strategy {
    Helper,
    Import,
    Ascii,
}

fn libraries(entry: Entry<'_>) -> Result<Vec<(Language, Library)>, ConfigError> {
    let document = entry.document;
    let tables = entry.tables()?;
    gathered(
        tables
            .into_iter()
            .map(|table| user_library::read(document, table, LANGUAGES)),
    )
}
