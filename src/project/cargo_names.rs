//! `Cargo.toml`: how the code of a package calls its own library, and the crates that it depends on.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::manifest::{Manifest, as_str, as_table, is_true, lookup, table};

/// The name by which the tests and the programs of a package use its library; none for a manifest without a package.
pub(super) fn library(manifest: &Manifest) -> Option<String> {
    let root = manifest.toml(&mut Vec::new())?;
    let named = lookup(root, &["lib", "name"]).or_else(|| lookup(root, &["package", "name"]));
    named.and_then(as_str).map(in_code)
}

/// The dependencies that are called otherwise in the code than in their registry, by their name in the code: what they
/// are called there for everybody else. `workspace` is the manifest that they may be inherited from.
pub(super) fn renamed(manifest: &Manifest, workspace: Option<&Manifest>) -> BTreeMap<String, String> {
    let Some(root) = manifest.toml(&mut Vec::new()) else {
        return BTreeMap::new();
    };
    let inherited = workspace.and_then(|workspace| workspace.toml(&mut Vec::new()));
    let inherited = inherited.and_then(|root| table(root, &["workspace", "dependencies"]));
    let targets = table(root, &["target"]).into_iter().flat_map(DeTable::values);
    let places = std::iter::once(root).chain(targets.filter_map(as_table));
    let mut found = BTreeMap::new();
    for of in places {
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (name, value) in table(of, &[kind]).into_iter().flat_map(DeTable::iter) {
                let DeValue::Table(details) = value.get_ref() else {
                    continue;
                };
                let is_inherited = details.get("workspace").is_some_and(is_true);
                let known = inherited
                    .filter(|_| is_inherited)
                    .and_then(|known| known.get(name.get_ref().as_ref()));
                let package = match known.and_then(as_table) {
                    Some(known) => known.get("package"),
                    None => details.get("package"),
                };
                if let Some(package) = package.and_then(as_str)
                    && in_code(package) != in_code(name.get_ref())
                {
                    found.insert(in_code(name.get_ref()), in_code(package));
                }
            }
        }
    }
    found
}

fn in_code(name: &str) -> String {
    name.replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_another_name_in_the_code_is_found_wherever_it_is_declared() {
        let workspace = Manifest::new(
            "../Cargo.toml",
            "[workspace.dependencies]\nws = { package = 'yawc', version = '1' }",
        );
        let text = "[package]\nname = 'my-app'\n[dependencies]\ntt = { package = 'tokio-tungstenite', version = '0.29' }\n\
            tokio = '1'\nown-name = { package = 'own_name', path = 'x' }\nws.workspace = true\n\
            [target.'cfg(unix)'.dev-dependencies]\n'a-b' = { package = 'async-tungstenite', version = '0.1' }\n";
        let manifest = Manifest::new("Cargo.toml", text);
        let renamed = renamed(&manifest, Some(&workspace));
        let pairs: Vec<(&str, &str)> = renamed.iter().map(|(name, of)| (name.as_str(), of.as_str())).collect();
        assert_eq!(
            pairs,
            [
                ("a_b", "async_tungstenite"),
                ("tt", "tokio_tungstenite"),
                ("ws", "yawc")
            ]
        );
        assert_eq!(library(&manifest).as_deref(), Some("my_app"));
    }
}
