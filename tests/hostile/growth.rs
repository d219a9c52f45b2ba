//! The work for a text grows with its length, no more with its square: told by the engine's own steps, which only builds with debug
//! assertions count. Nothing else in this process takes any: the other tests run the program.

use ws_lint::catalog::Catalog;
use ws_lint::check::{Surroundings, check};
use ws_lint::facts::ProjectFacts;
use ws_lint::settings::Settings;
use ws_lint::source::{Language, SourceFile};
use ws_lint::steps;

/// What is repeated in a module that connects and prints: `%` is its number.
const SHAPES: [(&str, &str); 3] = [
    ("prints", "print('✓ %')\n"),
    (
        "functions",
        "async def f%(url):\n    ws = await websockets.connect(url)\n    print('✓', ws)\n",
    ),
    ("clauses", "if url == '%':\n    asyncio.run(websockets.connect(url))\n"),
];

fn steps_of(shape: &str, times: usize) -> usize {
    let body: String = (0..times)
        .map(|number| shape.replace('%', &number.to_string()))
        .collect();
    let text = format!("import asyncio\nimport websockets\n\n{body}");
    let source = SourceFile::new("a.py", Language::Python, text);
    let (settings, project) = (Settings::default(), ProjectFacts::default());
    let before = steps::taken();
    let surroundings = Surroundings::alone(Catalog::builtin(), &settings, &project);
    assert!(check(&source, surroundings).findings.len() >= times);
    steps::taken() - before
}

#[test]
fn twice_the_text_takes_about_twice_the_steps() {
    for (name, shape) in SHAPES {
        let (once, twice) = (steps_of(shape, 400), steps_of(shape, 800));
        assert!(once > 400, "{name}: {once} steps are not all");
        assert!(
            10 * twice <= 23 * once,
            "{name}: {once} steps, and {twice} for twice the text"
        );
    }
}
