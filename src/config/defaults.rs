//! What holds where nobody says otherwise.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Protocol;
use crate::rules;
use crate::settings::{
    ConsoleSettings, DeadlineScope, DeadlineSettings, HangRules, InternalTimeout, PrintStrategy, ReceiveSettings,
    Settings,
};

impl Default for Settings {
    fn default() -> Self {
        Self {
            enabled: rules::ALL
                .iter()
                .filter(|rule| rule.on_by_default)
                .map(|rule| rule.code)
                .collect(),
            severities: BTreeMap::new(),
            target_version: None,
            strict: false,
            ignores_suppressions: false,
            protocols: BTreeSet::from([Protocol::Websocket]),
            deadline: DeadlineSettings {
                default: 10.0,
                min: None,
                max: None,
                max_wait: 30.0,
                scope: DeadlineScope::Auto,
                internal_timeout: InternalTimeout::Auto,
            },
            receive: ReceiveSettings {
                default_deadline: 10.0,
                welcome: false,
            },
            console: ConsoleSettings {
                encodings: vec!["cp1252".to_owned()],
                are_chosen: false,
                strategy: PrintStrategy::Helper,
            },
            hang_rules: HangRules::default(),
            max_test_seconds: 30.0,
            windows_min_deadline: None,
        }
    }
}
