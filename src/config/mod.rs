//! What was configured: [`Settings`](crate::settings::Settings) hold for one file, after every source of configuration had its say.
//!
//! ```text
//! flags ─► --config 'key = value' ─► WS_LINT_… ─► the closest file (or --config FILE) ─► what it extends ─► defaults
//! ```

mod configuration;
mod defaults;
mod dotted_path;
mod error;
mod hierarchy;
mod options;
mod output_format;
mod overlooked;
mod patterns;
mod reader;
mod schema;
mod selection;
mod sources;
mod spelling;
mod user_library;

pub use configuration::{Configuration, RunSettings};
pub use error::{ConfigError, Origin};
pub use hierarchy::Hierarchy;
pub(crate) use hierarchy::Sources;
pub(crate) use options::{Options, SEVERITIES};
pub use output_format::{OutputFormat, UnknownFormat};
pub use patterns::Patterns;
pub use schema::CONFIGURATION_SCHEMA;
pub use selection::{RuleSelection, Selector, UnknownRule, enabled_rules};
pub(crate) use sources::shown;
pub(crate) use spelling::nearest;
