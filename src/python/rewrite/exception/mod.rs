//! Catches another exception, and reads from a caught one what it has.

mod name;
mod uses;

use ruff_python_ast::{Expr, ExprCall, ModModule};

use self::uses::Uses;
use super::code::{Code, span_of};
use super::edits::Draft;
use super::facts::ExceptionName;
use super::locate::statement_around;
use crate::catalog::Rejection;
use crate::finding::{Applicability, Change, Fix, Refusal};
use crate::python::Module;
use crate::python::syntax::nodes::{Node, Scope, expressions_in, nodes_in};
use crate::sites::{Caught, ExceptionRead, Handler};
use crate::source::Span;

/// Makes a clause catch `wanted` in place of the exception that it names at `caught`, and what it reads from it.
///
/// # Errors
/// The name of the other exception means something else here, or the file makes exceptions of the old class itself.
pub(in crate::python) fn catch_instead(
    module: &Module<'_>,
    handler: &Handler,
    caught: usize,
    wanted: &Rejection,
) -> Result<Fix, Refusal> {
    let caught = handler.caught.get(caught).ok_or_else(not_known)?;
    let job = Job::new(module);
    let mut draft = Draft::new();
    let asked = job.classes_asked(caught);
    let name = job.name(caught, wanted, asked.len() + 1, &mut draft)?;
    if job.code.text(caught.span) != name {
        job.put(caught.span, name.clone(), &mut draft)?;
    }
    for asked in asked {
        job.put(asked, name.clone(), &mut draft)?;
    }
    for read in &handler.reads {
        let paths = paths(read);
        if let Some((length, path)) = paths.iter().enumerate().rev().find_map(|(index, path)| {
            let other = wanted.lacks.get(path)?;
            Some((index + 1, other))
        }) {
            job.read(read, length, path, &mut draft)?;
        }
    }
    let mut claims = vec![handler.span];
    claims.extend(handler.reads.iter().filter_map(|read| Some(read.attributes.last()?.1)));
    let fix = draft.finish(format!("catch `{}`", wanted.name()), claims)?;
    Ok(match job.is_asked(caught, wanted) {
        true => fix.at_most(Applicability::Unsafe),
        false => fix,
    })
}

/// Reads `path` from a caught exception, in place of the first `length` attributes of a read.
///
/// # Errors
/// A comment stands in what would change.
pub(in crate::python) fn read_instead(
    module: &Module<'_>,
    handler: &Handler,
    read: usize,
    length: usize,
    path: &str,
) -> Result<Fix, Refusal> {
    let read = handler.reads.get(read).ok_or_else(not_known)?;
    let mut draft = Draft::new();
    let claims = read.attributes.last().map(|(_, span)| *span).into_iter().collect();
    Job::new(module).read(read, length, path, &mut draft)?;
    draft.finish(format!("read `{path}`"), claims)
}

/// Compares what `path` reads from the caught exception with `status`, in place of a search in its text.
///
/// # Errors
/// The search is no comparison, or has something to do with more than the exception itself.
pub(in crate::python) fn compare_status(
    module: &Module<'_>,
    handler: &Handler,
    test: usize,
    path: &str,
    status: &str,
) -> Result<Fix, Refusal> {
    let test = handler.text_tests.get(test).ok_or_else(not_known)?;
    let exception = test
        .exception
        .ok_or_else(|| Refusal::because("the text is not searched right where it is made"))?;
    let job = Job::new(module);
    let mut draft = Draft::new();
    let operator = if test.is_negated { "!=" } else { "==" };
    let comparison = format!("{}.{path} {operator} {status}", job.code.text(exception));
    job.put(test.span, comparison.clone(), &mut draft)?;
    draft.finish(format!("compare the status: `{comparison}`"), vec![test.span])
}

fn not_known() -> Refusal {
    Refusal::because("the place of this clause is not known")
}

/// What a read reads: `response`, `response.status_code`.
fn paths(read: &ExceptionRead) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    for (name, _) in &read.attributes {
        paths.push(match paths.last() {
            Some(path) => format!("{path}.{name}"),
            None => name.clone(),
        });
    }
    paths
}

struct Job<'a> {
    module: &'a Module<'a>,
    code: Code<'a>,
    tree: &'a ModModule,
}

impl<'a> Job<'a> {
    fn new(module: &'a Module<'a>) -> Self {
        Self {
            module,
            code: Code::new(module.source, module.parsed.tokens()),
            tree: module.parsed.syntax(),
        }
    }

    /// Puts an expression in the place of another one.
    fn put(&self, at: Span, becomes: String, draft: &mut Draft) -> Result<(), Refusal> {
        if self.code.has_comment(at) {
            return Err(Refusal::because("a comment stands in what would change"));
        }
        draft.replace(at, becomes.clone());
        draft.change(Change::Expression { at, becomes });
        Ok(())
    }

    fn read(&self, read: &ExceptionRead, length: usize, path: &str, draft: &mut Draft) -> Result<(), Refusal> {
        let last = length.checked_sub(1).and_then(|index| read.attributes.get(index));
        let (_, at) = last.ok_or_else(not_known)?;
        let exception = self.code.text(read.exception);
        self.put(*at, format!("{exception}.{path}"), draft)
    }

    /// Whether the file asks an object for the old class, or for what one has: it may be the one that is caught.
    fn is_asked(&self, caught: &Caught, wanted: &Rejection) -> bool {
        let path = caught.path.as_deref().unwrap_or_default();
        self.uses(self.code.text(caught.span), path, wanted).is_asked
    }

    /// Where the clause itself asks whether the exception is of the old class: it is of the new one from now on.
    fn classes_asked(&self, caught: &Caught) -> Vec<Span> {
        let names = &self.module.names;
        let clause = statement_around(&self.tree.body, caught.span)
            .into_iter()
            .flat_map(|statement| {
                nodes_in(statement, Scope::Own).filter_map(|node| match node {
                    Node::Handler(clause) if span_of(clause).contains(caught.span) => Some(clause),
                    _ => None,
                })
            });
        let calls = clause.last().into_iter().flat_map(|clause| {
            let all = expressions_in(clause, Scope::Own);
            all.filter_map(Expr::as_call_expr)
        });
        let asks = |call: &&ExprCall| names.resolve(&call.func) == Some("isinstance");
        let classes = calls.filter(asks).filter_map(|call| call.arguments.args.get(1));
        let classes = classes.flat_map(|classes| match classes {
            Expr::Tuple(several) => &*several.elts,
            one => std::slice::from_ref(one),
        });
        let is_old = |class: &&Expr| names.resolve(class) == caught.path.as_deref() && caught.path.is_some();
        classes.filter(is_old).map(span_of).collect()
    }

    fn uses(&self, name: &str, path: &str, wanted: &Rejection) -> ExceptionName {
        let mut known = self.module.facts.exception_names.borrow_mut();
        *known
            .entry((name.to_owned(), path.to_owned()))
            .or_insert_with(|| Uses::of(self.tree, (name, path), wanted))
    }
}
