//! Reads what the manifests around a file say into [`facts`](crate::facts).
//! Nothing is executed: a `setup.py` is searched for literals.
//!
//! [`Projects`] finds a file's manifests; one file per kind of manifest reads them.

mod always_there;
mod cargo_crate;
mod cargo_manifest;
mod cargo_requirements;
mod cargo_workspace;
mod classifiers;
mod conda_environment;
mod crate_names;
mod crates;
mod declared;
mod dialects;
mod evidence;
mod extent;
mod files;
mod hatch_installs;
mod home_assistant;
mod line_width;
mod local_packages;
mod lock_files;
mod loose_requirements;
mod manifest;
mod markers;
mod nox_installs;
mod own_facts;
mod package_table;
mod pins;
mod pip_commands;
mod pipfile;
mod pixi;
mod precedence;
mod pyproject;
mod pytest_commands;
mod pytest_settings;
mod python_facts;
mod python_folder;
mod python_range;
mod requirement;
mod requirements;
mod roots;
mod rustfmt;
mod setup_cfg;
mod setup_py;
mod test_files;
mod test_timeout;
mod tox_installs;
mod virtual_environment;
mod workspace_members;

pub use crate_names::{CrateManifests, CrateNames};
pub use declared::{Kind, declared_in};
pub use extent::Extents;
pub use own_facts::OwnFacts;
pub use roots::Projects;
pub use test_files::TestFiles;
