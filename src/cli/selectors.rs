//! Values of flags that completions list, though not everything that is read is in the list.

use std::ffi::OsStr;
use std::str::FromStr;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, Error};

use super::args::Output;
use crate::config::{OutputFormat, Selector};
use crate::rules;

/// Codes, prefixes and names of rules, and `ALL`.
#[derive(Clone)]
pub(super) struct Selectors;

/// The code or name of one rule, which is looked up later.
#[derive(Clone)]
pub(super) struct RuleNames;

/// Formats, each with its file if it has one.
#[derive(Clone)]
pub(super) struct Outputs;

impl TypedValueParser for Selectors {
    type Value = Selector;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<Selector, Error> {
        let text = utf8(command, value)?;
        Selector::parse(text).map_err(|reason| invalid(command, argument, text, &reason.to_string()))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let all = PossibleValue::new("ALL").help("every rule, also those that are off by default");
        Some(Box::new(of_rules().chain([all])))
    }
}

impl TypedValueParser for RuleNames {
    type Value = String;

    fn parse_ref(&self, command: &Command, _: Option<&Arg>, value: &OsStr) -> Result<String, Error> {
        utf8(command, value).map(str::to_owned)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(of_rules()))
    }
}

impl TypedValueParser for Outputs {
    type Value = Output;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<Output, Error> {
        let text = utf8(command, value)?;
        Output::from_str(text).map_err(|reason| invalid(command, argument, text, &reason))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(
            OutputFormat::ALL.iter().map(|format| PossibleValue::new(format.name())),
        ))
    }
}

fn of_rules() -> impl Iterator<Item = PossibleValue> {
    rules::ALL
        .iter()
        .map(|rule| PossibleValue::new(rule.code).help(rule.name))
}

fn utf8<'v>(command: &Command, value: &'v OsStr) -> Result<&'v str, Error> {
    value
        .to_str()
        .ok_or_else(|| Error::new(ErrorKind::InvalidUtf8).with_cmd(command))
}

/// As clap says it of the values that it reads itself.
fn invalid(command: &Command, argument: Option<&Arg>, value: &str, reason: &str) -> Error {
    let argument = argument.map_or_else(String::new, ToString::to_string);
    let message =
        format!("invalid value '{value}' for '{argument}': {reason}\n\nFor more information, try '--help'.\n");
    let mut error = Error::raw(ErrorKind::ValueValidation, message).with_cmd(command);
    error.insert(ContextKind::InvalidValue, ContextValue::String(value.to_owned()));
    error
}
