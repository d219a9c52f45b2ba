//! `pyproject.toml`: `[project]`, dependency groups, and the tables of Poetry, PDM, uv, Rye and Flit.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::manifest::{Manifest, as_str, as_table, is_true, lookup, one_or_several, strings, table};
use super::python_range::{oldest_of_pep440, oldest_of_poetry};
use super::requirement::{NamedFile, PythonManifest, Reading};
use super::{classifiers, local_packages, package_table};
use crate::facts::{Fact, PythonVersion, Role};

/// What the manifest says; what is malformed in it becomes a warning and stays unknown.
pub(super) fn read(manifest: &Manifest, warnings: &mut Vec<String>) -> PythonManifest {
    let Some(root) = manifest.toml(warnings) else {
        return PythonManifest::default();
    };
    let declared = lookup(root, &["project", "requires-python"]);
    let declared = declared.or_else(|| lookup(root, &["tool", "flit", "metadata", "requires-python"]));
    let poetry = lookup(root, &["tool", "poetry", "dependencies", "python"]);
    let python = match (declared, poetry) {
        (Some(value), _) => range(manifest, "requires-python", value, oldest_of_pep440, warnings),
        (None, Some(value)) => range(manifest, "python of poetry", value, oldest_of_poetry, warnings),
        (None, None) => None,
    };
    let classifiers = [
        ["project", "classifiers"].as_slice(),
        &["tool", "poetry", "classifiers"],
    ];
    let classifiers = classifiers.into_iter().filter_map(|path| lookup(root, path));
    let classifiers: Vec<_> = classifiers.flat_map(strings).collect();
    let is_private = classifiers.iter().any(|(text, _)| classifiers::is_private(text));
    let hinted_python =
        classifiers::oldest_python(classifiers.iter().map(|(text, span)| (*text, span.start)), manifest);
    let windows = classifiers::windows(classifiers.iter().map(|(text, span)| (*text, span.start)), manifest);
    let builds_package = !is_private && builds_package(root);
    let mut reading = Reading::of(manifest, warnings);
    read_lists(root, &mut reading);
    if let Some(poetry) = table(root, &["tool", "poetry"]) {
        read_poetry(poetry, &mut reading);
    }
    let mut requirements = reading.found;
    for requirement in &mut requirements {
        requirement.published = builds_package && !matches!(requirement.role, Role::Group(_));
        if requirement.role == Role::Constraint {
            requirement.restricts = vec![manifest.path().to_owned()];
        }
    }
    PythonManifest {
        python,
        hinted_python,
        windows,
        builds_package,
        requirements,
        named_files: named_files(root, builds_package),
        local_packages: local_packages::named(root),
    }
}

/// The files that requirements are read from: by setuptools, `dependencies = { file = ["deps.txt"] }`, and by the plugin
/// hatch-requirements-txt, `files = ["deps.txt"]`.
fn named_files(root: &DeTable<'_>, published: bool) -> Vec<NamedFile> {
    let hatch = table(root, &["tool", "hatch", "metadata", "hooks", "requirements_txt"]);
    let of_hatch = ["files", "filename"].into_iter().filter_map(|key| hatch?.get(key));
    let of_hatch = of_hatch.map(|files| (files, Role::Main));
    let hatch_extras = hatch
        .into_iter()
        .flat_map(|hatch| entries(hatch, &["optional-dependencies"]));
    let hatch_extras = hatch_extras.map(|(name, files)| (files, Role::Extra(name.to_owned())));
    let dynamic = ["tool", "setuptools", "dynamic"];
    let main = lookup(root, &["tool", "setuptools", "dynamic", "dependencies"]).map(|value| (value, Role::Main));
    let extras = table(root, &dynamic).and_then(|dynamic| table(dynamic, &["optional-dependencies"]));
    let extras = extras.into_iter().flat_map(DeTable::iter);
    let extras = extras.map(|(name, value)| (value, Role::Extra(name.get_ref().to_string())));
    let files = main
        .into_iter()
        .chain(extras)
        .filter_map(|(value, role)| Some((as_table(value)?.get("file")?, role)));
    files
        .chain(of_hatch)
        .chain(hatch_extras)
        .flat_map(|(files, role)| {
            one_or_several(files).map(move |(path, _)| NamedFile {
                path: path.to_owned(),
                role: role.clone(),
                published,
            })
        })
        .collect()
}

fn range(
    manifest: &Manifest,
    key: &str,
    value: &Spanned<DeValue<'_>>,
    oldest: impl Fn(&str) -> Result<Option<PythonVersion>, String>,
    warnings: &mut Vec<String>,
) -> Option<Fact<PythonVersion>> {
    let place = manifest.place(value.span().start);
    let text = as_str(value).ok_or_else(|| "it is not a string".to_owned());
    match text.and_then(oldest) {
        Ok(version) => version.map(|value| Fact {
            value,
            source: format!("{key} in {place}"),
        }),
        Err(reason) => {
            warnings.push(format!("{place}: {key}: {reason}"));
            None
        }
    }
}

/// Whether others are meant to install what is built from the manifest: it names a package and what builds it, and none of
/// Poetry, uv and Rye is told that it is none. Poetry writes a `[build-system]` for every application too: its packages must
/// also say something to those who look for them.
fn builds_package(root: &DeTable<'_>) -> bool {
    let has = |path: &[&str]| lookup(root, path).is_some();
    let is_false = |path: &[&str]| {
        let value = lookup(root, path).map(toml::Spanned::get_ref);
        matches!(value, Some(DeValue::Boolean(false)))
    };
    let is_named =
        has(&["project", "name"]) || has(&["tool", "poetry", "name"]) || has(&["tool", "flit", "metadata", "module"]);
    let backend = lookup(root, &["build-system", "build-backend"]).and_then(as_str);
    let is_built = match backend {
        Some(backend) if backend.starts_with("poetry") => {
            let metadata = [["project"].as_slice(), &["tool", "poetry"]];
            let mut metadata = metadata.iter().filter_map(|path| table(root, path));
            metadata.any(|table| FOR_SEEKERS.iter().any(|key| table.contains_key(*key)))
        }
        _ => has(&["build-system"]) || lookup(root, &["tool", "uv", "package"]).is_some_and(is_true),
    };
    let is_none = is_false(&["tool", "poetry", "package-mode"])
        || is_false(&["tool", "uv", "package"])
        || lookup(root, &["tool", "rye", "virtual"]).is_some_and(is_true);
    is_named && is_built && !is_none
}

/// What the page of a package on its index shows.
const FOR_SEEKERS: &[&str] = &[
    "classifiers",
    "documentation",
    "homepage",
    "keywords",
    "repository",
    "urls",
];

/// The lists of what the project itself requires.
const MAIN: [&[&str]; 2] = [&["project", "dependencies"], &["tool", "flit", "metadata", "requires"]];

/// The lists of what its developers have beside it, without a name of their own.
const DEVELOPERS: [&[&str]; 3] = [
    &["tool", "uv", "dev-dependencies"],
    &["tool", "rye", "dev-dependencies"],
    &["tool", "flit", "metadata", "dev-requires"],
];

/// The tables from extras to lists.
const EXTRAS: [&[&str]; 2] = [
    &["project", "optional-dependencies"],
    &["tool", "flit", "metadata", "requires-extra"],
];

/// Requirements as PEP 508 writes them.
fn read_lists(root: &DeTable<'_>, reading: &mut Reading<'_>) {
    for list in MAIN.iter().filter_map(|path| lookup(root, path)) {
        reading.add_list(list, &Role::Main);
    }
    for list in DEVELOPERS.iter().filter_map(|path| lookup(root, path)) {
        reading.add_list(list, &Role::Group("dev".to_owned()));
    }
    for (key, list) in EXTRAS.iter().flat_map(|path| entries(root, path)) {
        reading.add_list(list, &Role::Extra(key.to_owned()));
    }
    for (key, list) in entries(root, &["tool", "pdm", "dev-dependencies"]) {
        reading.add_list(list, &Role::Group(key.to_owned()));
    }
    // What a group includes is read with the group that it comes from.
    for (key, list) in entries(root, &["dependency-groups"]) {
        reading.add_list(list, &Role::Group(key.to_owned()));
    }
    if let Some(list) = lookup(root, &["tool", "uv", "constraint-dependencies"]) {
        reading.add_list(list, &Role::Constraint);
    }
    if let Some(list) = lookup(root, &["tool", "uv", "override-dependencies"]) {
        reading.add_list(list, &Role::Override);
    }
    if let Some(overrides) = table(root, &["tool", "pdm", "resolution", "overrides"]) {
        package_table::read(overrides, &Role::Override, reading);
    }
}

fn entries<'a, 'i>(root: &'a DeTable<'i>, path: &[&str]) -> impl Iterator<Item = (&'a str, &'a Spanned<DeValue<'i>>)> {
    let entries = table(root, path).into_iter().flat_map(DeTable::iter);
    entries.map(|(key, value)| (key.get_ref().as_ref(), value))
}

/// Poetry's tables from package to constraint.
fn read_poetry(poetry: &DeTable<'_>, reading: &mut Reading<'_>) {
    if let Some(main) = table(poetry, &["dependencies"]) {
        package_table::read(main, &Role::Main, reading);
    }
    if let Some(dev) = table(poetry, &["dev-dependencies"]) {
        package_table::read(dev, &Role::Group("dev".to_owned()), reading);
    }
    for (name, group) in entries(poetry, &["group"]) {
        if let Some(dependencies) = as_table(group).and_then(|group| table(group, &["dependencies"])) {
            package_table::read(dependencies, &Role::Group(name.to_owned()), reading);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> (PythonManifest, Vec<String>) {
        let mut warnings = Vec::new();
        let read = read(&Manifest::new("a/pyproject.toml", text), &mut warnings);
        (read, warnings)
    }

    /// Each requirement with its line and its role, `!` for one that is published.
    fn requirements(text: &str) -> Vec<String> {
        let (read, warnings) = read_text(text);
        assert_eq!(warnings, Vec::<String>::new());
        let shown = read.requirements.iter().map(|one| {
            let line = one.place.rsplit(':').next().unwrap();
            let role = match &one.role {
                Role::Extra(name) => format!(" extra {name}"),
                Role::Group(name) => format!(" group {name}"),
                Role::Constraint => " constraint".to_owned(),
                Role::Override => " override".to_owned(),
                Role::Main | Role::Lock => String::new(),
            };
            let condition = one
                .condition
                .as_ref()
                .map_or(String::new(), |text| format!(" if {text}"));
            let published = if one.published { " !" } else { "" };
            format!("{line}: {}{role}{condition}{published}", one.shown())
        });
        shown.collect()
    }

    #[test]
    fn the_declared_range_comes_before_poetrys() {
        let poetry = "[tool.poetry.dependencies]\npython = '^3.9'\n";
        let fact = read_text(poetry).0.python.unwrap();
        assert_eq!(fact.value, PythonVersion::new(3, 9));
        assert_eq!(fact.source, "python of poetry in a/pyproject.toml:2");
        let both = format!("[project]\nname = 'x'\nrequires-python = '>=3.10'\n{poetry}");
        let fact = read_text(&both).0.python.unwrap();
        assert_eq!(fact.value, PythonVersion::new(3, 10));
        assert_eq!(fact.source, "requires-python in a/pyproject.toml:3");
    }

    #[test]
    fn classifiers_are_a_hint() {
        let text = "[project]\nclassifiers = [\n 'Programming Language :: Python :: 3',\n \
                    'Programming Language :: Python :: 3.10',\n 'Programming Language :: Python :: 3.9']\n";
        let read = read_text(text).0;
        assert_eq!(read.python, None);
        let hint = read.hinted_python.unwrap();
        assert_eq!(hint.value, PythonVersion::new(3, 9));
        assert_eq!(hint.source, "classifier in a/pyproject.toml:5");
    }

    #[test]
    fn requirements_are_found_in_every_table() {
        let text = "[project]\ndependencies = [\n  'a',\n  'b>=1',\n]\n[project.optional-dependencies]\nx = ['c']\n\
                    [dependency-groups]\ny = ['d', { include-group = 'x' }]\n[tool.uv]\ndev-dependencies = ['e']\n\
                    constraint-dependencies = ['a<2']\noverride-dependencies = ['b==2']\n[tool.pdm.dev-dependencies]\nz = ['f']\n";
        assert_eq!(
            requirements(text),
            [
                "3: a",
                "4: b>=1",
                "11: e group dev",
                "7: c extra x",
                "15: f group z",
                "9: d group y",
                "12: a<2 constraint",
                "13: b==2 override",
            ]
        );
    }

    #[test]
    fn what_flit_and_rye_say_is_found() {
        let text = "[build-system]\nbuild-backend = 'flit_core.buildapi'\n[tool.flit.metadata]\nmodule = 'x'\nrequires = ['a<2']\n\
                    dev-requires = ['b']\nrequires-python = '>=3.9'\n[tool.flit.metadata.requires-extra]\ny = ['c']\n\
                    [tool.rye]\ndev-dependencies = ['d']\n";
        assert_eq!(
            requirements(text),
            ["5: a<2 !", "11: d group dev", "6: b group dev", "9: c extra y !",]
        );
        let (read, _) = read_text(text);
        assert_eq!(read.python.map(|fact| fact.value), Some(PythonVersion::new(3, 9)));
        let (read, _) = read_text(&text.replace("[tool.rye]\n", "[tool.rye]\nvirtual = true\n"));
        assert!(!read.builds_package);
    }

    #[test]
    fn poetrys_constraints_become_ranges() {
        let text = "[tool.poetry.dependencies]\npython = '^3.9'\nf = '^1.2'\ng = { version = '*', optional = true }\n\
                    h = [\n  { version = '<2', python = '<3.10' },\n  { version = '>=2', python = '>=3.10' },\n]\n\
                    i = { git = 'https://example.org/i' }\n[tool.poetry.group.dev.dependencies]\nj = '1.0'\n";
        assert_eq!(
            requirements(text),
            [
                "3: f>=1.2,<2",
                "4: g extra g",
                "6: h<2 if python <3.10",
                "7: h>=2 if python >=3.10",
                "9: i",
                "11: j==1.0 group dev",
            ]
        );
    }

    #[test]
    fn what_a_package_requires_is_published() {
        let project = "[project]\nname = 'x'\ndependencies = ['a']\n[project.optional-dependencies]\ny = ['b']\n\
                       [dependency-groups]\nz = ['c']\n";
        let built = format!("{project}[build-system]\nrequires = []\n");
        let published = ["3: a !", "5: b extra y !", "7: c group z"];
        assert_eq!(requirements(&built), published);
        assert_eq!(
            requirements(&format!("{project}[tool.uv]\npackage = true\n")),
            published
        );
        let poetry = "[tool.poetry]\nname = 'x'\nrepository = 'https://example.org/x'\n[tool.poetry.dependencies]\na = '1'\n\
                      [build-system]\nbuild-backend = 'poetry.core.masonry.api'\n";
        assert_eq!(requirements(poetry), ["5: a==1 !"]);
        for application in [
            poetry.replace("repository", "readme"),
            project.to_owned(),
            format!("{built}[tool.uv]\npackage = false\n"),
            format!("{built}[tool.poetry]\npackage-mode = false\n"),
            built.replace("name = 'x'", "name = 'x'\nclassifiers = ['Private :: Do Not Upload']"),
        ] {
            assert!(
                requirements(&application).iter().all(|one| !one.ends_with('!')),
                "{application}"
            );
        }
    }

    #[test]
    fn a_requirement_is_underlined_between_its_quotes() {
        let text = "[project]\ndependencies = [ \"\"\"websockets>=12\"\"\", 'é', 'x' ]\n";
        let (read, _) = read_text(text);
        let shown: Vec<_> = read.requirements.iter().map(|one| &text[one.span.range()]).collect();
        assert_eq!(shown, ["websockets>=12", "x"]);
    }

    #[test]
    fn what_is_malformed_is_a_warning_with_its_place() {
        let (read, warnings) = read_text("[project]\nrequires-python = '>=x'\n");
        assert!(read.python.is_none());
        assert_eq!(warnings.len(), 1);
        assert!(
            warnings[0].starts_with("a/pyproject.toml:2: requires-python: `>=x` is no version range"),
            "{warnings:?}"
        );
        let (_, warnings) = read_text("[project]\nrequires-python = 3.8\n");
        assert_eq!(warnings, ["a/pyproject.toml:2: requires-python: it is not a string"]);
        let (_, warnings) = read_text("[project\n");
        assert!(warnings[0].starts_with("a/pyproject.toml:1: "), "{warnings:?}");
        let (read, warnings) = read_text("[project]\ndependencies = [\n 'websockets>=x', 'y>=x']\n");
        assert_eq!(warnings, ["a/pyproject.toml:3: websockets: `>=x` is no version range"]);
        assert!(read.requirements.iter().all(|one| one.range.is_none()));
        let (_, warnings) = read_text("[tool.poetry.dependencies]\nwebsockets = '^x'\n");
        assert_eq!(warnings, ["a/pyproject.toml:2: websockets: `^x` is no version range"]);
    }
}
