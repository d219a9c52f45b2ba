//! The `ws-lint` program: hands the process's arguments and streams to [`ws_lint::cli::run`].

use std::process::ExitCode;

fn main() -> ExitCode {
    ws_lint::cli::run(
        std::env::args_os(),
        &mut std::io::stdin().lock(),
        &mut std::io::stdout().lock(),
        &mut std::io::stderr().lock(),
    )
    .into()
}
