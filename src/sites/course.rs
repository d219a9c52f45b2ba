//! What a function waits for, one after the other, as its code bounds it: the same tree for every language, and plain
//! data. `crate::budget` counts it together.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::{Bound, Connect, Object, OtherPlace, Overriding};
use crate::source::Span;

/// A stretch of code by what it waits for. Nothing to wait for is an empty [`Course::Sequence`].
#[derive(Clone, Debug, PartialEq)]
pub enum Course {
    /// A wait for something outside.
    Wait(Wait),
    /// One after the other.
    Sequence(Vec<Course>),
    /// One of these.
    Branch(Vec<Course>),
    /// The same again and again.
    Loop {
        /// The head of the loop, as it reads: `for _ in range(3)`.
        head: Shown,
        /// How often.
        times: Times,
        /// What is repeated.
        body: Box<Course>,
    },
    /// Side by side; who waits for them waits for the longest.
    Together(Vec<Course>),
    /// Side by side until the first of them is over.
    First(Vec<Course>),
    /// No longer than a deadline lasts, but for what is left to do once it fired.
    Capped {
        /// What sets it: `asyncio.timeout(5)`.
        by: Shown,
        /// How long it lasts.
        bound: Length,
        /// What it covers.
        inner: Box<Course>,
        /// It ends what is done on the way out as well: whatever waits below it once it fired is ended anew.
        is_level: bool,
    },
    /// It waits only as long as something is not there, and then it is.
    Once {
        /// What is there then, beginning with `self` where that is the object of the method: `self.socket`.
        object: String,
        /// What it waits for.
        inner: Box<Course>,
    },
    /// It waits only where the function is given for its parameter at this index what a condition asks for.
    Asked {
        /// The index of the parameter.
        parameter: usize,
        /// What the condition asks for.
        wanted: Wanted,
        /// What it waits for.
        inner: Box<Course>,
    },
    /// What has this name is not there any more.
    LetGo(String),
    /// A block with something to do on the way out, whatever happened in it.
    Guarded {
        /// The block.
        body: Box<Course>,
        /// What is done on the way out: a deadline around it that fired in the block does not end it.
        cleanup: Box<Course>,
    },
    /// A wait on the connection that the function is given for its parameter at this index. Where it is given something
    /// else, nothing is known of it.
    OnParameter {
        /// The index of the parameter.
        parameter: usize,
        /// The wait, should it be a connection.
        wait: Wait,
    },
    /// A function of the project.
    Call {
        /// The call, as it reads.
        call: Shown,
        /// The function.
        function: Callee,
        /// What it is given for its parameters, by their index, as far as these are lengths or connections.
        arguments: Vec<(usize, Length)>,
        /// It is given what the function around it has, and nothing else: the same object, the same values. One that calls
        /// itself so gets no nearer to an end.
        gives_on: bool,
        /// The object whose method it is, named as [`Course::Once`] names things.
        on: Option<String>,
        /// The same object, as far as it says which method is meant.
        object: Object,
    },
    /// A wait on an attribute of the object whose method the function is, unless the class of that has something else there.
    OnOwn {
        /// The name of the attribute.
        attribute: String,
        /// What waits, as it reads.
        what: Shown,
        /// What it waits for.
        inner: Box<Course>,
    },
    /// What an event loop of its own runs inside of another one: no deadline of that one ends it.
    OwnLoop(Box<Course>),
    /// What a thread of its own does that a loop started: no deadline ends it, and it keeps nothing waiting that runs beside it.
    InThread(Box<Course>),
    /// While the clock of its runtime stands still, which moves it on whenever all wait: what a timer ends is over at once.
    /// What blocks its thread and what no timer ends takes as long as ever.
    Paused(Box<Course>),
    /// No longer than so long: then the whole program is over, whatever blocks in it.
    Ended {
        /// What ends it.
        by: Shown,
        /// When.
        bound: Bound,
        /// What it is in the middle of.
        inner: Box<Course>,
    },
    /// Something that may wait, of which nothing is known: it is counted as nothing.
    Unseen(Shown),
}

impl Default for Course {
    fn default() -> Self {
        Self::Sequence(Vec::new())
    }
}

impl Course {
    /// Whether there is nothing in it that waits, or may.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Sequence(parts) if parts.is_empty())
    }

    /// Whether it is a wait that blocks its thread.
    #[must_use]
    pub fn blocks(&self) -> bool {
        match self {
            Self::Wait(wait) | Self::OnParameter { wait, .. } => wait.blocks,
            Self::Once { inner, .. } | Self::OnOwn { inner, .. } => inner.blocks(),
            _ => false,
        }
    }

    /// What it is made of, in the order of the code; nothing of what a function does that it calls.
    pub fn parts(&self) -> impl Iterator<Item = &Course> {
        let (parts, behind): (&[Course], Option<&Course>) = match self {
            Self::Wait(_) | Self::OnParameter { .. } | Self::Unseen(_) | Self::LetGo(_) | Self::Call { .. } => {
                (&[], None)
            }
            Self::Sequence(parts) | Self::Branch(parts) | Self::Together(parts) | Self::First(parts) => (parts, None),
            Self::Loop { body: inner, .. }
            | Self::OwnLoop(inner)
            | Self::InThread(inner)
            | Self::Paused(inner)
            | Self::Capped { inner, .. }
            | Self::Once { inner, .. }
            | Self::OnOwn { inner, .. }
            | Self::Asked { inner, .. }
            | Self::Ended { inner, .. } => (std::slice::from_ref(&**inner), None),
            Self::Guarded { body, cleanup } => (std::slice::from_ref(&**body), Some(&**cleanup)),
        };
        parts.iter().chain(behind)
    }

    /// The files of the functions of other files that are called in it.
    #[must_use]
    pub fn files_called(&self) -> Vec<&Arc<Path>> {
        let (mut found, mut pending) = (Vec::new(), vec![self]);
        while let Some(course) = pending.pop() {
            pending.extend(course.parts());
            if let Self::Call {
                function: Callee::Elsewhere { file, .. },
                ..
            } = course
            {
                found.push(file);
            }
        }
        found
    }

    /// `body`, then `cleanup` on the way out.
    #[must_use]
    pub fn guarded(body: Course, cleanup: Course) -> Self {
        if cleanup.is_nothing() {
            return body;
        }
        Self::Guarded {
            body: Box::new(body),
            cleanup: Box::new(cleanup),
        }
    }

    /// One after the other, without what is nothing.
    #[must_use]
    pub fn sequence(parts: impl IntoIterator<Item = Course>) -> Self {
        let mut parts: Vec<Course> = parts.into_iter().filter(|part| !part.is_nothing()).collect();
        match parts.len() {
            1 => parts.remove(0),
            _ => Self::Sequence(parts),
        }
    }
}

/// A wait for something outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Wait {
    /// What waits, as it reads: `ws.recv()`.
    pub what: Shown,
    /// How long at most.
    pub length: Length,
    /// The default of a library that this length is: `open_timeout of websockets`.
    pub default: Option<String>,
    /// It blocks the thread: no deadline of an event loop ends it.
    pub blocks: bool,
    /// The connect that it is the wait for: an index into [`super::Sites::connects`].
    pub connect: Option<usize>,
    /// The path of the library's function that waits, where it is one: `asyncio.sleep`. That of a connect is told there.
    pub path: Option<String>,
}

/// A piece of code, and how a message names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Where it stands.
    pub span: Span,
    /// How a message names it, without quotes.
    pub text: String,
    /// Where it stands, if that is in another file than the test.
    pub elsewhere: Option<OtherPlace>,
}

/// A function that is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Callee {
    /// One of the same file: an index into [`super::Sites::courses`].
    Here(usize),
    /// One of another file of the project, by that file's absolute path: an index into [`FileCourses::courses`].
    Elsewhere {
        /// The file.
        file: Arc<Path>,
        /// Its place among the functions of that file.
        function: usize,
        /// Which part of it is run.
        part: CalledPart,
    },
}

/// A part of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalledPart {
    /// All of it.
    Whole,
    /// A generator that stands for a block: up to its `yield`.
    Enter,
    /// The same: behind its `yield`.
    Leave,
}

/// What the functions of one file wait for, for the tests of another one.
#[derive(Clone, Debug, Default)]
pub struct FileCourses {
    /// Those of its functions, then those of the halves of the ones that yield.
    pub courses: Vec<FunctionCourse>,
    /// The halves, by the index of the function: up to the `yield`, and behind it.
    pub halves: HashMap<usize, (usize, usize)>,
    /// What the objects of its classes have in the place of what these inherit, by the class.
    pub classes: HashMap<usize, Overriding>,
    /// The connects that the waits name.
    pub connects: Vec<Connect>,
}

/// A duration as far as the source shows it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Length {
    /// What it is wherever the function is called from.
    Is(Bound),
    /// What the function is given for its parameter at this index.
    Parameter(usize),
    /// What the library of the connect says, in the releases that may run.
    Library,
    /// No length: what is given is a connection.
    Connection,
}

/// What a condition asks a parameter for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// It is something: `limit is not None`.
    Something,
    /// It is nothing: `limit is None`.
    Nothing,
    /// It is something, and neither zero nor false: `limit`.
    True,
    /// It is nothing, zero or false: `not limit`.
    False,
}

impl Wanted {
    /// What the condition asks for where it does not hold.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Something => Self::Nothing,
            Self::Nothing => Self::Something,
            Self::True => Self::False,
            Self::False => Self::True,
        }
    }
}

/// How often something is repeated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Times {
    /// So often at most.
    Number(f64),
    /// As often as the number says that the function is given for its parameter at this index.
    Parameter(usize),
    /// As often as something has elements, or until something that the source does not show.
    Unknown,
    /// Nothing in the loop ends it.
    Unbounded,
}

/// A function of the file, and what it waits for.
#[derive(Clone, Debug, Default)]
pub struct FunctionCourse {
    /// The lengths that hold where a call gives none, by the index of the parameter.
    pub defaults: Vec<(usize, Bound)>,
    /// From its first statement to its last.
    pub course: Course,
}
