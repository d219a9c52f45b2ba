//! What ws-lint promises of every file, whatever is in it. The fuzz targets, the replay of their corpus
//! (`tests/fuzz_replay.rs`) and `examples/tree-check/` hold it to this.

use std::path::Path;

use ws_lint::check::{self, Surroundings};
use ws_lint::decode::{Decoded, decode};
use ws_lint::finding::{Applicability, Finding};
use ws_lint::fix::{self, Fixed};
use ws_lint::prescan::{Prescan, Unread};
use ws_lint::source::{Language, SourceFile};

/// What came of a file that was treated as promised.
#[derive(Debug, Default)]
#[allow(dead_code, reason = "each of those who hold ws-lint to it reads what it needs")]
pub(crate) struct Kept {
    /// How many findings it has.
    pub(crate) findings: usize,
    /// How many fixes were applied where unsafe ones are wanted too.
    pub(crate) applied: usize,
    /// The texts that the fixes made of it: the safe ones, and all of them. Those that differ from the file only.
    pub(crate) fixed: Vec<String>,
}

/// Checks and fixes a file in memory.
///
/// It needs a stack of `STACK_BYTES`. A panic is a broken promise too; it is the caller's to see.
///
/// # Errors
/// Which promise was broken:
/// - a file that the prescan drops has no finding but that it does not parse;
/// - no fix fails the engine's own check of it;
/// - what parsed before parses after, and what did not is left alone;
/// - fixing what was fixed changes nothing.
pub(crate) fn hold(
    path: &Path,
    language: Language,
    bytes: &[u8],
    surroundings: Surroundings<'_>,
    prescan: &Prescan,
) -> Result<Kept, String> {
    let Decoded::Source(source) = decode(path.to_owned(), language, bytes.to_vec()) else {
        return Ok(Kept::default());
    };
    let findings = check::check(&source, surroundings).findings;
    let overlooked = findings.iter().find(|finding| !is_syntax_error(finding));
    let unread = Unread {
        language,
        bytes,
        is_test: &|| surroundings.test_file,
    };
    if let Some(finding) = overlooked.filter(|_| prescan.announced(unread).is_none()) {
        return Err(format!("the prescan drops the file: {}", shown(finding, &source)));
    }
    let mut kept = Kept {
        findings: findings.len(),
        ..Kept::default()
    };
    for least in [Applicability::Safe, Applicability::Unsafe] {
        let fixed = fixed(&source, surroundings, least)?;
        if !findings.iter().any(is_syntax_error)
            && let Some(error) = fixed.checked.findings.iter().find(|finding| is_syntax_error(finding))
        {
            return Err(format!("it does not parse when fixed: {}", shown(error, &fixed.source)));
        }
        if fixed.source.text() == source.text() {
            continue;
        }
        if findings.iter().any(is_syntax_error) {
            return Err("it does not parse and was changed".to_owned());
        }
        let again = self::fixed(&fixed.source, surroundings, least)?;
        if again.source.text() != fixed.source.text() || !again.applied.is_empty() {
            let diff = fix::unified(path, fixed.source.text(), again.source.text());
            return Err(format!("a second run of the fixes changes it once more:\n{diff}"));
        }
        kept.applied = fixed.applied.values().sum();
        kept.fixed.push(fixed.source.text().to_owned());
    }
    Ok(kept)
}

fn fixed(source: &SourceFile, surroundings: Surroundings<'_>, least: Applicability) -> Result<Fixed, String> {
    let fixed = fix::fix(source, surroundings, least);
    match fixed.failures.as_slice() {
        [] => Ok(fixed),
        failures => {
            let failures: Vec<_> = failures.iter().map(ToString::to_string).collect();
            Err(format!("internal error: {}", failures.join("; ")))
        }
    }
}

fn is_syntax_error(finding: &Finding) -> bool {
    finding.rule.code == "WS001"
}

fn shown(finding: &Finding, source: &SourceFile) -> String {
    let position = source.position(finding.span.start);
    format!("{}:{}: {}", position.line, position.column, finding.message)
}
