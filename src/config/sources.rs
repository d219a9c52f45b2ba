//! The files that configure: which ones there are, where the ws-lint table stands in each, and what they extend.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::ConfigError;
use super::options::Options;
use super::overlooked;
use super::reader::{Document, Located, Table};
use crate::reading::{self, Kind};

/// The files that are looked for in each folder, the first one that configures ws-lint counts.
const FILES: [&str; 4] = [".ws-lint.toml", "ws-lint.toml", "pyproject.toml", "Cargo.toml"];

/// How many files may extend each other, one behind the other.
const MOST_LINKS: usize = 32;

/// The configuration that stands in `directory` itself, and its file. What is there besides and is not read goes into `warnings`.
pub(super) fn in_directory(
    directory: &Path,
    cwd: &Path,
    warnings: &mut Vec<String>,
) -> Result<Option<(PathBuf, Options)>, ConfigError> {
    let mut found: Option<(PathBuf, Options)> = None;
    for name in FILES {
        let path = directory.join(name);
        let text = match reading::read(&path, Kind::Configuration) {
            Ok(text) => text,
            Err(error) if error.is_absent() || found.is_some() => continue,
            // It may exclude what would be written else.
            Err(error) => {
                return Err(ConfigError::whole(
                    shown(&path, cwd),
                    format!("cannot be read: {error}"),
                ));
            }
        };
        warnings.extend(overlooked::misspelt(&path, &text, cwd));
        if let Some((first, _)) = &found {
            if speaks_of_ws_lint(&path, text, cwd) {
                let (first, other) = (shown(first, cwd), shown(&path, cwd));
                warnings.push(format!(
                    "{other}: what it says of ws-lint is not read, `{first}` beside it is: keep one"
                ));
            }
        } else if let Some(link) = link(&path, text, cwd)? {
            found = Some((path, with_extended(link, cwd)?));
        }
    }
    Ok(found)
}

/// Whether a file configures ws-lint, rightly or wrongly.
fn speaks_of_ws_lint(path: &Path, text: Vec<u8>, cwd: &Path) -> bool {
    let Ok(text) = String::from_utf8(text) else {
        return !is_manifest(path);
    };
    let document = Document {
        name: shown(path, cwd),
        text,
    };
    match is_manifest(path) {
        true => document.text.contains("ws-lint") && matches!(ws_lint_table(path, &document), Ok(Some(_))),
        false => true,
    }
}

/// The configuration of a file that was named, whatever it is called.
pub(super) fn named(path: &Path, cwd: &Path) -> Result<Options, ConfigError> {
    let name = shown(path, cwd);
    let text = reading::read(path, Kind::Configuration).map_err(|error| match error.is_absent() {
        true => ConfigError::whole(name, error.to_string()),
        false => ConfigError::whole(name, format!("cannot be read: {error}")),
    })?;
    with_extended(named_link(path, text, cwd)?, cwd)
}

/// The options of a `--config 'key = value'`.
pub(super) fn inline(text: &str, cwd: &Path) -> Result<Options, ConfigError> {
    let document = Document {
        name: "--config".to_owned(),
        text: text.to_owned(),
    };
    let (mut options, extends) = Options::read(document.parse()?, cwd)?;
    if let Some(extends) = extends {
        return Err(document.error(
            extends.offset,
            "`extend` belongs in a file: name the file with `--config FILE`",
        ));
    }
    for origin in options.origins.values_mut() {
        *origin = super::Origin::Flag("--config");
    }
    Ok(options)
}

/// `path` as the user would name it.
pub(crate) fn shown(path: &Path, cwd: &Path) -> String {
    path.strip_prefix(cwd).unwrap_or(path).display().to_string()
}

/// One file of those that extend each other.
struct Link {
    path: PathBuf,
    document: Document,
    options: Options,
    extends: Option<Located<String>>,
}

/// The options of a file over those of the files that it extends.
fn with_extended(first: Link, cwd: &Path) -> Result<Options, ConfigError> {
    let mut link = first;
    let mut met: Vec<PathBuf> = Vec::new();
    let mut options = Vec::new();
    while let Some(extends) = link.extends.take() {
        let refuse = |reason: String| {
            let message = format!("`extend = \"{}\"`: {reason}", extends.value);
            link.document.error(extends.offset, message)
        };
        let base = link.path.parent().unwrap_or(cwd);
        let path = base.join(&extends.value);
        met.push(fs::canonicalize(&link.path).unwrap_or_else(|_| link.path.clone()));
        let text = reading::read(&path, Kind::Configuration).map_err(|error| refuse(error.to_string()))?;
        let path = fs::canonicalize(path).map_err(|error| refuse(error.to_string()))?;
        if met.contains(&path) {
            return Err(refuse("the files extend each other in a circle".to_owned()));
        }
        if met.len() > MOST_LINKS {
            let chain: Vec<_> = met.iter().map(|path| shown(path, cwd)).collect();
            return Err(refuse(format!(
                "more than {MOST_LINKS} files extend each other: {}",
                chain.join(" → ")
            )));
        }
        let next = named_link(&path, text, cwd)?;
        options.push(std::mem::replace(&mut link, next).options);
    }
    let weakest = link.options;
    Ok(options
        .into_iter()
        .rev()
        .fold(weakest, |weaker, options| options.over(weaker)))
}

/// A file that was named, which therefore has to configure ws-lint.
fn named_link(path: &Path, text: Vec<u8>, cwd: &Path) -> Result<Link, ConfigError> {
    link(path, text, cwd)?.ok_or_else(|| {
        let message = "no ws-lint configuration in it: neither `[tool.ws-lint]` (pyproject.toml) nor \
                       `[workspace.metadata.ws-lint]` nor `[package.metadata.ws-lint]` (Cargo.toml)";
        ConfigError::whole(shown(path, cwd), message)
    })
}

/// What one file says; nothing where it does not speak of ws-lint.
fn link(path: &Path, text: Vec<u8>, cwd: &Path) -> Result<Option<Link>, ConfigError> {
    let name = shown(path, cwd);
    let foreign = is_manifest(path);
    let Ok(text) = String::from_utf8(text) else {
        return match foreign {
            true => Ok(None),
            false => Err(ConfigError::whole(name, "not UTF-8")),
        };
    };
    // A manifest that does not speak of ws-lint is none of its business, broken or not.
    if foreign && !text.contains("ws-lint") {
        return Ok(None);
    }
    let document = Document { name, text };
    let Some(table) = ws_lint_table(path, &document)? else {
        return Ok(None);
    };
    let (options, extends) = Options::read(table, path.parent().unwrap_or(cwd))?;
    Ok(Some(Link {
        path: path.to_owned(),
        document,
        options,
        extends,
    }))
}

fn is_manifest(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name == "pyproject.toml" || name == "Cargo.toml")
}

fn ws_lint_table<'d>(path: &Path, document: &'d Document) -> Result<Option<Table<'d>>, ConfigError> {
    let mut root = document.parse()?;
    match path.file_name().and_then(|name| name.to_str()) {
        Some("pyproject.toml") => match below(&mut root, "tool")? {
            Some(mut tool) => below(&mut tool, "ws-lint"),
            None => Ok(None),
        },
        Some("Cargo.toml") => {
            let package = metadata(&mut root, "package")?;
            let workspace = metadata(&mut root, "workspace")?;
            if package.is_some() && workspace.is_some() {
                let message =
                    "both `[package.metadata.ws-lint]` and `[workspace.metadata.ws-lint]` are there: keep one";
                return Err(ConfigError::whole(&document.name, message));
            }
            Ok(package.or(workspace))
        }
        _ => Ok(Some(root)),
    }
}

fn metadata<'d>(root: &mut Table<'d>, part: &'static str) -> Result<Option<Table<'d>>, ConfigError> {
    let Some(mut part) = below(root, part)? else {
        return Ok(None);
    };
    let Some(mut metadata) = below(&mut part, "metadata")? else {
        return Ok(None);
    };
    below(&mut metadata, "ws-lint")
}

fn below<'d>(table: &mut Table<'d>, key: &'static str) -> Result<Option<Table<'d>>, ConfigError> {
    table.take(key).map(|entry| entry.table()).transpose()
}
