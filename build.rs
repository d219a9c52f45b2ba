//! Writes down what is in `rules/apis/`: each library's file as JSON, and the names that announce its use. A run that meets no
//! such name, as nearly all files are, reads nothing else of the catalogue.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use toml::{Table, Value};

/// The folders of `rules/apis/`, and the language of what is in each.
const LANGUAGES: [(&str, &str); 2] = [("python", "Python"), ("rust", "Rust")];

fn main() -> Result<(), Box<dyn Error>> {
    let manifest = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let apis = manifest.join("rules/apis");
    let mut code = String::from("/// By language and file.\npub(super) static LIBRARIES: &[Builtin] = &[\n");
    for (folder, language) in LANGUAGES {
        // New files count.
        println!("cargo::rerun-if-changed={}", apis.join(folder).display());
        for path in libraries(&apis.join(folder))? {
            println!("cargo::rerun-if-changed={}", path.display());
            let entry = entry(&path, language).map_err(|error| format!("{}: {error}", path.display()))?;
            code.push_str(&entry);
        }
    }
    code.push_str("];\n");
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("libraries.rs"), code)?;
    Ok(())
}

fn libraries(folder: &Path) -> Result<BTreeSet<PathBuf>, Box<dyn Error>> {
    let mut paths = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.insert(path);
        }
    }
    Ok(paths)
}

fn entry(path: &Path, language: &str) -> Result<String, Box<dyn Error>> {
    let library: Table = fs::read_to_string(path)?.parse()?;
    let package = library.get("package").and_then(Value::as_str).ok_or("no `package`")?;
    let modules: BTreeSet<&str> = texts(library.get("modules")).collect();
    let mut code = String::new();
    writeln!(code, "    Builtin {{")?;
    writeln!(code, "        language: Language::{language},")?;
    writeln!(code, "        text: {:?},", serde_json::to_string(&library)?)?;
    writeln!(code, "        package: {package:?},")?;
    writeln!(code, "        paths: &{:?},", Vec::from_iter(paths(&library, &modules)))?;
    writeln!(code, "        modules: &{:?},", Vec::from_iter(modules))?;
    writeln!(code, "        protocols: &[{}],", protocols(&library))?;
    writeln!(
        code,
        "        connects: &{:?},",
        last_names(
            tables(&library, "connect").chain(tables(&library, "passes-on")),
            &["paths"]
        )
    )?;
    writeln!(
        code,
        "        rejections: &{:?},",
        last_names(tables(&library, "exception"), &["paths"])
    )?;
    let connections = tables(&library, "receive").filter(|table| table.get("signal") != Some(&Value::Boolean(true)));
    writeln!(
        code,
        "        connections: &{:?},",
        last_names(connections, &["classes", "of"])
    )?;
    writeln!(code, "        gives: &[{}],", gives(&library)?)?;
    let certain = tables(&library, "blocking").filter(|table| table.get("may-be-over") != Some(&Value::Boolean(true)));
    writeln!(code, "        blocking: &{:?},", ends(certain))?;
    writeln!(code, "    }},")?;
    Ok(code)
}

/// Everything in the library's file that is a dotted path from one of these modules on.
fn paths<'t>(library: &'t Table, modules: &BTreeSet<&str>) -> BTreeSet<&'t str> {
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|char| char.is_alphanumeric() || char == '_');
    let is_path = |text: &str| {
        let mut names = text.split('.');
        names.next().is_some_and(|first| modules.contains(first)) && text.contains('.') && names.all(is_name)
    };
    let (mut found, mut pending) = (BTreeSet::new(), Vec::from_iter(library.values()));
    while let Some(value) = pending.pop() {
        match value {
            Value::String(text) => found.extend(Some(text.trim_end_matches("()")).filter(|text| is_path(text))),
            Value::Array(values) => pending.extend(values),
            Value::Table(table) => pending.extend(table.values()),
            _ => {}
        }
    }
    found
}

/// What the library's functions give: `Given`s.
fn gives(library: &Table) -> Result<String, Box<dyn Error>> {
    let mut code = String::new();
    for given in tables(library, "gives") {
        let class = given.get("class").and_then(Value::as_str).ok_or("no `class`")?;
        let fixture = given.get("fixture").and_then(Value::as_str);
        let awaited = given.get("awaited") == Some(&Value::Boolean(true));
        let paths: Vec<&str> = texts(given.get("paths")).collect();
        write!(
            code,
            "Given {{ paths: &{paths:?}, class: {class:?}, awaited: {awaited}, fixture: {fixture:?} }}, "
        )?;
    }
    Ok(code)
}

/// What the library's connects speak: variants of `Protocol`.
fn protocols(library: &Table) -> String {
    let of_library = library.get("protocol");
    let spoken = tables(library, "connect").map(|connect| connect.get("protocol").or(of_library));
    let names = spoken.map(|protocol| protocol.and_then(Value::as_str).unwrap_or("websocket"));
    let variants: BTreeSet<String> = names.map(|name| format!("Protocol::{}", capitalized(name))).collect();
    Vec::from_iter(variants).join(", ")
}

fn capitalized(name: &str) -> String {
    let (first, rest) = name.split_at(name.len().min(1));
    first.to_uppercase() + rest
}

fn tables<'t>(library: &'t Table, name: &str) -> impl Iterator<Item = &'t Value> {
    library.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// The last names of the paths under these keys: `connect` of `websockets.connect`.
fn last_names<'t>(tables: impl Iterator<Item = &'t Value>, keys: &[&str]) -> Vec<&'t str> {
    let paths = tables.flat_map(|table| keys.iter().flat_map(|key| texts(table.get(key))));
    let names: BTreeSet<&str> = paths.filter_map(|path| path.rsplit(['.', ':']).next()).collect();
    Vec::from_iter(names)
}

/// The first and the last names of the paths of these tables: `time` and `sleep` of `time.sleep`.
fn ends<'t>(tables: impl Iterator<Item = &'t Value>) -> Vec<(&'t str, &'t str)> {
    let paths = tables.flat_map(|table| texts(table.get("paths")));
    let ends = paths.filter_map(|path| {
        let first = path.split_once(['.', ':']).map_or("", |(first, _)| first);
        Some((first, path.rsplit(['.', ':']).next()?))
    });
    let ends: BTreeSet<_> = ends.collect();
    Vec::from_iter(ends)
}

fn texts(list: Option<&Value>) -> impl Iterator<Item = &str> {
    list.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}
