//! Fixed Rust is as rustfmt leaves it, where it was so before.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a fix may make of a file that rustfmt says nothing about, by the file's name, and why.
const KNOWN: &[(&str, &str)] = &[];

fn is_clean(text: &[u8]) -> bool {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--config", "newline_style=Auto"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .current_dir(std::env::temp_dir())
        .spawn()
        .expect("rustfmt comes with the toolchain");
    let mut stdin = child.stdin.take().unwrap();
    let given = text.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&given));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    output.status.success() && output.stdout == text
}

fn fixed_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            fixed_files(&path, found);
        } else if path.to_string_lossy().ends_with(".fixed.rs") {
            found.push(path);
        }
    }
}

#[test]
fn what_rustfmt_left_alone_before_a_fix_it_leaves_alone_after() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut fixed = Vec::new();
    fixed_files(&root.join("rust"), &mut fixed);
    fixed_files(&root.join("pitfalls"), &mut fixed);
    fixed.sort();
    let (mut clean, mut changed) = (0, Vec::new());
    for path in &fixed {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let stem = name.strip_suffix(".fixed.rs").unwrap();
        // Of a variant the case's own file is the text before.
        let before = path.with_file_name(format!("{}.rs", stem.split('.').next().unwrap()));
        if !is_clean(&fs::read(before).unwrap()) {
            continue;
        }
        clean += 1;
        if !is_clean(&fs::read(path).unwrap()) && !KNOWN.iter().any(|(known, _)| *known == name) {
            changed.push(path.strip_prefix(&root).unwrap().display().to_string());
        }
    }
    assert!(clean > 20, "only {clean} files are as rustfmt leaves them");
    assert!(
        changed.is_empty(),
        "rustfmt changes {} of {clean} files:\n{}",
        changed.len(),
        changed.join("\n")
    );
}
