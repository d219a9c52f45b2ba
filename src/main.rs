//! The `ws-lint` program: hands the process's arguments and streams to [`ws_lint::cli::run`].

use std::process::ExitCode;

fn main() -> ExitCode {
    ws_lint::cli::run(
        std::env::args_os(),
        &mut std::io::stdin().lock(),
        // Not locked either: the language server writes from the thread that works.
        &mut std::io::stdout(),
        // Not locked: another thread says there what a long run is at.
        &mut std::io::stderr(),
    )
    .into()
}
