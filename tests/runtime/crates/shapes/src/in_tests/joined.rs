//! Several connects side by side.

use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Error;

crate::shapes![both_kept, both_needed];

fn url(address: &str) -> String {
    format!("ws://{address}/")
}

async fn both_kept(address: &str) -> String {
    let (first, second) = tokio::join!(connect_async(url(address)), connect_async(url(address)));
    format!("{} {}", first.is_ok(), second.is_ok())
}

async fn both_needed(address: &str) -> Result<(), Error> {
    let (_first, _second) = tokio::try_join!(connect_async(url(address)), connect_async(url(address)))?;
    Ok(())
}
