//! What was configured: [`Settings`] hold for one file, after every source of configuration had its say.

mod settings;

pub use settings::{ConsoleSettings, DeadlineScope, DeadlineSettings, InternalTimeout, PrintStrategy, Settings};
