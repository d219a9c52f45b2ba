//! The servers that the shapes connect to: `servers.py`, running as long as the value lives.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::pythons::Python;

/// The running servers.
pub(crate) struct Servers {
    process: Child,
    /// The port of each, by its name.
    pub(crate) ports: Value,
}

impl Servers {
    /// Starts all of them with the standard library of `python`.
    pub(crate) fn start(python: &Python) -> Self {
        let mut process = python
            .command()
            .args(["-c", include_str!("servers.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("stdout is a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("stdout is UTF-8");
        let ports = serde_json::from_str(&line).expect("the servers say their ports");
        Self { process, ports }
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        // Closing stdin ends them.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}
