//! A print panics where its pipe is closed, in a test without the harness, which captures nothing.

use std::env;
use std::process::{Command, Stdio};

/// Set for the process that prints.
const PRINTS: &str = "PRINTS_INTO_A_CLOSED_PIPE";

fn main() {
    if env::var_os(PRINTS).is_some() {
        // More than a pipe takes before somebody reads.
        for _ in 0..100_000 {
            println!("a line into a closed pipe");
        }
        return;
    }
    let own = env::current_exe().expect("this program has a path");
    let mut printing = Command::new(own)
        .env(PRINTS, "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(printing.stdout.take());
    let output = printing.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(101), "{said}");
    assert!(said.contains("failed printing to stdout"), "{said}");
}
