//! The names of what is opened once, each by a number that stands for it.

use std::collections::HashMap;

/// The names that were seen.
#[derive(Debug, Default)]
pub(super) struct Objects {
    names: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl Objects {
    /// The number that stands for a name.
    pub(super) fn number(&mut self, object: &str) -> usize {
        match self.numbers.get(object) {
            Some(known) => *known,
            None => {
                self.names.push(object.to_owned());
                self.numbers.insert(object.to_owned(), self.names.len() - 1);
                self.names.len() - 1
            }
        }
    }

    /// What the caller of a method of the object `on` calls what its method calls so.
    pub(super) fn renamed(&mut self, object: usize, on: Option<&str>) -> Option<usize> {
        const LONGEST: usize = 128;
        let rest = self.names.get(object)?.strip_prefix("self")?;
        let name = format!("{}{rest}", on?);
        (rest.starts_with('.') && name.len() <= LONGEST).then(|| self.number(&name))
    }
}
