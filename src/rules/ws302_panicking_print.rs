//! WS302: the standard printing macros panic where the stream refuses a write.

use super::Context;
use crate::finding::{Finding, Rule, Severity};
use crate::signs::Sign;
use crate::sites::Print;
use crate::source::Language;

pub(super) static RULE: Rule = Rule {
    code: "WS302",
    name: "panicking-print",
    summary: "`println!` and its like panic on a closed pipe or a full disk",
    remedy: "write with `writeln!` and handle its result",
    languages: &[Language::Rust],
    severity: Severity::Info,
    fixable: true,
    on_by_default: false,
    page: include_str!("../../rules/WS302-panicking-print.md"),
    triggers: &[(Language::Rust, &[Sign::Print, Sign::NoTestPath])],
};

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    if context.test_file {
        return;
    }
    // What a test prints goes to the harness's buffer, whose writes cannot fail.
    let prints = context.sites.prints.iter().filter(|print| !print.in_test);
    findings.extend(prints.map(|print| panics(context, print)));
}

fn panics(context: &Context<'_>, print: &Print) -> Finding {
    let stream = match print.path.as_str() {
        "println!" | "print!" => "stdout",
        _ => "stderr",
    };
    let message = format!("`{}` panics where {stream} is a closed pipe or a full disk", print.path);
    let note = match print.path.as_str() {
        "print!" => {
            "\"failed printing to stdout: Broken pipe (os error 32)\", exit code 101, once the buffer or a line end is \
             written (Rust 1.95)"
        }
        "println!" => "\"failed printing to stdout: Broken pipe (os error 32)\", exit code 101 (Rust 1.95)",
        _ => "a write to stderr that fails panics, and nothing can be reported any more (Rust 1.95)",
    };
    Finding::new(&RULE, print.callee, message)
        .note(note)
        .fix(context.rewrite.safe_print(print, context))
}
