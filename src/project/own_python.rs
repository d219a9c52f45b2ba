//! What a file says itself of the Pythons that it is for: the metadata of a script (PEP 723), the kernel of a notebook.

use std::sync::Arc;

use super::manifest::{Manifest, as_str, lookup};
use super::python_range::oldest_of_pep440;
use super::{Fact, ProjectFacts, PythonVersion};
use crate::source::{Language, SourceFile};

/// The Python that a file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnPython {
    /// The oldest that a script is for: whatever runs it asks nothing else.
    Script(Fact<PythonVersion>),
    /// The one that ran a notebook last: it counts where the project says nothing.
    Kernel(Fact<PythonVersion>),
}

impl OwnPython {
    /// What a file says, if it says anything.
    #[must_use]
    pub fn of(source: &SourceFile) -> Option<Self> {
        if source.language() != Language::Python {
            return None;
        }
        if let Some(kernel) = source.kernel_python() {
            let minor = kernel.splitn(3, '.').take(2).collect::<Vec<_>>().join(".");
            return Some(Self::Kernel(Fact {
                value: minor.parse().ok()?,
                source: "language_info of the notebook".to_owned(),
            }));
        }
        required_by_script(source.text()).map(Self::Script)
    }
}

impl ProjectFacts {
    /// What holds for a file that names a Python itself.
    #[must_use]
    pub fn for_file(self: Arc<Self>, own: Option<OwnPython>) -> Arc<Self> {
        let python = match own {
            Some(OwnPython::Script(fact)) => fact,
            Some(OwnPython::Kernel(fact)) if self.python.is_none() => fact,
            _ => return self,
        };
        Arc::new(Self {
            python: Some(python),
            ..Self::clone(&self)
        })
    }
}

/// Between these lines a script says what it needs.
const BEGIN: &str = "# /// script";
const END: &str = "# ///";

/// `# requires-python = ">=3.9"`.
fn required_by_script(text: &str) -> Option<Fact<PythonVersion>> {
    // Most files are no scripts of this kind.
    if !text.contains(BEGIN) {
        return None;
    }
    let mut lines = text.lines().enumerate();
    let (begin, _) = lines.find(|(_, line)| line.trim_end() == BEGIN)?;
    let comments = lines.map_while(|(_, line)| line.strip_prefix('#'));
    let comments: Vec<&str> = comments.collect();
    // The last end counts, as a text in it may have one.
    let end = comments.iter().rposition(|line| line.trim_end() == &END[1..])?;
    let metadata: String = comments
        .get(..end)?
        .iter()
        .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
        .collect();
    let metadata = Manifest::new("", metadata.as_str());
    let range = lookup(metadata.toml(&mut Vec::new())?, &["requires-python"])?;
    let before = metadata.text().get(..range.span().start)?;
    Some(Fact {
        value: oldest_of_pep440(as_str(range)?).ok()??,
        source: format!(
            "`requires-python` in line {}",
            begin + 2 + before.bytes().filter(|byte| *byte == b'\n').count()
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_says_which_pythons_it_is_for() {
        let said = |text: &str| required_by_script(text).map(|fact| format!("{}: {}", fact.source, fact.value));
        assert_eq!(
            said("#!/usr/bin/env -S uv run\n# /// script\n# dependencies = [\n#   \"x\",\n# ]\n# requires-python = \">=3.9\"\n# ///\n")
                .as_deref(),
            Some("`requires-python` in line 6: 3.9")
        );
        for text in [
            "# /// script\n# requires-python = \">=3.9\"\n",
            "# /// script\n\n# requires-python = \">=3.9\"\n# ///\n",
            "# /// script\n# requires-python = \"<4\"\n# ///\n",
            "# /// script\n# requires-python = [\n# ///\n",
            "# requires-python = \">=3.9\"\n",
        ] {
            assert_eq!(said(text), None, "{text}");
        }
    }
}
