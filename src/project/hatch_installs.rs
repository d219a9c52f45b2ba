//! What hatch installs beside the program in its environments: `dependencies` and `extra-dependencies`.

use toml::de::DeTable;

use super::evidence::is_for_a_tool;
use super::manifest::{Manifest, as_table, table};
use super::requirement::{PythonManifest, Reading};
use crate::facts::Role;

/// The lists of requirements of an environment.
const LISTS: [&str; 2] = ["dependencies", "extra-dependencies"];

/// `hatch.toml`.
pub(super) fn toml(manifest: &Manifest, warnings: &mut Vec<String>) -> PythonManifest {
    of_environments(manifest, &["envs"], warnings)
}

/// `[tool.hatch]` of `pyproject.toml`.
pub(super) fn pyproject(manifest: &Manifest, warnings: &mut Vec<String>) -> PythonManifest {
    of_environments(manifest, &["tool", "hatch", "envs"], warnings)
}

/// What is installed in one environment only is so under a condition: all others begin with what `default` has.
fn of_environments(manifest: &Manifest, path: &[&str], warnings: &mut Vec<String>) -> PythonManifest {
    let root = manifest.toml(warnings);
    let environments = root.and_then(|root| table(root, path));
    let environments = environments.into_iter().flat_map(DeTable::iter);
    let mut reading = Reading::of(manifest, warnings);
    for (name, environment) in environments.filter(|(name, _)| !is_for_a_tool(name.get_ref())) {
        let before = reading.found.len();
        let lists = as_table(environment);
        let lists = lists
            .into_iter()
            .flat_map(|environment| LISTS.iter().filter_map(|list| environment.get(*list)));
        for list in lists {
            reading.add_list(list, &Role::Group("hatch".to_owned()));
        }
        if name.get_ref() != "default" {
            reading.only_under(before, &format!("the environment {} of hatch", name.get_ref()));
        }
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
    fn what_every_environment_installs_is_found() {
        let text = "[envs.default]\ndependencies = ['pytest', 'websockets==13.1']\n[envs.old]\nextra-dependencies = ['picows<2']\n\
                    [envs.lint]\ndependencies = ['ruff']\n";
        let mut warnings = Vec::new();
        let read = toml(&Manifest::new("hatch.toml", text), &mut warnings);
        assert_eq!(warnings, Vec::<String>::new());
        let shown = |read: PythonManifest, text: &str| -> Vec<String> {
            let shown = read.requirements.iter().map(|one| {
                let condition = one.condition.as_deref().unwrap_or("always");
                format!("{}: {condition}", &text[one.span.range()])
            });
            shown.collect()
        };
        let expected = [
            "pytest: always",
            "websockets==13.1: always",
            "picows<2: the environment old of hatch",
        ];
        assert_eq!(shown(read, text), expected);
        let inner = text.replace("[envs", "[tool.hatch.envs");
        let read = pyproject(&Manifest::new("pyproject.toml", &inner), &mut warnings);
        assert_eq!(shown(read, &inner), expected);
    }
}
