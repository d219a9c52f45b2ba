//! The libraries of one language, looked up by path and by package.

use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use super::libraries::LIBRARIES;
use super::{
    ApiId, Blocking, DeadlineFunction, Entry, Holder, Known, Library, ManagedConnection, Object, PassesOn,
    ReceiverEntry, ReceiverId, Refused, Rejection, Signature, TimeoutClass, Turn,
};
use crate::source::Language;

/// The libraries of one language.
#[derive(Clone, Debug, Default)]
pub(super) struct Shelf {
    pub(super) entries: Vec<Entry>,
    /// Each describes some releases; the newest one is the last.
    pub(super) by_path: HashMap<String, Vec<ApiId>>,
    pub(super) holders: HashMap<String, Holder>,
    pub(super) known: HashMap<String, Known>,
    /// By path.
    pub(super) signatures: HashMap<String, Vec<Arc<Signature>>>,
    /// By package.
    pub(super) renamed: HashMap<String, Vec<Vec<String>>>,
    pub(super) rejections: HashMap<String, Vec<Rejection>>,
    /// By path.
    pub(super) timeouts: HashMap<String, TimeoutClass>,
    pub(super) objects: HashMap<String, Vec<Object>>,
    pub(super) managed: HashMap<String, Vec<ManagedConnection>>,
    pub(super) refused: HashMap<String, Vec<Refused>>,
    /// By path, with the package.
    pub(super) deadlines: HashMap<String, (String, DeadlineFunction)>,
    /// With the modules of the library: by the method and the type that it is called on.
    pub(super) turns: HashMap<(String, String), (Vec<String>, Turn)>,
    /// By path.
    pub(super) passed_on: HashMap<String, Vec<Arc<PassesOn>>>,
    pub(super) receivers: Vec<ReceiverEntry>,
    /// By the path of the class.
    pub(super) receiving_classes: HashMap<String, ReceiverId>,
    /// By the path of the function that gives one.
    pub(super) receiving_outcomes: HashMap<String, ReceiverId>,
    /// By path.
    pub(super) blocking: HashMap<String, Arc<Blocking>>,
    /// By each beginning of their paths, the paths of what blocks: a class, and its methods.
    pub(super) blocking_below: HashMap<String, Vec<String>>,
    /// The beginnings of the connects' paths.
    pub(super) leading: HashSet<String>,
}

impl Shelf {
    /// The libraries of a language that come with ws-lint.
    ///
    /// A file of `rules/apis/` that does not parse is a defect of ws-lint and leaves its library out; the test
    /// `every_library_parses` keeps that from happening.
    pub(super) fn builtin(language: Language) -> Self {
        let mut shelf = Self::default();
        for builtin in LIBRARIES.iter().filter(|builtin| builtin.language == language) {
            if let Ok(library) = serde_json::from_str(builtin.text) {
                shelf.add(language, library);
            }
        }
        shelf
    }

    /// Adds a library. A path that is known already now means the new API: the user's word counts.
    pub(super) fn add(&mut self, language: Language, library: Library) {
        if !library.known.releases.is_empty() {
            self.known.insert(library.package.clone(), library.known);
        }
        for signature in library.signatures.into_iter().map(Arc::new) {
            for path in signature.at.iter().flat_map(|reach| &reach.at.paths) {
                let known = self.signatures.entry(path.clone()).or_default();
                if !known.contains(&signature) {
                    known.push(Arc::clone(&signature));
                }
            }
        }
        if !library.renamed.is_empty() {
            self.renamed.insert(library.package.clone(), library.renamed);
        }
        let package = library.package.clone();
        for timeout in &library.timeouts {
            for path in &timeout.paths {
                self.timeouts.insert(path.clone(), timeout.clone());
            }
        }
        if !library.rejections.is_empty() {
            self.rejections.insert(package.clone(), library.rejections);
        }
        if !library.refused.is_empty() {
            self.refused.insert(package.clone(), library.refused);
        }
        if !library.managed.is_empty() {
            self.managed.insert(package.clone(), library.managed);
        }
        if !library.objects.is_empty() {
            self.objects.insert(package, library.objects);
        }
        for deadline in library.deadlines {
            for path in &deadline.paths {
                let known = (library.package.clone(), deadline.clone());
                self.deadlines.insert(path.clone(), known);
            }
        }
        for turn in library.turns {
            for of in &turn.of {
                let key = (turn.method.clone(), of.clone());
                self.turns.insert(key, (library.modules.clone(), turn.clone()));
            }
        }
        for mut passes in library.passes_on {
            passes.package.clone_from(&library.package);
            let passes = Arc::new(passes);
            for path in &passes.paths {
                let known = self.passed_on.entry(path.clone()).or_default();
                known.push(Arc::clone(&passes));
            }
        }
        for receiver in library.receivers {
            let index = self.receivers.len();
            let id = ReceiverId { language, index };
            for path in &receiver.classes {
                self.receiving_classes.insert(path.clone(), id);
            }
            for path in &receiver.of {
                self.receiving_outcomes.insert(path.clone(), id);
            }
            self.receivers.push(ReceiverEntry {
                runtime: receiver.runtime.unwrap_or(library.runtime),
                receiver,
                language,
                package: library.package.clone(),
                protocol: library.protocol,
            });
        }
        for blocking in library.blocking.into_iter().map(Arc::new) {
            for path in &blocking.paths {
                let known = self.blocking.insert(path.clone(), Arc::clone(&blocking));
                let new = known.is_none().then(|| beginnings(path));
                for beginning in new.into_iter().flatten() {
                    let below = self.blocking_below.entry(beginning.to_owned());
                    below.or_default().push(path.clone());
                }
            }
        }
        for holder in library.holders {
            for path in &holder.paths {
                self.holders.insert(path.clone(), holder.clone());
            }
        }
        let first = self.entries.len();
        for api in library.connects {
            let index = self.entries.len();
            let id = ApiId { language, index };
            for path in &api.paths {
                let described = self.by_path.entry(path.clone()).or_default();
                described.retain(|known| known.index >= first);
                match api.until {
                    Some(_) => described.insert(0, id),
                    None => described.push(id),
                }
                self.leading.extend(beginnings(path).map(str::to_owned));
            }
            self.entries.push(Entry {
                package: library.package.clone(),
                language,
                protocol: api.protocol.unwrap_or(library.protocol),
                runtime: api.runtime.unwrap_or(library.runtime),
                from_io_error: library.from_io_error,
                api,
            });
        }
    }
}

/// What stands before each dot or double colon of a path.
fn beginnings(path: &str) -> impl Iterator<Item = &str> {
    let ends = path.match_indices(['.', ':']).map(|(end, _)| end);
    // Between the two colons nothing ends.
    let ends = ends.filter(|end| !path.get(..*end).is_some_and(|before| before.ends_with(':')));
    ends.filter_map(|end| path.get(..end))
}
