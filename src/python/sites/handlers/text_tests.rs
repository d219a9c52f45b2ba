//! The text of an exception, and the searches in it.

use foldhash::HashSet;
use ruff_python_ast::{self as ast, CmpOp, Expr};

use crate::python::names::Names;
use crate::python::syntax::spans::span;
use crate::python::values::variables::{Variables, elements};
use crate::sites::{Handler, TextTest};
use crate::source::Span;

/// Recognises the text of an exception, and searches in it.
pub(super) struct Exception<'f, 'a> {
    is_exception: &'f mut dyn FnMut(&Expr) -> bool,
    names: &'f Names,
    variables: &'f dyn Variables,
    /// Variables that hold the text.
    pub(super) aliases: HashSet<&'a str>,
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
    pub(super) fn text(&mut self, expr: &Expr) -> Option<Option<Span>> {
        match expr {
            Expr::Name(name) => self.aliases.contains(name.id.as_str()).then_some(None),
            Expr::Named(named) => self.text(&named.value),
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
        let compare = element.as_compare_expr()?;
        let (_, text) = inclusion(compare)?;
        let word = compare.left.as_name_expr()?;
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

/// Leaves each search to the first clause that comes to it: several may hand what they catch to one function.
pub(super) fn tell_once(handlers: &mut [Handler]) {
    let mut told = HashSet::default();
    for handler in handlers {
        handler.text_tests.retain(|test| told.insert(test.span));
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
