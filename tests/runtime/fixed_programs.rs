//! Programs that fail or wait too long before their fix, run before and after.

use std::collections::BTreeMap;

use serde_json::json;
use ws_lint::catalog::Catalog;
use ws_lint::check::{Surroundings, check};
use ws_lint::facts::{Certainty, Fact, PackageRange, ProjectFacts, PythonVersion};
use ws_lint::finding::Applicability;
use ws_lint::fix::{self};
use ws_lint::settings::{HangRules, Settings};
use ws_lint::source::{Language, SourceFile};

use crate::clients::Client;
use crate::matrix;
use crate::pythons::Python;
use crate::servers::Servers;

/// A program that one rule finds something in. `run` takes the servers' URLs, and returns or raises something.
struct Program {
    rule: &'static str,
    text: &'static str,
    /// The releases that it is wrong with.
    wrong_with: Releases,
    /// What it ends with before: what it returns, or the classes of what it raises.
    before: &'static [&'static str],
    /// What it returns after.
    after: &'static str,
    /// The oldest 3.x that has what it uses.
    from_python: u8,
}

#[derive(Clone, Copy, PartialEq)]
enum Releases {
    Any,
    Old,
    New,
}

const PROGRAMS: &[Program] = &[
    Program {
        rule: "WS103",
        text: "import asyncio\n\nimport websockets\n\n\nasync def run(urls):\n    ws = await websockets.connect(urls[\"echo\"], timeout=3)\n    await ws.close()\n    return \"closed\"\n",
        wrong_with: Releases::New,
        before: &["TypeError"],
        after: "closed",
        from_python: 8,
    },
    Program {
        rule: "WS103",
        text: "import asyncio\n\nimport websockets\n\n\nasync def run(urls):\n    async with websockets.connect(urls[\"echo\"], timeout=3, extra_headers={\"A\": \"b\"}) as ws:\n        await ws.send(\"x\")\n        return await ws.recv()\n",
        wrong_with: Releases::New,
        before: &["TypeError"],
        after: "x",
        from_python: 8,
    },
    Program {
        rule: "WS103",
        text: "import asyncio\n\nimport websockets\n\n\nasync def run(urls):\n    try:\n        await websockets.connect(urls[\"silent\"], timeout=0.5)\n    except asyncio.TimeoutError:\n        return \"too late\"\n",
        wrong_with: Releases::New,
        before: &["TypeError"],
        after: "too late",
        from_python: 8,
    },
    Program {
        rule: "WS103",
        text: "import asyncio\n\nimport websockets\n\n\nasync def run(urls):\n    async with websockets.connect(urls[\"echo\"], additional_headers={\"A\": \"b\"}) as ws:\n        await ws.send(\"x\")\n        return await ws.recv()\n",
        wrong_with: Releases::Old,
        before: &["TypeError"],
        after: "x",
        from_python: 8,
    },
    Program {
        rule: "WS104",
        text: "import asyncio\n\nimport websockets\n\n\nasync def run(urls):\n    try:\n        await websockets.connect(urls[\"silent\"], timeout=0.3)\n    except asyncio.TimeoutError:\n        return \"too late\"\n",
        wrong_with: Releases::Old,
        // Whoever runs it loses patience after 5 s.
        before: &["TimeoutError"],
        after: "too late",
        from_python: 8,
    },
    Program {
        rule: "WS105",
        text: "import asyncio\n\nimport websockets\n\n\nasync def run(urls):\n    with asyncio.timeout(3):\n        ws = await websockets.connect(urls[\"echo\"])\n    await ws.close()\n    return \"closed\"\n",
        wrong_with: Releases::Any,
        before: &["TypeError"],
        after: "closed",
        from_python: 11,
    },
    Program {
        rule: "WS105",
        text: "import asyncio\n\nimport websockets\n\n\nasync def run(urls):\n    async with websockets.connect(urls[\"echo\"]) as ws, asyncio.timeout(3):\n        await ws.send(\"x\")\n        return await ws.recv()\n",
        wrong_with: Releases::Any,
        before: &["x"],
        after: "x",
        from_python: 11,
    },
    Program {
        rule: "WS201",
        text: "import asyncio\n\nimport websockets\n\n\nasync def run(urls):\n    async with websockets.connect(urls[\"mute\"], close_timeout=0.2) as ws:\n        try:\n            return await ws.recv()\n        except asyncio.TimeoutError:\n            return \"too late\"\n",
        wrong_with: Releases::Any,
        // Whoever runs it loses patience after 5 s.
        before: &["TimeoutError"],
        after: "too late",
        from_python: 8,
    },
    Program {
        rule: "WS201",
        text: "import asyncio\n\nimport websockets\n\n\nasync def run(urls):\n    async with websockets.connect(urls[\"mute\"], close_timeout=0.2) as ws:\n        try:\n            async for message in ws:\n                return message\n        except asyncio.TimeoutError:\n            return \"too late\"\n",
        wrong_with: Releases::Any,
        before: &["TimeoutError"],
        after: "too late",
        from_python: 11,
    },
    Program {
        rule: "WS202",
        text: "import asyncio\nimport time\n\n\nasync def settle():\n    time.sleep(0.6)\n    return \"settled\"\n\n\nasync def run(urls):\n    try:\n        return await asyncio.wait_for(settle(), 0.2)\n    except asyncio.TimeoutError:\n        return \"too late\"\n",
        wrong_with: Releases::Any,
        // The deadline does not end it.
        before: &["settled"],
        after: "too late",
        from_python: 8,
    },
    Program {
        rule: "WS202",
        text: "import asyncio\nimport subprocess\nimport sys\n\n\nasync def settle():\n    subprocess.run([sys.executable, \"-c\", \"import time; time.sleep(0.6)\"])\n    return \"settled\"\n\n\nasync def run(urls):\n    try:\n        return await asyncio.wait_for(settle(), 0.2)\n    except asyncio.TimeoutError:\n        return \"too late\"\n",
        wrong_with: Releases::Any,
        before: &["settled"],
        after: "too late",
        from_python: 9,
    },
    Program {
        rule: "WS203",
        text: "import asyncio\n\nimport websockets\n\n\nasync def run(urls):\n    ws = await asyncio.create_task(websockets.connect(urls[\"echo\"]))\n    await ws.close()\n    return \"closed\"\n",
        wrong_with: Releases::Any,
        before: &["TypeError"],
        after: "closed",
        from_python: 8,
    },
    Program {
        rule: "WS203",
        text: "import asyncio\n\nimport websockets\n\n\nasync def run(urls):\n    loop = asyncio.get_running_loop()\n    ws = await loop.create_task(websockets.connect(urls[\"echo\"]))\n    await ws.close()\n    return \"closed\"\n",
        wrong_with: Releases::Any,
        before: &["TypeError"],
        after: "closed",
        from_python: 8,
    },
    Program {
        rule: "WS203",
        text: "import websockets\n\n\nasync def run(urls):\n    async with await websockets.connect(urls[\"echo\"]) as ws:\n        await ws.send(\"x\")\n        return await ws.recv()\n",
        wrong_with: Releases::Old,
        before: &["TypeError", "AttributeError"],
        after: "x",
        from_python: 8,
    },
    Program {
        rule: "WS501",
        text: "import websockets\nfrom websockets.exceptions import InvalidStatusCode\n\n\nasync def run(urls):\n    try:\n        await websockets.connect(urls[\"rejecting\"])\n    except InvalidStatusCode as error:\n        return error.status_code, error.headers[\"Content-Length\"]\n",
        wrong_with: Releases::New,
        before: &["InvalidStatus"],
        after: "(403, '0')",
        from_python: 8,
    },
    Program {
        rule: "WS501",
        text: "import websockets\n\n\nasync def run(urls):\n    try:\n        await websockets.connect(urls[\"rejecting\"])\n    except (OSError, websockets.exceptions.InvalidStatus) as error:\n        return error.response.status_code, error.response.headers[\"Content-Length\"]\n",
        wrong_with: Releases::Old,
        before: &["InvalidStatusCode"],
        after: "(403, '0')",
        from_python: 8,
    },
    Program {
        rule: "WS501",
        text: "import websockets\n\n\nasync def run(urls):\n    try:\n        await websockets.connect(urls[\"rejecting\"])\n    except websockets.exceptions.InvalidStatus as error:\n        return error.status_code\n",
        wrong_with: Releases::New,
        before: &["AttributeError"],
        after: "403",
        from_python: 8,
    },
    Program {
        rule: "WS501",
        text: "import websockets\n\n\nasync def run(urls):\n    try:\n        await websockets.connect(urls[\"rejecting\"])\n    except websockets.exceptions.InvalidStatusCode as error:\n        return error.response.status_code\n",
        wrong_with: Releases::Old,
        before: &["AttributeError"],
        after: "403",
        from_python: 8,
    },
    Program {
        rule: "WS502",
        text: "import websockets\n\n\nasync def run(urls):\n    try:\n        await websockets.connect(urls[\"rejecting\"])\n    except websockets.exceptions.InvalidStatus as error:\n        return \"HTTP 403\" in str(error), \"401\" in str(error), \"401\" not in str(error)\n",
        wrong_with: Releases::New,
        before: &["(True, False, True)"],
        after: "(True, False, True)",
        from_python: 8,
    },
    Program {
        rule: "WS502",
        text: "import websockets\n\n\nasync def run(urls):\n    try:\n        await websockets.connect(urls[\"rejecting\"])\n    except websockets.exceptions.InvalidStatusCode as error:\n        return \"403\" in f\"{error}\", \"401\" in repr(error)\n",
        wrong_with: Releases::Old,
        before: &["(True, False)"],
        after: "(True, False)",
        from_python: 8,
    },
];

#[test]
fn every_program_gets_one_fix_and_is_right_with_it() {
    for program in PROGRAMS {
        for minor in [program.from_python, 13] {
            let facts = program.wrong_with.facts(minor);
            let fixed = program.fixed(&facts);
            assert_ne!(fixed, program.text);
            assert_eq!(program.found(&fixed, &facts), 0, "{fixed}");
        }
    }
}

#[test]
#[ignore = "needs Python and PyPI"]
fn every_fixed_program_works() {
    let pythons = matrix::pythons();
    let servers = Servers::start(pythons.last().expect("there is a Python"));
    matrix::judge_all(matrix::every_client(&pythons), |python, client| {
        judge(python, client, &servers).unwrap_or_else(|error| vec![error])
    });
}

fn judge(python: &Python, client: &Client, servers: &Servers) -> Result<Vec<String>, String> {
    let runs = Releases::of(python, client);
    let facts = runs.facts(python.minor());
    let tried = || {
        let programs = PROGRAMS.iter().enumerate();
        let programs = programs.filter(|(_, program)| program.from_python <= python.minor());
        programs.filter(|(_, program)| program.wrong_with == Releases::Any || program.wrong_with == runs)
    };
    let sources: BTreeMap<String, String> = tried()
        .flat_map(|(index, program)| {
            [
                (format!("{index} before"), program.text.to_owned()),
                (format!("{index} after"), program.fixed(&facts)),
            ]
        })
        .collect();
    let outcomes: BTreeMap<String, String> = client.ask(
        "facts/run_programs.py",
        &json!({ "ports": servers.ports, "programs": sources }),
    )?;
    let wrong = |index: usize, phase: &str, expected: &[&str]| {
        let name = format!("{index} {phase}");
        let outcome = outcomes.get(&name).map_or("nothing", String::as_str);
        (!expected.contains(&outcome)).then(|| format!("program {name} gives {outcome}, not {expected:?}"))
    };
    let wrong = |(index, program): (usize, &Program)| {
        [
            wrong(index, "before", program.before),
            wrong(index, "after", &[program.after]),
        ]
    };
    Ok(tried().flat_map(wrong).flatten().collect())
}

impl Releases {
    /// Those that a client is one of. The newest that takes Python 3.8 is 13.1.
    fn of(python: &Python, client: &Client) -> Self {
        let version = client.name.rsplit('-').next().unwrap_or_default();
        let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
        match major {
            Some(major) if major < 14 => Self::Old,
            None if python.minor() < 9 => Self::Old,
            _ => Self::New,
        }
    }

    /// What a project says that has these releases and Python 3.`minor`.
    fn facts(self, minor: u8) -> ProjectFacts {
        let specifiers = match self {
            Self::Any => "",
            Self::Old => "<14",
            Self::New => ">=14",
        };
        let range = PackageRange {
            specifiers: specifiers.parse().expect("a range"),
            certainty: Certainty::Range,
        };
        let fact = Fact {
            value: range,
            source: "the program".to_owned(),
        };
        let mut facts = ProjectFacts::default();
        facts.packages.tell([("websockets".to_owned(), fact)]);
        facts.python = Some(Fact {
            value: PythonVersion::new(3, minor),
            source: "the program".to_owned(),
        });
        facts
    }
}

impl Program {
    fn fixed(&self, project: &ProjectFacts) -> String {
        self.with(self.text, project, |source, surroundings| {
            let fixed = fix::fix(source, surroundings, Applicability::Unsafe);
            assert!(fixed.failures.is_empty(), "{}", self.text);
            fixed.source.text().to_owned()
        })
    }

    fn found(&self, text: &str, project: &ProjectFacts) -> usize {
        self.with(text, project, |source, surroundings| {
            check(source, surroundings).findings.len()
        })
    }

    fn with<T>(&self, text: &str, project: &ProjectFacts, act: impl FnOnce(&SourceFile, Surroundings<'_>) -> T) -> T {
        let mut settings = Settings::default();
        settings.enabled.retain(|code| *code == self.rule);
        settings.hang_rules = HangRules::All;
        settings.receive.default_deadline = 0.5;
        let surroundings = Surroundings::alone(Catalog::builtin(), &settings, project);
        act(
            &SourceFile::new("program.py", Language::Python, text.to_owned()),
            surroundings,
        )
    }
}
