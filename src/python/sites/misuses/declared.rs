//! Connections that an annotation tells of.

use crate::catalog::{Catalog, Object};
use crate::python::sites::handed_connect::handed_to;
use crate::sites::Connect;
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
        call: place,
        callee: place,
        unpacks: true,
        ..handed_to(catalog.connect(Language::Python, path)?, path.clone())
    })
}
