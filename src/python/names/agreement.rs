//! What several bindings of one name mean together.

use super::binding::{Binding, Bindings, Branch, Meaning};
use super::evaluate::Evaluation;
use super::meaning::last_name;
use super::value::Value;

impl Evaluation<'_, '_> {
    /// What all bindings together mean.
    pub(super) fn agreement<const N: usize>(&self, groups: [&Bindings; N]) -> Vec<Value> {
        // A declared type holds for whatever else is assigned (`MISSING`, a factory's outcome).
        let declares = |bindings: &&Bindings| match bindings {
            Bindings::Known(known) => known.iter().any(says_its_class),
            _ => false,
        };
        let is_declared = groups.iter().any(declares);
        let mut found: Vec<Value> = Vec::new();
        let mut last: Option<Branch> = None;
        let (mut exclude_each_other, mut may_be_nothing) = (true, false);
        for bindings in groups {
            let Bindings::Known(known) = bindings else {
                return Vec::new();
            };
            may_be_nothing |= known.iter().any(|binding| is_nothing(&binding.meaning));
            let counts = |binding: &&Binding| match binding.meaning {
                _ if says_its_class(binding) => true,
                _ => !is_declared && !is_nothing(&binding.meaning),
            };
            for binding in known.iter().filter(counts) {
                let made = || self.meaning(&binding.meaning, false);
                let values = match &binding.declared {
                    Some(declared) if matches!(**declared, Meaning::Instance(_)) && self.may_go_on() => {
                        let mocks = may_be_mock(&binding.meaning).then(made);
                        let mocks = mocks.filter(|made| made.iter().any(Value::is_mock));
                        mocks.unwrap_or_else(|| self.meaning(declared, false))
                    }
                    // What is in it, the code says better, where it does.
                    Some(declared) => Some(made())
                        .filter(|made| !made.is_empty())
                        .unwrap_or_else(|| self.meaning(declared, false)),
                    _ => made(),
                };
                if values.is_empty() {
                    // An attribute that is the caller's optional argument, or what the class itself makes.
                    if is_optional(self, &binding.meaning) {
                        may_be_nothing = true;
                        continue;
                    }
                    return Vec::new();
                }
                let before = found.len();
                found.reserve_exact(values.len());
                for value in values {
                    if !found.contains(&value) {
                        found.push(value);
                    }
                }
                if found.len() > before {
                    exclude_each_other &= last.is_none_or(|last| last.excludes(binding.branch));
                    last = Some(binding.branch);
                }
            }
        }
        match (exclude_each_other, found.as_slice()) {
            (true, [Value::Number(_)]) if may_be_nothing => found.into_iter().map(usual).collect(),
            (true, _) => found,
            (false, _) => Vec::new(),
        }
    }
}

/// What holds unless somebody gives something else.
pub(super) fn usual(value: Value) -> Value {
    match value {
        Value::Usual(_) => value,
        _ => Value::Usual(Box::new(value)),
    }
}

/// Whether something may be a mock, whatever an annotation says: that is for who checks types. What it is then costs a look-up,
/// and most annotations are of something else.
pub(super) fn may_be_mock(meaning: &Meaning) -> bool {
    match meaning {
        Meaning::Outcome { callee, .. } => {
            let name = last_name(callee);
            name.ends_with("Mock") || name == "create_autospec"
        }
        Meaning::Fixture { .. } => true,
        _ => false,
    }
}

fn is_nothing(meaning: &Meaning) -> bool {
    matches!(meaning, Meaning::Nothing | Meaning::Optional)
}

/// Whether an annotation says what a binding is.
fn says_its_class(binding: &Binding) -> bool {
    let declared = binding.declared.as_deref();
    matches!(declared, Some(Meaning::Instance(_))) || matches!(binding.meaning, Meaning::Instance(_))
}

/// Whether a binding gives on a parameter that is `None` unless the caller says otherwise.
fn is_optional(evaluation: &Evaluation<'_, '_>, meaning: &Meaning) -> bool {
    let Meaning::Alias(reference) = meaning else {
        return false;
    };
    let entry = evaluation.table.lookup(reference.scope, &reference.root);
    match entry.map(|(_, entry)| &entry.bindings) {
        Some(Bindings::Known(known)) if reference.steps.is_empty() => {
            matches!(
                known.as_slice(),
                [Binding {
                    meaning: Meaning::Optional,
                    ..
                }]
            )
        }
        _ => false,
    }
}
