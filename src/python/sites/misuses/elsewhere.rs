//! Connections that come from other modules of the project.

use crate::catalog::Catalog;
use crate::python::names::Making;
use crate::python::program::Others;
use crate::python::sites::collect::is_connection;
use crate::sites::{Connect, OtherPlace, Related, RelatedPlace};
use crate::source::Language;

/// The connect of another module whose connection a call makes, as `opened` tells it of this one: one that all calls at the end of the chain of
/// functions are alike.
pub(super) fn opened_elsewhere(making: &Making, catalog: &Catalog, others: Others<'_>) -> Option<Connect> {
    let mut found: Option<Connect> = None;
    for source in making.sources() {
        let module = source.module.as_ref()?;
        catalog.connect(Language::Python, source.path.as_deref()?)?;
        let facts = others.facts(module)?;
        let connects = facts.connects();
        let at = connects
            .binary_search_by_key(&source.call, |connect| connect.call.start)
            .ok()?;
        let connect = connects.get(at).filter(|connect| is_connection(source, connect))?;
        match &found {
            Some(other) if other.api != connect.api || other.path != connect.path => return None,
            Some(_) => {}
            None => {
                let place = OtherPlace::of(connect.call, module.0.source());
                let related = Related {
                    what: format!("`{}` opens the connection", connect.path),
                    place: RelatedPlace::There(place),
                };
                found = Some(Connect {
                    through: vec![related],
                    ..connect.clone()
                });
            }
        }
    }
    found
}
