//! Moving a helper, a class, a fixture or a constant into another module, another class or another package changes nothing of
//! what is found: more than five hundred projects are made of the same parts, and all that is found in them is compared with what
//! is found where everything stands in one file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use ws_lint::catalog::Catalog;
use ws_lint::check::{Surroundings, check};
use ws_lint::project::Projects;
use ws_lint::python::{InProject, Program};
use ws_lint::settings::Settings;
use ws_lint::source::{Language, SourceFile};

/// How many projects are made.
const PROJECTS: u64 = 520;

/// What is compared. WS205 leaves waits to other rules where they speak in the same file, and WS401 speaks of each file.
const COMPARED: [&str; 8] = ["WS101", "WS102", "WS103", "WS104", "WS201", "WS202", "WS203", "WS301"];

/// Something that is defined in one place and used in another one.
struct Part {
    name: &'static str,
    /// `@name` at the end of a line marks it.
    definition: &'static str,
    /// What the definition needs of other modules.
    imports: &'static str,
    /// A test that uses it: `{}` stands for its name. None of a fixture, which is asked for by its name.
    used: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Function,
    Class,
    Constant,
    Fixture,
}

const PARTS: [Part; 10] = [
    Part {
        name: "dial",
        definition: "async def dial(url):\n    return await websockets.connect(url)  # @dial\n",
        imports: "import websockets\n",
        used: "async def test_dial(url):\n    ws = await {}(url)\n    assert ws.open  # @open\n",
        kind: Kind::Function,
    },
    Part {
        name: "dial_in_time",
        definition: "async def dial_in_time(url):\n    return await websockets.connect(url)  # @dial_in_time\n",
        imports: "import websockets\n",
        used: "async def test_dial_in_time(url):\n    async with asyncio.timeout(5):\n        await {}(url)\n",
        kind: Kind::Function,
    },
    Part {
        name: "dialled",
        definition: "@contextlib.asynccontextmanager\nasync def dialled(url):\n    async with asyncio.timeout(5):\n        ws = await websockets.connect(url)\n    try:\n        yield ws\n    finally:\n        await ws.close()\n",
        imports: "import asyncio\nimport contextlib\nimport websockets\n",
        used: "async def test_dialled(url):\n    async with {}(url) as ws:\n        await ws.recv()  # @dialled\n",
        kind: Kind::Function,
    },
    Part {
        name: "hand_on",
        definition: "async def hand_on(url, **keywords):\n    async with asyncio.timeout(5):\n        return await websockets.connect(url, **keywords)\n",
        imports: "import asyncio\nimport websockets\n",
        used: "async def test_hand_on(url):\n    await {}(url, extra_headers=None)  # @hand_on\n",
        kind: Kind::Function,
    },
    Part {
        name: "pause",
        definition: "def pause():\n    time.sleep(3)\n",
        imports: "import time\n",
        used: "async def test_pause(url):\n    async with asyncio.timeout(5):\n        await websockets.connect(url)\n        {}()  # @pause\n",
        kind: Kind::Function,
    },
    Part {
        name: "Client",
        definition: "class Client:\n    def __init__(self, url):\n        self.url = url\n        self.ws = None\n\n    async def start(self):\n        async with asyncio.timeout(5):\n            self.ws = await websockets.connect(self.url)\n",
        imports: "import asyncio\nimport websockets\n",
        used: "async def test_client(url):\n    client = {}(url)\n    await client.start()\n    await client.ws.recv()  # @client\n    assert client.ws.closed  # @closed\n",
        kind: Kind::Class,
    },
    Part {
        name: "Logged",
        definition: "class Logged(websockets.connect):\n    pass\n",
        imports: "import websockets\n",
        used: "async def test_logged(url):\n    await {}(url, extra_headers=None)  # @logged\n",
        kind: Kind::Class,
    },
    Part {
        name: "LIMIT",
        definition: "LIMIT = 60\n",
        imports: "",
        used: "async def test_limit(url):\n    async with asyncio.timeout({}):\n        await websockets.connect(url, open_timeout=5)  # @limit\n",
        kind: Kind::Constant,
    },
    Part {
        name: "SIGN",
        definition: "SIGN = \"\\u2713\"\n",
        imports: "",
        used: "def test_sign():\n    print({})  # @sign\n",
        kind: Kind::Constant,
    },
    Part {
        name: "feed",
        definition: "@pytest_asyncio.fixture\nasync def feed():\n    async with asyncio.timeout(5), websockets.connect(\"ws://localhost\") as ws:\n        yield ws\n",
        imports: "import asyncio\nimport pytest_asyncio\nimport websockets\n",
        used: "async def test_feed(feed):\n    await feed.recv()  # @feed\n    assert feed.open  # @feed_open\n",
        kind: Kind::Fixture,
    },
];

/// The same numbers for the same seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % most as u64).unwrap_or(0)
    }

    fn pick<'a, T>(&mut self, some: &'a [T]) -> &'a T {
        &some[self.below(some.len())]
    }
}

/// The files of a project, by their paths.
type Files = BTreeMap<String, String>;

/// The test file that everything is used in.
const USER: &str = "tests/test_parts.py";

/// Files that a definition can stand in, each with the module that it is.
const MODULES: [(&str, &str); 6] = [
    ("net.py", "net"),
    ("net_of_parts/dialing.py", "net_of_parts.dialing"),
    ("net_of_parts/__init__.py", "net_of_parts"),
    ("net_of_parts/inner/deep.py", "net_of_parts.inner.deep"),
    ("src/lib_of_parts/api.py", "lib_of_parts.api"),
    ("no_package/plain.py", "no_package.plain"),
];

fn append(files: &mut Files, path: &str, text: &str) {
    let file = files.entry(path.to_owned()).or_default();
    file.push_str(text);
    file.push_str("\n\n");
}

/// Puts the definition of `part` somewhere, and gives how the user names it and what it imports for that.
fn place(part: &Part, chance: &mut Chance, files: &mut Files) -> (String, String) {
    if part.kind == Kind::Fixture {
        let file = *chance.pick(&["conftest.py", "tests/conftest.py", USER]);
        append(files, file, &format!("{}{}", part.imports, part.definition));
        return (part.name.to_owned(), String::new());
    }
    let (file, module) = *chance.pick(&MODULES);
    let in_class = chance.below(4) == 0;
    // A name of its own: a star import takes all of them.
    let class = format!("Box{}", part.name);
    let definition = match in_class {
        true => format!("class {class}:\n{}", indented(part)),
        false => part.definition.to_owned(),
    };
    append(files, file, &format!("{}{definition}", part.imports));
    let outer = match in_class {
        true => class.as_str(),
        false => part.name,
    };
    let (module, outer) = reexported(module, outer, chance, files);
    let (reference, import) = imported(&module, &outer, chance);
    match in_class {
        true => (format!("{reference}.{}", part.name), import),
        false => (reference, import),
    }
}

/// The definition as it stands in a class.
fn indented(part: &Part) -> String {
    let mut text = match part.kind {
        Kind::Function => "    @staticmethod\n".to_owned(),
        Kind::Class | Kind::Constant | Kind::Fixture => String::new(),
    };
    for line in part.definition.lines() {
        text.push_str(if line.is_empty() { "" } else { "    " });
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// Through other modules, or not: the module and the name there.
fn reexported(module: &str, name: &str, chance: &mut Chance, files: &mut Files) -> (String, String) {
    let (mut module, mut name) = (module.to_owned(), name.to_owned());
    for door in ["door", "outer_door"] {
        match chance.below(6) {
            0 => append(files, &format!("{door}.py"), &format!("from {module} import {name}")),
            1 => {
                let alias = format!("{name}_by_{door}");
                append(
                    files,
                    &format!("{door}.py"),
                    &format!("from {module} import {name} as {alias}"),
                );
                name = alias;
            }
            2 => append(files, &format!("{door}.py"), &format!("from {module} import *")),
            3 if module.starts_with("net_of_parts.") => {
                let inside = module.trim_start_matches("net_of_parts.").to_owned();
                let file = format!("net_of_parts/{door}.py");
                append(files, &file, &format!("from .{inside} import {name}"));
                module = format!("net_of_parts.{door}");
                continue;
            }
            // A number that may be `None` is none that is known.
            4 if name != "LIMIT" && !name.starts_with("LIMIT_") => {
                append(
                    files,
                    &format!("{door}.py"),
                    &format!("try:\n    from {module} import {name}\nexcept ImportError:\n    {name} = None\n"),
                );
            }
            _ => continue,
        }
        door.clone_into(&mut module);
    }
    (module, name)
}

/// How the user names it, and the import for that.
fn imported(module: &str, name: &str, chance: &mut Chance) -> (String, String) {
    match chance.below(5) {
        0 => (format!("{module}.{name}"), format!("import {module}\n")),
        1 => (format!("m_{name}.{name}"), format!("import {module} as m_{name}\n")),
        2 => (
            format!("{name}_here"),
            format!("from {module} import {name} as {name}_here\n"),
        ),
        3 if module.contains('.') => {
            let (package, last) = module.rsplit_once('.').unwrap_or(("", module));
            (format!("{last}.{name}"), format!("from {package} import {last}\n"))
        }
        _ => (name.to_owned(), format!("from {module} import {name}\n")),
    }
}

const USERS_IMPORTS: &str = "import asyncio\nimport websockets\n";

/// The project with its parts somewhere, and how the user names them.
fn scattered(parts: &[&Part], chance: &mut Chance) -> (Files, Vec<String>) {
    let mut files = Files::new();
    let (mut imports, mut uses, mut names) = (USERS_IMPORTS.to_owned(), String::new(), Vec::new());
    for part in parts {
        let (reference, import) = place(part, chance, &mut files);
        imports.push_str(&import);
        uses.push_str(&part.used.replace("{}", &reference));
        uses.push_str("\n\n");
        names.push(reference);
    }
    let own = files.remove(USER).unwrap_or_default();
    files.insert(USER.to_owned(), format!("{imports}\n\n{own}{uses}"));
    (files, names)
}

/// The same with everything in one file.
fn together(parts: &[&Part]) -> Files {
    let mut text = USERS_IMPORTS.to_owned();
    for part in parts {
        text.push_str(part.imports);
    }
    for part in parts {
        text.push_str(&format!(
            "\n\n{}\n\n{}",
            part.definition,
            part.used.replace("{}", part.name)
        ));
    }
    Files::from([(USER.to_owned(), text)])
}

/// What is found, each by its mark: the names that `parts` go by are those of the definitions.
fn found(files: &Files, parts: &[&Part], names: &[String]) -> BTreeSet<(String, &'static str, String)> {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let root = fs::canonicalize(folder.path()).expect("it is there");
    fs::write(
        root.join("pyproject.toml"),
        "[project]\nname = \"parts\"\nrequires-python = \">=3.11\"\n",
    )
    .and_then(|()| fs::write(root.join("requirements.txt"), "websockets==15.0.1\n"))
    .expect("it can be written");
    for (path, text) in files {
        let path = root.join(path);
        let parent = path.parent().expect("it is in a folder");
        fs::create_dir_all(parent)
            .and_then(|()| fs::write(&path, text))
            .expect("it can be written");
    }
    let (program, projects, settings) = (
        Program::new(&root),
        Projects::new(&root, ws_lint::python::read_conftest),
        Settings::default(),
    );
    let mut found = BTreeSet::new();
    for (name, text) in files {
        let path = root.join(name);
        let project = projects.facts_for(&path, Language::Python);
        let source = SourceFile::new(path.clone(), Language::Python, text.clone());
        let surroundings = Surroundings {
            in_project: Some(InProject {
                program: &program,
                file: &path,
                protocols: &settings.protocols,
            }),
            test_file: name.starts_with("tests/"),
            ..Surroundings::alone(Catalog::builtin(), &settings, &*project)
        };
        for finding in check(&source, surroundings).findings {
            if !COMPARED.contains(&finding.rule.code) {
                assert_ne!(finding.rule.code, "WS001", "{name}: {}\n{text}", finding.message);
                continue;
            }
            let line = source.line(source.position(finding.span.start).line);
            let mark = source
                .slice(line)
                .rsplit_once("# @")
                .map_or("", |(_, mark)| mark.trim());
            let mut message = finding.message.replace("in this project", "in this file");
            for (part, name) in parts.iter().zip(names) {
                message = message.replace(&format!("`{name}`"), &format!("`{}`", part.name));
            }
            found.insert((
                mark.to_owned(),
                finding.rule.code,
                format!("{} {message}", finding.severity),
            ));
        }
    }
    found
}

#[test]
fn moving_a_part_into_another_module_or_class_changes_nothing_of_what_is_found() {
    let all: Vec<&Part> = PARTS.iter().collect();
    let own: Vec<String> = PARTS.iter().map(|part| part.name.to_owned()).collect();
    // What is found in one part does not hang on the others.
    let expected = found(&together(&all), &all, &own);
    let marks: BTreeSet<&str> = expected.iter().map(|(mark, ..)| mark.as_str()).collect();
    let marked = [
        "client",
        "closed",
        "dial",
        "dialled",
        "feed",
        "feed_open",
        "hand_on",
        "limit",
        "logged",
        "open",
        "pause",
        "sign",
    ];
    assert_eq!(marks, BTreeSet::from(marked), "{expected:#?}");
    let mut wrong = Vec::new();
    for seed in 0..PROJECTS {
        let mut chance = Chance(seed);
        let count = 1 + chance.below(3);
        let mut chosen: Vec<usize> = (0..count).map(|_| chance.below(PARTS.len())).collect();
        chosen.sort_unstable();
        chosen.dedup();
        let parts: Vec<&Part> = chosen.iter().map(|index| &PARTS[*index]).collect();
        let (files, names) = scattered(&parts, &mut chance);
        let found = found(&files, &parts, &names);
        let texts: String = parts.iter().flat_map(|part| [part.definition, part.used]).collect();
        let of_these = |(mark, ..): &&(String, &str, String)| texts.contains(&format!("# @{mark}\n"));
        let expected: BTreeSet<_> = expected.iter().filter(of_these).cloned().collect();
        if found != expected {
            wrong.push(difference(seed, &files, &found, &expected));
        }
    }
    let shown: Vec<&String> = wrong.iter().take(3).collect();
    assert!(
        wrong.is_empty(),
        "{} of {PROJECTS} projects differ: {shown:#?}",
        wrong.len()
    );
}

fn difference(
    seed: u64,
    files: &Files,
    found: &BTreeSet<(String, &'static str, String)>,
    expected: &BTreeSet<(String, &'static str, String)>,
) -> String {
    let more: Vec<_> = found.difference(expected).collect();
    let less: Vec<_> = expected.difference(found).collect();
    let mut told = format!("seed {seed}: more: {more:?}, less: {less:?}\n");
    for (path, text) in files {
        let path = Path::new(path).display();
        told.push_str(&format!("--- {path}\n{text}"));
    }
    told
}
