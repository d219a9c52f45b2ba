//! The helper that a print gets: where it stands, how it is written, and which one of the module is used.

use super::*;

#[test]
fn the_helper_comes_once_behind_the_imports() {
    let text = "\"\"\"Doc.\"\"\"\nimport os\nfrom x import y  # why\n\n# Begin.\ndef main():\n    print(\"✓\", end=\"\")\n    print(\"✗\", x)\n\nmain()\n";
    let expected = format!(
        "\"\"\"Doc.\"\"\"\nimport os\nimport sys\nfrom x import y  # why\n\n\n{HELPER}\n\n# Begin.\ndef main():\n    safe_print(\"✓\", end=\"\")\n    safe_print(\"✗\", x)\n\nmain()\n"
    );
    assert_eq!(fixed(text), expected);
    assert_eq!(fixed(&expected), expected);
    assert!(
        findings(text)
            .iter()
            .all(|finding| finding.fix.as_ref().unwrap().applicability == Applicability::Safe)
    );
}

#[test]
fn the_helper_stands_before_whatever_calls_it() {
    assert_eq!(
        fixed("#!/usr/bin/env python\nprint(\"✓\")\n"),
        format!("#!/usr/bin/env python\nimport sys\n\n\n{HELPER}\n\nsafe_print(\"✓\")\n")
    );
    assert_eq!(
        fixed("import sys\ntry:\n    import ws\nexcept ImportError:\n    print(\"✗\")\nimport os\n"),
        format!(
            "import sys\n\n\n{HELPER}\n\ntry:\n    import ws\nexcept ImportError:\n    safe_print(\"✗\")\nimport os\n"
        )
    );
    assert_eq!(
        fixed("import os\nprint(\"✗\")\nimport sys\n"),
        format!("import os\nimport sys\n\n\n{HELPER}\n\nsafe_print(\"✗\")\nimport sys\n")
    );
    assert_eq!(
        fixed("import sys; print(\"✓\")\n"),
        format!("import sys\n\n\n{HELPER}\n\nimport sys; safe_print(\"✓\")\n")
    );
}

#[test]
fn the_helper_is_written_as_the_file_is() {
    let text = "import sys\r\n\r\ndef f():\r\n\tprint(\"✓\")\r\n";
    let expected = format!("import sys\n\n\n{HELPER}\n\ndef f():\n\tsafe_print(\"✓\")\n")
        .replace("    ", "\t")
        .replace('\n', "\r\n");
    assert_eq!(fixed(text), expected);
}

#[test]
fn names_that_are_taken_are_left_alone() {
    let text = "import sys as _s\n\ndef safe_print(x): log(x)\n\nprint(\"✓\")\n";
    let expected = HELPER
        .replace("safe_print", "safe_print_1")
        .replace("sys.stdout", "_s.stdout");
    assert_eq!(
        fixed(text),
        format!("import sys as _s\n\n\n{expected}\n\ndef safe_print(x): log(x)\n\nsafe_print_1(\"✓\")\n")
    );
    assert_eq!(
        refusal("sys = 1\nprint(\"✓\")\n"),
        "no fix: the name `sys` means something else here"
    );
}

#[test]
fn a_sound_helper_of_the_module_is_used() {
    let sound = "def safe_print(text):\n    try:\n        print(text)\n    except UnicodeEncodeError:\n        print(text.encode('ascii', 'replace').decode())\n";
    assert_eq!(
        fixed(&format!("{sound}\nprint(\"✓\")\n")),
        format!("{sound}\nsafe_print(\"✓\")\n")
    );
    assert_eq!(
        fixed(&format!("def f():\n    print(\"✓\")\n\n{sound}")),
        format!("def f():\n    safe_print(\"✓\")\n\n{sound}")
    );
    assert_eq!(
        refusal(&format!("print(\"✓\")\n\n{sound}")),
        "no fix: `safe_print` is defined below this call"
    );
    // Its signature is narrower than the call.
    let both = fixed(&format!("import sys\n{sound}\nprint(\"✓\", 1)\n"));
    assert!(both.contains("\nsafe_print_1(\"✓\", 1)\n"), "{both}");
}

#[test]
fn a_write_keeps_its_missing_line_end() {
    let text = "import sys\nsys.stdout.write(\"✓\\n\")\nsys.stdout.write(\n    \"✓\",\n)\n";
    assert_eq!(
        fixed(text),
        format!(
            "import sys\n\n\n{HELPER}\n\nsafe_print(\"✓\\n\", end=\"\")\nsafe_print(\n    \"✓\",\n    end=\"\",\n)\n"
        )
    );
    assert_eq!(
        refusal("import sys\nn = sys.stdout.write(\"✓\")\n"),
        "no fix: the number that `write` returns is used"
    );
    assert!(refusal("import click\nclick.echo('✓')\n").contains("`click.echo` does more than `print`"));
}

#[test]
fn a_helper_can_be_imported() {
    let mut settings = settings(&["cp1252"]);
    settings.console.strategy = PrintStrategy::Import("my.console.safe_print".to_owned());
    assert_eq!(
        fixed_with("import os\nprint('✓')\nprint('✗')\n", &settings),
        "import os\n\nfrom my.console import safe_print\n\nsafe_print('✓')\nsafe_print('✗')\n"
    );
    assert_eq!(
        fixed_with("from my import console\nprint('✓')\n", &settings),
        "from my import console\nconsole.safe_print('✓')\n"
    );
    let taken = findings_with("safe_print = 1\nprint('✓')\n", &settings, &ProjectFacts::default());
    assert_eq!(
        taken[0].help.as_deref(),
        Some("no fix: the name `safe_print` means something else here")
    );
}
