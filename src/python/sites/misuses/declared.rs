//! Connections that an annotation tells of.

use crate::catalog::{Catalog, Object};
use crate::sites::{CallersElsewhere, Carried, Connect, Entry, Expected, HANDED, OwnMembers};
use crate::source::{Language, Span};

/// The connect that gives connections of `class`, which stands for the connection at `place`. Only of the newest kind of a
/// library's connections: the name of an older one may have been left behind where newer ones come.
pub(super) fn declared(class: &str, place: Span, catalog: &Catalog) -> Option<Connect> {
    let package = class.split('.').next()?;
    let is_named = |object: &&Object| {
        let module = object.class.rsplit_once('.').map_or("", |(module, _)| module);
        let connection = object.connection.as_deref().unwrap_or_default();
        let within = class.strip_suffix(connection).and_then(|rest| rest.strip_suffix('.'));
        object.unmanaged_connection.is_none() && within.is_some_and(|within| within == module || within == package)
    };
    let object = catalog.objects(Language::Python, package).iter().find(is_named)?;
    let mut paths = object.at.iter().flat_map(|at| &at.paths);
    let path = paths.find(|path| object.is_always_made_by(path))?;
    Some(Connect {
        id: HANDED,
        api: catalog.connect(Language::Python, path)?,
        path: path.clone(),
        call: place,
        callee: place,
        arguments: Vec::new(),
        keywords: Vec::new(),
        positional: Vec::new(),
        scheme: None,
        unpacks: true,
        entry: Entry::Stored,
        in_thread: false,
        own_members: OwnMembers::None,
        carried: Carried::Nothing,
        deadlines: Vec::new(),
        in_async: false,
        in_test: false,
        clock_stands_still: false,
        chosen_by_version: false,
        expected: Expected::Anything,
        callers: CallersElsewhere::NotAsked,
        through: Vec::new(),
        handed_by: None,
    })
}
