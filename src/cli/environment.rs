//! What the environment says that the configuration could say too: stronger than a file, weaker than the command line.

use std::env;
use std::path::PathBuf;

use super::plan::Misuse;
use crate::config::{Options, Origin, RuleSelection, SEVERITIES, Selector};

/// The variables, as `--help` names them.
const CONFIG: &str = "WS_LINT_CONFIG";
const OUTPUT_FORMAT: &str = "WS_LINT_OUTPUT_FORMAT";
const FAIL_ON: &str = "WS_LINT_FAIL_ON";
const SELECT: &str = "WS_LINT_SELECT";

/// The configuration file that the environment names.
pub(super) fn configuration_file() -> Option<PathBuf> {
    env::var_os(CONFIG).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// What the environment says besides.
///
/// # Errors
/// A variable whose value means nothing.
pub(super) fn options() -> Result<Options, Misuse> {
    let mut options = Options::default();
    if let Some(name) = text(OUTPUT_FORMAT)? {
        let format = name.parse();
        options.output_format = Some(format.map_err(|error| wrong(OUTPUT_FORMAT, error))?);
        options.origins.insert("output-format", Origin::Variable(OUTPUT_FORMAT));
    }
    if let Some(name) = text(FAIL_ON)? {
        let known = SEVERITIES.iter().find(|(known, _)| *known == name);
        let (_, severity) = known.ok_or_else(|| {
            let names: Vec<_> = SEVERITIES.iter().map(|(name, _)| *name).collect();
            wrong(FAIL_ON, format!("`{name}` is none of {}", names.join(", ")))
        })?;
        options.fail_on = Some(*severity);
        options.origins.insert("fail-on", Origin::Variable(FAIL_ON));
    }
    if let Some(list) = text(SELECT)? {
        let selectors = list.split(',').map(|text| Selector::parse(text.trim()));
        let selectors: Result<Vec<_>, _> = selectors.collect();
        options.selections.push(RuleSelection {
            select: Some(selectors.map_err(|error| wrong(SELECT, error))?),
            ..RuleSelection::default()
        });
        options.origins.insert("select", Origin::Variable(SELECT));
    }
    Ok(options)
}

/// The value of a variable; an empty one says nothing.
fn text(name: &'static str) -> Result<Option<String>, Misuse> {
    let value = env::var_os(name).filter(|value| !value.is_empty());
    let text = value.map(|value| value.into_string().map_err(|_| wrong(name, "it is not UTF-8")));
    text.transpose()
}

fn wrong(name: &'static str, reason: impl ToString) -> Misuse {
    Misuse::Variable {
        name,
        reason: reason.to_string(),
    }
}
