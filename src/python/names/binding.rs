//! What names are bound to: the facts that one visit of the tree leaves behind.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use foldhash::HashMap;
use ruff_python_ast::Operator;
use ruff_python_ast::name::Name;

use super::started::Starts;
use super::value::Value;
use crate::source::Span;

/// Where a scope stands in [`super::Names`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::python) struct ScopeId(pub(super) u32);

impl ScopeId {
    /// A number that stands for it in its module.
    pub(in crate::python) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Where a function definition stands in [`super::Names`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::python) struct FunctionId(pub(super) u32);

impl FunctionId {
    /// The function at this place in [`super::Table::functions`].
    pub(in crate::python) fn at(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// Its place in [`super::Table::functions`].
    pub(in crate::python) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A function that the module defines.
#[derive(Debug)]
pub(in crate::python) struct Function {
    /// `connect_ws`, `Client.open`: the names of the classes around it and its own.
    pub(in crate::python) qualified: String,
    /// The class that it is a method of.
    pub(super) class: Option<ScopeId>,
    pub(super) gives: Gives,
}

/// What a function's definition says of what comes out of it.
#[derive(Debug, Default)]
pub(super) struct Gives {
    pub(super) is_async: bool,
    /// The names of its parameters, but for a method's first one and what takes any number.
    pub(super) parameters: Vec<Name>,
    /// What decorates it; `None` for what is no dotted name.
    pub(super) decorators: Vec<Option<Reference>>,
    /// What its annotation says, of what it yields where it does: `X`, `AsyncIterator[X]`, `list[X]`.
    pub(super) declared: Option<Meaning>,
    /// What each `return` gives.
    pub(super) returned: Vec<Meaning>,
    /// The position of the parameter, if each `return` gives what awaiting that one's object gives.
    pub(super) hands_back: Option<usize>,
    /// What it starts as a task of what it is given.
    pub(super) starts: Option<Starts>,
    /// It starts tasks.
    pub(super) starts_tasks: bool,
    /// What each `yield` gives.
    pub(super) yielded: Vec<Meaning>,
    /// It may give something that is true.
    pub(super) may_be_true: bool,
    /// What catches exceptions around each `yield`.
    pub(super) yields_under: Vec<Guard>,
    /// What catches exceptions around the calls of its parameters in functions in it.
    pub(super) calls_under: Vec<Guard>,
}

/// Something that catches exceptions and does not end by raising one.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    /// Of a `with` what is called: only `contextlib.suppress` counts. None for a clause.
    pub(super) manager: Option<Reference>,
    /// The classes; `None` for what is no dotted name.
    pub(super) classes: Vec<Option<Reference>>,
    /// It catches everything.
    pub(super) is_bare: bool,
}

impl Function {
    /// Its own name.
    pub(in crate::python) fn name(&self) -> &str {
        self.qualified.rsplit('.').next().unwrap_or_default()
    }
}

/// The kinds of scopes that Python's rules tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Module,
    Class,
    Function(FunctionId),
    Lambda,
    Comprehension,
    /// The names between `[` and `]` of a generic function, class or type alias.
    TypeParameters,
}

#[derive(Debug)]
pub(super) struct Scope {
    pub(super) parent: Option<ScopeId>,
    pub(super) kind: ScopeKind,
    /// Of a class: its name.
    pub(super) name: Option<Name>,
    /// Of a class: what it inherits from; `None` for what is no dotted name.
    pub(super) bases: Vec<Option<Reference>>,
    /// The scopes nested in this one are those between its own id and this one, exclusively.
    pub(super) nested_end: u32,
    pub(super) names: HashMap<Name, NameUse>,
    /// Of a class: what its methods assign to `self.<name>`.
    pub(super) attributes: HashMap<Name, Bindings>,
}

/// Everything that happens to a name in one scope.
#[derive(Debug, Default)]
pub(super) struct NameUse {
    pub(super) bindings: Bindings,
    /// How often the scope itself reads the name.
    pub(super) reads: u32,
    /// Where it reads the name for the last time, in source order.
    pub(super) last_read: usize,
    /// What the bindings mean, once that was asked and could be told in full.
    pub(super) values: OnceLock<Vec<Value>>,
}

/// The bindings of a name in a scope.
#[derive(Clone, Debug)]
pub(super) enum Bindings {
    /// What each of them binds; none: the name is only read.
    Known(Vec<Binding>),
    /// At least one binds a value that cannot be told.
    Opaque,
    /// `global name`: the module's binding is meant.
    Global,
    /// `nonlocal name`: the binding of the function around is meant.
    Nonlocal,
}

/// More bindings of one name than any sensible module has.
const MOST_BINDINGS: usize = 32;

impl Default for Bindings {
    fn default() -> Self {
        Self::Known(Vec::new())
    }
}

impl Bindings {
    pub(super) fn push(&mut self, binding: Binding) {
        match self {
            Self::Known(known) if known.len() < MOST_BINDINGS && !matches!(binding.meaning, Meaning::Opaque) => {
                // Few names are bound twice.
                known.reserve_exact(usize::from(known.is_empty()));
                known.push(binding);
            }
            Self::Known(_) => *self = Self::Opaque,
            Self::Opaque | Self::Global | Self::Nonlocal => {}
        }
    }

    pub(super) fn is_bound(&self) -> bool {
        !matches!(self, Self::Known(known) if known.is_empty())
    }

    /// Those that may hold at the byte offset `at`: where an arm of an `if`, `try` or `match` binds the name before, those in the
    /// other arms do not.
    pub(super) fn holding_at(&self, at: usize) -> Cow<'_, Self> {
        let Self::Known(known) = self else {
            return Cow::Borrowed(self);
        };
        let of_arm = |binding: &&Binding| binding.branch.arm.is_some() && binding.is_executed_at(at);
        let Some(here) = known.iter().find(of_arm).map(|binding| binding.branch) else {
            return Cow::Borrowed(self);
        };
        let may_hold = |binding: &&Binding| !here.excludes(binding.branch) || binding.branch.arm == here.arm;
        match known.iter().all(|binding| may_hold(&binding)) {
            true => Cow::Borrowed(self),
            false => Cow::Owned(Self::Known(known.iter().filter(may_hold).cloned().collect())),
        }
    }
}

/// One binding of a name.
#[derive(Clone, Debug)]
pub(super) struct Binding {
    pub(super) meaning: Meaning,
    /// What an annotation says of it. A class is what it is, whatever the meaning says of where it comes from.
    pub(super) declared: Option<Box<Meaning>>,
    /// The end of the statement or clause that binds.
    pub(super) end: usize,
    pub(super) branch: Branch,
}

impl Binding {
    /// Whether it certainly was executed before the byte offset `at` is.
    pub(super) fn is_executed_at(&self, at: usize) -> bool {
        let reaches = |block: Span| block.start <= at && at < block.end;
        self.end <= at && self.branch.block.is_none_or(reaches)
    }
}

/// The conditional blocks that a binding stands in, within its own scope.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Branch {
    /// Where the outermost `if`, `try`, `match` or conditional expression begins: bindings in it may exclude each other.
    pub(super) outermost: Option<usize>,
    /// The arm of that one that it stands in; what follows a `try` without a failure is an arm with it.
    pub(super) arm: Option<Span>,
    /// The innermost block that may be skipped.
    pub(super) block: Option<Span>,
    /// It is only seen by type checkers.
    pub(super) type_checking: bool,
    /// It stands in a `try` whose clauses take over where an import fails.
    pub(super) tries_import: bool,
}

impl Branch {
    /// Whether bindings in the two may exclude each other.
    pub(super) fn excludes(self, other: Self) -> bool {
        self.outermost.is_some() && self.outermost == other.outermost
    }
}

/// What a binding binds its name to.
#[derive(Clone, Debug)]
pub(super) enum Meaning {
    /// An imported module or name.
    Import(String),
    /// `None`: calling it fails, so it never explains a call.
    Nothing,
    /// What another expression means.
    Alias(Reference),
    /// The outcome of a call, or what entering it gives.
    Outcome {
        /// What is called.
        callee: Reference,
        /// The call's first positional argument, where it is a dotted name (`functools.partial`).
        first: Option<Reference>,
        /// Where the call begins.
        call: usize,
        /// What awaiting it gives, where that is what another awaitable gives: `wait_for(<this>, 5)`, `create_task(<this>)`.
        passes_on: Option<Box<Meaning>>,
    },
    /// What entering the outcome of a call gives.
    EnteredOutcome {
        /// What is called.
        callee: Reference,
        /// Where the call begins.
        call: usize,
    },
    /// What awaiting the outcome of a call gives, also through `wait_for`.
    Awaited {
        /// What is called.
        callee: Reference,
        /// Where the call begins.
        call: usize,
        /// By their positions, what awaiting those of its arguments gives that are calls.
        given: Box<[(usize, Meaning)]>,
    },
    /// What awaiting the object that a dotted name means gives, also through `wait_for`.
    AwaitedAlias(Reference),
    /// What entering the object that a dotted name means gives.
    EnteredAlias(Reference),
    /// What comes from elsewhere (a parameter, a field of a dataclass), an instance of the class that its annotation names.
    Instance(Reference),
    /// A parameter of a constructor, which says nothing of what it gets.
    Argument {
        name: Name,
        of: FunctionId,
    },
    /// A parameter that is `None` unless the caller gives something else.
    Optional,
    /// A parameter that is this unless the caller gives something else.
    Usual(Box<Meaning>),
    /// What the test runner gives for a parameter of a test or a fixture: what the fixture of this name gives.
    Fixture {
        name: Name,
        /// The function that asks for it, which may be a fixture of this name itself.
        by: FunctionId,
    },
    /// A tuple or list that is written out.
    Tuple(Vec<Meaning>),
    /// A dictionary that is written out, or made of others by `|`, by where it begins.
    Display(usize),
    /// What it was before, changed in place: `options |= {…}`.
    InPlace,
    /// A number that is written out, by its bits.
    Number(u64),
    /// A text that is written out and has characters beyond ASCII.
    Text(Arc<str>),
    /// What a module or a class computes of others: a number, or a text.
    Computed(Operator, Box<(Meaning, Meaning)>),
    /// A list, each of whose elements is this.
    Each(Box<Meaning>),
    /// A dictionary, each of whose values is this.
    EachValue(Box<Meaning>),
    /// Any element of this.
    Iterated(Box<Meaning>),
    /// One element of a tuple.
    Item(Box<Meaning>, usize),
    /// A method's first parameter: an instance of the class of this scope (or the class itself).
    Receiver(ScopeId),
    Function(FunctionId),
    /// A `lambda`, by where it begins.
    Lambda(usize),
    /// A class, by its body's scope.
    Class(ScopeId),
    /// What a function takes by `**name`.
    Keywords,
    /// Anything else.
    Opaque,
}

/// A dotted name, read in a scope: `self.http`, `self.model.session().headers`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) scope: ScopeId,
    /// Where it is read.
    pub(super) at: usize,
    pub(super) root: Name,
    pub(super) steps: Vec<Step>,
}

/// One step of a [`Reference`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Attribute(Name),
    /// Where the call begins.
    Call(usize),
    Await,
}
