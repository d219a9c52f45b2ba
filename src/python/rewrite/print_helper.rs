//! The `safe_print` that a module gets: its text, its place, and whether the module has one already.

use ruff_python_ast::{ModModule, Parameters, Stmt};

use super::code::{Code, span_of};
use super::edits::Draft;
use super::imports;
use super::print::PrintJob;
use crate::finding::{Change, Refusal};
use crate::python::console::print_fallback::is_sound;
use crate::python::names::Names;
use crate::python::syntax::nodes::{Scope, statements_in};
use crate::python::values::variables::ModuleVariables;

/// The name that the helper gets where it is free.
const NAME: &str = "safe_print";

/// The name by which the call of `job` can call a function with `print`'s signature that raises no encoding error: one
/// that the module has, else one that the draft adds.
///
/// # Errors
/// There is no place for one, or the one that is there leaks.
pub(super) fn provide(job: &PrintJob<'_>, draft: &mut Draft) -> Result<String, Refusal> {
    let tree = job.module.parsed.syntax();
    if let Some(existing) = existing(job, tree)? {
        return Ok(existing);
    }
    // Fresh at the module's level means fresh in every scope in it.
    let name = job
        .module
        .facts
        .helper_name
        .get_or_init(|| job.module.names.fresh(NAME, 0));
    add(job, name, draft)?;
    Ok(name.clone())
}

/// The module's own sound helper.
///
/// # Errors
/// The module has a helper that this call cannot use and that is not to be doubled.
fn existing(job: &PrintJob<'_>, tree: &ModModule) -> Result<Option<String>, Refusal> {
    let call = job.print.call;
    let sites = &job.module.sites;
    let candidates = job.module.facts.helpers.get_or_init(|| candidates(tree));
    for &index in candidates {
        let Some(statement @ Stmt::FunctionDef(function)) = tree.body.get(index) else {
            continue;
        };
        let name = function.name.as_str();
        if !job.module.names.is_defined_once(name, call.start) {
            continue;
        }
        if sites
            .print_fallbacks
            .iter()
            .any(|fallback| fallback.name_span == span_of(&function.name))
        {
            return Err(Refusal::because(format!(
                "the module's own `{name}` can raise again itself, see WS303"
            )));
        }
        let variables = ModuleVariables::of(tree, &job.module.names);
        if function.is_async || !is_sound(function, &variables) || !accepts(job, &function.parameters) {
            continue;
        }
        if span_of(statement).contains(call) {
            return Ok(None);
        }
        if span_of(statement).start > call.start && !is_defined_in_time(tree, job, index) {
            return Err(Refusal::because(format!("`{name}` is defined below this call")));
        }
        return Ok(Some(name.to_owned()));
    }
    Ok(None)
}

/// So many functions of a module are looked at for its helper.
const MOST_HELPERS: usize = 16;

/// Where the functions stand in a module that may be its helper, by their names.
fn candidates(tree: &ModModule) -> Vec<usize> {
    let is_named =
        |statement: &Stmt| matches!(statement, Stmt::FunctionDef(function) if function.name.as_str().starts_with(NAME));
    let named = tree
        .body
        .iter()
        .enumerate()
        .filter(|(_, statement)| is_named(statement));
    named.map(|(index, _)| index).take(MOST_HELPERS).collect()
}

/// Whether a function with these parameters can be called as `job` calls.
fn accepts(job: &PrintJob<'_>, parameters: &Parameters) -> bool {
    let arguments = &job.call.arguments;
    let has_end = job.sink == crate::python::console::Sink::Write;
    let keywords: Vec<&str> = arguments
        .keywords
        .iter()
        .filter_map(|keyword| keyword.arg.as_deref())
        .chain(has_end.then_some("end"))
        .collect();
    let takes_keyword = |name: &str| {
        parameters.kwarg.is_some()
            || parameters
                .kwonlyargs
                .iter()
                .any(|parameter| parameter.parameter.name.as_str() == name)
    };
    let positional = parameters.posonlyargs.len() + parameters.args.len();
    let takes_positional = match &*arguments.args {
        [single] if positional == 1 => !single.is_starred_expr(),
        _ => positional == 0 && parameters.vararg.is_some(),
    };
    takes_positional && keywords.into_iter().all(takes_keyword)
}

/// Whether nothing between the function that the call stands in and the helper at `index` runs code, so that the
/// function cannot be called before the helper is there.
fn is_defined_in_time(tree: &ModModule, job: &PrintJob<'_>, index: usize) -> bool {
    let runs_something = |statement: &Stmt| match statement {
        Stmt::FunctionDef(function) => !function.decorator_list.is_empty(),
        Stmt::Import(_) | Stmt::ImportFrom(_) => false,
        _ => true,
    };
    let running = job.module.facts.running.get_or_init(|| {
        let running = tree.body.iter().enumerate();
        let running = running.filter(|(_, statement)| runs_something(statement));
        running.map(|(index, _)| index).collect()
    });
    let from = tree
        .body
        .partition_point(|statement| span_of(statement).end <= job.print.call.start);
    let next = running.get(running.partition_point(|running| *running < from));
    next.is_none_or(|next| *next >= index)
}

fn add(job: &PrintJob<'_>, name: &str, draft: &mut Draft) -> Result<(), Refusal> {
    imports::is_seen_from(job.head(), job.print.call.start)?;
    let code = job.code;
    let facts = &job.module.facts;
    let first = *facts.first_print.get_or_init(|| {
        let prints = &mut job.module.sites.prints.iter();
        let first = prints.find(|print| !print.text.is_empty());
        first.map(|print| print.call.start)
    });
    let first = first.unwrap_or(job.print.call.start);
    let place = *facts
        .helper_places
        .borrow_mut()
        .entry(first)
        .or_insert_with(|| Place::before(job.head(), first));
    let place =
        place.ok_or_else(|| Refusal::because(format!("there is no line for `{name}` before its first call")))?;
    let sys = import_sys(job.head(), &job.module.names, place.offset, draft)?;
    let ending = code.line_ending(0);
    // Each print that is fixed brings it along.
    let mut texts = facts.helper_texts.borrow_mut();
    let text = texts.entry(sys).or_insert_with_key(|sys| {
        let margin = facts.margin.get_or_init(|| code.first_margin().to_owned());
        facts.quoted(code, &function(name, sys, margin, ending))
    });
    let blank_before = match draft.inserted_at(place.offset) {
        Some(imported) => 2_usize.saturating_sub(blank_lines_at_the_end(imported)),
        None => place.blank_before,
    };
    let before = ending.repeat(blank_before);
    let after = ending.repeat(place.blank_after);
    draft.insert(place.offset, format!("{before}{text}{after}"));
    draft.change(Change::Helper { name: name.to_owned() });
    Ok(())
}

fn blank_lines_at_the_end(lines: &str) -> usize {
    let is_blank = |line: &&str| line.trim().is_empty();
    let lines = lines.replace("\r\n", "\n").replace('\r', "\n");
    lines.split_terminator('\n').rev().take_while(is_blank).count()
}

/// How `sys` is called at `at`, at the module's level; it is imported where it is not.
///
/// # Errors
/// The name means something else.
pub(super) fn import_sys(
    head: imports::Head<'_>,
    names: &Names,
    at: usize,
    draft: &mut Draft,
) -> Result<String, Refusal> {
    if let Some(spelled) = names.spelling("sys", at) {
        return Ok(spelled);
    }
    if names.is_taken("sys", 0) && imports::clashes(head, "sys", at) {
        return Err(Refusal::because("the name `sys` means something else here"));
    }
    imports::add(head, &["sys"], at, draft)?;
    Ok("sys".to_owned())
}

/// The helper: `print`'s whole signature, one write, so no half line is left behind. Executed with Python 3.8 to 3.13
/// and every code page of the tests in `tests/runtime`, and with streams that say another encoding than that of what
/// stands behind them. No line is longer than 88 columns: what formatters and linters allow by default.
fn function(name: &str, sys: &str, unit: &str, ending: &str) -> String {
    let head = [
        (0, format!("def {name}{PARAMETERS}:")),
        (
            1,
            "\"\"\"Print; what the stream cannot encode is written as an escape.\"\"\"".to_owned(),
        ),
    ];
    let deeper = |depth: usize| move |(own, line): (usize, &str)| (depth + own, line.to_owned());
    let all = head
        .into_iter()
        .chain(opening(sys).map(|(depth, line)| (depth + 1, line)))
        .chain([(1, "try:"), (2, WRITE), (1, "except UnicodeEncodeError:")].map(deeper(0)))
        .chain(fallback("text").map(|(depth, line)| (depth + 2, line)))
        .chain(CLOSING.map(deeper(1)));
    all.map(|(depth, line)| format!("{}{line}{ending}", unit.repeat(depth)))
        .collect()
}

/// The helper's parameters.
pub(super) const PARAMETERS: &str = "(*args, sep=\" \", end=\"\\n\", file=None, flush=False)";

/// What the helper tries.
pub(super) const WRITE: &str = "file.write(text)";

/// What the helper does with the text in the variable `text` where the console refuses, with the lines' depth in the
/// handler: it escapes what the stream's own encoding does not take. Where that changes nothing, or is refused again,
/// what stands behind the stream has another encoding, and takes ASCII.
pub(super) fn fallback(text: &str) -> [(usize, String); 7] {
    [
        (
            0,
            "encoding = getattr(file, \"encoding\", None) or \"ascii\"".to_owned(),
        ),
        (
            0,
            format!("safe = {text}.encode(encoding, \"backslashreplace\").decode(encoding)"),
        ),
        (
            0,
            "plain = safe.encode(\"ascii\", \"backslashreplace\").decode(\"ascii\")".to_owned(),
        ),
        (0, "try:".to_owned()),
        (1, "file.write(plain if safe == text else safe)".to_owned()),
        (0, "except UnicodeEncodeError:".to_owned()),
        (1, "file.write(plain)".to_owned()),
    ]
}

/// The helper's last lines, with their depth in the function.
pub(super) const CLOSING: [(usize, &str); 2] = [(0, "if flush:"), (1, "file.flush()")];

/// The helper's lines before it writes, with their depth in the function.
pub(super) fn opening(sys: &str) -> [(usize, String); 6] {
    [
        (0, format!("file = {sys}.stdout if file is None else file")),
        (0, "if file is None:".to_owned()),
        (1, "return".to_owned()),
        (0, "sep = \" \" if sep is None else sep".to_owned()),
        (0, "end = \"\\n\" if end is None else end".to_owned()),
        (0, "text = sep.join(map(str, args)) + end".to_owned()),
    ]
}

/// Where the helper goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The start of a line.
    offset: usize,
    /// How many blank lines come before it.
    blank_before: usize,
    /// How many blank lines come behind it.
    blank_after: usize,
}

impl Place {
    /// Behind the module's first imports and what stands between them, before the statement that holds `first_print`.
    /// No function, class or loop stands above it, so nothing that calls the helper runs before.
    fn before(head: imports::Head<'_>, first_print: usize) -> Option<Self> {
        let (code, tree) = (head.code, head.tree);
        let mut index = head_length(tree, first_print);
        while index > 0 {
            let above = tree.body.get(index - 1)?;
            let below = tree.body.get(index)?;
            match code.after_logical_line(span_of(above).end) {
                Some(offset) if offset <= span_of(below).start => return Some(Self::behind(code, offset)),
                _ => index -= 1,
            }
        }
        imports::top(head).map(|offset| Self {
            offset,
            blank_before: if offset > code.line_start(0) { 2 } else { 0 },
            blank_after: 2,
        })
    }

    /// At the start of the line at `offset`, behind other code.
    fn behind(code: Code<'_>, offset: usize) -> Self {
        let line_at = |start: usize| code.text(crate::source::Span::new(start, code.next_line_start(start)));
        let mut offset = offset;
        // Comments that are indented belong to the block above.
        while line_at(offset).starts_with([' ', '\t']) && line_at(offset).trim_start().starts_with('#') {
            offset = code.next_line_start(offset);
        }
        let mut blank = 0;
        let mut line = offset;
        while line < code.len() && line_at(line).trim().is_empty() && blank < 2 {
            blank += 1;
            line = code.next_line_start(line);
        }
        Self {
            offset,
            blank_before: 2,
            blank_after: 2 - blank,
        }
    }
}

/// How many statements stand at the module's head: its docstring, its imports, and what stands between them.
fn head_length(tree: &ModModule, first_print: usize) -> usize {
    let mut length = 0;
    for (index, statement) in tree.body.iter().enumerate() {
        if span_of(statement).end > first_print {
            break;
        }
        match statement {
            Stmt::Import(_) | Stmt::ImportFrom(_) => length = index + 1,
            Stmt::Expr(text) if index == 0 && text.value.is_string_literal_expr() => length = 1,
            Stmt::If(_) | Stmt::Try(_) => match imports_something(statement) {
                Some(true) => length = index + 1,
                Some(false) => {}
                None => break,
            },
            Stmt::FunctionDef(_)
            | Stmt::ClassDef(_)
            | Stmt::For(_)
            | Stmt::While(_)
            | Stmt::With(_)
            | Stmt::Match(_) => break,
            _ => {}
        }
    }
    length
}

/// Whether a compound statement imports something; `None` where it defines a function or a class.
fn imports_something(statement: &Stmt) -> Option<bool> {
    let mut imports = false;
    for statement in statements_in(std::slice::from_ref(statement), Scope::Own) {
        match statement {
            Stmt::Import(_) | Stmt::ImportFrom(_) => imports = true,
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return None,
            _ => {}
        }
    }
    Some(imports)
}
