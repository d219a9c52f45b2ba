//! What the project's own functions do with time: they put a deadline around a future that they are given, are over when a
//! timer is, or end the program after a while. Told from their bodies, before anything else is visited; what the finding on a
//! connect and the time that a test takes both ask.

mod bodies;
mod called;
mod declared;
mod leaving;
mod silence;

pub(in crate::rust) use silence::InSilence;

use crate::rust::collect::bounded::Awaiting;
use crate::rust::collect::watchdogs::Ending;
use crate::sites::Bound;
use foldhash::HashMap;

/// The functions of a file that do something with time.
#[derive(Debug, Default)]
pub(in crate::rust) struct OwnDeadlines {
    /// By path; the methods of a trait by the trait's, too.
    functions: HashMap<String, Own>,
    /// Methods by their name alone: what is asked where the receiver's type cannot be seen.
    methods: HashMap<String, Own>,
    /// What functions make of it that nothing came in time; by path, and methods by their name alone.
    silent: HashMap<String, InSilence>,
    silent_methods: HashMap<String, InSilence>,
    /// Something of the file cancels a token after a while: which one is not followed.
    cancels: bool,
}

/// What one function does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::rust) enum Own {
    /// It bounds a future that it is given.
    Bounds(Bounding),
    /// It awaits a future that it is given at this index; a method's `self` is one of them.
    Awaits {
        future: usize,
        is_method: bool,
        how: Awaiting,
        /// Nothing else is waited for in it.
        is_all: bool,
    },
    /// It is over when a timer is.
    Waits,
    /// It is over when something else is, or never.
    WaitsForOther,
    /// It starts something that ends the program.
    EndsProgram(Ending),
}

/// A deadline that a function puts around a future that it is given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::rust) struct Bounding {
    /// The index of the future among all that the function is given; a method's `self` is one of them.
    pub(in crate::rust) future: usize,
    /// The function is a method: it is called on the first of what it is given.
    pub(in crate::rust) is_method: bool,
    pub(in crate::rust) lasting: Lasting,
    /// The deadline is around the future itself, and not around something that may be made of it.
    pub(in crate::rust) is_direct: bool,
    /// The future may be awaited without the deadline, too.
    pub(in crate::rust) is_loose: bool,
    /// Nothing else is waited for in it.
    pub(in crate::rust) is_all: bool,
}

/// How long something lasts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::rust) enum Lasting {
    Is(Bound),
    /// So many times what the function is given at this index.
    Times {
        argument: usize,
        factor: f64,
    },
}

impl Lasting {
    pub(in crate::rust) const UNKNOWN: Self = Self::Is(Bound::Unknown);

    /// The same where `given` says how long what the function is given is.
    pub(in crate::rust) fn bound(self, given: impl FnOnce(usize) -> Bound) -> Bound {
        match self {
            Self::Is(bound) => bound,
            Self::Times { argument, factor } => match given(argument) {
                Bound::Seconds(seconds) => Bound::Seconds(seconds * factor),
                other => other,
            },
        }
    }
}

impl OwnDeadlines {
    /// What the function at this path does.
    pub(in crate::rust) fn function(&self, path: &str) -> Option<Own> {
        self.functions.get(path).copied()
    }

    /// What a method of the type or trait at this path does.
    pub(in crate::rust) fn method(&self, of: &str, method: &str) -> Option<Own> {
        // Asked of most method calls, of every trait that is imported.
        self.methods.get(method)?;
        self.function(&format!("{of}::{method}"))
    }

    /// What the function or method at this path makes of it that nothing came in time.
    pub(in crate::rust) fn in_silence(&self, path: &str) -> Option<InSilence> {
        self.silent.get(path).copied()
    }

    /// Whether who waits until a token is cancelled may wait for a timer.
    pub(in crate::rust) fn cancels(&self) -> bool {
        self.cancels
    }

    /// The same with other paths.
    pub(in crate::rust) fn with_paths(&self, path: &dyn Fn(&String) -> String) -> Self {
        let functions = self.functions.iter();
        Self {
            functions: functions.map(|(of, own)| (path(of), *own)).collect(),
            methods: self.methods.clone(),
            silent: self.silent.iter().map(|(of, given)| (path(of), *given)).collect(),
            silent_methods: self.silent_methods.clone(),
            cancels: self.cancels,
        }
    }

    /// The trait of those in a module whose method of this name does something: what a glob may bring in.
    pub(in crate::rust) fn in_module(&self, module: &str, method: &str) -> Option<Own> {
        self.methods.get(method)?;
        let mut functions = self.functions.iter();
        functions.find_map(|(path, own)| {
            let rest = path.strip_prefix(module)?.strip_prefix("::")?;
            let (of, name) = rest.split_once("::")?;
            (name == method && of.starts_with(char::is_uppercase)).then_some(*own)
        })
    }

    fn count(&self) -> usize {
        self.functions.len() + self.silent.len() + usize::from(self.cancels)
    }
}

/// Whether a method of this name, called on a future with an argument, is taken at its word: it bounds the future. (A
/// builder's `connection_timeout` is another name.)
pub(in crate::rust) fn is_deadline_method(name: &str) -> bool {
    matches!(
        name,
        "timeout"
            | "with_timeout"
            | "timeout_at"
            | "with_timeout_at"
            | "with_deadline"
            | "timeout_after"
            | "or_timeout"
    )
}
