//! Makes a print safe on a console that cannot take its text.

use ruff_python_ast::{ExprCall, Stmt};

use super::code::{Code, span_of};
use super::edits::Draft;
use super::layout::{arguments_in_lines, get_too_long};
use super::{argument, imports, locate, print_helper, stand_in};
use crate::finding::{Change, Edit, Fix, Refusal};
use crate::python::Module;
use crate::python::console::Sink;
use crate::rules::Context;
use crate::settings::PrintStrategy;
use crate::sites::Print;
use crate::source::Span;

/// One print with everything that its rewrite looks at.
pub(super) struct PrintJob<'a> {
    pub(super) code: Code<'a>,
    pub(super) module: &'a Module<'a>,
    pub(super) print: &'a Print,
    pub(super) call: &'a ExprCall,
    pub(super) sink: Sink,
    /// How wide lines get, in columns.
    pub(super) width: usize,
}

impl<'a> PrintJob<'a> {
    pub(super) fn head(&self) -> imports::Head<'a> {
        imports::Head {
            code: self.code,
            tree: self.module.parsed.syntax(),
            facts: &self.module.facts,
        }
    }
}

/// Makes `print` safe by the configured strategy.
///
/// # Errors
/// Why the strategy cannot be followed here.
pub(in crate::python) fn safe_print(module: &Module<'_>, print: &Print, context: &Context<'_>) -> Result<Fix, Refusal> {
    let unknown = || Refusal::because("the place of this print is not known");
    let tree = module.parsed.syntax();
    let around = locate::statement_around(&tree.body, print.call);
    let call = around
        .and_then(|statement| locate::call(statement, print.call))
        .ok_or_else(unknown)?;
    let partial = || match module.names.partial_here(&call.func) {
        Some((path, _)) => Refusal::because(format!("a `functools.partial` gives `{path}` more than this call does")),
        None => unknown(),
    };
    let (sink, _) = Sink::of(call, &module.names).ok_or_else(partial)?;
    let job = PrintJob {
        code: Code::new(module.source, module.parsed.tokens()),
        module,
        print,
        call,
        sink,
        width: context.project.line_width(),
    };
    let fix = match &context.settings.console.strategy {
        PrintStrategy::Helper => call_helper(&job),
        PrintStrategy::Import(path) => call_imported(&job, path),
        PrintStrategy::Ascii => return stand_in::put_in(&job, context),
    }?;
    // A test that puts a mock in the place of `print` no longer sees what is printed in another way. What it puts in the place
    // of a stream it sees.
    Ok(match job.sink {
        Sink::Print => module.doubtful_where_replaced(fix, "builtins.print", print.callee, context),
        _ => fix,
    })
}

fn call_helper(job: &PrintJob<'_>) -> Result<Fix, Refusal> {
    let mut draft = Draft::new();
    replaceable(job)?;
    let name = print_helper::provide(job, &mut draft)?;
    redirect(job, &name, draft)
}

fn call_imported(job: &PrintJob<'_>, path: &str) -> Result<Fix, Refusal> {
    let mut draft = Draft::new();
    replaceable(job)?;
    let at = job.print.call.start;
    let is_identifier = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
            && !part.starts_with(|c: char| c.is_numeric())
    };
    let Some((module, name)) = path.rsplit_once('.').filter(|_| path.split('.').all(is_identifier)) else {
        return Err(Refusal::because(format!(
            "`{path}` is not the dotted path of a function"
        )));
    };
    if let Some(spelled) = job.module.names.spelling(path, at) {
        return redirect(job, &spelled, draft);
    }
    let defines_it = job
        .module
        .parsed
        .syntax()
        .body
        .iter()
        .any(|statement| matches!(statement, Stmt::FunctionDef(function) if function.name.as_str() == name));
    if defines_it {
        return Err(Refusal::because(format!("this module has a `{name}` of its own")));
    }
    if job.module.names.is_taken(name, at) || job.module.names.is_taken(name, 0) {
        return Err(Refusal::because(format!("the name `{name}` means something else here")));
    }
    imports::add_name(job.head(), (module, name), at, &mut draft)?;
    redirect(job, name, draft)
}

/// Whether a call of a function with `print`'s signature does the same as the call.
fn replaceable(job: &PrintJob<'_>) -> Result<(), Refusal> {
    let path = &job.print.path;
    match job.sink {
        Sink::Print => Ok(()),
        Sink::Write => {
            let is_statement = matches!(
                locate::statement(&job.module.parsed.syntax().body, job.print.call),
                Some(Stmt::Expr(_))
            );
            if !is_statement {
                return Err(Refusal::because("the number that `write` returns is used"));
            }
            match (&*job.call.arguments.args, &*job.call.arguments.keywords) {
                ([text], []) if !text.is_starred_expr() => Ok(()),
                _ => Err(Refusal::because("`write` is not called with one text")),
            }
        }
        Sink::WriteLines | Sink::Echo | Sink::Rich | Sink::Tqdm => Err(Refusal::because(format!(
            "`{path}` does more than `print`, so only its text could be replaced (`print-strategy = \"ascii\"`)"
        ))),
    }
}

/// Calls `name` in place of what is called.
fn redirect(job: &PrintJob<'_>, name: &str, mut draft: Draft) -> Result<Fix, Refusal> {
    draft.replace(job.print.callee, name);
    draft.change(Change::Callee {
        name: name.to_owned(),
        call: job.print.call,
    });
    if job.sink == Sink::Write {
        let end = job.module.facts.quoted(job.code, "end=\"\"");
        argument::add(job.code, span_of(&job.call.arguments), &end, "", &mut draft);
        draft.change(Change::Argument {
            name: "end".to_owned(),
            call: job.print.call,
        });
    }
    if job.sink == Sink::Print {
        lay_out(job, name, &mut draft);
    }
    draft.finish(
        format!("call `{name}`, which writes what the console cannot take as an escape"),
        vec![job.print.call],
    )
}

/// Breaks the line of a print that gets too long by the name, where the print is all that stands there.
fn lay_out(job: &PrintJob<'_>, name: &str, draft: &mut Draft) {
    let (code, call) = (job.code, job.print.call);
    let line = Span::new(code.line_start(call.start), code.next_line_start(call.start));
    let statement = locate::statement(&job.module.parsed.syntax().body, call);
    let (Some(Stmt::Expr(statement)), Some(margin)) = (statement, code.margin(call.start)) else {
        return;
    };
    let is_whole = span_of(statement) == call;
    if is_whole && get_too_long(code, line, &[Edit::replace(job.print.callee, name)], job.width) {
        let unit = job.module.facts.indent_unit(code, margin);
        arguments_in_lines(code, job.call, (margin, unit), draft);
    }
}
