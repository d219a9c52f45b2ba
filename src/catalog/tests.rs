//! The catalogue that comes with ws-lint agrees with itself.

use super::libraries::{Builtin, LIBRARIES};
use super::*;

#[test]
fn every_library_parses() {
    for Builtin {
        language,
        package: name,
        text,
        ..
    } in LIBRARIES
    {
        let library: Library = serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        for api in &library.connects {
            assert_eq!(
                api.limit.is_some(),
                api.waits == Waits::Default,
                "{language} {name}: `limit` belongs to `waits = \"default\"`: {:?}",
                api.paths
            );
            for row in &api.otherwise {
                assert_eq!(row.limit.is_some(), row.waits == Waits::Default, "{name}: {row:?}");
            }
        }
        for change in &library.known.breaks {
            assert!(library.known.releases.contains(&change.release), "{name}: {change:?}");
        }
    }
}

/// A release between two known ones is taken for the older one: what changes at it must be known.
#[test]
fn every_release_at_which_something_changes_is_known() {
    for Builtin {
        package: name, text, ..
    } in LIBRARIES
    {
        let library: Library = serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let connects = || library.connects.iter();
        let arguments = library.signatures.iter().flat_map(|signature| &signature.arguments);
        let reaches = library.signatures.iter().flat_map(|signature| &signature.at);
        let lacks = library.objects.iter().flat_map(|object| &object.connection_lacks);
        let rejects = library.objects.iter().flat_map(|object| &object.connection_rejects);
        let parameters = connects().flat_map(|api| &api.arguments);
        let during = (arguments.map(|argument| &argument.during))
            .chain(reaches.map(|reach| &reach.at.during))
            .chain(
                connects()
                    .flat_map(|api| &api.otherwise)
                    .flat_map(|row| &row.at)
                    .map(|at| &at.during),
            )
            .chain(parameters.filter_map(|parameter| parameter.bounds_connect.as_ref()))
            .chain(
                library
                    .holders
                    .iter()
                    .filter_map(|holder| holder.hangs.as_ref())
                    .map(|hangs| &hangs.during),
            )
            .chain(lacks.map(|lack| &lack.during))
            .chain(rejects.map(|rejected| &rejected.during));
        for bound in during.flat_map(|during| [&during.since, &during.until]).flatten() {
            assert!(library.known.releases.contains(bound), "{name}: {bound}");
        }
        assert!(library.known.releases.is_sorted(), "{name}");
    }
}

#[test]
fn objects_and_exceptions_are_of_known_connects_in_known_releases() {
    for Builtin {
        language,
        package: name,
        text,
        ..
    } in LIBRARIES
    {
        let library: Library = serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let places = library.objects.iter().flat_map(|object| &object.at);
        let places = places.chain(library.refused.iter().flat_map(|refused| &refused.at));
        for at in places.chain(library.rejections.iter().flat_map(|rejection| &rejection.raised_by)) {
            for path in &at.paths {
                let known = library.connects.iter().any(|api| api.paths.contains(path));
                assert!(known, "{language} {name}: {path} is no connect of the library");
            }
            for release in at.during.since.iter().chain(&at.during.until) {
                assert!(
                    library.known.releases.contains(release),
                    "{language} {name}: {release} is not known"
                );
            }
        }
    }
}

#[test]
fn what_a_path_raises_depends_on_the_release() {
    let catalog = Catalog::builtin();
    let raised = |path: &str, version: &str| {
        let version = version.parse().unwrap();
        let mut known = catalog.rejections(Language::Python, "websockets").iter();
        known
            .find(|known| known.is_raised_by(path, &version))
            .map(Rejection::name)
    };
    assert_eq!(raised("websockets.connect", "13.1"), Some("InvalidStatusCode"));
    assert_eq!(raised("websockets.connect", "14.0"), Some("InvalidStatus"));
    assert_eq!(
        raised("websockets.legacy.client.connect", "17.4"),
        Some("InvalidStatusCode")
    );
    assert_eq!(raised("websockets.sync.client.connect", "12.0"), Some("InvalidStatus"));
    assert_eq!(raised("websockets.serve", "17.4"), None);
    let (package, _) = catalog.rejection(Language::Python, "websockets.InvalidStatus").unwrap();
    assert_eq!(package, "websockets");
}

#[test]
fn a_path_is_looked_up_in_its_own_language() {
    let catalog = Catalog::builtin();
    let id = catalog.connect(Language::Python, "websockets.connect").unwrap();
    assert_eq!(catalog.entry(id).package, "websockets");
    assert!(catalog.connect(Language::Rust, "websockets.connect").is_none());
    assert!(catalog.leads_to_connect(Language::Python, "websockets.asyncio"));
    assert!(!catalog.leads_to_connect(Language::Python, "websockets.asyn"));
}
