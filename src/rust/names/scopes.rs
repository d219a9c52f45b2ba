//! What is visible at a place of the walk: modules, blocks, functions and their variables, as they are entered and left.

use foldhash::HashMap;

use super::declared::Declared;
use super::written::plain;
use super::{FILE, LocalId, Name, Names};

/// One level of what is visible at a place.
#[derive(Debug)]
pub(super) enum Scope {
    /// A module or a block and its key among the declarations.
    Items { key: String, module: bool },
    /// Variables, and functions by the names of variables; of several of one name the latest.
    Variables(HashMap<String, Name>),
    /// A function's own body: variables outside are out of sight, items are not.
    Function,
}

/// Something that was entered, to be left by [`Names::leave`].
#[derive(Debug)]
#[must_use]
pub(in crate::rust) struct Entered {
    /// How many levels were visible before.
    depth: usize,
}

impl Names<'_> {
    /// Enters an inline module of the module that is being walked.
    pub(in crate::rust) fn enter_module(&mut self, ident: &syn::Ident, items: &[syn::Item]) -> Entered {
        let entered = self.entered();
        let key = format!("{}::{}", self.place(), plain(ident));
        if !self.declared.contains_key(&key) {
            self.declare_modules(&key, items);
        }
        self.stack.push(Scope::Items { key, module: true });
        entered
    }

    /// Enters a block, whose items are visible in all of it, and whose variables from their `let` on.
    pub(in crate::rust) fn enter_block<'i>(&mut self, items: impl Iterator<Item = &'i syn::Item>) -> Entered {
        let entered = self.entered();
        self.blocks += 1;
        let mut items = items.peekable();
        if items.peek().is_some() {
            let key = format!("{}::{{{}}}", self.place(), self.blocks);
            self.declared.insert(key.clone(), Declared::of(items));
            self.stack.push(Scope::Items { key, module: false });
        }
        self.stack.push(Scope::Variables(HashMap::default()));
        entered
    }

    /// Enters a function: variables outside are out of sight.
    pub(in crate::rust) fn enter_function(&mut self) -> Entered {
        let entered = self.entered();
        self.stack.push(Scope::Function);
        self.stack.push(Scope::Variables(HashMap::default()));
        entered
    }

    /// Enters a place with variables of its own: a closure, an arm, the body of an `if let`.
    pub(in crate::rust) fn enter_variables(&mut self) -> Entered {
        let entered = self.entered();
        self.stack.push(Scope::Variables(HashMap::default()));
        entered
    }

    fn entered(&self) -> Entered {
        Entered {
            depth: self.stack.len(),
        }
    }

    /// Leaves what was entered, and what was entered inside it.
    pub(in crate::rust) fn leave(&mut self, entered: Entered) {
        self.stack.truncate(entered.depth);
    }

    /// Makes a variable visible from here on.
    pub(in crate::rust) fn bind(&mut self, name: String, id: LocalId) {
        if let Some(Scope::Variables(variables)) = self.stack.last_mut() {
            variables.insert(name, Name::Variable(id));
        }
    }

    /// Makes another name of a function visible from here on: `let open = connect_async;`.
    pub(in crate::rust) fn call_so(&mut self, name: String, function: Name) {
        if let Some(Scope::Variables(variables)) = self.stack.last_mut() {
            variables.insert(name, function);
        }
    }

    /// Whether a variable of this name is visible.
    pub(super) fn is_variable(&self, name: &str) -> bool {
        let mut visible = self
            .stack
            .iter()
            .rev()
            .take_while(|scope| !matches!(scope, Scope::Function));
        visible.any(|scope| matches!(scope, Scope::Variables(variables) if variables.contains_key(name)))
    }

    /// The key of the innermost module or block: what an item that is declared here has as its path's beginning.
    pub(in crate::rust) fn place(&self) -> &str {
        self.stack
            .iter()
            .rev()
            .find_map(|scope| match scope {
                Scope::Items { key, .. } => Some(key.as_str()),
                _ => None,
            })
            .unwrap_or(FILE)
    }

    /// The modules and blocks whose items are visible here, innermost first, with the depth of the stack they end at.
    pub(super) fn visible_items(&self) -> impl Iterator<Item = (&str, usize)> {
        let mut done = false;
        self.stack
            .iter()
            .enumerate()
            .rev()
            .filter_map(move |(index, scope)| match scope {
                Scope::Items { key, module } if !done => {
                    done = *module;
                    Some((key.as_str(), index + 1))
                }
                _ => None,
            })
    }
}
