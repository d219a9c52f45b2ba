//! Unified diffs that `git apply` and `patch -p1` take.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Component, Path};

use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

/// Lines of context around a change, as in git.
const CONTEXT: usize = 3;

/// The unified diff from `before` to `after`; empty where they are equal.
///
/// `path` is written relative to the current directory, with forward slashes, behind `a/` and `b/`, quoted as git does
/// it. Lines end at `\n` only, as `git apply` and `patch` see it: `\r` and form feeds are bytes of a line.
#[must_use]
pub fn unified(path: &Path, before: &str, after: &str) -> String {
    if before == after {
        return String::new();
    }
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let mut diff = format!("--- {}\n+++ {}\n", name("a/", path), name("b/", path));
    for hunk in group_diff_ops(capture_diff_slices(Algorithm::Myers, &old, &new), CONTEXT) {
        write_hunk(&mut diff, &hunk, &old, &new);
    }
    diff
}

fn write_hunk(diff: &mut String, hunk: &[DiffOp], old: &[&str], new: &[&str]) {
    let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else {
        return;
    };
    let old_lines = first.old_range().start..last.old_range().end;
    let new_lines = first.new_range().start..last.new_range().end;
    let _ = writeln!(diff, "@@ -{} +{} @@", lines(&old_lines), lines(&new_lines));
    for op in hunk {
        if let DiffOp::Equal { .. } = op {
            write_lines(diff, ' ', &old[op.old_range()]);
        } else {
            write_lines(diff, '-', &old[op.old_range()]);
            write_lines(diff, '+', &new[op.new_range()]);
        }
    }
}

/// `START,COUNT` of a hunk's header: 1-based, and the line before where there are none.
fn lines(range: &Range<usize>) -> String {
    match range.len() {
        0 => format!("{},0", range.start),
        1 => (range.start + 1).to_string(),
        count => format!("{},{count}", range.start + 1),
    }
}

fn write_lines(diff: &mut String, sign: char, lines: &[&str]) {
    for line in lines {
        diff.push(sign);
        diff.push_str(line);
        if !line.ends_with('\n') {
            diff.push_str("\n\\ No newline at end of file\n");
        }
    }
}

/// The path as git writes it behind `---`: C-quoted where it holds a quote, a backslash, a control or formatting
/// character or bytes that are no UTF-8, else followed by a tab where it holds a space, so that readers do not take
/// what follows the space for a date.
fn name(prefix: &str, path: &Path) -> String {
    let bytes = [prefix.as_bytes(), &relative(path)].concat();
    match str::from_utf8(&bytes) {
        Ok(name) if !name.chars().any(must_be_quoted) => {
            let end = if name.contains(' ') { "\t" } else { "" };
            format!("{name}{end}")
        }
        _ => quoted(&bytes),
    }
}

/// Formatting characters (U+061C, U+200B to U+200F, U+2028 to U+202E, U+2060 to U+2069, U+FEFF) can make a name look
/// like another one on a terminal.
fn must_be_quoted(c: char) -> bool {
    let formats = matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    matches!(c, '"' | '\\') || c.is_control() || formats
}

fn quoted(bytes: &[u8]) -> String {
    let mut quoted = String::from("\"");
    for &byte in bytes {
        match byte {
            b'"' | b'\\' => quoted.extend(['\\', char::from(byte)]),
            b'\n' => quoted.push_str("\\n"),
            b'\t' => quoted.push_str("\\t"),
            b'\r' => quoted.push_str("\\r"),
            b' '..=b'~' => quoted.push(char::from(byte)),
            _ => {
                let _ = write!(quoted, "\\{byte:03o}");
            }
        }
    }
    quoted.push('"');
    quoted
}

/// The bytes of `path` from the current directory, with forward slashes; of an absolute path elsewhere, those behind
/// its root.
fn relative(path: &Path) -> Vec<u8> {
    let here = std::env::current_dir().ok();
    let below = here.as_deref().and_then(|here| path.strip_prefix(here).ok());
    let mut bytes = Vec::new();
    for component in below.unwrap_or(path).components() {
        let part = match component {
            Component::Normal(part) => part.as_encoded_bytes(),
            Component::ParentDir => b"..",
            Component::CurDir | Component::RootDir | Component::Prefix(_) => continue,
        };
        if !bytes.is_empty() {
            bytes.push(b'/');
        }
        bytes.extend_from_slice(part);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_hunk_has_three_lines_around_a_change() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        insta::assert_snapshot!(unified(Path::new("pkg/./a.py"), before, &before.replace('5', "five")), @r"
        --- a/pkg/a.py
        +++ b/pkg/a.py
        @@ -2,7 +2,7 @@
         2
         3
         4
        -5
        +five
         6
         7
         8
        ");
    }

    #[test]
    fn equal_texts_have_no_diff() {
        assert_eq!(unified(Path::new("a.py"), "x\n", "x\n"), "");
    }

    #[test]
    fn a_path_below_the_current_directory_is_relative() {
        let path = std::env::current_dir().unwrap().join("src").join("a.py");
        assert!(
            unified(&path, "", "x").starts_with("--- a/src/a.py\n+++ b/src/a.py\n@@ -0,0 +1 @@\n+x\n\\ No newline")
        );
    }

    #[test]
    fn names_are_quoted_as_git_does_it() {
        for (path, expected) in [
            ("a b.py", "a/a b.py\t"),
            ("é.py", "a/é.py"),
            ("a\"b\\.py", r#""a/a\"b\\.py""#),
            ("a\n\u{1b}[31m.py", r#""a/a\n\033[31m.py""#),
            ("a\u{202e}b.py", r#""a/a\342\200\256b.py""#),
        ] {
            assert_eq!(name("a/", Path::new(path)), expected);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_utf_8_is_quoted() {
        use std::os::unix::ffi::OsStrExt as _;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"a\xff.py"));
        assert_eq!(name("b/", path), r#""b/a\377.py""#);
    }

    /// Whether `git apply` and `patch -p1` (each where it is present) make `after` of `before`.
    #[track_caller]
    fn is_taken_by_others(path: &str, before: &str, after: &str) {
        let diff = unified(Path::new(path), before, after);
        for command in [
            &["git", "apply", "--whitespace=nowarn"][..],
            &["patch", "-p1", "--binary", "--quiet"],
        ] {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, before).unwrap();
            let spawned = Command::new(command[0])
                .args(&command[1..])
                .current_dir(&folder)
                .env("GIT_CEILING_DIRECTORIES", folder.path().parent().unwrap())
                .stdin(Stdio::piped())
                .stderr(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn();
            let Ok(mut child) = spawned else {
                continue;
            };
            child.stdin.take().unwrap().write_all(diff.as_bytes()).unwrap();
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{command:?}: {output:?}\n{diff}");
            assert_eq!(fs::read_to_string(&file).unwrap(), after, "{command:?}\n{diff}");
        }
    }

    #[test]
    fn git_and_patch_take_every_kind_of_line_end() {
        for (before, after) in [
            ("a\r\nb\r\nc\r\n", "a\r\nB\r\nc\r\n"),
            ("a\nb", "a\nc"),
            ("a\nb", "a\nb\n"),
            ("a\nb\n", "a\nb"),
            ("a\rb\rc\n", "a\rB\rc\n"),
            ("a\n\x0c\nb\n", "a\n\x0cx\nb\n"),
            ("\u{feff}a\n", "\u{feff}b\n"),
            ("a\n", "b\na\n"),
            ("x\r", "y\r"),
        ] {
            is_taken_by_others("a.py", before, after);
        }
    }

    #[test]
    fn git_and_patch_take_every_name() {
        for path in [
            "a b.py",
            "dir with space/é.py",
            "a\"b.py",
            "a\\b.py",
            "a\tb.py",
            "日本/x y.py",
        ] {
            is_taken_by_others(path, "a\nb\n", "a\nc\n");
        }
    }

    #[test]
    fn a_thousand_changes_in_a_megabyte_take_no_time() {
        let before: String = (0..40_000)
            .map(|line| format!("    value_{} = {}\n", line % 97, line % 13))
            .collect();
        let edited = |(index, line): (usize, &str)| match index % 40 {
            0 => format!("    with x:\n    {line}"),
            _ => line.to_owned(),
        };
        let after: String = before.split_inclusive('\n').enumerate().map(edited).collect();
        let started = std::time::Instant::now();
        let diff = unified(Path::new("a.py"), &before, &after);
        assert!(diff.matches("\n@@ ").count() > 900);
        assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn git_and_patch_make_the_new_text_of_the_old_one(
            before in "([a-c ]{0,2}(\n|\r\n|\r)){0,30}[a-c]{0,1}",
            after in "([a-c ]{0,2}(\n|\r\n|\r)){0,30}[a-c]{0,1}",
        ) {
            // An empty file is a deletion or a creation to these programs.
            prop_assume!(before != after && !before.is_empty() && !after.is_empty());
            is_taken_by_others("a.py", &before, &after);
        }
    }
}
