//! What follows from the way to a node for a wait that begins there: where it is awaited, what bounds it, and who decides
//! further.

use crate::rust::collect::errors::Takes;
use crate::rust::collect::frames::{AwaitPoint, Frame, Function, JoinPoint, Outer, Sealed};
use crate::rust::names::LocalId;
use crate::sites::{Bound, Deadline, Entry};

/// What is known of a wait from where it begins.
#[derive(Clone, Debug, Default)]
pub(in crate::rust) struct Place {
    /// How the future is entered; `None` where the variable that holds it decides.
    pub(in crate::rust) entry: Option<Entry>,
    /// Where it is awaited.
    pub(in crate::rust) awaited: Option<AwaitPoint>,
    /// The methods between the call and the `.await`.
    pub(in crate::rust) adaptors: Vec<String>,
    /// The deadlines that certainly cover it, innermost first.
    pub(in crate::rust) deadlines: Vec<Deadline>,
    /// What the attributes of the function around put around all of it: these end blocking calls too.
    pub(in crate::rust) attributes: Vec<Deadline>,
    /// Who may put more around it.
    pub(in crate::rust) outer: Option<Outer>,
    /// The macro whose tokens it stands in, where they are not edited.
    pub(in crate::rust) sealed: Option<Sealed>,
    /// It is awaited again and again.
    pub(in crate::rust) in_loop: bool,
    /// It runs in a task of its own.
    pub(in crate::rust) in_task: bool,
    /// The function that gives the handle of that task, by its path.
    pub(in crate::rust) given_by: Option<String>,
    /// What keeps the handle of that task.
    pub(in crate::rust) task: Vec<LocalId>,
    /// What gets what is used here, as it is.
    pub(in crate::rust) kept: Vec<LocalId>,
    /// The async code that it is awaited in is an argument of a call that may drop it.
    pub(in crate::rust) is_handed_on: bool,
    /// The `join!` that it is a future of.
    pub(in crate::rust) join: Option<JoinPoint>,
    /// The function around it.
    pub(in crate::rust) function: Option<usize>,
    /// The code around it is asynchronous.
    pub(in crate::rust) in_async: bool,
    /// An async block, a closure or a task is between it and its function.
    pub(in crate::rust) is_apart: bool,
}

/// Reads the way from the inside out.
pub(in crate::rust) fn place(frames: &[Frame], functions: &[Function]) -> Place {
    let mut place = Place {
        in_async: in_async(frames, functions),
        is_apart: is_apart(frames),
        ..Place::default()
    };
    // An async block or a closure is between the node and its function.
    let mut is_apart = false;
    // A future that nobody awaits yet is bounded by what is put around it; once awaited, only by what is put around
    // the async code that waits.
    let mut awaited = false;
    // So many blocks give it on un-awaited: whoever awaits them gets the future itself.
    let mut layers = 0_usize;
    let mut inner = frames.iter().rev();
    while let Some(frame) = inner.next() {
        match frame {
            Frame::Await(_) if layers > 0 => layers -= 1,
            Frame::Deadline(_) | Frame::Adaptor(_) if layers > 0 => {}
            Frame::Async if place.entry.is_none() => {
                is_apart = true;
                layers += 1;
            }
            Frame::Await(point) if !awaited => {
                awaited = true;
                if place.entry.is_none() {
                    place.entry = Some(Entry::Await);
                    place.awaited = Some(point.clone());
                }
            }
            Frame::Await(_) => {}
            Frame::Deadline(deadline) if !awaited => place.deadlines.push(deadline.clone()),
            Frame::Deadline(_) => {}
            Frame::Adaptor(name) if place.entry.is_none() => place.adaptors.push(name.clone()),
            Frame::Adaptor(_) => {}
            Frame::Argument | Frame::Run | Frame::LocalRun => {
                // A future that waits already is given to somebody who may drop it.
                place.is_handed_on |= !awaited && place.entry.is_some() && matches!(frame, Frame::Argument);
                place.enter(Entry::Argument);
            }
            Frame::GivenUp(deadline) => {
                place.attributes.push(deadline.clone());
                place.enter(Entry::Argument);
            }
            Frame::Join(join) => {
                if place.entry.is_none() {
                    place.join = Some(join.clone());
                }
                place.enter(Entry::Argument);
            }
            Frame::Return => place.enter(Entry::Returned),
            Frame::Held | Frame::Statement => {
                // What happens to an element of a larger value cannot be seen; whoever bounds that value bounds it too.
                place.enter(Entry::Stored);
            }
            Frame::Async => {
                is_apart = true;
                place.enter(Entry::Returned);
                awaited = false;
            }
            Frame::Closure { .. } => {
                is_apart = true;
                place.enter(Entry::Returned);
                awaited = false;
            }
            Frame::Loop => place.in_loop |= place.entry.is_some() && !is_apart,
            Frame::Sealed(sealed) => {
                place.sealed.get_or_insert_with(|| sealed.clone());
            }
            Frame::Task if !awaited => {
                place.in_task = true;
                place.enter(Entry::Argument);
                place.task = handle(frames);
                place.given_by = giver(frames, functions);
                place.function = frames.iter().rev().find_map(Frame::function);
                place.add_attributes(functions);
                let function = place.function.and_then(|index| functions.get(index));
                place
                    .attributes
                    .extend(function.and_then(|function| function.gives_up.clone()));
                return place;
            }
            // What ends the run of the set around it ends it, too, whoever waits for it there.
            Frame::LocalTask => {
                is_apart = true;
                place.in_task = true;
                place.enter(Entry::Argument);
                place.task = handle(frames);
                let _unseen = inner.find(|frame| matches!(frame, Frame::LocalRun));
                awaited = false;
            }
            Frame::Task | Frame::Set(_) => {}
            Frame::Let(id) if !awaited => {
                place.outer = Some(Outer::Variable(*id));
                place.function = frames.iter().rev().find_map(Frame::function);
                return place;
            }
            Frame::Let(_) => {}
            Frame::Function(index) => {
                place.enter(Entry::Returned);
                place.function = Some(*index);
                place.outer = functions
                    .get(*index)
                    .map(|function| Outer::Function(function.path.clone()));
                break;
            }
        }
    }
    place.add_attributes(functions);
    place
}

/// What keeps the handle of the innermost task.
fn handle(frames: &[Frame]) -> Vec<LocalId> {
    let task = frames.iter().rposition(Frame::is_task);
    let outside = task.and_then(|task| frames.get(..task)).unwrap_or_default();
    keepers(outside.iter().rev())
}

/// What gets what comes to the end of this way, from the inside out: a variable, and sets, fields and parameters on the way
/// to it.
pub(in crate::rust) fn keepers<'f>(outside: impl Iterator<Item = &'f Frame>) -> Vec<LocalId> {
    let mut kept = Vec::new();
    for frame in outside {
        match frame {
            Frame::Adaptor(_) | Frame::Held | Frame::Closure { is_async: false } => {}
            Frame::Set(id) => kept.push(*id),
            Frame::Let(id) => {
                kept.push(*id);
                break;
            }
            _ => break,
        }
    }
    kept
}

/// The function that gives the handle of the innermost task at its end.
fn giver(frames: &[Frame], functions: &[Function]) -> Option<String> {
    let task = frames.iter().rposition(Frame::is_task)?;
    let outside = frames.get(..task)?.iter().rev();
    let mut outside = outside.skip_while(|frame| matches!(frame, Frame::Adaptor(_) | Frame::Return | Frame::Set(_)));
    let function = functions.get(outside.next()?.function()?)?;
    function.gives_future.then(|| function.path.clone())
}

/// Whether something is between the node and its function that runs some other time.
fn is_apart(frames: &[Frame]) -> bool {
    let mut inner = frames.iter().rev().take_while(|frame| frame.function().is_none());
    inner.any(|frame| matches!(frame, Frame::Async | Frame::Closure { .. }) || frame.is_task())
}

/// Whether async code runs the node itself.
fn in_async(frames: &[Frame], functions: &[Function]) -> bool {
    let decides = |frame: &Frame| match frame {
        Frame::Async => Some(true),
        Frame::Closure { is_async } => Some(*is_async),
        Frame::Function(index) => Some(functions.get(*index).is_some_and(|function| function.is_async)),
        _ => None,
    };
    frames.iter().rev().find_map(decides).unwrap_or(false)
}

/// What converts into the error that a `?` at the node leaves with; `None` where that is no function's own.
pub(in crate::rust) fn takes(frames: &[Frame], functions: &[Function]) -> Option<Takes> {
    let decides = |frame: &Frame| match frame {
        Frame::Function(index) => Some(functions.get(*index).and_then(|function| function.takes)),
        Frame::Async | Frame::Closure { .. } => Some(None),
        _ => None,
    };
    frames.iter().rev().find_map(decides).flatten()
}

/// Whether one of these deadlines ends what it is around.
pub(in crate::rust) fn is_bounded(deadlines: &[Deadline]) -> bool {
    deadlines.iter().any(|deadline| deadline.bound != Bound::Unlimited)
}

impl Place {
    /// Whether it stands in a macro that may drop what is awaited there.
    pub(in crate::rust) fn is_raced(&self) -> bool {
        self.sealed.as_ref().is_some_and(|sealed| sealed.races)
    }

    fn enter(&mut self, entry: Entry) {
        self.entry.get_or_insert(entry);
    }

    fn add_attributes(&mut self, functions: &[Function]) {
        if let Some(function) = self.function.and_then(|index| functions.get(index)) {
            self.attributes.extend(function.deadlines.iter().cloned());
            self.deadlines.extend(function.ended_by_tasks.iter().cloned());
        }
    }
}
