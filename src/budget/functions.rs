//! The functions that are counted, by their files: the own one, then the others that calls lead to.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use foldhash::HashSet;

use super::dispatch::ClassAt;
use super::files::{Files, course_of};
use super::own::Own;
use super::waiting::waiting;
use crate::sites::{Callee, Connect, Course, FunctionCourse, Overriding, Wait};

/// A function: its file, by its place in [`Functions`], and its place there.
pub(super) type Function = (usize, usize);

/// One file of the project.
struct File<'a> {
    courses: &'a [FunctionCourse],
    classes: &'a HashMap<usize, Overriding>,
    /// By connect.
    own: Vec<Own>,
    /// The paths of these connects; nobody asks for those of the file itself.
    connects: &'a [Connect],
    /// By function: something in it, or in what it calls there, waits.
    waits: Vec<bool>,
}

/// What the libraries say of these connects, in their order.
pub(super) type OwnOf<'a> = dyn Fn(&[Connect]) -> Vec<Own> + 'a;

/// The functions of a file and of those that it calls.
pub(super) struct Functions<'a> {
    others: &'a Files<'a>,
    own_of: &'a OwnOf<'a>,
    /// The file itself, then the others.
    files: Vec<File<'a>>,
    /// Where the others stand among them; `None` for one that cannot be read.
    places: HashMap<Arc<Path>, Option<usize>>,
    /// The paths of what the file itself puts something else in the place of.
    replaced: Option<&'a HashSet<String>>,
}

impl<'a> Functions<'a> {
    /// The functions of the file that has these courses and connects.
    pub(super) fn new(
        (courses, classes): (&'a [FunctionCourse], &'a HashMap<usize, Overriding>),
        connects: &[Connect],
        others: &'a Files<'a>,
        own_of: &'a OwnOf<'a>,
    ) -> Self {
        let file = File {
            courses,
            classes,
            own: own_of(connects),
            connects: &[],
            waits: waiting(courses),
        };
        Self {
            others,
            own_of,
            files: vec![file],
            places: HashMap::new(),
            replaced: None,
        }
    }

    /// The same where the file puts something else in the place of what has these paths.
    pub(super) fn replacing(self, replaced: &'a HashSet<String>) -> Self {
        Self {
            replaced: Some(replaced),
            ..self
        }
    }

    /// Whether something else may be what waits in another file: the file's own waits are known to be so already.
    pub(super) fn is_replaced(&self, place: usize, wait: &Wait) -> bool {
        let Some(replaced) = self.replaced.filter(|replaced| place > 0 && !replaced.is_empty()) else {
            return false;
        };
        let connect = |index: usize| Some(&self.files.get(place)?.connects.get(index)?.path);
        let path = wait.path.as_ref().or_else(|| connect(wait.connect?));
        path.is_some_and(|path| replaced.contains(path))
    }

    /// Whether a loop in another file waits for something that the file puts something else in the place of: whether that leaves the
    /// loop, by raising, is not known.
    pub(super) fn goes_round_with_doubles(&self, place: usize, body: &Course) -> bool {
        place > 0 && self.replaced.is_some_and(|replaced| !replaced.is_empty()) && self.has_double(place, body)
    }

    fn has_double(&self, place: usize, course: &Course) -> bool {
        match course {
            Course::Wait(wait) => self.is_replaced(place, wait),
            course => course.parts().any(|part| self.has_double(place, part)),
        }
    }

    /// The function that a call in the file at `place` means; `None` where it is in a file that cannot be read.
    pub(super) fn meant_by(&mut self, callee: &Callee, place: usize) -> Option<Function> {
        let Callee::Elsewhere { file, .. } = callee else {
            let Callee::Here(function) = callee else { return None };
            return Some((place, *function));
        };
        let at = self.file(file)?;
        Some((at, course_of(callee, self.others.courses(file)?)?))
    }

    /// The place of another file; `None` for one that cannot be read.
    pub(super) fn file(&mut self, file: &Arc<Path>) -> Option<usize> {
        let courses = self.others.courses(file)?;
        match self.places.get(file) {
            Some(known) => *known,
            None => {
                self.files.push(File {
                    courses: &courses.courses,
                    classes: &courses.classes,
                    own: (self.own_of)(&courses.connects),
                    connects: &courses.connects,
                    waits: waiting(&courses.courses),
                });
                let at = self.files.len() - 1;
                self.places.insert(file.clone(), Some(at));
                Some(at)
            }
        }
    }

    /// What the objects of a class have in the place of what it inherits.
    pub(super) fn overriding(&self, class: ClassAt) -> Option<&'a Overriding> {
        self.files.get(class.0)?.classes.get(&class.1)
    }

    /// Whether the attribute of this name holds something else in the objects of a class than what its bases expect.
    pub(super) fn holds_other(&self, class: Option<ClassAt>, attribute: &str) -> bool {
        let overriding = class.and_then(|class| self.overriding(class));
        overriding.is_some_and(|overriding| overriding.attributes.iter().any(|other| other == attribute))
    }

    /// What a function waits for.
    pub(super) fn course(&self, function: Function) -> Option<&'a FunctionCourse> {
        self.files.get(function.0)?.courses.get(function.1)
    }

    /// What the library says of a connect of the file at `place`.
    pub(super) fn own(&self, place: usize, connect: usize) -> Option<&Own> {
        self.files.get(place)?.own.get(connect)
    }

    /// Whether something in a function, or in what it calls in its file, waits.
    pub(super) fn waits(&self, function: Function) -> bool {
        let file = self.files.get(function.0);
        file.and_then(|file| file.waits.get(function.1)) == Some(&true)
    }
}
