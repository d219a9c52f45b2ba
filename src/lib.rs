//! ws-lint finds WebSocket connects whose deadline is wrong or missing, and prints that the console cannot take.
//!
//! Data flows one way: bytes, sites, findings, fixes, report.
//!
//! - `reading` opens every file that is read, and nothing that is no plain file.
//! - [`discover`] turns what was typed into files, [`prescan`] drops the files that can hold no finding.
//! - [`source`] is one decoded file and its positions.
//! - [`python`] and [`rust`] are the only places that know a parser. They turn a file into [`sites`] and carry out
//!   the rewrites that rules ask for. [`manifest`] does the same with what says which packages a project needs.
//! - [`encodings`] is which characters a console takes, [`glyphs`] what stands in for them: data from `rules/`, not code.
//! - [`catalog`] is what is known about each library's connect: data from `rules/apis/`, not code.
//! - [`project`] reads what the manifests around a file say into [`facts`]: the Python range, the releases of packages, tokio's features.
//! - [`patience`] is how long a connect waits by itself, in the releases that may run.
//! - [`budget`] counts how long a test can take, as its code bounds it.
//! - [`rules`] are pure functions from sites to [`finding`]s; [`suppress`] takes away what a comment allows.
//! - [`narrowing`] leaves aside what the [`baseline`] knows and what did not change since a commit ([`changes`]).
//! - [`check`] runs one file through all of this; [`fix`] applies, verifies, writes and diffs.
//! - [`explanation`] is how the answer for one site came about, as data; [`report`] prints, one file per output format.
//! - [`server`] is the same for an editor, message by message.
//! - [`steps`] counts work, for the test that holds growth to be linear.
//! - [`cli`] is what was typed, [`config`] what it means for each file, [`settings`] the outcome of that.

pub mod baseline;
pub mod budget;
mod call_graph;
pub mod catalog;
pub mod changes;
pub mod check;
pub mod cli;
pub mod config;
pub mod decode;
pub mod discover;
pub mod encodings;
pub mod explanation;
pub mod facts;
pub mod finding;
pub mod fix;
pub mod glyphs;
pub mod manifest;
pub mod narrowing;
pub mod patience;
pub mod prescan;
pub mod project;
pub mod python;
mod reading;
pub mod report;
pub mod rules;
pub mod run;
pub mod rust;
pub mod server;
pub mod settings;
pub mod signs;
pub mod sites;
pub mod source;
pub mod stack;
pub mod steps;
pub mod suppress;
