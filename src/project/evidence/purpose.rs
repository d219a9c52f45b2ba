//! What a job, a session or a file is for, by its name. What checks the style, builds the documentation or publishes runs nothing of
//! the program: its Python says nothing about those that the program runs on.

const TOOLS: &[&str] = &[
    "black",
    "codeql",
    "deploy",
    "deployment",
    "doc",
    "docs",
    "documentation",
    "flake8",
    "format",
    "formatting",
    "lint",
    "linter",
    "linters",
    "linting",
    "mypy",
    "pages",
    "publish",
    "publishing",
    "pyright",
    "release",
    "releases",
    "ruff",
    "style",
    "typecheck",
    "typing",
];

/// Whether something of this name runs a tool alone: `lint`, `Build docs`, `publish-to-pypi`, but not `lint-and-test`.
pub(in crate::project) fn is_for_a_tool(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let words = || lower.split(|c: char| !c.is_ascii_alphanumeric());
    words().any(|word| TOOLS.contains(&word)) && !words().any(|word| word.starts_with("test"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tests_is_no_tool() {
        for name in ["lint", "Build docs", "publish-to-pypi", "Release", "check_typing"] {
            assert!(is_for_a_tool(name), "{name}");
        }
        for name in [
            "test",
            "lint-and-test",
            "Tests (docs)",
            "build",
            "ci",
            "py310",
            "",
            "client",
        ] {
            assert!(!is_for_a_tool(name), "{name}");
        }
    }
}
