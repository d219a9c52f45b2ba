//! What was typed means one of a few things.

use std::path::{Path, PathBuf};

use clap_complete::Shell;

use super::adoption::{Adoption, BaselineUse, ChangesSource};
use super::args::{Args, Output};
use super::environment;
use super::explain_site::SitePlace;
use super::misspelt;
use super::outputs::outputs;
use crate::config::{
    ConfigError, Hierarchy, Options, Origin, OutputFormat, Patterns, RuleSelection, RunSettings, Sources, UnknownRule,
    shown,
};
use crate::finding::{Applicability, Rule, Severity};
use crate::report::ColorChoice;
use crate::rules::{self};
use crate::run::Task;

/// What is to be done.
pub(super) enum Plan {
    Explain(&'static Rule, ColorChoice),
    ListRules,
    ConfigSchema,
    ShowSettings(PathBuf, Box<Hierarchy>),
    ShowFiles(Box<Lint>),
    ExplainSite(SitePlace, Box<Lint>),
    Complete(Shell),
    Man,
    Serve(Box<Args>, PathBuf),
    Lint(Box<Lint>),
    Budget(Box<Lint>),
}

/// Files are to be looked at.
pub(super) struct Lint {
    pub(super) input: Input,
    pub(super) hierarchy: Hierarchy,
    pub(super) action: Action,
    /// How far a fix must be trusted to be applied.
    pub(super) least: Applicability,
    pub(super) adoption: Adoption,
    /// Where the findings go; at most one output has no file.
    pub(super) outputs: Vec<Output>,
    pub(super) sarif_suppressions: bool,
    /// What tells which findings were posted before.
    pub(super) review_posted: Option<PathBuf>,
    pub(super) fail_on: Severity,
    pub(super) exit_zero: bool,
    pub(super) force_exclude: bool,
    pub(super) statistics: bool,
    pub(super) color: ColorChoice,
    pub(super) quiet: bool,
    pub(super) verbose: bool,
}

/// Where the sources come from.
pub(super) enum Input {
    Paths(Vec<PathBuf>),
    /// Standard input, and the name it stands for.
    Stdin(Option<PathBuf>),
}

/// What is done with the fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Report,
    Diff,
    Fix,
    FixOnly,
}

/// What was typed cannot be done as it stands.
#[derive(Debug, thiserror::Error)]
pub(super) enum Misuse {
    #[error(transparent)]
    Configuration(#[from] ConfigError),
    #[error("{0}")]
    UnknownRule(UnknownRule),
    #[error("{0}")]
    Arguments(&'static str),
    #[error("{0}")]
    Command(String),
    #[error("{name}: {reason}")]
    Variable { name: &'static str, reason: String },
    #[error("`--exclude`: `{pattern}` is not a pattern: {reason}")]
    Pattern { pattern: String, reason: String },
    #[error(
        "`{word}` is an option, and a file here has that name: put `--` in front of the paths (in pre-commit at the end of `args`)",
        word = .0.display()
    )]
    OptionOrFile(std::ffi::OsString),
    #[error("`{}` is given as the file of two formats: each needs one of its own", .0.display())]
    SharedFile(PathBuf),
    #[error(
        "{formats} formats without a file and {files} of `--output-file`: give each format its own \
         (`--output-format json=report.json`)"
    )]
    UnpairedFiles { formats: usize, files: usize },
}

const STATISTICS_FOR_MACHINES: &str = "`--statistics` is for people and changes `full` and `concise` only: leave it out \
    (`json` has the counts in `summary.rules`), or give the other format a file and print one of these two";

const BUDGET_IN_OTHER_FORMATS: &str =
    "`--budget` prints `full` for people and `json` for programs: name one of these two with `--output-format`";

const REVIEW_OF_NOTHING: &str = "`github-review` comments on lines that a pull request shows: say which with `--diff-base REV` \
    (the branch that it goes into) or `--diff-file FILE` (its diff)";

const REVIEW_OF_FIXED: &str = "`github-review` comments on the code as it was pushed, and fixes would change it: leave `--fix` and \
    `--add-ignore` out (`--no-fix`, where the configuration says `fix = true`)";

impl Plan {
    pub(super) fn new(args: Args, cwd: &Path) -> Result<Self, Misuse> {
        if let Some(name) = &args.explain {
            let unknown = || Misuse::UnknownRule(UnknownRule(name.clone()));
            let rule = rules::find(name).ok_or_else(unknown)?;
            return Ok(Plan::Explain(rule, args.color));
        }
        if args.list_rules {
            return Ok(Plan::ListRules);
        }
        if args.config_schema {
            return Ok(Plan::ConfigSchema);
        }
        if let Some(shell) = args.generate_completion {
            return Ok(Plan::Complete(shell));
        }
        if args.generate_man {
            return Ok(Plan::Man);
        }
        if args.lsp {
            return Ok(Plan::Serve(Box::new(args), cwd.to_owned()));
        }
        let hierarchy = hierarchy(&args, cwd)?;
        if let Some(path) = args.show_settings {
            return Ok(Plan::ShowSettings(path, Box::new(hierarchy)));
        }
        let run = hierarchy.of(cwd)?.run.clone();
        if args.budget {
            let lint = lint(args, hierarchy, &run)?;
            let is_known = |output: &Output| output.format.is_human() || output.format == OutputFormat::Json;
            return match lint.outputs.iter().all(is_known) {
                true => Ok(Plan::Budget(Box::new(lint))),
                false => Err(Misuse::Arguments(BUDGET_IN_OTHER_FORMATS)),
            };
        }
        let (shows_files, site) = (args.show_files, args.explain_site.clone());
        let lint = Box::new(lint(args, hierarchy, &run)?);
        Ok(match site {
            Some(site) => Plan::ExplainSite(site, lint),
            None if shows_files => Plan::ShowFiles(lint),
            None => Plan::Lint(lint),
        })
    }
}

/// The configuration of the files of a folder, as the arguments have it.
pub(super) fn hierarchy(args: &Args, folder: &Path) -> Result<Hierarchy, Misuse> {
    Ok(Hierarchy::new(folder, sources(args, folder)?)?)
}

impl Lint {
    /// What is done with each file. Comments that allow findings come in behind the fixes where fixes are asked for,
    /// and alone where they are not.
    pub(super) fn task(&self) -> Task {
        let adds = self.adoption.add_ignore.is_some();
        match self.action {
            Action::Report if !adds => Task::Check,
            Action::Report => Task::Fix(None),
            Action::Diff if adds => Task::Preview(None),
            Action::Diff => Task::Preview(Some(self.least)),
            Action::Fix | Action::FixOnly => Task::Fix(Some(self.least)),
        }
    }
}

fn lint(args: Args, hierarchy: Hierarchy, run: &RunSettings) -> Result<Lint, Misuse> {
    let action = match (args.diff, args.fix_only, run.fix) {
        (true, _, _) => Action::Diff,
        (_, true, _) => Action::FixOnly,
        (_, _, true) => Action::Fix,
        _ => Action::Report,
    };
    if let Some(instead) = misspelt::as_a_command(&args.paths, hierarchy.cwd()) {
        return Err(Misuse::Command(instead));
    }
    let input = input(args.paths, args.stdin_filename)?;
    let writes_baseline = args.write_baseline.is_some() || args.prune_baseline;
    if writes_baseline && matches!(input, Input::Stdin(_)) {
        return Err(Misuse::Arguments(
            "a baseline is written from files, not from standard input: name paths",
        ));
    }
    let configured = run.baseline.as_ref().filter(|_| !args.no_baseline);
    let configured = configured.map(|path| PathBuf::from(shown(path, hierarchy.cwd())));
    let known = args.baseline.or(configured);
    if args.prune_baseline && known.is_none() {
        return Err(Misuse::Arguments(
            "`--prune-baseline` needs to know which: `--baseline FILE`, or `baseline` in the configuration",
        ));
    }
    let configured = run
        .diff_base
        .clone()
        .filter(|_| args.write_baseline.is_none() && args.diff_file.is_none());
    let diff_base = args.diff_base.or(configured);
    let baseline = match (args.write_baseline, known, args.prune_baseline) {
        (Some(path), _, _) => Some(BaselineUse::Renewed(path)),
        (None, Some(path), true) => Some(BaselineUse::Pruned(path)),
        (None, Some(path), false) => Some(BaselineUse::Known(path)),
        (None, None, _) => None,
    };
    let changes = match (diff_base, args.diff_file) {
        (Some(revision), _) => Some(ChangesSource::Revision(revision)),
        (None, Some(path)) => Some(ChangesSource::File(path)),
        (None, None) => None,
    };
    if matches!(&changes, Some(ChangesSource::File(path)) if path == Path::new("-")) && matches!(input, Input::Stdin(_))
    {
        return Err(Misuse::Arguments(
            "standard input is either the source or the diff: give `--diff-file` a file",
        ));
    }
    let reads_stdin = matches!(input, Input::Stdin(_))
        || matches!(&changes, Some(ChangesSource::File(path)) if path == Path::new("-"));
    if args.watch && reads_stdin {
        return Err(Misuse::Arguments(
            "`--watch` watches files, and standard input is none: name paths, and a file for `--diff-file`",
        ));
    }
    let outputs = outputs(args.output_format, args.output_file, run.output_format, hierarchy.cwd())?;
    if args.statistics && !outputs.iter().any(|output| output.format.is_human()) {
        return Err(Misuse::Arguments(STATISTICS_FOR_MACHINES));
    }
    let reviews = outputs.iter().any(|output| output.format == OutputFormat::GithubReview);
    if reviews && changes.is_none() {
        return Err(Misuse::Arguments(REVIEW_OF_NOTHING));
    }
    if args.ignore_suppressions && matches!(action, Action::Fix | Action::FixOnly | Action::Diff) {
        return Err(Misuse::Arguments(
            "`--ignore-suppressions` reports what comments allow, and fixes would change it: add `--no-fix`, as the configuration says `fix = true`",
        ));
    }
    if reviews && (matches!(action, Action::Fix | Action::FixOnly) || args.add_ignore.is_some()) {
        return Err(Misuse::Arguments(REVIEW_OF_FIXED));
    }
    if args.review_posted.is_some() && !reviews {
        return Err(Misuse::Arguments(
            "`--review-posted` goes with `--output-format github-review`",
        ));
    }
    if args.sarif_suppressions && !outputs.iter().any(|output| output.format == OutputFormat::Sarif) {
        return Err(Misuse::Arguments(
            "`--sarif-suppressions` goes with `--output-format sarif`",
        ));
    }
    Ok(Lint {
        input,
        adoption: Adoption {
            baseline,
            changes,
            add_ignore: args.add_ignore,
        },
        hierarchy,
        action,
        least: match run.unsafe_fixes {
            true => Applicability::Unsafe,
            false => Applicability::Safe,
        },
        outputs,
        sarif_suppressions: args.sarif_suppressions,
        review_posted: args.review_posted,
        fail_on: run.fail_on,
        exit_zero: run.exit_zero,
        force_exclude: run.force_exclude,
        statistics: args.statistics,
        color: args.color,
        quiet: args.quiet,
        verbose: args.verbose,
    })
}

fn input(paths: Vec<PathBuf>, stdin_filename: Option<PathBuf>) -> Result<Input, Misuse> {
    let has_dash = paths.iter().any(|path| path == Path::new("-"));
    if has_dash && paths.len() > 1 {
        return Err(Misuse::Arguments(
            "`-` cannot stand beside other paths: standard input is looked at alone",
        ));
    }
    if has_dash || paths.is_empty() && stdin_filename.is_some() {
        return Ok(Input::Stdin(stdin_filename));
    }
    if stdin_filename.is_some() {
        return Err(Misuse::Arguments(
            "`--stdin-filename` goes with `-`, not with other paths",
        ));
    }
    Ok(Input::Paths(match paths.is_empty() {
        true => vec![PathBuf::from(".")],
        false => paths,
    }))
}

/// `--config` names a file, or it is an option of its own.
fn sources(args: &Args, cwd: &Path) -> Result<Sources, Misuse> {
    let mut sources = Sources {
        isolated: args.isolated,
        flags: flags(args, cwd)?,
        environment: environment::options()?,
        ..Sources::default()
    };
    for text in &args.config {
        if text.contains('=') && !cwd.join(text).is_file() {
            sources.inline.push(text.clone());
        } else if sources.file.replace(PathBuf::from(text)).is_some() {
            return Err(Misuse::Arguments(
                "`--config` can name one file only: let it `extend` the other",
            ));
        }
    }
    if sources.file.is_none() && !sources.isolated {
        sources.file = environment::configuration_file();
    }
    if sources.isolated && sources.file.is_some() {
        return Err(Misuse::Arguments(
            "`--isolated` and a configuration file exclude each other",
        ));
    }
    Ok(sources)
}

/// The flags that say what the configuration could say too.
fn flags(args: &Args, cwd: &Path) -> Result<Options, Misuse> {
    let switch = |on: bool, off: bool| match (on, off) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    let mut options = Options {
        selections: vec![RuleSelection {
            select: args.select.clone(),
            extend_select: args.extend_select.clone(),
            ignore: args.ignore.clone(),
            ..RuleSelection::default()
        }],
        extend_exclude: excluded(&args.exclude, cwd)?,
        target_version: args.target_version,
        strict: switch(args.strict, args.no_strict),
        fix: switch(args.fix || args.fix_only, args.no_fix),
        unsafe_fixes: switch(args.unsafe_fixes, args.no_unsafe_fixes),
        fail_on: args.fail_on,
        exit_zero: switch(args.exit_zero, args.no_exit_zero),
        ignore_suppressions: args.ignore_suppressions,
        force_exclude: switch(args.force_exclude, args.no_force_exclude),
        ..Options::default()
    };
    let given = [
        ("select", "--select", args.select.is_some()),
        ("extend-select", "--extend-select", !args.extend_select.is_empty()),
        ("ignore", "--ignore", !args.ignore.is_empty()),
        ("target-version", "--target-version", args.target_version.is_some()),
        ("strict", "--strict", options.strict.is_some()),
        ("fix", "--fix", options.fix.is_some()),
        ("unsafe-fixes", "--unsafe-fixes", options.unsafe_fixes.is_some()),
        ("extend-exclude", "--exclude", !args.exclude.is_empty()),
        ("exit-zero", "--exit-zero", options.exit_zero.is_some()),
        ("fail-on", "--fail-on", args.fail_on.is_some()),
        ("force-exclude", "--force-exclude", options.force_exclude.is_some()),
    ];
    for (key, flag, is_given) in given {
        if is_given {
            options.origins.insert(key, Origin::Flag(flag));
        }
    }
    Ok(options)
}

fn excluded(texts: &[String], cwd: &Path) -> Result<Vec<Patterns>, Misuse> {
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let patterns = Patterns::new(cwd, texts.to_vec()).map_err(|(index, reason)| Misuse::Pattern {
        pattern: texts.get(index).cloned().unwrap_or_default(),
        reason,
    })?;
    Ok(vec![patterns])
}
