//! The pictures of the README: what a terminal of a hundred columns shows of a run. Also used by the tests, which compare.

use std::error::Error;
use std::ffi::OsString;
use std::io;

use anstyle::{Color, RgbColor};
use anstyle_svg::{Palette, Term};
use ws_lint::cli;

/// The run that is shown, from the repository's folder.
const TYPED: &str = "ws-lint examples/first-run";

/// As GitHub's light and dark pages colour text.
const LIGHT: [(u8, u8, u8); 7] = [
    (31, 35, 40),
    (246, 248, 250),
    (207, 34, 46),
    (26, 127, 55),
    (154, 103, 0),
    (9, 105, 218),
    (27, 124, 131),
];
const DARK: [(u8, u8, u8); 7] = [
    (230, 237, 243),
    (22, 27, 34),
    (255, 123, 114),
    (63, 185, 80),
    (210, 153, 34),
    (88, 166, 255),
    (57, 197, 207),
];

/// Each picture's place in the repository, and its text. The working folder is the repository's.
pub(crate) fn pictures() -> Result<Vec<(&'static str, String)>, Box<dyn Error>> {
    let shown = format!("$ {TYPED}\n{}", printed()?);
    Ok(vec![
        (
            "docs/src/images/first-run-light.svg",
            terminal(LIGHT).render_svg(&shown),
        ),
        ("docs/src/images/first-run-dark.svg", terminal(DARK).render_svg(&shown)),
    ])
}

/// What the run prints, with its colours.
fn printed() -> Result<String, Box<dyn Error>> {
    let words = TYPED.split(' ').chain(["--color", "always"]).map(OsString::from);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    cli::run(words, &mut io::empty(), &mut out, &mut err);
    match err.is_empty() {
        true => Ok(String::from_utf8(out)?),
        false => Err(String::from_utf8(err)?.into()),
    }
}

/// Text, ground, red, green, yellow, blue and cyan.
fn terminal([text, ground, red, green, yellow, blue, cyan]: [(u8, u8, u8); 7]) -> Term {
    let rgb = |(red, green, blue)| RgbColor(red, green, blue);
    let eight = [ground, red, green, yellow, blue, blue, cyan, text].map(rgb);
    let mut sixteen = [rgb(text); 16];
    for (index, color) in sixteen.iter_mut().enumerate() {
        *color = eight[index % eight.len()];
    }
    Term::new()
        .palette(Palette::from(sixteen))
        .fg_color(Color::Rgb(rgb(text)))
        .bg_color(Color::Rgb(rgb(ground)))
}
