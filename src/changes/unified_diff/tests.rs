use super::*;

fn parsed(text: &str) -> UnifiedDiff {
    UnifiedDiff::parse(text.as_bytes()).unwrap()
}

fn names(text: &str) -> Vec<String> {
    let names = parsed(text).files.into_keys();
    names.map(|name| String::from_utf8(name).unwrap()).collect()
}

const HUNK: &str = "@@ -1,2 +1,2 @@ def f():\n a\n-b\n+c\n";

#[test]
fn what_git_writes_is_read() {
    let text = format!(
        "diff --git a/x.py b/x.py\nindex 1..2 100644\n--- a/x.py\n+++ b/x.py\n{HUNK}\\ No newline at end of file\n@@ -9,0 +10 @@\n+-- d\n\
         diff --git a/old b/new n\nsimilarity index 100%\nrename from old\nrename to new n\n\
         diff --git a/n.py b/n.py\nnew file mode 100644\nindex 0..1\n--- /dev/null\n+++ b/n.py\n@@ -0,0 +1 @@\n+x\n\
         diff --git a/gone.py b/gone.py\ndeleted file mode 100644\n--- a/gone.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n\
         diff --git a/e.py b/e.py\nnew file mode 100644\nindex 0..1\n\
         diff --git a/i.png b/i.png\nindex 1..2 100644\nBinary files a/i.png and b/i.png differ\n\
         diff --git a/sub b/sub\nindex 1..2 160000\n--- a/sub\n+++ b/sub\n@@ -1 +1 @@\n-Subproject commit 1\n+Subproject commit 2\n"
    );
    let diff = parsed(&text);
    assert_eq!(names(&text), ["e.py", "i.png", "n.py", "new n", "sub", "x.py"]);
    assert_eq!(diff.deleted, [b"gone.py"]);
    let file = |name: &str| &diff.files[name.as_bytes()];
    assert!(file("n.py").is_new && file("e.py").is_new && !file("x.py").is_new);
    assert!(file("i.png").is_binary && file("sub").is_submodule && file("new n").hunks.is_empty());
    let hunks: Vec<_> = file("x.py")
        .hunks
        .iter()
        .map(|hunk| (hunk.first, hunk.new_len()))
        .collect();
    assert_eq!(hunks, [(1, 2), (10, 1)]);
    assert_eq!(file("x.py").hunks[1].lines, [DiffLine::New("-- d".to_owned())]);
    assert_eq!(parsed(&text.replace('\n', "\r\n")), diff);
}

#[test]
fn other_prefixes_quotes_and_tools_are_read() {
    for (head, name) in [
        ("--- a/d/x.py\n+++ b/d/x.py\n", "d/x.py"),
        ("--- i/d/x.py\n+++ w/d/x.py\n", "d/x.py"),
        ("--- a/x.py\n+++ a/x.py\n", "a/x.py"),
        (
            "--- d/x.py\t2026-01-01 00:00:00\n+++ d/x.py\t2026-01-02 00:00:00\n",
            "d/x.py",
        ),
        (
            "--- \"a/\\303\\251\\t\\\"x.py\"\n+++ \"b/\\303\\251\\t\\\"x.py\"\n",
            "é\t\"x.py",
        ),
        ("--- a/a b.py\t\n+++ b/a b.py\t\n", "a b.py"),
        (
            "From 1\nSubject: [PATCH] x\n---\n x.py | 2 +-\n\ndiff --git a/x.py b/x.py\n--- a/x.py\n+++ b/x.py\n",
            "x.py",
        ),
    ] {
        assert_eq!(names(&format!("{head}{HUNK}-- \n2.39.5\n\n")), [name], "{head}");
    }
    assert_eq!(parsed(""), UnifiedDiff::default());
    assert_eq!(parsed("\n"), UnifiedDiff::default());
}

#[test]
fn what_is_no_diff_is_told_with_its_line() {
    let named = "--- a/x.py\n+++ b/x.py\n";
    for (text, line, reason) in [
        ("hello\nworld\n".to_owned(), 1, "no file is named"),
        (format!("\u{1b}[1m{named}"), 1, "`--- a/FILE`"),
        (
            format!("{named}@@ -1,3 +1,3 @@\n a\n-b\n+c\n"),
            3,
            "other lines than it announces",
        ),
        (format!("{named}{HUNK} d\n"), 7, "more lines than it announces"),
        (format!("{named}@@ -1,2 +1,2 @@\n a\n-b\n-c\n"), 3, "(see line 6)"),
        (
            format!("{named}@@ -1 +99999999999999999999 @@\n"),
            3,
            "the head of a hunk",
        ),
        (format!("{named}@@ nonsense @@\n"), 3, "the head of a hunk"),
        (format!("{named}{HUNK}@@ -1 +1 @@\n-a\n+b\n"), 9, "above the end"),
        (format!("diff --git a/x b/x\n{HUNK}"), 2, "in front of the names"),
        (HUNK.to_owned(), 1, "in front of the names"),
        ("--- a/x.py\nx\n".to_owned(), 1, "has to follow"),
        (format!("{named}{HUNK}{named}{HUNK}"), 12, "named twice"),
        (
            format!("{named}{HUNK}-- \n2.39\n\nFrom 1\nSubject: x\n---\n x.py | 2\n"),
            10,
            "another commit begins",
        ),
        ("diff --cc x.py\n".to_owned(), 1, "combined"),
    ] {
        let error = UnifiedDiff::parse(text.as_bytes()).unwrap_err();
        assert_eq!(error.line, line, "{text}: {error}");
        assert!(error.reason.contains(reason), "{text}: {error}");
    }
    assert!(
        UnifiedDiff::parse(b"\xff\xfed\0")
            .unwrap_err()
            .reason
            .contains("UTF-16")
    );
}
