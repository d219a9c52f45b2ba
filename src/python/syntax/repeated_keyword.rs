//! A keyword that is given twice in one call: the parser takes it, no Python compiles it.

use foldhash::HashSet;
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, TraversalSignal, walk_arguments};
use ruff_python_ast::{AnyNodeRef, Arguments, ModModule};
use ruff_text_size::{Ranged, TextRange};

use crate::python::syntax::spans::span;
use crate::source::SyntaxError;

/// The first keyword of a call or a class that repeats one before it, in CPython's words (3.9 to 3.13).
pub(in crate::python) fn find(module: &ModModule) -> Option<SyntaxError> {
    let mut search = Search { repeated: None };
    search.visit_body(&module.body);
    let (range, name) = search.repeated?;
    Some(SyntaxError {
        span: span(range),
        message: format!("keyword argument repeated: {name}"),
    })
}

struct Search<'a> {
    repeated: Option<(TextRange, &'a str)>,
}

impl<'a> SourceOrderVisitor<'a> for Search<'a> {
    fn enter_node(&mut self, _: AnyNodeRef<'a>) -> TraversalSignal {
        if self.repeated.is_some() {
            TraversalSignal::Skip
        } else {
            TraversalSignal::Traverse
        }
    }

    fn visit_arguments(&mut self, arguments: &'a Arguments) {
        if arguments.keywords.len() > 1 {
            let mut seen = HashSet::default();
            let mut named = arguments
                .keywords
                .iter()
                .filter_map(|keyword| Some((keyword, keyword.arg.as_ref()?)));
            let repeated = named.find(|(_, name)| !seen.insert(name.as_str()));
            self.repeated = self
                .repeated
                .or(repeated.map(|(keyword, name)| (keyword.range(), name.as_str())));
        }
        walk_arguments(self, arguments);
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;
    use crate::facts::ProjectFacts;
    use crate::prescan::Announced;
    use crate::python::Module;
    use crate::source::{Language, SourceFile};

    fn error(text: &str) -> Option<(usize, String)> {
        let source = SourceFile::new("a.py", Language::Python, text.to_owned());
        let error = Module::parse(
            &source,
            Catalog::builtin(),
            &ProjectFacts::default(),
            Announced::EVERYTHING,
            None,
        )
        .err()?;
        Some((error.span.start, error.message))
    }

    #[test]
    fn a_keyword_that_comes_twice_is_a_syntax_error() {
        let repeated = |at: usize| Some((at, "keyword argument repeated: x".to_owned()));
        assert_eq!(error("f(x=1, y=2, x=3)\n"), repeated(12));
        assert_eq!(error("def g(): return [f(h(x=1, x=2))]\n"), repeated(26));
        assert_eq!(error("class C(B, x=1, x=2): pass\n"), repeated(16));
        assert_eq!(error("f(x=g(x=1), **{'x': 2}, **x)\n"), None);
    }
}
