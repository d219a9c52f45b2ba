//! The `ws-lint` program: hands the process's arguments and streams to [`ws_lint::cli::run`].

use std::process::ExitCode;

fn main() -> ExitCode {
    ws_lint::cli::run(
        std::env::args_os(),
        &mut std::io::stdin().lock(),
        &mut std::io::stdout().lock(),
        // Not locked: another thread says there what a long run is at.
        &mut std::io::stderr(),
    )
    .into()
}
