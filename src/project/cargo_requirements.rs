//! `Cargo.toml` and `Cargo.lock`: which releases of each crate a package of a workspace builds with.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::manifest::{Manifest, as_str, as_table, is_true, table};
use super::requirement::{exactly, normalized, written};
use super::{dialects, lock_files};
use crate::catalog::Catalog;
use crate::facts::{Requirement, Role};
use crate::source::{Language, Span};

/// Every dependency of the manifest, those that it inherits from `workspace` with the range that stands there. A crate
/// under another name (`package = …`) is meant to stand beside its namesake and is left out.
pub(super) fn read(manifest: &Manifest, workspace: Option<&Manifest>, warnings: &mut Vec<String>) -> Vec<Requirement> {
    let Some(root) = manifest.toml(warnings) else {
        return Vec::new();
    };
    let inherited = workspace.and_then(|workspace| workspace.toml(&mut Vec::new()));
    let inherited = inherited.and_then(|root| table(root, &["workspace", "dependencies"]));
    let mut found = Vec::new();
    let targets = table(root, &["target"]).into_iter().flat_map(DeTable::iter);
    let targets = targets.filter_map(|(name, target)| Some((Some(name.get_ref().to_string()), as_table(target)?)));
    for (target, of) in std::iter::once((None, root)).chain(targets) {
        for (kind, role) in [
            ("dependencies", Role::Main),
            ("dev-dependencies", Role::Group("dev".to_owned())),
            ("build-dependencies", Role::Group("build".to_owned())),
        ] {
            for (name, value) in table(of, &[kind]).into_iter().flat_map(DeTable::iter) {
                let declared = declared(value, inherited.and_then(|table| table.get(name.get_ref().as_ref())));
                let Some(range) = declared else { continue };
                found.push(requirement(
                    manifest,
                    name,
                    value,
                    range,
                    &role,
                    target.clone(),
                    warnings,
                ));
            }
        }
    }
    // What the members inherit is said where it stands: in the workspace's own manifest.
    for (name, value) in table(root, &["workspace", "dependencies"])
        .into_iter()
        .flat_map(DeTable::iter)
    {
        if let Some(range) = declared(value, None) {
            found.push(requirement(manifest, name, value, range, &Role::Main, None, warnings));
        }
    }
    found
}

/// Every package that a `Cargo.lock` lists.
pub(super) fn locked(manifest: &Manifest, warnings: &mut Vec<String>) -> Vec<Requirement> {
    let Some(root) = manifest.toml(warnings) else {
        return Vec::new();
    };
    let packages = lock_files::packages(root);
    let locked = packages.filter_map(|package| {
        let name = package.get("name")?;
        let version = as_str(package.get("version")?)?.split('+').next()?;
        let package = normalized(as_str(name)?);
        let range = exactly(version);
        Some(Requirement {
            text: None,
            package,
            ecosystem: Language::Rust,
            range,
            condition: None,
            role: Role::Lock,
            published: false,
            span: Span::new(name.span().start, name.span().end),
            place: manifest.place(name.span().start),
            manifest: manifest.path().to_owned(),
            restricts: Vec::new(),
            folders_up: 0,
        })
    });
    locked.collect()
}

/// What is said of a dependency's range.
enum Declared<'a> {
    /// `"0.21"`.
    Version(&'a str),
    /// An address or a path alone.
    Elsewhere,
}

/// Nothing for a crate under another name.
fn declared<'a>(value: &'a Spanned<DeValue<'_>>, inherited: Option<&'a Spanned<DeValue<'_>>>) -> Option<Declared<'a>> {
    let details = match value.get_ref() {
        DeValue::String(version) => return Some(Declared::Version(version)),
        DeValue::Table(details) => details,
        _ => return Some(Declared::Elsewhere),
    };
    if details.contains_key("package") {
        return None;
    }
    if details.get("workspace").is_some_and(is_true) {
        return match inherited {
            Some(inherited) => declared(inherited, None),
            None => Some(Declared::Elsewhere),
        };
    }
    // A path beside a version is what is built here.
    let version = details.get("version").and_then(as_str);
    let elsewhere = details.contains_key("path") || details.contains_key("git");
    Some(
        version
            .filter(|_| !elsewhere)
            .map_or(Declared::Elsewhere, Declared::Version),
    )
}

fn requirement(
    manifest: &Manifest,
    name: &Spanned<std::borrow::Cow<'_, str>>,
    value: &Spanned<DeValue<'_>>,
    declared: Declared<'_>,
    role: &Role,
    condition: Option<String>,
    warnings: &mut Vec<String>,
) -> Requirement {
    let start = name.span().start;
    let package = normalized(name.get_ref());
    let range = match declared {
        Declared::Version(text) => {
            let range = dialects::cargo(text);
            if range.is_none() && Catalog::builtin().has_package(Language::Rust, &package) {
                warnings.push(format!(
                    "{}: {package}: `{text}` is no version range",
                    manifest.place(start)
                ));
            }
            range
        }
        Declared::Elsewhere => None,
    };
    let span = manifest.entry(name.span(), value.span());
    Requirement {
        text: written(manifest, &span, role),
        package,
        ecosystem: Language::Rust,
        range,
        condition,
        role: role.clone(),
        published: false,
        span: Span::new(span.start, span.end),
        place: manifest.place(start),
        manifest: manifest.path().to_owned(),
        restricts: Vec::new(),
        folders_up: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, workspace: Option<&str>) -> Vec<String> {
        let manifest = Manifest::new("Cargo.toml", text);
        let workspace = workspace.map(|text| Manifest::new("../Cargo.toml", text));
        let mut warnings = Vec::new();
        let found = read(&manifest, workspace.as_ref(), &mut warnings);
        let shown = found.iter().map(|one| {
            let unknown = if one.range.is_none() { "?" } else { "" };
            format!("{}{unknown} {}", one.shown(), &text[one.span.range()])
        });
        shown.chain(warnings).collect()
    }

    #[test]
    fn dependencies_are_found_in_every_spelling() {
        let text = "[dependencies]\na = '0.21'\nb = { version = '1.2', features = ['x'] }\nc = { path = '../c', version = '1' }\n\
                    d2 = { package = 'd', version = '2' }\ne.workspace = true\n[dependencies.f]\nversion = '=1.2.3'\n\
                    [target.'cfg(unix)'.dependencies]\ng = '1'\n[dev-dependencies]\nh = '*'\n";
        assert_eq!(
            shown(text, Some("[workspace.dependencies]\ne = '0.3'\n")),
            [
                "a>=0.21,<0.22 a = '0.21'",
                "b>=1.2,<2 b = { version = '1.2', features = ['x'] }",
                "c? c = { path = '../c', version = '1' }",
                "e>=0.3,<0.4 e",
                "f==1.2.3 f",
                "h h = '*'",
                "g>=1,<2 g = '1'",
            ]
        );
        assert_eq!(shown("[dependencies]\ne.workspace = true\n", None), ["e? e"]);
        assert_eq!(
            shown("[workspace.dependencies]\ntokio-tungstenite = 'x'\n", None),
            [
                "tokio-tungstenite? tokio-tungstenite = 'x'",
                "Cargo.toml:2: tokio-tungstenite: `x` is no version range"
            ]
        );
    }

    #[test]
    fn a_lock_file_lists_every_release() {
        let lock = Manifest::new(
            "Cargo.lock",
            "[[package]]\nname = 'a'\nversion = '0.21.0+x'\n[[package]]\nname = 'a'\nversion = '0.24.0'\n",
        );
        let found = locked(&lock, &mut Vec::new());
        let shown: Vec<_> = found
            .iter()
            .map(|one| format!("{} {}", one.shown(), one.place))
            .collect();
        assert_eq!(shown, ["a==0.21.0 Cargo.lock:2", "a==0.24.0 Cargo.lock:5"]);
    }
}
