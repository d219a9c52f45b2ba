//! A package that a manifest names, and which of its releases that allows.

use std::borrow::Cow;
use std::path::PathBuf;

use pep440_rs::VersionSpecifiers;

use super::{Certainty, Fact, PackageRange, certainty};
use crate::source::{Language, Span};

/// A package that a manifest names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Lower case, words separated by `-` (PEP 503).
    pub package: String,
    /// Whose package it is: Python's or Rust's.
    pub ecosystem: Language,
    /// The releases that it allows, none left out where it has no specifier; unknown where it is an address or a path,
    /// or cannot be read.
    pub range: Option<VersionSpecifiers>,
    /// It counts only under a condition: an environment marker, a platform, one of several forks of a lock file.
    pub condition: Option<String>,
    /// What it is for.
    pub role: Role,
    /// Its manifest is the metadata of a package that is built for others: they get what the range allows.
    pub published: bool,
    /// Where it stands in its manifest.
    pub span: Span,
    /// As it is written there, where it is in one piece: not in a lock file.
    pub text: Option<String>,
    /// `requirements.txt:12`.
    pub place: String,
    /// Its manifest.
    pub manifest: PathBuf,
    /// For a constraint: the manifests whose requirements it restricts. Empty for anything else.
    pub restricts: Vec<PathBuf>,
    /// How many folders its manifest is above the file that the facts are for.
    pub folders_up: usize,
}

/// What a requirement is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// Always installed.
    Main,
    /// Installed with an extra, which main requirements come with.
    Extra(String),
    /// Installed with a group of the developers.
    Group(String),
    /// Not installed, but restricted where something else installs it: pip's `-c`.
    Constraint,
    /// Not installed, but in the place of what anything else says of the package: uv's `override-dependencies`.
    Override,
    /// What a tool resolved.
    Lock,
}

impl Requirement {
    /// Whether it promises others which releases its package works with: who installs that gets any of them, whatever lock
    /// file, pin or constraint its developers have. A bare name promises nothing in particular.
    #[must_use]
    pub fn is_promised(&self) -> bool {
        let is_for_users = matches!(self.role, Role::Main | Role::Extra(_));
        self.published && is_for_users && self.range.as_ref().is_none_or(|range| !range.is_empty())
    }

    /// As it is written there, or what a lock file means by it: `websockets==13.1`.
    #[must_use]
    pub fn written(&self) -> Cow<'_, str> {
        match &self.text {
            Some(text) => text.into(),
            None => self.shown().into(),
        }
    }

    /// Its package and its range, as files for pip write them: `websockets>=12,<14`.
    #[must_use]
    pub fn shown(&self) -> String {
        let range = self.range.as_ref().map(|range| range.to_string().replace(", ", ","));
        format!("{}{}", self.package, range.unwrap_or_default())
    }

    /// `websockets in requirements.txt:12`.
    #[must_use]
    pub fn source(&self) -> String {
        format!("{} in {}", self.package, self.place)
    }

    /// Its range with its source, where that is known.
    #[must_use]
    pub fn as_fact(&self) -> Option<Fact<PackageRange>> {
        let specifiers = self.range.clone()?;
        let certainty = self.certainty();
        Some(Fact {
            value: PackageRange { specifiers, certainty },
            source: self.source(),
        })
    }

    /// Whether both are of one package.
    #[must_use]
    pub fn is_of_same_package(&self, other: &Requirement) -> bool {
        self.package == other.package && self.ecosystem == other.ecosystem
    }

    /// How certain it is that a release of its range runs.
    #[must_use]
    pub fn certainty(&self) -> Certainty {
        match (&self.role, &self.range) {
            (Role::Lock, _) => Certainty::Locked,
            (_, Some(range)) => certainty(range),
            (_, None) => Certainty::Range,
        }
    }
}
