//! The table that ends a long report: how many findings each rule has, and the command that shows what had no room.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::drawing::{Drawing, STRONG};
use super::summary::{Summary, counted};
use crate::rules;

/// Writes the counts by rule, the most frequent first. `left_out` counts by code what was not shown.
pub(super) fn write_by_rule(
    out: &mut dyn Write,
    drawing: Drawing,
    summary: &Summary,
    left_out: &BTreeMap<&'static str, usize>,
) -> io::Result<()> {
    let hidden: usize = left_out.values().sum();
    if hidden > 0 {
        let told = drawing
            .paint(STRONG, format!("{} not shown", counted(hidden, "more finding")))
            .to_string();
        writeln!(
            out,
            "{told}: `ws-lint --output-format concise` shows each in a line, and a pipe gets all: `ws-lint | less`\n"
        )?;
    }
    let counts = summary.by_frequency();
    let width = counts.first().map_or(0, |(most, _)| most.to_string().len());
    let name = |code: &str| rules::find(code).map_or("", |rule| rule.name);
    let longest = counts.iter().map(|(_, code)| name(code).len()).max().unwrap_or(0);
    for (count, code) in counts {
        let code_in_style = drawing.paint(STRONG, code);
        let more = left_out.get(code).map_or(String::new(), |hidden| {
            format!("  {hidden} not shown: ws-lint --select {code}")
        });
        let line = format!("  {count:>width$}  {code_in_style}  {:longest$}{more}", name(code));
        writeln!(out, "{}", line.trim_end())?;
    }
    writeln!(out)
}
