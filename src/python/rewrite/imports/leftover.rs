//! Imports that a fix takes the last use of go with it. What was unused before stays.

use foldhash::{HashMap, HashSet};
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Alias, Expr, Stmt};

use super::super::code::{Code, span_of};
use super::super::edits::Draft;
use crate::finding::{Change, Fix};
use crate::python::Module;
use crate::source::Span;

/// How many uses that other fixes may take are waited for.
const MOST_AWAITED: usize = 50;

/// What a file's imports are used for.
#[derive(Debug, Default)]
pub(in super::super) struct Uses {
    /// Where each name is read or written, however often it is imported.
    names: HashMap<String, Vec<Span>>,
    /// The names in strings that look like paths of names: `__all__` may export them, a mock may replace them.
    quoted: HashSet<String>,
    /// What each imported name is bound by.
    bindings: HashMap<String, Vec<Binding>>,
}

/// A name that an import binds.
#[derive(Clone, Copy, Debug)]
struct Binding {
    statement: Span,
    alias: Span,
    /// The function that it stands in; none where that is the module, or a class.
    function: Option<Span>,
    /// It may go: its block has other statements, and nothing chooses by it.
    may_go: bool,
}

/// `fix`, with the imports taken away whose last use it takes away. Where other fixes may take uses too, the last one by
/// position waits for them.
pub(in crate::python) fn without_left_behind(module: &Module<'_>, fix: Fix) -> Fix {
    let code = Code::new(module.source, module.parsed.tokens());
    let path = module.source.path();
    if path.ends_with("__init__.py") || path.extension().is_some_and(|extension| extension == "pyi") {
        return fix;
    }
    let mut names: Vec<&str> = Vec::new();
    for edit in &fix.edits {
        let tokens = code
            .tokens_in(edit.span)
            .iter()
            .filter(|token| token.kind() == TokenKind::Name);
        names.extend(tokens.map(|token| code.text(span_of(token))));
    }
    names.sort_unstable();
    names.dedup();
    names.retain(|name| !fix.edits.iter().any(|edit| has_word(&edit.text, name)));
    if names.is_empty() {
        return fix;
    }
    let uses = module.facts.uses.get_or_init(|| Uses::of(module));
    let mut fix = fix;
    for name in names {
        fix = uses.drop_import(module, code, name, fix);
    }
    fix
}

impl Uses {
    fn of(module: &Module<'_>) -> Self {
        let mut uses = Self::default();
        let mut search = Search {
            uses: &mut uses,
            only_child: false,
            in_try: false,
            function: None,
        };
        search.block(module.parsed.suite(), false);
        uses
    }

    fn drop_import(&self, module: &Module<'_>, code: Code<'_>, name: &str, mut fix: Fix) -> Fix {
        let bindings = self.bindings.get(name).map(Vec::as_slice).unwrap_or_default();
        for binding in bindings.iter().filter(|binding| binding.may_go) {
            fix = self.drop_binding((module, code), bindings, binding, name, fix);
        }
        fix
    }

    fn drop_binding(
        &self,
        (module, code): (&Module<'_>, Code<'_>),
        bindings: &[Binding],
        binding: &Binding,
        name: &str,
        mut fix: Fix,
    ) -> Fix {
        if self.quoted.contains(name) {
            return fix;
        }
        let Some(places) = self.places_of(name, binding, bindings) else {
            return fix;
        };
        let is_taken = |place: &Span| fix.edits.iter().any(|edit| edit.span.contains(*place));
        let (taken, left): (Vec<Span>, Vec<Span>) = places.into_iter().partition(is_taken);
        let Some(last) = taken.last() else {
            return fix;
        };
        if left.is_empty() {
            return taken_away(module, code, *binding, &fix).unwrap_or(fix);
        }
        let sites = &module.sites;
        let may_be_taken = |place: &Span| {
            let blocking = sites.blocking_calls.iter().map(|site| site.call);
            let deadlines = sites.deadlines.calls.iter().map(|site| site.call);
            let mut sites = blocking
                .chain(deadlines)
                .chain(sites.connects.iter().map(|site| site.call));
            sites.any(|call| call.contains(*place))
        };
        if left.len() <= MOST_AWAITED && left.iter().all(|place| place < last && may_be_taken(place)) {
            fix.awaits.extend(left);
        }
        fix
    }

    /// Where the name is used that a binding is for: where several functions import it, each has its own. Nothing where that cannot
    /// be told.
    fn places_of(&self, name: &str, binding: &Binding, bindings: &[Binding]) -> Option<Vec<Span>> {
        let all = self.names.get(name)?;
        let others = bindings.iter().filter(|other| other.alias != binding.alias);
        let function = match (binding.function, bindings) {
            (_, [_]) => return Some(all.clone()),
            (function, _) => function?,
        };
        let others: Option<Vec<Span>> = others.map(|other| other.function).collect();
        // A function inside that imports it, too, has its own.
        let mut inside = others.filter(|others| !others.contains(&function))?;
        inside.retain(|other| function.contains(*other));
        let is_own = |place: &Span| function.contains(*place) && !inside.iter().any(|inside| inside.contains(*place));
        Some(all.iter().copied().filter(is_own).collect())
    }
}

/// The fix that also takes the import away.
fn taken_away(module: &Module<'_>, code: Code<'_>, binding: Binding, fix: &Fix) -> Option<Fix> {
    let statement = super::super::locate::statement(module.parsed.suite(), binding.statement)?;
    let (aliases, path) = match statement {
        Stmt::Import(import) => (&import.names, None),
        Stmt::ImportFrom(import) => (&import.names, Some(import)),
        _ => return None,
    };
    let index = aliases.iter().position(|alias| span_of(alias) == binding.alias)?;
    let alias = aliases.get(index)?;
    let mut draft = Draft::of(fix);
    let gone = match aliases.as_slice() {
        [_] => whole_lines(code, binding.statement, &draft)?,
        _ => beside_others(aliases, index)?,
    };
    let gone = match (code.has_comment(gone), aliases.len()) {
        (false, _) => gone,
        (true, 1) => return None,
        (true, _) => within_its_line(code, span_of(alias))?,
    };
    draft.delete(gone);
    draft.change(Change::ImportGone {
        path: match path {
            Some(import) => {
                let module = import.module.as_ref().map_or("", |module| module.as_str());
                format!("{}{module}.{}", ".".repeat(import.level as usize), alias.name)
            }
            None => alias.name.to_string(),
        },
    });
    let finished = draft.finish(fix.title.clone(), fix.claims.clone()).ok()?;
    Some(Fix {
        awaits: fix.awaits.clone(),
        ..finished
    })
}

/// A name of an import that has others, with the comma that goes with it.
fn beside_others(aliases: &[Alias], index: usize) -> Option<Span> {
    let place = span_of(aliases.get(index)?);
    match aliases.get(index + 1) {
        Some(next) => Some(Span::new(place.start, span_of(next).start)),
        None => Some(Span::new(span_of(aliases.get(index.checked_sub(1)?)?).end, place.end)),
    }
}

/// The line that a name of an import has for itself; none where a comment stands in it, which would come to stand at other code.
fn within_its_line(code: Code<'_>, alias: Span) -> Option<Span> {
    let before = code.text(Span::new(code.line_start(alias.start), alias.start));
    if !before.trim().is_empty() {
        return None;
    }
    let rest = code.text(Span::new(alias.end, code.len()));
    let behind = rest.trim_start_matches([' ', '\t']);
    let behind = behind
        .strip_prefix(',')
        .unwrap_or(behind)
        .trim_start_matches([' ', '\t']);
    let end = alias.end + rest.len() - behind.len();
    let lines = Span::new(code.line_start(alias.start), code.next_line_start(end));
    behind.starts_with(['\n', '\r']).then_some(lines)
}

/// The lines of a statement that has them for itself, with the blank lines that nothing separates any longer.
fn whole_lines(code: Code<'_>, statement: Span, draft: &Draft) -> Option<Span> {
    code.margin(statement.start)?;
    let start = code.line_start(statement.start);
    let end = code.after_logical_line(statement.end)?;
    let is_alone = code.text(Span::new(statement.end, end)).trim().is_empty();
    if !is_alone || code.comments_above(0, start) < start {
        return None;
    }
    let lines = Span::new(start, end);
    if draft.inserted_at(start).is_some() || draft.inserted_at(end).is_some() {
        return Some(lines);
    }
    let (above, below) = (blank_above(code, start), blank_below(code, end));
    let begins_block = code.before(start).is_some_and(|token| token.kind() == TokenKind::Colon);
    let is_first = begins_block || above == code.line_start(0);
    Some(match (start - above, below - end) {
        (_, 0) => lines,
        (_, _) if is_first => Span::new(above, below),
        (0, _) => lines,
        _ if code.text(Span::new(above, start)).lines().count() <= code.text(Span::new(end, below)).lines().count() => {
            Span::new(above, end)
        }
        _ => Span::new(start, below),
    })
}

/// Where the blank lines right above `line` begin.
fn blank_above(code: Code<'_>, mut line: usize) -> usize {
    while line > 0 {
        let above = code.line_start(line - 1);
        if above == line || !code.text(Span::new(above, line)).trim().is_empty() {
            break;
        }
        line = above;
    }
    line
}

/// Where the blank lines from `line` on end.
fn blank_below(code: Code<'_>, mut line: usize) -> usize {
    while line < code.len() {
        let next = code.next_line_start(line);
        if !code.text(Span::new(line, next)).trim().is_empty() {
            break;
        }
        line = next;
    }
    line
}

/// Whether a text has a name, and not as an attribute of something else: `asyncio.sleep` is no `sleep`.
fn has_word(text: &str, word: &str) -> bool {
    let is_of_name = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        let behind = text.get(at + word.len()..).unwrap_or_default();
        !before.ends_with(|c: char| is_of_name(c) || c == '.') && !behind.starts_with(is_of_name)
    })
}

struct Search<'u> {
    uses: &'u mut Uses,
    /// The statement is the only one of its block.
    only_child: bool,
    in_try: bool,
    /// The innermost function.
    function: Option<Span>,
}

impl Search<'_> {
    fn block(&mut self, body: &[Stmt], in_try: bool) {
        let outer = (self.only_child, self.in_try);
        self.in_try |= in_try;
        for statement in body {
            self.only_child = body.len() == 1;
            self.visit_stmt(statement);
        }
        (self.only_child, self.in_try) = outer;
    }

    fn bind(&mut self, statement: Span, alias: &Alias, is_plain: bool) {
        let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
        // `import a.b` is there for more than its name.
        let is_dotted = is_plain && alias.asname.is_none() && bound.contains('.');
        // `import a as a` says that others may import it from here.
        let is_exported = alias.asname.as_ref().is_some_and(|name| *name == alias.name);
        let binding = Binding {
            statement,
            alias: span_of(alias),
            function: self.function,
            may_go: !(is_dotted || is_exported || self.only_child || self.in_try),
        };
        let root = bound.split('.').next().unwrap_or(bound).to_owned();
        self.uses.bindings.entry(root).or_default().push(binding);
    }
}

impl<'a> Visitor<'a> for Search<'_> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        self.block(body, false);
    }

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => {
                for alias in &import.names {
                    self.bind(span_of(import), alias, true);
                }
            }
            Stmt::ImportFrom(import) => {
                let is_future = import.module.as_deref() == Some("__future__");
                for alias in import.names.iter().filter(|_| !is_future) {
                    self.bind(span_of(import), alias, false);
                }
            }
            Stmt::Global(global) => {
                for name in &global.names {
                    self.uses.quoted.insert(name.to_string());
                }
            }
            // An import that fails is caught.
            Stmt::Try(attempt) => {
                self.block(&attempt.body, true);
                for ruff_python_ast::ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                    handler.type_.iter().for_each(|class| self.visit_expr(class));
                    self.block(&handler.body, true);
                }
                self.block(&attempt.orelse, true);
                self.block(&attempt.finalbody, true);
            }
            Stmt::FunctionDef(function) => {
                let outer = self.function.replace(span_of(function));
                walk_stmt(self, statement);
                self.function = outer;
            }
            Stmt::ClassDef(_) => {
                let outer = self.function.take();
                walk_stmt(self, statement);
                self.function = outer;
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => self
                .uses
                .names
                .entry(name.id.to_string())
                .or_default()
                .push(span_of(name)),
            Expr::StringLiteral(text) if !text.value.to_str().contains(char::is_whitespace) => {
                let words = text.value.to_str().split(|c: char| !c.is_alphanumeric() && c != '_');
                self.uses.quoted.extend(words.map(str::to_owned));
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}
