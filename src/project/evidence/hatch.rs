//! hatch: the Pythons of its environments, `python = "3.10"` and those of a matrix.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::purpose::is_for_a_tool;
use super::versions::version;
use crate::facts::{Fact, PythonVersion};
use crate::project::manifest::{Manifest, as_str, as_table, strings, table};

type Reader = fn(&Manifest) -> Vec<Fact<PythonVersion>>;

/// Where hatch looks for its environments.
pub(super) const FILES: &[(&str, Reader)] = &[
    ("hatch.toml", |manifest| of_environments(manifest, &["envs"])),
    ("pyproject.toml", |manifest| {
        of_environments(manifest, &["tool", "hatch", "envs"])
    }),
];

fn of_environments(manifest: &Manifest, path: &[&str]) -> Vec<Fact<PythonVersion>> {
    let root = manifest.toml(&mut Vec::new());
    let environments = root.and_then(|root| table(root, path));
    let environments = environments.into_iter().flat_map(DeTable::iter);
    let own = environments.filter(|(name, _)| !is_for_a_tool(name.get_ref()));
    own.filter_map(|(_, environment)| as_table(environment))
        .flat_map(pythons)
        .filter_map(|(text, at)| {
            Some(Fact {
                value: version(text)?,
                source: format!("python of hatch in {}", manifest.place(at)),
            })
        })
        .collect()
}

/// What one environment is run with, each with the byte at which it stands.
fn pythons<'a>(environment: &'a DeTable<'_>) -> Vec<(&'a str, usize)> {
    let one = environment.get("python");
    let one = one.and_then(|value| Some((as_str(value)?, value.span().start)));
    let rows = match environment.get("matrix").map(Spanned::get_ref) {
        Some(DeValue::Array(rows)) => rows.as_ref(),
        _ => &[],
    };
    let rows = rows.iter().filter_map(as_table);
    let listed = rows
        .filter_map(|row| row.get("python").or_else(|| row.get("py")))
        .flat_map(strings);
    one.into_iter()
        .chain(listed.map(|(text, span)| (text, span.start)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::shown;
    use super::*;

    #[test]
    fn every_environment_that_runs_the_program_counts() {
        let text = "[tool.hatch.envs.test]\ndependencies = ['pytest']\n[[tool.hatch.envs.test.matrix]]\npython = ['3.9', \
                    '3.12']\n[tool.hatch.envs.default]\npython = '3.10'\n[tool.hatch.envs.docs]\npython = '3.8'\n";
        let read = FILES.iter().find(|(name, _)| *name == "pyproject.toml").unwrap().1;
        let mut found = shown(read(&Manifest::new("pyproject.toml", text)));
        found.sort();
        assert_eq!(
            found,
            [
                "3.10 python of hatch in pyproject.toml:6",
                "3.12 python of hatch in pyproject.toml:4",
                "3.9 python of hatch in pyproject.toml:4",
            ]
        );
    }
}
