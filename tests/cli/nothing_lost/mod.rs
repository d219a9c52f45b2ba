//! Whatever happens while `--fix` writes, each file is the old one or the new one, whole, and what was not done is said.

mod disk;
mod kill;
mod links;
mod permissions;
mod races;

use std::fs;

use crate::sandbox::Sandbox;

/// A module of a few kilobytes, so that half of it would be seen, whose fix is the safe one of WS101. With `note` in the
/// argument's way, the fix is an unsafe one.
fn module(name: &str, note: &str) -> String {
    format!(
        "# {name}\nimport asyncio\nimport websockets\n\n\nasync def connect(url):\n    \
         return await websockets.connect(\n        url,\n        open_timeout=5,{note}\n    )\n\n\n{}",
        "# This comment is only here to make the module longer than what is written at once.\n".repeat(60)
    )
}

/// What the fixes make of a text.
fn fixed(text: &str, flags: &str) -> String {
    let fixed = Sandbox::new()
        .pipe(&format!("--fix-only {flags} --stdin-filename a.py -"), text)
        .stdout;
    assert_ne!(fixed, text);
    fixed
}

/// The names in a sandbox, without those that temporary files of ws-lint have.
fn names(sandbox: &Sandbox) -> (Vec<String>, Vec<String>) {
    let mut names: Vec<_> = fs::read_dir(sandbox.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
        .into_iter()
        .partition(|name| name.starts_with(".ws-lint-") && name.ends_with(".tmp"))
}
