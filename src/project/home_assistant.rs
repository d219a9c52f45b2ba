//! `manifest.json` of an integration of Home Assistant: what is installed for it.

use serde_json::Value;

use super::manifest::Manifest;
use super::requirement::{PythonManifest, Reading};
use crate::facts::Role;

/// What the manifest is called, as others of other programs are.
pub(super) const NAME: &str = "manifest.json";

/// The packages of an integration; none in a file that is none of its manifests.
pub(super) fn read(manifest: &Manifest, warnings: &mut Vec<String>) -> PythonManifest {
    let text = manifest.text();
    let is_one = text.contains("\"domain\"") && text.contains("\"requirements\"");
    let root: Value = match is_one.then(|| serde_json::from_str(text)) {
        Some(Ok(root)) => root,
        _ => return PythonManifest::default(),
    };
    let listed = root
        .get("domain")
        .and(root.get("requirements"))
        .and_then(Value::as_array);
    let mut reading = Reading::of(manifest, warnings);
    let mut from = text.find("\"requirements\"").unwrap_or_default();
    for requirement in listed.into_iter().flatten().filter_map(Value::as_str) {
        let Some(at) = text.get(from..).and_then(|rest| rest.find(requirement)) else {
            // It is spelled in another way (escapes): to look for each of many would go through the rest each time.
            break;
        };
        from += at;
        reading.add(requirement, from, Role::Main);
    }
    PythonManifest {
        requirements: reading.found,
        ..PythonManifest::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_integration_has_requirements() {
        let read = |text: &str| {
            let read = read(&Manifest::new(NAME, text), &mut Vec::new());
            let shown = read
                .requirements
                .iter()
                .map(|one| format!("{} {}", one.shown(), one.place));
            shown.collect::<Vec<_>>()
        };
        let integration = "{\n  \"domain\": \"plant\",\n  \"requirements\": [\n    \"aiohttp>=3\",\n    \"websockets==13.1\"\n  ]\n}\n";
        assert_eq!(
            read(integration),
            ["aiohttp>=3 manifest.json:4", "websockets==13.1 manifest.json:5"]
        );
        for text in [
            "{\"name\": \"extension\", \"requirements\": [\"websockets==13.1\"]}",
            "{\"domain\": 1, \"requirements\": 2}",
            "{\"domain\": \"requirements\"",
            "",
        ] {
            assert!(read(text).is_empty(), "{text}");
        }
    }
}
