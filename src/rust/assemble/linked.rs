//! The courses of a file with those of the functions that it calls in other files of the package.

use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;

use foldhash::HashMap;

use crate::catalog::ApiId;
use crate::rust::collect::found::Found;
use crate::rust::collect::gathered::Courses;
use crate::rust::program::{View, Walked};
use crate::sites::{Callee, Course, FunctionCourse, Object, OtherPlace, Shown, Wait};
use crate::source::Span;

/// So many functions of other files are looked into for one file; further ones count as nothing, and are named.
const MOST_FUNCTIONS: usize = 512;

/// What functions wait for.
pub(in crate::rust) struct Settled {
    /// Those that are called, by the index that calls have.
    pub(in crate::rust) courses: Vec<FunctionCourse>,
    /// What those of other files connect by.
    pub(in crate::rust) opened: BTreeSet<ApiId>,
}

/// Gives the tests their courses; the courses of the functions that are called.
pub(in crate::rust) fn settle(found: &mut Found, view: Option<&View<'_>>) -> Settled {
    let courses = std::mem::take(&mut found.courses);
    let mut settled = vec![FunctionCourse::default(); courses.called.len()];
    let opened = match view {
        Some(view) => Linker::new(view, &courses, &mut settled).link(),
        None => BTreeSet::new(),
    };
    for gathered in courses.functions {
        // A call of an async function waits for nothing before it is awaited.
        let called = courses.called.get(&(gathered.path.clone(), gathered.is_async));
        if let Some(function) = called.and_then(|(index, _)| settled.get_mut(*index)) {
            *function = gathered.settled(gathered.course.clone());
        }
        if let Some(test) = gathered.test.and_then(|test| found.tests.get_mut(test)) {
            test.course = gathered.course;
        }
    }
    Settled {
        courses: settled,
        opened,
    }
}

/// A function by its file, its path there, and whether it is awaited.
type Key = (PathBuf, String, bool);

/// Brings the courses of functions of other files in.
struct Linker<'l> {
    view: &'l View<'l>,
    settled: &'l mut Vec<FunctionCourse>,
    known: HashMap<Key, usize>,
    /// What is called, where its course goes, and the call in this file that leads there.
    pending: VecDeque<(Key, usize, Span)>,
}

impl<'l> Linker<'l> {
    fn new(view: &'l View<'l>, courses: &Courses, settled: &'l mut Vec<FunctionCourse>) -> Self {
        let mut linker = Self {
            view,
            settled,
            known: HashMap::default(),
            pending: VecDeque::new(),
        };
        for ((path, is_awaited), (index, call)) in &courses.called {
            let home = match path.strip_prefix('$') {
                Some(_) => Some((view.file().to_owned(), path.clone())),
                None => view.home(path),
            };
            let Some((file, path)) = home else { continue };
            let key = (file, path, *is_awaited);
            if key.0 != view.file() {
                linker.pending.push_back((key.clone(), *index, *call));
            }
            linker.known.insert(key, *index);
        }
        // The order of a map is that of chance.
        linker.pending.make_contiguous().sort_by_key(|(_, index, _)| *index);
        linker
    }

    fn link(mut self) -> BTreeSet<ApiId> {
        let mut linked = 0;
        let mut opened = BTreeSet::new();
        while let Some(((file, path, is_awaited), index, call)) = self.pending.pop_front() {
            linked += 1;
            let walked = match linked > MOST_FUNCTIONS {
                true => None,
                false => Some(self.view.walked(&file)),
            };
            let course = walked.as_deref().and_then(Option::as_ref).and_then(|walked| {
                let functions = walked.found.courses.functions.iter();
                let mut of_path = functions.filter(|function| function.path == path).peekable();
                of_path.peek()?;
                opened.extend(walked.opened_in(&path));
                // A call of an async function waits for nothing before it is awaited.
                let asked = of_path.find(|function| function.is_async == is_awaited);
                Some(match asked {
                    Some(function) => function.settled(self.brought(&function.course, walked, call)),
                    None => FunctionCourse::default(),
                })
            });
            if let Some(function) = self.settled.get_mut(index) {
                *function = course.unwrap_or_else(|| FunctionCourse {
                    course: Course::Unseen(Shown {
                        span: call,
                        text: path.trim_start_matches("$file::").to_owned(),
                        elsewhere: None,
                    }),
                    ..FunctionCourse::default()
                });
            }
        }
        opened
    }

    /// A course of another file as one of this file.
    fn brought(&mut self, course: &Course, walked: &Walked, call: Span) -> Course {
        let shown = |shown: &Shown| Shown {
            span: call,
            text: shown.text.clone(),
            elsewhere: shown.elsewhere.clone().or_else(|| {
                let file = self.view.shown(&walked.file).into();
                Some(OtherPlace::named(file, shown.span, &walked.source))
            }),
        };
        let wait = |wait: &Wait| Wait {
            what: shown(&wait.what),
            ..wait.clone()
        };
        match course {
            Course::Wait(own) => Course::Wait(wait(own)),
            Course::OnParameter { parameter, wait: own } => Course::OnParameter {
                parameter: *parameter,
                wait: wait(own),
            },
            Course::Unseen(place) => Course::Unseen(shown(place)),
            Course::Sequence(parts) => Course::Sequence(self.all(parts, walked, call)),
            Course::Branch(parts) => Course::Branch(self.all(parts, walked, call)),
            Course::Together(parts) => Course::Together(self.all(parts, walked, call)),
            Course::First(parts) => Course::First(self.all(parts, walked, call)),
            Course::Loop { head, times, body } => Course::Loop {
                head: shown(head),
                times: *times,
                body: Box::new(self.brought(body, walked, call)),
            },
            Course::Capped {
                by,
                bound,
                inner,
                is_level,
            } => Course::Capped {
                is_level: *is_level,
                by: shown(by),
                bound: *bound,
                inner: Box::new(self.brought(inner, walked, call)),
            },
            Course::Ended { by, bound, inner } => Course::Ended {
                by: shown(by),
                bound: *bound,
                inner: Box::new(self.brought(inner, walked, call)),
            },
            Course::Guarded { body, cleanup } => Course::Guarded {
                body: Box::new(self.brought(body, walked, call)),
                cleanup: Box::new(self.brought(cleanup, walked, call)),
            },
            // Nothing of Rust is one of these.
            Course::OnOwn { inner, .. } | Course::InThread(inner) => self.brought(inner, walked, call),
            Course::Once { object, inner } => Course::Once {
                object: object.clone(),
                inner: Box::new(self.brought(inner, walked, call)),
            },
            Course::Asked {
                parameter,
                wanted,
                inner,
            } => Course::Asked {
                parameter: *parameter,
                wanted: *wanted,
                inner: Box::new(self.brought(inner, walked, call)),
            },
            Course::LetGo(object) => Course::LetGo(object.clone()),
            Course::Paused(inner) => Course::Paused(Box::new(self.brought(inner, walked, call))),
            Course::OwnLoop(inner) => Course::OwnLoop(Box::new(self.brought(inner, walked, call))),
            Course::Call {
                call: place,
                function,
                arguments,
                gives_on,
                on,
                ..
            } => {
                let place = shown(place);
                let known = match function {
                    Callee::Here(function) => self.index(*function, walked, call),
                    Callee::Elsewhere { .. } => None,
                };
                match known {
                    Some(function) => Course::Call {
                        call: place,
                        function: Callee::Here(function),
                        arguments: arguments.clone(),
                        gives_on: *gives_on,
                        on: on.clone(),
                        object: Object::Any,
                    },
                    None => Course::Unseen(place),
                }
            }
        }
    }

    fn all(&mut self, parts: &[Course], walked: &Walked, call: Span) -> Vec<Course> {
        parts.iter().map(|part| self.brought(part, walked, call)).collect()
    }

    /// The index among the courses of this file of a function that another one calls.
    fn index(&mut self, function: usize, walked: &Walked, call: Span) -> Option<usize> {
        let (path, is_awaited) = walked.called(function)?;
        let (file, path) = match path.starts_with('$') {
            true => (walked.file.clone(), path.clone()),
            false => self.view.of_file(&walked.file)?.home(path)?,
        };
        let key = (file, path, is_awaited);
        if let Some(known) = self.known.get(&key) {
            return Some(*known);
        }
        let index = self.settled.len();
        self.settled.push(FunctionCourse::default());
        self.known.insert(key.clone(), index);
        self.pending.push_back((key, index, call));
        Some(index)
    }
}
