//! Catches another exception, and reads from a caught one what it has.

use ruff_python_ast::helpers::any_over_expr;
use ruff_python_ast::{Alias, Expr, ExprCall, ModModule, Stmt, StmtImportFrom};

use super::code::{Code, span_of};
use super::edits::Draft;
use super::facts::ExceptionName;
use super::imports;
use super::locate::statement_around;
use crate::catalog::Rejection;
use crate::finding::{Applicability, Change, Fix, Refusal};
use crate::python::Module;
use crate::python::syntax::dotted::last_name;
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

    /// How `wanted` is written where `caught` stands, and at so many places with that; it is imported as that is, if it is not yet.
    fn name(&self, caught: &Caught, wanted: &Rejection, places: usize, draft: &mut Draft) -> Result<String, Refusal> {
        let old = self.code.text(caught.span);
        let path = caught.path.as_deref().ok_or_else(not_known)?;
        let (package, old_name) = path.rsplit_once('.').ok_or_else(not_known)?;
        let uses = self.uses(old, path, wanted);
        if uses.is_called {
            return Err(Refusal::because(format!("the file makes a `{old_name}` itself")));
        }
        let beside = format!("{package}.{}", wanted.name());
        if let Some((module, name)) = old.rsplit_once('.')
            && wanted.is(&beside)
            && name.trim() == old_name
        {
            return Ok(format!("{module}.{}", wanted.name()));
        }
        let import = self.import(uses);
        let at = caught.span.start;
        let names = &self.module.names;
        let by_name = wanted.paths.iter().filter_map(|path| names.imported_name(path, at));
        let spelled: Vec<String> = by_name
            .chain(wanted.paths.iter().filter_map(|path| names.spelling(path, at)))
            .collect();
        let may_go = uses.reads == places && !uses.is_exported && !self.is_package();
        if let Some(name) = spelled.iter().find(|name| !name.contains('.')) {
            if let Some((import, alias)) = import.filter(|(import, _)| may_go && import.names.len() > 1) {
                self.remove(import, alias, path, draft);
            }
            return Ok(name.clone());
        }
        let is_free = |place: usize| !self.is_taken(wanted.name(), place);
        if let Some((_, alias)) = import.filter(|_| wanted.is(&beside))
            && (alias.asname.is_some() && may_go
                || !self.module.names.is_taken(wanted.name(), at) && is_free(span_of(alias).end))
        {
            return self.beside(alias, &beside, may_go.then_some(path), draft);
        }
        match spelled.into_iter().next() {
            Some(name) => Ok(name),
            None => self.imported(wanted, at, draft),
        }
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

    /// Whether `name` means something at `place`, at the module's level: every function is looked at once.
    fn is_taken(&self, name: &str, place: usize) -> bool {
        let mut known = self.module.facts.taken.borrow_mut();
        *known
            .entry((name.to_owned(), place))
            .or_insert_with(|| self.module.names.is_taken(name, place))
    }

    fn import(&self, uses: ExceptionName) -> Option<(&'a StmtImportFrom, &'a Alias)> {
        let (statement, alias) = uses.import?;
        let import = self.tree.body.get(statement)?.as_import_from_stmt()?;
        Some((import, import.names.get(alias)?))
    }

    /// Imports the name of `path` from where the old one comes from; in its place, where nothing else needs that.
    fn beside(&self, alias: &Alias, path: &str, gone: Option<&str>, draft: &mut Draft) -> Result<String, Refusal> {
        let (module, new) = path.rsplit_once('.').ok_or_else(not_known)?;
        let place = span_of(alias);
        let bound = match (&alias.asname, gone) {
            (Some(bound), Some(_)) => bound.as_str(),
            _ => new,
        };
        match gone {
            Some(gone) => {
                let renamed = match &alias.asname {
                    Some(bound) => format!("{new} as {bound}"),
                    None => new.to_owned(),
                };
                if self.code.has_comment(place) {
                    return Err(Refusal::because("a comment stands in what would change"));
                }
                draft.replace(place, renamed);
                draft.change(Change::ImportGone { path: gone.to_owned() });
            }
            None => draft.insert(place.start, format!("{new}, ")),
        }
        draft.change(Change::Import {
            module: module.to_owned(),
        });
        Ok(bound.to_owned())
    }

    /// Takes a name out of an import that has others.
    fn remove(&self, import: &StmtImportFrom, alias: &Alias, path: &str, draft: &mut Draft) {
        let place = span_of(alias);
        let next = import.names.iter().find(|other| span_of(*other).start > place.start);
        let before = import
            .names
            .iter()
            .rev()
            .find(|other| span_of(*other).start < place.start);
        let gone = match (next, before) {
            (Some(next), _) => Span::new(place.start, span_of(next).start),
            (None, Some(before)) => Span::new(span_of(before).end, place.end),
            (None, None) => return,
        };
        // An unused import harms nobody, a lost comment may.
        if !self.code.has_comment(gone) {
            draft.delete(gone);
            draft.change(Change::ImportGone { path: path.to_owned() });
        }
    }

    /// Imports `wanted` by a statement of its own.
    fn imported(&self, wanted: &Rejection, at: usize, draft: &mut Draft) -> Result<String, Refusal> {
        let name = wanted.name();
        let (module, _) = wanted
            .paths
            .first()
            .and_then(|path| path.rsplit_once('.'))
            .ok_or_else(not_known)?;
        if self.module.names.is_taken(name, at) || self.is_taken(name, 0) {
            return Err(Refusal::because(format!("the name `{name}` means something else here")));
        }
        let head = imports::Head {
            code: self.code,
            tree: self.tree,
            facts: &self.module.facts,
        };
        imports::add_name(head, (module, name), at, draft)?;
        Ok(name.to_owned())
    }

    /// What a package imports others import from it.
    fn is_package(&self) -> bool {
        self.module.source.path().ends_with("__init__.py")
    }
}

/// Finds out what a file does with a name.
struct Uses<'n> {
    name: &'n str,
    last: &'n str,
    wanted: &'n Rejection,
    found: ExceptionName,
}

impl<'n> Uses<'n> {
    fn of(tree: &ModModule, (name, path): (&'n str, &str), wanted: &'n Rejection) -> ExceptionName {
        let mut uses = Self {
            name,
            wanted,
            last: name.rsplit('.').next().unwrap_or(name),
            found: ExceptionName {
                import: only_import(tree, name, path),
                ..ExceptionName::default()
            },
        };
        expressions_in(&tree.body, Scope::All).for_each(|expr| uses.look_at(expr));
        uses.found
    }
}

/// The only import of the module's level that binds `name` to `path`.
fn only_import(tree: &ModModule, name: &str, path: &str) -> Option<(usize, usize)> {
    let mut found = None;
    for (index, statement) in tree.body.iter().enumerate() {
        let Stmt::ImportFrom(import) = statement else {
            continue;
        };
        let module = import.module.as_ref().map_or("", |module| module.as_str());
        for (position, alias) in import.names.iter().enumerate() {
            let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
            let is_of_path = path
                .strip_prefix(module)
                .is_some_and(|rest| rest.strip_prefix('.') == Some(alias.name.as_str()));
            if bound == name && import.level == 0 && is_of_path {
                if found.is_some() {
                    return None;
                }
                found = Some((index, position));
            }
        }
    }
    found
}

impl Uses<'_> {
    /// `isinstance(error, <the class>)`, `getattr(error, "status_code")`.
    fn asks(&self, called: &str, given: &[Expr]) -> bool {
        let Some(second) = given.get(1) else {
            return false;
        };
        let names_it = |class: &Expr| last_name(class) == Some(self.last);
        match called {
            "isinstance" | "issubclass" => any_over_expr(second, &names_it),
            "getattr" | "hasattr" => {
                let attribute = second.as_string_literal_expr().map(|text| text.value.to_str());
                attribute.is_some_and(|attribute| self.wanted.lacks.contains_key(attribute))
            }
            _ => false,
        }
    }

    fn look_at(&mut self, expr: &Expr) {
        match expr {
            Expr::Name(name) => self.found.reads += usize::from(name.ctx.is_load() && name.id == self.name),
            Expr::StringLiteral(text) => self.found.is_exported |= text.value.to_str() == self.name,
            Expr::Call(call) => {
                let called = match &*call.func {
                    Expr::Name(name) => name.id.as_str(),
                    Expr::Attribute(attribute) => attribute.attr.as_str(),
                    _ => "",
                };
                self.found.is_called |= called == self.last;
                self.found.is_asked |= self.asks(called, &call.arguments.args);
            }
            Expr::Compare(comparison) => {
                let mut compared = std::iter::once(&*comparison.left).chain(&comparison.comparators);
                self.found.is_asked |= compared.any(|side| last_name(side) == Some(self.last));
            }
            _ => {}
        }
    }
}
