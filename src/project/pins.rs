//! What requirements say of the Pythons that they are for: what the pinned clients can run on, as the catalogue knows it, and markers.

use super::markers;
use crate::catalog::Catalog;
use crate::facts::{Fact, Packages, PythonVersion, Requirement};
use crate::source::Language;

/// The newest Python that every release runs on that the project allows of some package, where there is an end: it runs on
/// nothing newer.
pub(super) fn oldest_python(packages: &Packages) -> Option<Fact<PythonVersion>> {
    let catalog = Catalog::builtin();
    let limits = catalog.packages(Language::Python).into_iter().filter_map(|package| {
        let known = catalog.known(Language::Python, package)?;
        let fact = packages.get(package)?;
        let newest = known.newest_python(&fact.value.specifiers)?;
        Some(Fact {
            value: newest,
            source: format!("{}, which runs on nothing newer,", fact.source),
        })
    });
    limits.min_by_key(|fact| fact.value)
}

/// Older Pythons were given up before anything that is known here came.
const OLDEST_MEANT: PythonVersion = PythonVersion::new(3, 8);

/// The oldest Python that a marker is written for (`websockets<14; python_version < "3.10"`): its project runs there too, or would not
/// need it.
pub(super) fn oldest_of_markers<'r>(
    requirements: impl IntoIterator<Item = &'r Requirement>,
) -> Option<Fact<PythonVersion>> {
    let told = requirements.into_iter().filter_map(|one| {
        Some(Fact {
            value: markers::newest(one.marker()?)?,
            source: format!("the marker of {}", one.source()),
        })
    });
    told.filter(|fact| fact.value >= OLDEST_MEANT)
        .min_by_key(|fact| fact.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Certainty, PackageRange};

    #[test]
    fn a_pin_that_runs_on_old_pythons_alone_tells_them() {
        let told = |specifiers: &str| {
            let value = PackageRange {
                specifiers: specifiers.parse().unwrap(),
                certainty: Certainty::Pinned,
            };
            let source = "websockets in r.txt:1".to_owned();
            let packages = Packages::from_iter([("websockets".to_owned(), Fact { value, source })]);
            oldest_python(&packages).map(|fact| fact.value)
        };
        for specifiers in ["==8.1", "==9.1", "<10", ">=8,<9.2"] {
            assert_eq!(told(specifiers), Some(PythonVersion::new(3, 9)), "{specifiers}");
        }
        for specifiers in ["==10.0", ">=9", "<=10.0", "", "==15.0.1"] {
            assert_eq!(told(specifiers), None, "{specifiers}");
        }
    }
}
