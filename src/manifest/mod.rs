//! The front end for manifests: `pyproject.toml`, `setup.cfg`, `Cargo.toml` and files for pip. What they say is read where
//! the project's facts are ([`crate::project`]); here it becomes sites, with the comments that may allow a finding.
//!
//! A manifest that cannot be read has no sites: that it is malformed is a warning of the run.

mod comment_places;
mod comments;
mod verify;

pub use comment_places::comment_places;
pub use verify::verify;

use crate::catalog::Catalog;
use crate::explanation::Trail;
use crate::facts::Requirement;
use crate::finding::{Fix, Refusal};
use crate::project::{Kind, declared_in};
use crate::rules::{Context, DeadlineRequest, Rewrite};
use crate::sites::{Connect, Keyword, Print, PrintFallback, Sites};
use crate::source::SourceFile;

/// A manifest and its sites.
#[derive(Debug)]
pub struct Module {
    sites: Sites,
}

impl Module {
    /// Collects the sites. Does not panic, abort or overflow the stack on any input.
    #[must_use]
    pub fn read(source: &SourceFile, catalog: &Catalog) -> Self {
        let kind = Kind::of(source.path());
        let sites = match (kind, declared_in(source.path(), source.text())) {
            (Some(kind), Some(requirements)) => Sites {
                requirements: of_catalog(requirements, catalog),
                comments: comments::collect(source, kind),
                ..Sites::default()
            },
            _ => Sites::default(),
        };
        Self { sites }
    }

    /// The facts that the rules read.
    #[must_use]
    pub fn sites(&self) -> &Sites {
        &self.sites
    }
}

fn of_catalog(mut requirements: Vec<Requirement>, catalog: &Catalog) -> Vec<Requirement> {
    requirements.retain(|one| catalog.protocols(one.ecosystem, &one.package).next().is_some());
    requirements
}

/// Nothing in a manifest is rewritten.
impl Rewrite for Module {
    fn external_deadline(&self, _: &Connect, _: &DeadlineRequest<'_>) -> Result<Fix, Refusal> {
        Err(refusal())
    }

    fn drop_timeout_argument(&self, _: &Connect, _: &DeadlineRequest<'_>) -> Result<Fix, Refusal> {
        Err(refusal())
    }

    fn rename_argument(&self, _: &Connect, _: (&Keyword, &str), _: &Context<'_>) -> Result<Fix, Refusal> {
        Err(refusal())
    }

    fn safe_print(&self, _: &Print, _: &Context<'_>) -> Result<Fix, Refusal> {
        Err(refusal())
    }

    fn sound_print_fallback(&self, _: &PrintFallback) -> Result<Fix, Refusal> {
        Err(refusal())
    }
}

impl Trail for Module {}

fn refusal() -> Refusal {
    Refusal::because("a manifest holds no code")
}
