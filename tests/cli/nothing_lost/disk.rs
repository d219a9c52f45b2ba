//! A disk that takes no more.

use std::process::Command;

use super::{fixed, module, names};
use crate::sandbox::{Ran, Sandbox};

/// The exit code with which the script says that it may not mount anything.
#[cfg(target_os = "linux")]
const NOT_ALLOWED: i32 = 77;

/// Mounts a small file system that nobody else sees, fills it up to the last byte with the two files on it, and fixes
/// them. With `$3` given, there is room for one file's new text at a time.
#[cfg(target_os = "linux")]
const ON_A_FULL_DISK: &str = r#"
mount -t tmpfs -o size=64k tmpfs "$2" || exit 77
cp a.py b.py "$2" && cd "$2" || exit 77
dd if=/dev/zero of=filler bs=4096 2>/dev/null
test -z "$3" || truncate -s -16384 filler
"$1" --fix --target-version 3.11 --output-format concise
echo "exit $?"
ls -A
cat a.py b.py
"#;

#[cfg(target_os = "linux")]
fn on_a_full_disk(sandbox: &Sandbox, room: &str) -> Option<Ran> {
    std::fs::create_dir(sandbox.path("disk")).unwrap();
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", ON_A_FULL_DISK, "sh"])
        .args([env!("CARGO_BIN_EXE_ws-lint"), "disk", room])
        .current_dir(sandbox.path(""))
        .output();
    let ran = output.ok().map(|output| Ran::new(&output));
    let ran = ran.filter(|ran| ran.code == Some(0));
    if ran.is_none() {
        println!("skipped: no file system can be mounted here (unshare --user --mount; {NOT_ALLOWED})");
    }
    ran
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_full_disk_every_file_keeps_its_text_and_its_finding() {
    let texts = [module("a.py", ""), module("b.py", "")];
    let sandbox = Sandbox::with(&[("a.py", &texts[0]), ("b.py", &texts[1])]);
    let Some(ran) = on_a_full_disk(&sandbox, "") else {
        return;
    };
    let message = |name: &str| {
        format!("error: `{name}` cannot be written: writing the new content: No space left on device (os error 28)\n")
    };
    assert_eq!(ran.stderr, message("a.py") + &message("b.py"));
    assert_eq!(ran.paths(), ["a.py", "b.py"]);
    let left = format!("exit 2\na.py\nb.py\nfiller\n{}", texts.concat());
    assert!(ran.stdout.ends_with(&left), "{}", ran.stdout);
}

/// The new text is there before the old one goes, so room for one more file is what is needed.
#[cfg(target_os = "linux")]
#[test]
fn where_there_is_room_for_the_new_text_it_is_written() {
    let texts = [module("a.py", ""), module("b.py", "")];
    let sandbox = Sandbox::with(&[("a.py", &texts[0]), ("b.py", &texts[1])]);
    let Some(ran) = on_a_full_disk(&sandbox, "room") else {
        return;
    };
    let left = format!(
        "exit 0\na.py\nb.py\nfiller\n{}{}",
        fixed(&texts[0], ""),
        fixed(&texts[1], "")
    );
    assert!(ran.stdout.ends_with(&left), "{}\n{}", ran.stderr, ran.stdout);
}

/// What a quota does: the file can be made, but not be as long as it has to.
#[cfg(unix)]
#[test]
fn where_files_may_not_grow_the_old_text_stays() {
    let text = module("a.py", "");
    let sandbox = Sandbox::with(&[("a.py", &text)]);
    let output = Command::new("sh")
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 1; exec \"$0\" --fix --target-version 3.11 --output-format concise",
        ])
        .arg(env!("CARGO_BIN_EXE_ws-lint"))
        .current_dir(sandbox.path(""))
        .output()
        .unwrap();
    let ran = Ran::new(&output);
    assert_eq!(
        ran.stderr,
        "error: `a.py` cannot be written: writing the new content: File too large (os error 27)\n"
    );
    assert_eq!((ran.code, ran.paths()), (Some(2), vec!["a.py"]));
    assert_eq!(sandbox.read("a.py"), text);
    assert_eq!(names(&sandbox), (vec![], vec!["a.py".to_owned()]));
}
