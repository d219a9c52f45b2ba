//! Draws the pictures of the README out of what ws-lint prints on a terminal: `cargo run --example picture`.

mod drawn;

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    env::set_current_dir(repository)?;
    for (name, picture) in drawn::pictures()? {
        fs::write(repository.join(name), picture)?;
    }
    Ok(())
}
