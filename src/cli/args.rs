//! What was typed. What it means is [`super::plan`]'s business.

use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Parser};
use clap_complete::Shell;

use super::explain_site::SitePlace;
use super::selectors::{Outputs, RuleNames, Selectors};
use crate::config::{OutputFormat, SEVERITIES, Selector};
use crate::facts::PythonVersion;
use crate::finding::Severity;
use crate::report::ColorChoice;
use crate::suppress::Reason;

/// Finds WebSocket connects whose deadline is wrong or missing, and prints that the console cannot take, in Python and
/// Rust; fixes both.
///
/// Without paths the current folder is looked at. `.gitignore` is respected, hidden files and folders are skipped.
#[derive(Debug, Parser)]
#[command(name = "ws-lint", version, after_help = AFTER_HELP, max_term_width = 100, args_override_self = true)]
pub(super) struct Args {
    /// Files and folders to look at; `-` for standard input (with --stdin-filename).
    #[arg(value_name = "PATHS")]
    pub(super) paths: Vec<PathBuf>,

    /// Print how long each test can take, as its code bounds it, the worst first; exit as for findings of WS205.
    #[arg(
        long,
        conflicts_with_all = [
            "watch", "fix", "fix_only", "diff", "write_baseline", "baseline", "prune_baseline", "diff_base", "diff_file",
            "add_ignore", "statistics", "sarif_suppressions", "review_posted", "information",
        ]
    )]
    pub(super) budget: bool,

    /// Serve an editor over standard input and output, by the language server protocol, until it leaves.
    #[arg(
        long,
        conflicts_with_all = [
            "paths", "stdin_filename", "watch", "budget", "fix", "fix_only", "diff", "write_baseline", "baseline", "prune_baseline",
            "diff_base", "diff_file", "add_ignore", "statistics", "sarif_suppressions", "review_posted", "information",
        ]
    )]
    pub(super) lsp: bool,

    /// Look again whenever a file or the configuration changes, until Ctrl-C.
    #[arg(long, conflicts_with_all = ["write_baseline", "prune_baseline", "information"])]
    pub(super) watch: bool,

    /// Apply the safe fixes of what counts (at or above --fail-on) and report what is left.
    #[arg(long, help_heading = "Fixing")]
    pub(super) fix: bool,
    /// Report only, even if the configuration says `fix = true`.
    #[arg(long, help_heading = "Fixing", hide = true, conflicts_with_all = ["fix", "fix_only"])]
    pub(super) no_fix: bool,
    /// Print the fixes as a unified diff instead of applying them; exit with 1 if there is one.
    #[arg(
        long,
        help_heading = "Fixing",
        conflicts_with_all = ["fix", "fix_only", "output_format", "output_file", "statistics"]
    )]
    pub(super) diff: bool,
    /// Apply the safe fixes of what counts and do not report what is left.
    #[arg(long, help_heading = "Fixing", conflicts_with_all = ["output_format", "output_file", "statistics"])]
    pub(super) fix_only: bool,
    /// Include fixes after which a program that works today may behave otherwise, or a comment is lost.
    #[arg(long, help_heading = "Fixing")]
    pub(super) unsafe_fixes: bool,
    /// Leave unsafe fixes out, even if the configuration says `unsafe-fixes = true`.
    #[arg(long, help_heading = "Fixing", hide = true, conflicts_with = "unsafe_fixes")]
    pub(super) no_unsafe_fixes: bool,

    /// Write all findings into a baseline and end with 0. What this run does not look at keeps its entries.
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "Adoption",
        conflicts_with_all = ["baseline", "prune_baseline", "diff", "diff_base", "diff_file", "add_ignore", "output_format", "statistics"]
    )]
    pub(super) write_baseline: Option<PathBuf>,
    /// Leave aside, and do not fix, the findings that this baseline has; tell entries that are no longer needed.
    #[arg(long, value_name = "FILE", help_heading = "Adoption")]
    pub(super) baseline: Option<PathBuf>,
    /// Take entries that are no longer needed out of the baseline.
    #[arg(long, help_heading = "Adoption", conflicts_with = "diff")]
    pub(super) prune_baseline: bool,
    /// Report and fix only what stands on lines that changed since this branch left REV. Asks git.
    #[arg(long, value_name = "REV", help_heading = "Adoption")]
    pub(super) diff_base: Option<String>,
    /// Report and fix only what stands on lines that are new by this unified diff, which has to lead to the files as
    /// they are; `-` for standard input.
    #[arg(long, value_name = "FILE", help_heading = "Adoption", conflicts_with = "diff_base")]
    pub(super) diff_file: Option<PathBuf>,
    /// Look at all findings, even if the configuration names a baseline.
    #[arg(long, help_heading = "Adoption", hide = true, conflicts_with_all = ["baseline", "prune_baseline"])]
    pub(super) no_baseline: bool,
    /// Report what a comment allows, too.
    #[arg(
        long,
        help_heading = "Adoption",
        conflicts_with_all = ["fix", "fix_only", "diff", "add_ignore", "write_baseline", "prune_baseline"]
    )]
    pub(super) ignore_suppressions: bool,
    /// Write a comment that allows it behind every finding that is left: `# ws-lint: ignore[CODE] REASON`.
    #[arg(
        long,
        value_name = "REASON",
        help_heading = "Adoption",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        value_parser = Reason::from_str,
        conflicts_with = "fix_only"
    )]
    pub(super) add_ignore: Option<Reason>,

    /// Run only these rules: codes (WS101), prefixes (WS1), names or ALL.
    #[arg(long, value_name = "RULES", help_heading = "Rules", value_delimiter = ',', value_parser = Selectors, hide_possible_values = true)]
    pub(super) select: Option<Vec<Selector>>,
    /// Do not run these rules. The more specific of --select and --ignore wins.
    #[arg(long, value_name = "RULES", help_heading = "Rules", value_delimiter = ',', value_parser = Selectors, hide_possible_values = true)]
    pub(super) ignore: Vec<Selector>,
    /// Run these rules too.
    #[arg(long, value_name = "RULES", help_heading = "Rules", value_delimiter = ',', value_parser = Selectors, hide_possible_values = true)]
    pub(super) extend_select: Vec<Selector>,
    /// Want each connect under a deadline from outside, and no async test code that blocks: what is an info then is a warning.
    #[arg(long, help_heading = "Rules")]
    pub(super) strict: bool,
    /// Take infos for infos, even if the configuration says `strict = true`.
    #[arg(long, help_heading = "Rules", hide = true, conflicts_with = "strict")]
    pub(super) no_strict: bool,
    /// The oldest Python that fixed code must run on, in place of what the manifest says: 3.10 or py310.
    #[arg(long, value_name = "VERSION", help_heading = "Rules", value_parser = PythonVersion::from_str)]
    pub(super) target_version: Option<PythonVersion>,

    /// Use this file and no other, or set one option: --config 'default-deadline = 5'. Can be repeated.
    #[arg(long, value_name = "FILE|KEY = VALUE", help_heading = "Configuration")]
    pub(super) config: Vec<String>,
    /// Look for no configuration file.
    #[arg(long, help_heading = "Configuration")]
    pub(super) isolated: bool,
    /// The name that standard input stands for: its language and its configuration follow from it.
    #[arg(long, value_name = "NAME", help_heading = "Configuration")]
    pub(super) stdin_filename: Option<PathBuf>,
    /// Leave these files and folders out, too: patterns, from the working folder.
    #[arg(long, value_name = "PATTERNS", help_heading = "Configuration", value_delimiter = ',')]
    pub(super) exclude: Vec<String>,
    /// Skip excluded files even if they are named on the command line.
    #[arg(long, help_heading = "Configuration")]
    pub(super) force_exclude: bool,
    /// Look at named files even if the configuration says `force-exclude = true`.
    #[arg(long, help_heading = "Configuration", hide = true, conflicts_with = "force_exclude")]
    pub(super) no_force_exclude: bool,

    /// How to print the findings: full, concise, json, json-lines, sarif, github, github-review, gitlab, junit,
    /// checkstyle, rdjson, rdjsonl or markdown; with =FILE into a file. Can be repeated.
    #[arg(long, value_name = "FORMAT[=FILE]", help_heading = "Output", value_parser = Outputs, hide_possible_values = true)]
    pub(super) output_format: Vec<Output>,
    /// The file for the --output-format that names none; repeated, the n-th file is for the n-th of them.
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    pub(super) output_file: Vec<PathBuf>,
    /// Show in sarif also what a comment or the baseline allows, as suppressed.
    #[arg(long, help_heading = "Output")]
    pub(super) sarif_suppressions: bool,
    /// Leave out of github-review what was posted before: a file with what GitHub says of it, or with the comments.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(super) review_posted: Option<PathBuf>,
    /// The lowest severity that counts: makes the run fail, and is fixed [default: warning].
    #[arg(long, value_name = "LEVEL", help_heading = "Output", value_parser = severity())]
    pub(super) fail_on: Option<Severity>,
    /// Exit with 0 even if there are findings or a diff.
    #[arg(long, short = 'e', help_heading = "Output")]
    pub(super) exit_zero: bool,
    /// Exit with 1 if there are findings, even if the configuration says `exit-zero = true`.
    #[arg(long, help_heading = "Output", hide = true, conflicts_with = "exit_zero")]
    pub(super) no_exit_zero: bool,
    /// Print the number of findings of each rule instead of the findings.
    #[arg(long, help_heading = "Output")]
    pub(super) statistics: bool,
    /// When to use colours; auto respects NO_COLOR and FORCE_COLOR.
    #[arg(long, value_name = "WHEN", help_heading = "Output", default_value = "auto", value_parser = color())]
    pub(super) color: ColorChoice,
    /// Print the findings and nothing else: no summary, no warnings.
    #[arg(long, short, help_heading = "Output", conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Say what is skipped and which configuration holds.
    #[arg(long, short, help_heading = "Output")]
    pub(super) verbose: bool,

    /// Print the page of a rule: what it does, why, and when to allow it.
    #[arg(
        long,
        value_name = "CODE",
        help_heading = "Information",
        group = "information",
        value_parser = RuleNames,
        hide_possible_values = true
    )]
    pub(super) explain: Option<String>,
    /// Print how the answer for what stands at a line came about: what a call resolves to, which deadline holds, which release
    /// counts, and why a rule says nothing.
    #[arg(long, value_name = "FILE:LINE", help_heading = "Information", group = "information")]
    pub(super) explain_site: Option<SitePlace>,
    /// Print every rule in a line.
    #[arg(long, help_heading = "Information", group = "information")]
    pub(super) list_rules: bool,
    /// Print the settings that hold for a path, each with the place it comes from, and what is known of its project.
    #[arg(
        long,
        value_name = "PATH",
        help_heading = "Information",
        group = "information",
        num_args = 0..=1,
        default_missing_value = "."
    )]
    pub(super) show_settings: Option<PathBuf>,
    /// Print the files that are looked at, one a line.
    #[arg(long, help_heading = "Information", group = "information")]
    pub(super) show_files: bool,
    /// Print the JSON Schema of the configuration, for editors.
    #[arg(long, help_heading = "Information", group = "information")]
    pub(super) config_schema: bool,
    /// Print a completion script.
    #[arg(long, value_name = "SHELL", help_heading = "Information", group = "information")]
    pub(super) generate_completion: Option<Shell>,
    /// Print the manual page (roff).
    #[arg(long, help_heading = "Information", group = "information", action = ArgAction::SetTrue)]
    pub(super) generate_man: bool,
}

const AFTER_HELP: &str = "\
Examples:
  ws-lint                             report on the current folder
  ws-lint --diff src tests            show what --fix would change
  ws-lint --fix --unsafe-fixes        apply every fix, then report what is left
  ws-lint --strict                    every connect under a deadline from outside
  ws-lint --select WS1 --ignore WS102 client.py
  ws-lint --output-format sarif --output-file ws-lint.sarif
  ws-lint --output-format concise --output-format json=report.json --output-format junit=report.xml
  ws-lint --fix --stdin-filename app.py - < app.py
  ws-lint --write-baseline ws-lint-baseline.json
  ws-lint --baseline ws-lint-baseline.json
  ws-lint --diff-base origin/main     report only what this branch changed
  ws-lint --output-format github-review=review.json --diff-base origin/main
  ws-lint --watch src                 report again whenever a file changes
  ws-lint --budget tests              show how long each test can take
  ws-lint --explain WS101

Environment (stronger than the configuration, weaker than the flags):
  WS_LINT_CONFIG, WS_LINT_OUTPUT_FORMAT, WS_LINT_FAIL_ON, WS_LINT_SELECT

Exit codes:
  0  no finding at or above --fail-on, no diff
  1  findings, or a diff
  2  something that was asked could not be done";

/// A format, and the file it goes to; standard output without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Output {
    pub(super) format: OutputFormat,
    pub(super) file: Option<PathBuf>,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, file) = match text.split_once('=') {
            Some((_, "")) => return Err("a file name is missing behind `=`".to_owned()),
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let format = name.parse().map_err(|error| {
            let known: Vec<_> = OutputFormat::ALL.iter().map(|format| format.name()).collect();
            format!("{error} (there are {})", known.join(", "))
        })?;
        Ok(Self { format, file })
    }
}

fn severity() -> impl TypedValueParser<Value = Severity> {
    let names = SEVERITIES.iter().map(|(name, _)| *name);
    PossibleValuesParser::new(names).map(|chosen| {
        let known = SEVERITIES.iter().find(|(name, _)| *name == chosen);
        known.map_or(Severity::Warning, |(_, severity)| *severity)
    })
}

fn color() -> impl TypedValueParser<Value = ColorChoice> {
    let names = ColorChoice::ALL.iter().map(|choice| choice.name());
    PossibleValuesParser::new(names).map(|chosen| chosen.parse().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_definitions_are_consistent() {
        Args::command().debug_assert();
    }
}
