//! `Cargo.toml`: whether a crate depends on tokio, and with its `time` feature.
//!
//! What other crates of the build turn on is not looked at: code that compiles only because of them breaks when they
//! change. A build script is taken for code of the crate.

use toml::de::{DeTable, DeValue};

use super::manifest::{Manifest, as_str, as_table, is_true, lookup, strings, table};
use crate::facts::Fact;

/// tokio's features that bring `tokio::time` (tokio 1.54: `full` and `test-util` list `time`).
const TIME_FEATURES: &[&str] = &["time", "full", "test-util"];

/// Which dependencies a file of the crate can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    /// Under `src/`, outside of tests: what is only a dev-dependency does not reach it.
    Library,
    /// Tests, and all under `tests/`, `examples/` or `benches/`: dev-dependencies too.
    Development,
}

/// Whether tokio's `time` feature is certainly on in the crate of this manifest, wherever and with whichever features it is
/// built; unknown for a manifest without a package. `workspace` is the manifest that tokio may be inherited from.
pub(super) fn tokio_time(
    manifest: &Manifest,
    code: Code,
    workspace: Option<&Manifest>,
    warnings: &mut Vec<String>,
) -> Option<Fact<bool>> {
    let root = manifest.toml(warnings)?;
    table(root, &["package"]).or_else(|| table(root, &["project"]))?;
    let mut declared = declarations(manifest, root, "dependencies");
    let of_tests = declarations(manifest, root, "dev-dependencies");
    if code == Code::Development {
        declared.extend(of_tests);
    } else if let ([], [only, ..]) = (declared.as_slice(), of_tests.as_slice()) {
        return Some(off(format!("{}, a dev-dependency", only.source)));
    }
    let Some(first) = declared.first().map(|one| one.source.clone()) else {
        return Some(off(format!("no tokio in {}", manifest.name())));
    };
    let is_on = |one: &Declaration| one.time && one.only.is_none();
    if !declared.iter().any(is_on) && declared.iter().any(|one| one.inherited) {
        let inherited = inherited_tokio(workspace?, warnings)?;
        for one in declared.iter_mut().filter(|one| one.inherited && inherited.time) {
            (one.time, one.source) = (true, inherited.source.clone());
        }
    }
    let mut with_time: Vec<&Declaration> = declared.iter().filter(|one| one.time).collect();
    // One that is always there is enough.
    with_time.sort_by_key(|one| one.only.is_some());
    Some(match with_time.first() {
        Some(Declaration { source, only, .. }) => match only {
            None => Fact {
                value: true,
                source: source.clone(),
            },
            Some(only) => off(format!("{source}, {only}")),
        },
        None if own_features_turn_time_on(root) => off(format!("{first}, and a feature of the crate turns `time` on")),
        None => off(first),
    })
}

fn off(source: String) -> Fact<bool> {
    Fact { value: false, source }
}

/// One `tokio = …`.
struct Declaration {
    /// `tokio in Cargo.toml:12`.
    source: String,
    /// It turns `time` on.
    time: bool,
    /// `workspace = true`.
    inherited: bool,
    /// Why some builds of the crate are without it.
    only: Option<&'static str>,
}

/// Every declaration of a dependency that is called tokio and is tokio, for every platform.
fn declarations(manifest: &Manifest, root: &DeTable<'_>, kind: &str) -> Vec<Declaration> {
    let targets = table(root, &["target"])
        .into_iter()
        .flat_map(DeTable::values)
        .filter_map(as_table);
    let for_some = targets.filter_map(|of| {
        Some(Declaration {
            only: Some("for some platforms only"),
            ..declaration(manifest, table(of, &[kind])?)?
        })
    });
    let for_all = table(root, &[kind]).and_then(|of| declaration(manifest, of));
    for_all.into_iter().chain(for_some).collect()
}

fn declaration(manifest: &Manifest, dependencies: &DeTable<'_>) -> Option<Declaration> {
    let (key, value) = dependencies.get_key_value("tokio")?;
    let source = format!("tokio in {}", manifest.place(key.span().start));
    let DeValue::Table(details) = value.get_ref() else {
        return Some(Declaration {
            source,
            time: false,
            inherited: false,
            only: None,
        });
    };
    let package = details.get("package").and_then(as_str);
    if package.is_some_and(|package| package != "tokio") {
        return None;
    }
    let time = details
        .get("features")
        .is_some_and(|features| strings(features).any(|(feature, _)| TIME_FEATURES.contains(&feature)));
    let is_optional = details.get("optional").is_some_and(is_true);
    Some(Declaration {
        source,
        time,
        inherited: details.get("workspace").is_some_and(is_true),
        only: is_optional.then_some("which is optional"),
    })
}

fn inherited_tokio(workspace: &Manifest, warnings: &mut Vec<String>) -> Option<Declaration> {
    let root = workspace.toml(warnings)?;
    declaration(workspace, table(root, &["workspace", "dependencies"])?)
}

/// Whether a feature of the crate itself turns tokio's `time` on: `rt = ["tokio/time"]`.
fn own_features_turn_time_on(root: &DeTable<'_>) -> bool {
    let Some(features) = lookup(root, &["features"]).and_then(as_table) else {
        return false;
    };
    features.values().flat_map(strings).any(|(text, _)| {
        let of_tokio = text.strip_prefix("tokio/").or(text.strip_prefix("tokio?/"));
        of_tokio.is_some_and(|feature| TIME_FEATURES.contains(&feature))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKAGE: &str = "[package]\nname = 'x'\n";

    fn read(text: &str, code: Code, workspace: Option<&str>) -> Option<(bool, String)> {
        let manifest = Manifest::new("Cargo.toml", format!("{PACKAGE}{text}"));
        let workspace = workspace.map(|text| Manifest::new("../Cargo.toml", text));
        let mut warnings = Vec::new();
        let fact = tokio_time(&manifest, code, workspace.as_ref(), &mut warnings);
        assert_eq!(warnings, Vec::<String>::new());
        fact.map(|fact| (fact.value, fact.source))
    }

    fn fact(value: bool, source: &str) -> Option<(bool, String)> {
        Some((value, source.to_owned()))
    }

    #[test]
    fn the_feature_is_found_in_every_spelling() {
        for text in [
            "[dependencies]\ntokio = { version = '1', features = ['rt', 'time'] }\n",
            "[dependencies]\ntokio = { version = '1', features = ['full'] }\n",
            "[dependencies.tokio]\nversion = '1'\nfeatures = ['test-util']\n",
            "[dependencies]\ntokio = { version = '1', features = ['time'], optional = false }\n",
        ] {
            let (value, source) = read(text, Code::Library, None).unwrap();
            assert!(value, "{text}");
            assert!(source.starts_with("tokio in Cargo.toml:"), "{source}");
        }
    }

    #[test]
    fn a_crate_without_the_feature_is_told_from_one_without_tokio() {
        let plain = "[dependencies]\nserde = '1'\ntokio = '1'\n";
        assert_eq!(read(plain, Code::Library, None), fact(false, "tokio in Cargo.toml:5"));
        assert_eq!(read("", Code::Library, None), fact(false, "no tokio in Cargo.toml"));
        let renamed = "[dependencies]\ntk = { package = 'tokio', version = '1', features = ['full'] }\n";
        assert_eq!(
            read(renamed, Code::Library, None),
            fact(false, "no tokio in Cargo.toml")
        );
        let other = "[dependencies]\ntokio = { package = 'mytokio', version = '1', features = ['full'] }\n";
        assert_eq!(read(other, Code::Library, None), fact(false, "no tokio in Cargo.toml"));
    }

    #[test]
    fn dev_dependencies_reach_tests_alone() {
        let only = "[dev-dependencies]\ntokio = { version = '1', features = ['time'] }\n";
        assert_eq!(
            read(only, Code::Library, None),
            fact(false, "tokio in Cargo.toml:4, a dev-dependency")
        );
        assert_eq!(read(only, Code::Development, None), fact(true, "tokio in Cargo.toml:4"));
        let both = "[dependencies]\ntokio = '1'\n[dev-dependencies]\ntokio = { version = '1', features = ['time'] }\n";
        assert_eq!(read(both, Code::Library, None), fact(false, "tokio in Cargo.toml:4"));
        assert_eq!(read(both, Code::Development, None), fact(true, "tokio in Cargo.toml:6"));
    }

    #[test]
    fn what_only_some_builds_have_is_not_on() {
        let optional = "[dependencies]\ntokio = { version = '1', features = ['time'], optional = true }\n";
        assert_eq!(
            read(optional, Code::Library, None),
            fact(false, "tokio in Cargo.toml:4, which is optional")
        );
        let unix = "[target.'cfg(unix)'.dependencies]\ntokio = { version = '1', features = ['time'] }\n";
        assert_eq!(
            read(unix, Code::Library, None),
            fact(false, "tokio in Cargo.toml:4, for some platforms only")
        );
        let always = "[dev-dependencies]\ntokio = { version = '1', features = ['full'] }\n";
        assert_eq!(
            read(&format!("{optional}{always}"), Code::Development, None),
            fact(true, "tokio in Cargo.toml:6")
        );
    }

    #[test]
    fn tokio_is_inherited_from_the_workspace() {
        let text = "[dependencies]\ntokio.workspace = true\n";
        let with = "[workspace.dependencies]\ntokio = { version = '1', features = ['time'] }\n";
        assert_eq!(
            read(text, Code::Library, Some(with)),
            fact(true, "tokio in ../Cargo.toml:2")
        );
        let without = "[workspace.dependencies]\ntokio = '1'\n";
        assert_eq!(
            read(text, Code::Library, Some(without)),
            fact(false, "tokio in Cargo.toml:4")
        );
        assert_eq!(read(text, Code::Library, None), None);
        let own = "[dependencies]\ntokio = { workspace = true, features = ['time'] }\n";
        assert_eq!(read(own, Code::Library, None), fact(true, "tokio in Cargo.toml:4"));
    }

    #[test]
    fn what_a_feature_of_the_crate_decides_is_not_on() {
        let text = "[features]\nx = ['tokio/time']\n[dependencies]\ntokio = '1'\n";
        assert_eq!(
            read(text, Code::Library, None),
            fact(
                false,
                "tokio in Cargo.toml:6, and a feature of the crate turns `time` on"
            )
        );
    }

    #[test]
    fn a_malformed_manifest_is_a_warning_and_a_virtual_one_says_nothing() {
        let mut warnings = Vec::new();
        let broken = Manifest::new("Cargo.toml", "[package]\nname = \n");
        assert_eq!(tokio_time(&broken, Code::Library, None, &mut warnings), None);
        assert!(warnings[0].starts_with("Cargo.toml:2: "), "{warnings:?}");
        let virtual_one = Manifest::new("Cargo.toml", "[workspace]\nmembers = []\n");
        assert_eq!(tokio_time(&virtual_one, Code::Library, None, &mut warnings), None);
    }
}
