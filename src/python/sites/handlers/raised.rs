//! Reads of what `with pytest.raises(…) as caught:` caught.

use ruff_python_ast::Expr;
use ruff_text_size::Ranged;

use super::Collector;
use super::exception;
use super::text_tests::Exception;
use crate::sites::{ExceptionRead, TextTest};

impl<'a> Collector<'a> {
    /// A read of what `with pytest.raises(…) as caught:` caught, if it is one.
    pub(super) fn expected_read(&mut self, expr: &'a Expr) -> bool {
        let Some((exception, attributes)) = exception::chain(expr, |root| self.expected_names.contains(root)) else {
            return false;
        };
        if let Some(index) = self.handler_of(exception)
            && let Some(handler) = self.found.get_mut(index)
        {
            let is_exception = |name: &str| matches!(name, "value" | "exception");
            if let Some(((_, value), rest)) = attributes.split_first().filter(|((name, _), _)| is_exception(name)) {
                handler.is_conditional |= self.choice.is_tested(exception.start().to_usize());
                handler.reads.push(ExceptionRead {
                    exception: *value,
                    attributes: rest.to_vec(),
                });
            }
        }
        true
    }

    /// The clause of `pytest.raises` whose outcome `name` is at its place.
    fn handler_of(&self, name: &Expr) -> Option<usize> {
        let origins = self.names.origins(name)?;
        let at = name.start().to_usize();
        let mut last = None;
        let mut caught: Option<Vec<&Option<String>>> = None;
        for origin in origins {
            let index = *self.expected.get(&origin)?;
            let paths: Vec<_> = self
                .found
                .get(index)?
                .caught
                .iter()
                .map(|caught| &caught.path)
                .collect();
            if caught.as_ref().is_some_and(|others| *others != paths) {
                return None;
            }
            caught = Some(paths);
            if origin < at {
                last = last.max(Some(index));
            }
        }
        last
    }

    pub(super) fn expected_text(&mut self, expr: &'a Expr) {
        let variables = self.variables;
        let mut of = None;
        let mut is_exception = |expr: &Expr| match expr {
            Expr::Attribute(value) if matches!(value.attr.as_str(), "value" | "exception") => {
                let known = value
                    .value
                    .as_name_expr()
                    .is_some_and(|name| self.expected_names.contains(name.id.as_str()));
                of = known.then(|| self.handler_of(&value.value)).flatten();
                of.is_some()
            }
            _ => false,
        };
        let test: Option<TextTest> = Exception::new(&mut is_exception, variables).text_test(expr);
        if let (Some(test), Some(handler)) = (test, of.and_then(|index| self.found.get_mut(index))) {
            handler.text_tests.push(test);
        }
    }
}
