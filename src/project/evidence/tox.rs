//! tox: the Pythons of its list of environments, `py38, py{39,310}-{old,new}`.

use std::ops::Range;

use toml::Spanned;
use toml::de::DeValue;

use super::purpose::is_for_a_tool;
use super::versions::version;
use crate::facts::{Fact, PythonVersion};
use crate::project::manifest::{Manifest, as_str, as_table, lookup, one_or_several, strings, table};
use crate::project::setup_cfg::{Entry, entries};

type Reader = fn(&Manifest) -> Vec<Fact<PythonVersion>>;

/// Where tox looks for its configuration.
pub(super) const FILES: &[(&str, Reader)] = &[
    ("tox.ini", ini),
    ("setup.cfg", ini),
    ("tox.toml", toml),
    ("pyproject.toml", pyproject),
];

/// More environments than these come of nobody's list.
const MOST: usize = 256;

fn ini(manifest: &Manifest) -> Vec<Fact<PythonVersion>> {
    let entries = entries(manifest.text());
    let is_list =
        |entry: &Entry<'_>| matches!(entry.section, "tox" | "tox:tox") && matches!(entry.key, "envlist" | "env_list");
    let lists = entries.iter().filter(|entry| is_list(entry));
    let listed: Vec<String> = lists.flat_map(|entry| environments(entry.value)).collect();
    let named = entries.iter().filter(|entry| {
        let is_run = match entry.section.strip_prefix("testenv") {
            Some("") => true,
            Some(name) => listed.iter().any(|listed| name.strip_prefix(':') == Some(listed)) && !is_for_a_tool(name),
            None => false,
        };
        is_list(entry) || is_run && matches!(entry.key, "basepython" | "base_python")
    });
    named
        .flat_map(|entry| {
            let source = format!("{} in {}", entry.key, manifest.place(entry.at));
            facts(entry.value, source)
        })
        .collect()
}

fn toml(manifest: &Manifest) -> Vec<Fact<PythonVersion>> {
    of_table(manifest, &[])
}

fn pyproject(manifest: &Manifest) -> Vec<Fact<PythonVersion>> {
    let found = of_table(manifest, &["tool", "tox"]);
    if !found.is_empty() || !manifest.text().contains("legacy_tox_ini") {
        return found;
    }
    let Some(root) = manifest.toml(&mut Vec::new()) else {
        return Vec::new();
    };
    let tox = table(root, &["tool", "tox"]);
    let Some(value) = tox.and_then(|tox| tox.get("legacy_tox_ini")) else {
        return Vec::new();
    };
    // Its lines are those of a string in the file: the place is that of the string.
    let inner = Manifest::new(manifest.name(), as_str(value).unwrap_or_default());
    let place = manifest.place(value.span().start);
    let found = ini(&inner).into_iter();
    found
        .map(|fact| Fact {
            source: format!("legacy_tox_ini in {place}"),
            ..fact
        })
        .collect()
}

/// The list of environments of the table at this path, and what those are run with that it lists.
fn of_table(manifest: &Manifest, path: &[&str]) -> Vec<Fact<PythonVersion>> {
    let root = manifest.toml(&mut Vec::new());
    let Some(tox) = root.and_then(|root| table(root, path)) else {
        return Vec::new();
    };
    let items = match tox.get("env_list").map(Spanned::get_ref) {
        Some(DeValue::Array(items)) => items.as_ref(),
        _ => &[],
    };
    let fact = |key: &str, span: Range<usize>| format!("{key} in {}", manifest.place(span.start));
    let mut found = Vec::new();
    for item in items {
        let source = fact("env_list", item.span());
        found.extend(listed(item).iter().flat_map(|names| facts(names, source.clone())));
    }
    let run = |name: &str| -> Option<&Spanned<DeValue<'_>>> {
        let of_one = lookup(tox, &["env", name, "base_python"]);
        of_one.filter(|_| !is_for_a_tool(name))
    };
    let runs = items.iter().filter_map(as_str).filter_map(run);
    for base in runs.chain(lookup(tox, &["env_run_base", "base_python"])) {
        let names = one_or_several(base);
        found.extend(names.flat_map(|(name, _)| facts(name, fact("base_python", base.span()))));
    }
    found
}

/// The environments that an item of a list is: itself, or a `{ product = [["py39", "py312"], ["a", "b"]] }`, of which the lists
/// stand for themselves. The oldest of a range (`{ prefix = "py3", start = 9 }`) counts.
fn listed(item: &Spanned<DeValue<'_>>) -> Vec<String> {
    if let Some(name) = as_str(item) {
        return vec![name.to_owned()];
    }
    let Some(DeValue::Array(factors)) = lookup_in(item, "product").map(Spanned::get_ref) else {
        return Vec::new();
    };
    let names = |factor: &Spanned<DeValue<'_>>| -> Vec<String> {
        let prefix = lookup_in(factor, "prefix").and_then(as_str);
        let start = lookup_in(factor, "start").and_then(|start| match start.get_ref() {
            DeValue::Integer(number) => Some(number.as_str()),
            _ => None,
        });
        let range = prefix.zip(start).map(|(prefix, start)| format!("{prefix}{start}"));
        range
            .into_iter()
            .chain(strings(factor).map(|(name, _)| name.to_owned()))
            .collect()
    };
    let factors: Vec<Vec<String>> = factors.iter().map(names).collect();
    let is_tools = |names: &Vec<String>| !names.is_empty() && names.iter().all(|name| is_for_a_tool(name));
    match factors.iter().any(is_tools) {
        true => Vec::new(),
        false => factors.into_iter().flatten().collect(),
    }
}

fn lookup_in<'v, 's>(value: &'v Spanned<DeValue<'s>>, key: &str) -> Option<&'v Spanned<DeValue<'s>>> {
    as_table(value)?.get(key)
}

fn facts(list: &str, source: String) -> impl Iterator<Item = Fact<PythonVersion>> {
    environments(list)
        .into_iter()
        .filter(|environment| !is_for_a_tool(environment))
        .flat_map(|environment| {
            let found: Vec<_> = environment.split('-').filter_map(factor).collect();
            found
        })
        .map(move |value| Fact {
            value,
            source: source.clone(),
        })
}

/// `py38`, `3.8`, `pypy3.9`: not `py3` or `py`, which are what runs tox.
fn factor(factor: &str) -> Option<PythonVersion> {
    version(factor)
}

/// The environments of a list, with the braces written out.
fn environments(list: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let (mut start, mut depth) = (0, 0_usize);
    for (at, c) in list.char_indices().chain([(list.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' | ' ' | '\t' if depth == 0 || at == list.len() => {
                let item = list.get(start..at).unwrap_or_default().trim();
                if !item.is_empty() {
                    found.extend(written_out(item));
                }
                start = at + c.len_utf8();
            }
            _ => {}
        }
        if found.len() > MOST {
            break;
        }
    }
    found.truncate(MOST);
    found
}

/// `py38-a`, `py38-b` for `py38-{a,b}`. Braces do not nest.
fn written_out(item: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut rest = item;
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((inside, after)) = behind.split_once('}') else {
            break;
        };
        let choices = || inside.split(',').map(str::trim);
        all = all
            .iter()
            .flat_map(|start| choices().map(move |choice| format!("{start}{before}{choice}")))
            .take(MOST)
            .collect();
        rest = after;
    }
    for one in &mut all {
        one.push_str(rest);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::{oldest, shown};
    use super::*;

    #[test]
    fn braces_are_written_out() {
        assert_eq!(environments("py38, lint"), ["py38", "lint"]);
        assert_eq!(
            environments("py{38, 39}-{a,b}\tx"),
            ["py38-a", "py38-b", "py39-a", "py39-b", "x"]
        );
        assert_eq!(environments("py3{8,9}"), ["py38", "py39"]);
        assert_eq!(environments("{py38"), ["{py38"]);
        assert_eq!(environments(&"{a,b}".repeat(200)).len(), MOST);
    }

    #[test]
    fn every_environment_of_a_python_counts() {
        let ini = |text: &str| shown(ini(&Manifest::new("tox.ini", text)));
        assert_eq!(
            ini(
                "[tox]\nenvlist = py{310,312}-{old,new}, docs-py38\n    lint\n    pypy39\n[testenv:x]\nbasepython = python3.7\n"
            ),
            [
                "3.10 envlist in tox.ini:2",
                "3.10 envlist in tox.ini:2",
                "3.12 envlist in tox.ini:2",
                "3.12 envlist in tox.ini:2",
                "3.9 envlist in tox.ini:4"
            ]
        );
        assert_eq!(
            ini(
                "[tox]\nenv_list = unit, lint\n[testenv:unit]\nbasepython = python3.9\n[testenv:lint]\nbasepython = python3.8\n"
            ),
            ["3.9 basepython in tox.ini:4"]
        );
        let product = "env_list = [\"lint\", {product=[[\"py39\",\"py312\"],[\"a\",\"b\"]]}, {product=[[\"py38\"],[\"docs\"]]}, {product=[{prefix=\"py3\",start=10,stop=12}]}]\n[env.lint]\nbase_python = [\"3.7\"]\n[env_run_base]\nbase_python = [\"3.11\"]\n";
        assert_eq!(
            shown(super::toml(&Manifest::new("tox.toml", product))),
            [
                "3.9 env_list in tox.toml:1",
                "3.12 env_list in tox.toml:1",
                "3.10 env_list in tox.toml:1",
                "3.11 base_python in tox.toml:5"
            ]
        );
        assert!(ini("[tox]\nenvlist = py3, py, lint\n[testenv]\ndeps = py38\n").is_empty());
        let toml = "env_list = [\"3.13\", \"py310-ws{14,15}\", \"lint\"]\n";
        let found = oldest(super::toml(&Manifest::new("tox.toml", toml)));
        assert_eq!(shown(found), ["3.10 env_list in tox.toml:1"]);
        let legacy = "[tool.tox]\nlegacy_tox_ini = '''\n[tox]\nenvlist = py39\n'''\n";
        assert_eq!(
            shown(pyproject(&Manifest::new("pyproject.toml", legacy))),
            ["3.9 legacy_tox_ini in pyproject.toml:2"]
        );
    }
}
