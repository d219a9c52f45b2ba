//! What tox installs beside the program to test it: `deps` of its environments.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::evidence::is_for_a_tool;
use super::manifest::{Manifest, as_str, as_table, one_or_several, table};
use super::requirement::{NamedFile, PythonManifest, Reading};
use super::requirements::include;
use super::setup_cfg::entries;
use crate::facts::Role;

/// The role of what an environment of tox installs: the developers' own.
fn role() -> Role {
    Role::Group("tox".to_owned())
}

/// `tox.ini`.
pub(super) fn ini(manifest: &Manifest, warnings: &mut Vec<String>) -> PythonManifest {
    let mut told = Told::of(manifest, warnings);
    for entry in entries(manifest.text()) {
        let Some(environment) = entry.section.strip_prefix("testenv") else {
            continue;
        };
        let environment = environment.trim_start_matches(':');
        match entry.key {
            "deps" if !is_for_a_tool(environment) => told.line(entry.value, entry.at, environment),
            "constraints" if !is_for_a_tool(environment) => told.file(entry.value, true),
            "setenv" | "set_env" if !is_for_a_tool(environment) => told.variable(entry.value),
            _ => {}
        }
    }
    told.into_manifest()
}

/// `tox.toml`.
pub(super) fn toml(manifest: &Manifest, warnings: &mut Vec<String>) -> PythonManifest {
    of_table(manifest, &[], warnings)
}

/// `[tool.tox]` of `pyproject.toml`.
pub(super) fn pyproject(manifest: &Manifest, warnings: &mut Vec<String>) -> PythonManifest {
    of_table(manifest, &["tool", "tox"], warnings)
}

fn of_table(manifest: &Manifest, path: &[&str], warnings: &mut Vec<String>) -> PythonManifest {
    let root = manifest.toml(warnings);
    let at_path = root.and_then(|root| table(root, path));
    let mut told = Told::of(manifest, warnings);
    if let Some(base) = at_path.and_then(|tox| table(tox, &["env_run_base"])) {
        told.environment(base, "");
    }
    let environments = at_path.and_then(|tox| table(tox, &["env"]));
    let environments = environments.into_iter().flat_map(DeTable::iter);
    for (name, environment) in environments.filter(|(name, _)| !is_for_a_tool(name.get_ref())) {
        if let Some(environment) = as_table(environment) {
            told.environment(environment, name.get_ref());
        }
    }
    told.into_manifest()
}

/// What tox is told to install, as it is read.
struct Told<'a> {
    reading: Reading<'a>,
    named_files: Vec<NamedFile>,
}

impl<'a> Told<'a> {
    fn of(manifest: &'a Manifest, warnings: &'a mut Vec<String>) -> Self {
        Self {
            reading: Reading::of(manifest, warnings),
            named_files: Vec::new(),
        }
    }

    fn into_manifest(self) -> PythonManifest {
        PythonManifest {
            requirements: self.reading.found,
            named_files: self.named_files,
            ..PythonManifest::default()
        }
    }

    fn environment(&mut self, environment: &DeTable<'_>, name: &str) {
        if let Some(deps) = environment.get("deps") {
            self.lines(deps, name);
        }
        if let Some(constraints) = environment.get("constraints") {
            for (path, _) in one_or_several(constraints) {
                self.file(path, true);
            }
        }
        let variables = ["set_env", "setenv"]
            .into_iter()
            .filter_map(|key| table(environment, &[key]));
        for (name, value) in variables.flat_map(DeTable::iter) {
            if let Some(path) = as_str(value).filter(|_| is_constraint(name.get_ref())) {
                self.file(path, true);
            }
        }
    }

    /// A list, or one text of several lines.
    fn lines(&mut self, deps: &Spanned<DeValue<'_>>, environment: &str) {
        let manifest = self.reading.manifest.text();
        for (text, span) in one_or_several(deps) {
            // Behind a line that is spelled in another way (escapes) none is looked for: that would go through the rest each time.
            let mut from = Some(span.start);
            for line in text.lines().map(str::trim) {
                let found = from.and_then(|from| Some(from + manifest.get(from..span.end)?.find(line)?));
                from = found;
                self.line(line, found.unwrap_or(span.start), environment);
            }
        }
    }

    /// `websockets==13.1`, `old: websockets<14`, `-r requirements.txt`. What is installed in one environment only is so under
    /// a condition.
    fn line(&mut self, line: &str, at: usize, environment: &str) {
        let (factors, wanted) = match line.split_once(": ").filter(|(factors, _)| are_factors(factors)) {
            Some((factors, wanted)) => (factors, wanted.trim_start()),
            None => (environment, line),
        };
        if let Some(include) = include(wanted) {
            return self.file(&include.path, include.is_constraint);
        }
        // A value that other ones are put into is not to be known.
        if wanted.contains('{') {
            return;
        }
        let before = self.reading.found.len();
        self.reading.add(wanted, at + line.len() - wanted.len(), role());
        if !factors.is_empty() {
            self.reading
                .only_under(before, &format!("the environments {factors} of tox"));
        }
    }

    /// `PIP_CONSTRAINT = {toxinidir}/constraints.txt`: what an option says, said by a variable of the environment.
    fn variable(&mut self, line: &str) {
        if let Some((_, path)) = line.split_once('=').filter(|(name, _)| is_constraint(name.trim())) {
            path.split_whitespace().for_each(|path| self.file(path, true));
        }
    }

    fn file(&mut self, path: &str, is_constraint: bool) {
        let roots = ["{toxinidir}", "{tox_root}"];
        let path = roots.iter().find_map(|root| path.strip_prefix(root)).unwrap_or(path);
        let path = path.trim_start_matches(['/', '\\']);
        if !path.is_empty() && !path.contains('{') {
            self.named_files.push(NamedFile {
                path: path.to_owned(),
                role: if is_constraint { Role::Constraint } else { role() },
                published: false,
            });
        }
    }
}

/// Whether a variable of this name restricts what pip or uv installs.
fn is_constraint(variable: &str) -> bool {
    matches!(variable, "PIP_CONSTRAINT" | "UV_CONSTRAINT")
}

/// Whether this names environments by what their names are put together of: `py38,py39-old`, `!win`, `py3{8,9}`.
fn are_factors(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ',' | '-' | '_' | '!' | '{' | '}' | ' ');
    !text.is_empty() && text.chars().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Vec<String> {
        let reader = match name {
            "tox.ini" => ini,
            "tox.toml" => toml,
            _ => pyproject,
        };
        let mut warnings = Vec::new();
        let told = reader(&Manifest::new(name, text), &mut warnings);
        assert_eq!(warnings, Vec::<String>::new());
        let requirements = told.requirements.iter().map(|one| {
            let condition = one.condition.as_deref().unwrap_or("always");
            let line = one.place.rsplit(':').next().unwrap();
            format!("{line} {}: {condition}", &text[one.span.range()])
        });
        let files = told.named_files.iter().map(|file| {
            let option = if file.role == Role::Constraint { "-c" } else { "-r" };
            format!("{option} {}", file.path)
        });
        requirements.chain(files).collect()
    }

    #[test]
    fn what_the_environments_of_an_ini_file_install_is_found() {
        let text = "[tox]\nenvlist = py38,py312-{old,new}\n[testenv]\ndeps =\n    pytest>=7\n    old: websockets~=13.0\n    \
                    -r{toxinidir}/tests/needs.txt\n    {env:MORE:}\n    own @ file:///x\n[testenv:pins]\ndeps =\n    \
                    websockets==12.0 ; python_version<'3.9'\n    picows==1.4.0\nconstraints = pins.txt\n[testenv:docs]\n\
                    deps = websockets==9.0\n";
        assert_eq!(
            read("tox.ini", text),
            [
                "5 pytest>=7: always",
                "6 websockets~=13.0: the environments old of tox",
                "9 own @ file:///x: always",
                "12 websockets==12.0 ; python_version<'3.9': python_version<'3.9'",
                "13 picows==1.4.0: the environments pins of tox",
                "-r tests/needs.txt",
                "-c pins.txt",
            ]
        );
    }

    #[test]
    fn tables_say_the_same() {
        let text = "env_list = ['3.12', 'lint']\n[env_run_base]\ndeps = ['pytest', 'websockets==13.1']\n[env.old]\n\
                    deps = '''\n-c c.txt\nwebsockets==12.0'''\n[env.lint]\ndeps = ['ruff']\n";
        let expected = [
            "3 pytest: always",
            "3 websockets==13.1: always",
            "7 websockets==12.0: the environments old of tox",
            "-c c.txt",
        ];
        assert_eq!(read("tox.toml", text), expected);
        let inner = text.replace("[env", "[tool.tox.env").replacen("", "[tool.tox]\n", 1);
        assert_eq!(read("pyproject.toml", &inner)[1], "4 websockets==13.1: always");
        assert!(read("pyproject.toml", text).is_empty());
    }
}
