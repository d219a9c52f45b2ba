//! `--list-rules`.

use std::io::{self, Write};

use crate::rules;

/// Every rule in a line: code, name, severity, languages, whether it has fixes, what it is about.
pub(super) fn write(out: &mut dyn Write) -> io::Result<()> {
    let width = rules::ALL.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    for rule in rules::ALL {
        let languages: Vec<_> = rule.languages.iter().map(ToString::to_string).collect();
        let fixable = if rule.fixable { "fixable" } else { "" };
        let off = if rule.on_by_default { "" } else { " (off by default)" };
        writeln!(
            out,
            "{}  {:width$}  {:7}  {:12}  {fixable:7}  {}{off}",
            rule.code,
            rule.name,
            rule.severity.to_string(),
            languages.join(", "),
            rule.summary,
        )?;
    }
    Ok(())
}
