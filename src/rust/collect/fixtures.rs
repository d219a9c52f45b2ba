//! What rstest does before a test: it calls the functions that the test's parameters are named after, and theirs.

use syn::{Attribute, FnArg, Meta, Pat, Signature};

use crate::rust::collect::Collector;
use crate::rust::names::attributes;
use crate::rust::names::{Name, Written, plain};
use crate::sites::Course;

/// What a parameter has for its attributes that gets another value than that of a fixture.
const VALUES: &[&str] = &["case", "context", "files", "ignore", "mode", "values"];

/// What a fixture waits for.
pub(in crate::rust) struct Prepared {
    /// The parameter that gets the future, where the test itself awaits that.
    later: Option<String>,
    course: Course,
}

impl Collector<'_> {
    /// The fixtures of a function. Asked before its parameters hide what has their names.
    pub(in crate::rust) fn fixtures_of(&mut self, attrs: &[Attribute], signature: &Signature) -> Vec<Prepared> {
        let has = |attrs: &[Attribute], name: &str| attrs.iter().any(|attr| attributes::is_called(attr, name));
        if !self.sought.waits || !has(attrs, "rstest") && !has(attrs, "fixture") {
            return Vec::new();
        }
        let mut found = Vec::new();
        for input in &signature.inputs {
            let FnArg::Typed(typed) = input else { continue };
            let Pat::Ident(name) = &*typed.pat else { continue };
            if VALUES.iter().any(|value| has(&typed.attrs, value)) {
                continue;
            }
            let own = plain(&name.ident);
            let named = word_of(&typed.attrs, "from").unwrap_or_else(|| own.trim_start_matches('_').to_owned());
            let path = match self.names.resolve(&Written::name(&named)) {
                Name::File(path) => path,
                Name::Extern(path) if self.is_function_elsewhere(&path) => path,
                _ => continue,
            };
            let is_future = has(&typed.attrs, "future");
            let is_awaited = has(attrs, "awt") || word_of(&typed.attrs, "future").as_deref() == Some("awt");
            let span = self.offsets.of(name.ident.span());
            found.push(Prepared {
                later: (is_future && !is_awaited).then_some(own),
                course: self.called_function(path, is_future, span, (false, Vec::new())),
            });
        }
        found
    }

    /// What is waited for before the function begins; what it awaits itself is kept for that.
    pub(in crate::rust) fn prepare(&mut self, fixtures: Vec<Prepared>) {
        for Prepared { later, course } in fixtures {
            let Some(name) = later else {
                self.waits(course);
                continue;
            };
            if let Name::Variable(id) = self.names.resolve(&Written::name(&name))
                && let Some(variable) = self.found.variables.get_mut(id.0)
            {
                variable.future = Some(course);
            }
        }
    }
}

/// The word that an attribute of this name has in its parentheses.
fn word_of(attrs: &[Attribute], name: &str) -> Option<String> {
    let attr = attrs.iter().find(|attr| attributes::is_called(attr, name))?;
    match &attr.meta {
        Meta::List(list) => list.parse_args::<syn::Ident>().ok().map(|word| plain(&word)),
        _ => None,
    }
}
