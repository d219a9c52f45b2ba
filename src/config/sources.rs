//! The files that configure: which ones there are, where the ws-lint table stands in each, and what they extend.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::error::ConfigError;
use super::options::Options;
use super::reader::{Document, Located, Table};

/// The files that are looked for in each folder, the first one that configures ws-lint counts.
const FILES: [&str; 4] = [".ws-lint.toml", "ws-lint.toml", "pyproject.toml", "Cargo.toml"];

/// The configuration that stands in `directory` itself, and its file.
pub(super) fn in_directory(directory: &Path, cwd: &Path) -> Result<Option<(PathBuf, Options)>, ConfigError> {
    for name in FILES {
        let path = directory.join(name);
        let text = match fs::read(&path) {
            Ok(text) => text,
            // Folders that may not be looked into are the business of whoever reads the files in them.
            Err(error) if error.kind() != ErrorKind::InvalidData => continue,
            Err(error) => return Err(ConfigError::whole(shown(&path, cwd), error.to_string())),
        };
        if let Some(options) = parse(&path, text, cwd, &mut Vec::new())? {
            return Ok(Some((path, options)));
        }
    }
    Ok(None)
}

/// The configuration of a file that was named, whatever it is called.
pub(super) fn named(path: &Path, cwd: &Path) -> Result<Options, ConfigError> {
    named_on_the_way(path, cwd, &mut Vec::new())
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

fn named_on_the_way(path: &Path, cwd: &Path, trail: &mut Vec<PathBuf>) -> Result<Options, ConfigError> {
    let name = shown(path, cwd);
    let text = fs::read(path).map_err(|error| ConfigError::whole(&name, error.to_string()))?;
    parse(path, text, cwd, trail)?.ok_or_else(|| {
        let message = "no ws-lint configuration in it: neither `[tool.ws-lint]` (pyproject.toml) nor \
                       `[workspace.metadata.ws-lint]` nor `[package.metadata.ws-lint]` (Cargo.toml)";
        ConfigError::whole(name, message)
    })
}

fn parse(path: &Path, text: Vec<u8>, cwd: &Path, trail: &mut Vec<PathBuf>) -> Result<Option<Options>, ConfigError> {
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
    let base = path.parent().unwrap_or(cwd);
    let (options, extends) = Options::read(table, base)?;
    let Some(extends) = extends else {
        return Ok(Some(options));
    };
    trail.push(path.to_owned());
    let weaker = extended(&document, base, &extends, cwd, trail)?;
    Ok(Some(options.over(weaker)))
}

fn extended(
    document: &Document,
    base: &Path,
    extends: &Located<String>,
    cwd: &Path,
    trail: &mut Vec<PathBuf>,
) -> Result<Options, ConfigError> {
    let refuse = |reason: String| document.error(extends.offset, format!("`extend = \"{}\"`: {reason}", extends.value));
    let path = fs::canonicalize(base.join(&extends.value)).map_err(|error| refuse(error.to_string()))?;
    let met = |known: &PathBuf| fs::canonicalize(known).is_ok_and(|known| known == path);
    if trail.iter().any(met) {
        return Err(refuse("the files extend each other in a circle".to_owned()));
    }
    named_on_the_way(&path, cwd, trail)
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
