//! How long each stage takes for one file: `cargo bench`. Whole runs against other tools are timed by `compare.py`.

use std::fmt;
use std::sync::LazyLock;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use ws_lint::catalog::Catalog;
use ws_lint::check::{Prescanned, Surroundings, check};
use ws_lint::facts::ProjectFacts;
use ws_lint::finding::{Applicability, Checked};
use ws_lint::fix::{Fixed, fix};
use ws_lint::prescan::{Announced, Prescan, Unread};
use ws_lint::settings::Settings;
use ws_lint::source::{Language, SourceFile};
use ws_lint::{python, rust};

fn main() {
    divan::main();
}

static SETTINGS: LazyLock<Settings> = LazyLock::new(Settings::default);
static PROJECT: LazyLock<ProjectFacts> = LazyLock::new(ProjectFacts::default);
static PRESCAN: LazyLock<Prescan> = LazyLock::new(|| Prescan::new(&SETTINGS, &[]));

const SURROUNDINGS: fn() -> Surroundings<'static> = || Surroundings {
    test_file: true,
    prescan: Some(Prescanned::By(&announced)),
    ..Surroundings::alone(Catalog::builtin(), &SETTINGS, &*PROJECT)
};

fn announced(text: &str) -> Announced {
    let unread = Unread {
        language: Language::Python,
        bytes: text.as_bytes(),
        is_test: &|| true,
    };
    PRESCAN.announced(unread).unwrap_or(Announced::NOTHING)
}

/// How many functions a text has.
const FUNCTIONS: usize = 100;

/// A module of Python that is looked through and has nothing to find.
fn plain_python() -> SourceFile {
    let function = |index: usize| {
        format!(
            "def add_{index}(first, second):\n    \"\"\"Adds two numbers.\"\"\"\n    # twice\n    return first + second * {index}\n\n\n"
        )
    };
    python_source((0..FUNCTIONS).map(function).collect())
}

/// A module of tests with a connect and a print to find in each.
fn found_python() -> SourceFile {
    let function = |index: usize| {
        format!(
            "async def test_{index}():\n    async with websockets.connect(url, open_timeout=5) as ws:\n        await ws.send('{index}')\n        print('✓ {index}')\n\n\n"
        )
    };
    python_source(format!(
        "import websockets\n\n\n{}",
        (0..FUNCTIONS).map(function).collect::<String>()
    ))
}

fn python_source(text: String) -> SourceFile {
    SourceFile::new("tests/test_it.py", Language::Python, text)
}

/// The same in Rust.
fn plain_rust() -> SourceFile {
    let function = |index: usize| {
        format!(
            "/// Adds two numbers: `println!(\"{{}}\", add_{index}(1, 2))`.\nfn add_{index}(first: u64, second: u64) -> u64 {{\n    first + second * {index}\n}}\n\n"
        )
    };
    rust_source((0..FUNCTIONS).map(function).collect())
}

fn found_rust() -> SourceFile {
    let function = |index: usize| {
        format!(
            "#[tokio::test]\nasync fn test_{index}() {{\n    let (mut ws, _) = tokio_tungstenite::connect_async(URL).await.unwrap();\n    ws.next().await;\n}}\n\n"
        )
    };
    rust_source((0..FUNCTIONS).map(function).collect())
}

fn rust_source(text: String) -> SourceFile {
    SourceFile::new("tests/it.rs", Language::Rust, text)
}

/// What each stage is timed on.
#[derive(Clone, Copy)]
enum Text {
    PlainPython,
    FoundPython,
    PlainRust,
    FoundRust,
}

impl Text {
    const ALL: [Self; 4] = [Self::PlainPython, Self::FoundPython, Self::PlainRust, Self::FoundRust];

    fn source(self) -> SourceFile {
        match self {
            Self::PlainPython => plain_python(),
            Self::FoundPython => found_python(),
            Self::PlainRust => plain_rust(),
            Self::FoundRust => found_rust(),
        }
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PlainPython => "plain.py",
            Self::FoundPython => "found.py",
            Self::PlainRust => "plain.rs",
            Self::FoundRust => "found.rs",
        })
    }
}

/// Hands each stage a file, and says how many bytes it has.
fn bench(bencher: Bencher<'_, '_>, text: Text, stage: impl Fn(&SourceFile) -> bool + Sync) {
    let source = text.source();
    let bencher = bencher.counter(BytesCount::of_str(source.text()));
    bencher.bench(|| black_box(stage(black_box(&source))));
}

#[divan::bench(args = Text::ALL)]
fn a_prescan(bencher: Bencher<'_, '_>, text: Text) {
    bench(bencher, text, |source| {
        PRESCAN
            .announced(Unread {
                language: source.language(),
                bytes: source.text().as_bytes(),
                is_test: &|| true,
            })
            .is_some()
    });
}

#[divan::bench(args = Text::ALL)]
fn b_parse(bencher: Bencher<'_, '_>, text: Text) {
    bench(bencher, text, |source| match source.language() {
        Language::Python => ruff_python_parser::parse_module(source.text()).is_ok(),
        _ => syn::parse_file(source.text()).is_ok(),
    });
}

/// Parsing included.
#[divan::bench(args = Text::ALL)]
fn c_sites(bencher: Bencher<'_, '_>, text: Text) {
    bench(bencher, text, |source| match source.language() {
        Language::Python => python::Module::parse(
            source,
            Catalog::builtin(),
            SURROUNDINGS().project,
            Announced::EVERYTHING,
            None,
        )
        .is_ok(),
        _ => rust::Module::parse(
            source,
            Catalog::builtin(),
            SURROUNDINGS().project,
            None,
            Announced::EVERYTHING,
        )
        .is_ok(),
    });
}

/// Everything before included.
#[divan::bench(args = Text::ALL)]
fn d_rules(bencher: Bencher<'_, '_>, text: Text) {
    bench(bencher, text, |source| {
        let Checked { findings, .. } = check(source, SURROUNDINGS());
        findings.is_empty()
    });
}

/// Everything before included.
#[divan::bench(args = Text::ALL, sample_count = 10)]
fn e_fix(bencher: Bencher<'_, '_>, text: Text) {
    bench(bencher, text, |source| {
        let Fixed { applied, .. } = fix(source, SURROUNDINGS(), Applicability::Unsafe);
        applied.is_empty()
    });
}
