//! What is done with a caught exception: the attributes that are read from it, the searches in its text.

use foldhash::HashSet;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{self as ast, CmpOp, ExceptHandler, Expr, ExprContext, Pattern, Stmt};

use crate::python::names::Names;
use crate::python::syntax::spans::span;
use crate::python::values::variables::{Variables, elements};
use crate::python::version_choice::VersionChoice;
use crate::sites::{AskedAttributes, ExceptionRead, MatchedAttribute, TextTest};
use crate::source::Span;

/// What a clause does with what it catches.
#[derive(Default)]
pub(super) struct Uses {
    pub(super) reads: Vec<ExceptionRead>,
    pub(super) text_tests: Vec<TextTest>,
    pub(super) asked: Option<AskedAttributes>,
    pub(super) matched: Vec<MatchedAttribute>,
}

/// What `body` does with the exception that its clause binds to `name`. Nothing where it asks what the exception is
/// (`isinstance`, a `try` of its own), or gives the name another value; where it asks for attributes by their names (`hasattr`,
/// `getattr`) only these, and those that it reads.
pub(super) fn bound_in(body: &[Stmt], name: &str, variables: &dyn Variables, choice: &VersionChoice<'_>) -> Uses {
    let mut search = InBody {
        name,
        same: HashSet::default(),
        names: variables.names(),
        variables,
        choice,
        aliases: HashSet::default(),
        uses: Uses::default(),
        is_guarded: false,
        texts: 0,
    };
    search.visit_body(body);
    let Uses {
        reads,
        text_tests,
        asked,
        matched,
    } = search.uses;
    match asked {
        // A pattern asks what the exception is, and what it says of that stands by itself.
        _ if search.is_guarded || !matched.is_empty() => Uses {
            matched,
            ..Uses::default()
        },
        // Who looks into the text knows what the attributes may not say.
        Some(_) if !text_tests.is_empty() => Uses::default(),
        Some(mut asked) => {
            let read = reads.into_iter().filter_map(|read| read.attributes.into_iter().next());
            asked.names.extend(read.map(|(name, _)| name));
            Uses {
                asked: Some(asked),
                ..Uses::default()
            }
        }
        None => Uses {
            reads,
            text_tests,
            asked,
            matched,
        },
    }
}

struct InBody<'a, 'n> {
    name: &'n str,
    /// Other variables that hold the exception.
    same: HashSet<&'a str>,
    names: &'n Names,
    variables: &'n dyn Variables,
    choice: &'n VersionChoice<'n>,
    /// Variables that hold the exception's text.
    aliases: HashSet<&'a str>,
    uses: Uses,
    is_guarded: bool,
    /// So many texts are made of what is looked at.
    texts: usize,
}

impl<'a> InBody<'a, '_> {
    fn text<T>(&self, look: impl FnOnce(&mut Exception<'_, 'a>) -> T) -> T {
        let mut is_exception = |expr: &Expr| self.is_exception(expr);
        look(&mut Exception {
            is_exception: &mut is_exception,
            names: self.names,
            variables: self.variables,
            aliases: self.aliases.clone(),
        })
    }

    fn is_exception(&self, expr: &Expr) -> bool {
        expr.as_name_expr().is_some_and(|name| self.holds_exception(&name.id))
    }

    fn holds_exception(&self, name: &str) -> bool {
        name == self.name || self.same.contains(name)
    }

    /// What the patterns of `match e:` ask.
    fn matches(&mut self, choice: &ast::StmtMatch) {
        self.is_guarded = true;
        for case in choice.cases.iter().take(MOST_CASES) {
            let alternatives = match &case.pattern {
                Pattern::MatchOr(several) => several.patterns.as_slice(),
                single => std::slice::from_ref(single),
            };
            for class in alternatives.iter().filter_map(Pattern::as_match_class) {
                let Some(path) = self.names.only_path(&class.cls) else {
                    continue;
                };
                let keywords = class.arguments.keywords.iter();
                self.uses.matched.extend(keywords.map(|keyword| MatchedAttribute {
                    span: span(keyword),
                    class: path.to_owned(),
                    attribute: keyword.attr.to_string(),
                }));
            }
        }
    }

    /// Takes note of a question about what the exception is or has.
    fn asks(&mut self, call: &ast::ExprCall) {
        let Some(function) = call.func.as_name_expr().map(|name| name.id.as_str()) else {
            return;
        };
        if !call.arguments.args.iter().any(|argument| self.is_exception(argument)) {
            return;
        }
        match (function, &*call.arguments.args) {
            ("hasattr", [_, Expr::StringLiteral(name)]) | ("getattr", [_, Expr::StringLiteral(name), _]) => {
                let asked = self.uses.asked.get_or_insert_with(|| AskedAttributes {
                    span: span(call),
                    by_hasattr: function == "hasattr",
                    names: Vec::new(),
                });
                asked.names.push(name.value.to_str().to_owned());
            }
            ("hasattr" | "getattr" | "isinstance" | "issubclass" | "type", _) => self.is_guarded = true,
            _ => {}
        }
    }
}

impl<'a> Visitor<'a> for InBody<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            // What the exception does not have may be what the inner `try` is about.
            Stmt::Try(attempt) => {
                let before = self.uses.reads.len();
                self.visit_body(&attempt.body);
                self.uses.reads.truncate(before);
                for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                    self.is_guarded |= handler.name.as_ref().is_some_and(|name| name.as_str() == self.name);
                    self.visit_body(&handler.body);
                }
                self.visit_body(&attempt.orelse);
                self.visit_body(&attempt.finalbody);
                return;
            }
            Stmt::If(choice) => {
                let tests = choice
                    .elif_else_clauses
                    .iter()
                    .filter_map(|clause| clause.test.as_ref());
                self.is_guarded |= std::iter::once(&*choice.test)
                    .chain(tests)
                    .any(|test| self.choice.tells(test));
            }
            Stmt::Assign(assign) => {
                if let [Expr::Name(target)] = assign.targets.as_slice() {
                    match self.is_exception(&assign.value) {
                        true if self.same.len() < MOST_ALIASES => self.same.insert(target.id.as_str()),
                        _ => self.same.remove(target.id.as_str()),
                    };
                    match self.text(|exception| exception.text(&assign.value)) {
                        Some(_) if self.aliases.len() < MOST_ALIASES => self.aliases.insert(target.id.as_str()),
                        Some(_) => false,
                        None => self.aliases.remove(target.id.as_str()),
                    };
                }
            }
            Stmt::Match(choice) if self.is_exception(&choice.subject) => self.matches(choice),
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Some(test) = self.text(|exception| exception.text_test(expr)) {
            self.uses.text_tests.push(test);
        }
        if let Some((root, attributes)) = chain(expr, |root| self.holds_exception(root)) {
            self.uses.reads.push(ExceptionRead {
                exception: span(root),
                attributes,
            });
            return;
        }
        match expr {
            Expr::Name(used) if used.id == self.name => self.is_guarded |= used.ctx != ExprContext::Load,
            // Its class is only shown.
            Expr::Attribute(name) if self.texts > 0 && matches!(name.attr.as_str(), "__name__" | "__qualname__") => {
                return;
            }
            Expr::FString(_) => {
                self.texts += 1;
                walk_expr(self, expr);
                self.texts -= 1;
                return;
            }
            Expr::Call(call) => self.asks(call),
            Expr::Lambda(_) => return,
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// The attributes that are read from a name: `e.response.status_code`, each with the expression up to it.
pub(super) fn chain<'e>(expr: &'e Expr, is_root: impl Fn(&str) -> bool) -> Option<(&'e Expr, Vec<(String, Span)>)> {
    let outside = |expr: &'e Expr| expr.as_attribute_expr().filter(|of| of.ctx == ExprContext::Load);
    let attributes = || std::iter::successors(outside(expr), |attribute| outside(&attribute.value));
    let innermost = attributes().take(LONGEST_CHAIN).last()?;
    let root = innermost.value.as_name_expr()?;
    if root.ctx != ExprContext::Load || !is_root(root.id.as_str()) {
        return None;
    }
    let read = |attribute: &ast::ExprAttribute| (attribute.attr.to_string(), span(attribute));
    let mut read: Vec<_> = attributes().map(read).collect();
    read.reverse();
    Some((&innermost.value, read))
}

const LONGEST_CHAIN: usize = 17;
const MOST_ALIASES: usize = 16;
const MOST_CASES: usize = 64;

/// Recognises the text of an exception, and searches in it.
pub(super) struct Exception<'f, 'a> {
    is_exception: &'f mut dyn FnMut(&Expr) -> bool,
    names: &'f Names,
    variables: &'f dyn Variables,
    aliases: HashSet<&'a str>,
}

impl<'f, 'a> Exception<'f, 'a> {
    pub(super) fn new(is_exception: &'f mut dyn FnMut(&Expr) -> bool, variables: &'f dyn Variables) -> Self {
        Self {
            is_exception,
            names: variables.names(),
            variables,
            aliases: HashSet::default(),
        }
    }

    /// The exception whose text `expr` is, all of it: `str(e)`, `f"{e}"`, `str(e).lower()`; a variable that holds it.
    fn text(&mut self, expr: &Expr) -> Option<Option<Span>> {
        match expr {
            Expr::Name(name) => self.aliases.contains(name.id.as_str()).then_some(None),
            Expr::Call(call) => match (&*call.func, &*call.arguments.args) {
                (Expr::Name(function), [of]) if matches!(function.id.as_str(), "str" | "repr") => {
                    let is_text = (self.is_exception)(of) && call.arguments.keywords.is_empty();
                    let is_builtin = is_text && self.names.resolve(&call.func) == Some(&function.id);
                    is_builtin.then(|| Some(span(of)))
                }
                (Expr::Attribute(method), []) => {
                    let keeps = ["lower", "upper", "casefold", "strip"].contains(&method.attr.as_str());
                    keeps.then(|| self.text(&method.value)).flatten()
                }
                _ => None,
            },
            Expr::FString(text) => {
                let fields = text.value.elements().filter_map(|element| element.as_interpolation());
                let mut plain = fields.filter(|field| field.format_spec.is_none() && field.debug_text.is_none());
                let of = plain.find(|field| (self.is_exception)(&field.expression))?;
                // What stands beside it is searched as well.
                let is_all = text.value.elements().count() == 1;
                Some(is_all.then(|| span(&*of.expression)))
            }
            _ => None,
        }
    }

    /// A search for a refused handshake in the exception's text.
    pub(super) fn text_test(&mut self, expr: &Expr) -> Option<TextTest> {
        let test = match expr {
            Expr::Compare(compare) => self.comparison(compare),
            Expr::Call(call) => self.search(call),
            Expr::Generator(each) => self.each(&each.elt, &each.generators),
            Expr::ListComp(each) => self.each(&each.elt, &each.generators),
            _ => None,
        }?;
        let test = TextTest {
            needles: test
                .needles
                .into_iter()
                .filter(|needle| tells_refusal(needle))
                .collect(),
            span: span(expr),
            ..test
        };
        (!test.needles.is_empty()).then_some(test)
    }

    /// `"403" in str(e)`.
    fn comparison(&mut self, compare: &ast::ExprCompare) -> Option<TextTest> {
        let (op, text) = inclusion(compare)?;
        let needle = compare.left.as_string_literal_expr()?.value.to_str().to_owned();
        let exception = self.text(text)?;
        Some(TextTest {
            exception,
            is_negated: op == CmpOp::NotIn,
            ..test_for(vec![needle])
        })
    }

    /// `str(e).find("403")`, `re.search("403", str(e))`.
    fn search(&mut self, call: &ast::ExprCall) -> Option<TextTest> {
        let Expr::Attribute(function) = &*call.func else {
            return None;
        };
        let name = function.attr.as_str();
        let first = call.arguments.args.first()?;
        let is_method = ["find", "index", "count", "startswith", "endswith"].contains(&name);
        let searches = ["search", "match", "fullmatch", "findall"].contains(&name);
        let is_pattern = searches
            && self
                .names
                .resolve(&call.func)
                .is_some_and(|path| path == format!("re.{name}"));
        let (needle, text) = match () {
            () if is_method => (first, &*function.value),
            () if is_pattern => (first, call.arguments.args.get(1)?),
            // `REFUSED.search(…)`, by what the module has compiled.
            () if searches => {
                let compiled = self.variables.only_value(&function.value);
                let compiled = compiled.unwrap_or(&function.value).as_call_expr()?;
                let is_compiled = self.names.resolve(&compiled.func) == Some("re.compile");
                (compiled.arguments.args.first().filter(|_| is_compiled)?, first)
            }
            () => return None,
        };
        let needle = needle.as_string_literal_expr()?.value.to_str().to_owned();
        self.text(text)?;
        Some(test_for(vec![needle]))
    }

    /// `word in str(e) for word in ("401", "403")`.
    fn each(&mut self, element: &Expr, generators: &[ast::Comprehension]) -> Option<TextTest> {
        let (_, text) = inclusion(element.as_compare_expr()?)?;
        let word = element.as_compare_expr()?.left.as_name_expr()?;
        let [generator] = generators else {
            return None;
        };
        if generator
            .target
            .as_name_expr()
            .is_none_or(|target| target.id != word.id)
        {
            return None;
        }
        let words = elements(&generator.iter, &[], self.variables)?;
        self.text(text)?;
        let needle = |word: &Expr| Some(word.as_string_literal_expr()?.value.to_str().to_owned());
        Some(test_for(words.into_iter().map(needle).collect::<Option<_>>()?))
    }
}

fn inclusion(compare: &ast::ExprCompare) -> Option<(CmpOp, &Expr)> {
    match (&*compare.ops, &*compare.comparators) {
        ([op @ (CmpOp::In | CmpOp::NotIn)], [text]) => Some((*op, text)),
        _ => None,
    }
}

fn test_for(needles: Vec<String>) -> TextTest {
    TextTest {
        span: Span::empty(0),
        needles,
        exception: None,
        is_negated: false,
        is_expectation: false,
    }
}

/// Whether somebody who searches for this looks for a refused authentication: 401, 403, or what they are called.
pub(super) fn tells_refusal(needle: &str) -> bool {
    let lower = needle.to_ascii_lowercase();
    let is_number = |number: &str| {
        let mut numbers = needle.split(|c: char| !c.is_ascii_digit());
        numbers.any(|found| found == number)
    };
    is_number("401") || is_number("403") || lower.contains("unauthorized") || lower.contains("forbidden")
}
