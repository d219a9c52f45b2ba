//! What IPython makes of a cell before Python sees it, as far as whole cells go. Lines of its own (`%matplotlib inline`,
//! `!pip install …`, `connect?`) are the parser's to pass over.

/// Cell magics that run what is below them as Python, in the notebook's namespace. (What `%%timeit` binds is gone behind it.)
const RUN_AS_PYTHON: [&str; 3] = ["capture", "prun", "time"];

/// How many bytes of a cell precede its Python: the line of a magic that runs it as such. None where the cell is no Python,
/// or is Python only once IPython has rewritten its lines (a pasted prompt, an indented cell).
pub(super) fn python_of(code: &str) -> Option<usize> {
    let mut start = 0;
    loop {
        let rest = code.get(start..)?;
        let first = rest.split_inclusive('\n').find(|line| !line.trim().is_empty());
        let Some(first) = first else {
            return Some(start);
        };
        let Some(magic) = first.strip_prefix("%%") else {
            let is_rewritten = first.starts_with([' ', '\t', '\u{c}', '>']) || first.starts_with("In [");
            return (!is_rewritten).then_some(start);
        };
        let name = magic.split_ascii_whitespace().next().unwrap_or_default();
        if !RUN_AS_PYTHON.contains(&name) {
            return None;
        }
        start += rest.find(first)? + first.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ipython_runs_as_python_is_looked_at() {
        for (code, python) in [
            ("x = 1", Some("x = 1")),
            ("", Some("")),
            ("\n\nx = 1", Some("\n\nx = 1")),
            ("%matplotlib inline\nx", Some("%matplotlib inline\nx")),
            ("%%time\nx = 1", Some("x = 1")),
            ("\n%%capture out\n%%time\r\nx = 1", Some("x = 1")),
            ("%%time", Some("")),
            ("%%bash\nls", None),
            ("%%time?", None),
            ("%%timeit\nx = 1", None),
            ("%%writefile a.py\nx = 1", None),
            ("  x = 1\n  y = 2", None),
            (">>> x = 1", None),
            ("In [3]: x = 1", None),
        ] {
            assert_eq!(python_of(code).map(|start| &code[start..]), python, "{code}");
        }
    }
}
