//! jsonrpsee's client, which has a limit of its own.

use std::time::Duration;

use jsonrpsee_core::client::Error;
use jsonrpsee_ws_client::{WsClient, WsClientBuilder};

crate::shapes![
    anyhow_error,
    default_limit,
    given_limit,
    long_limit,
    switched_off,
    unwrapped
];

fn url(address: &str) -> String {
    format!("ws://{address}/")
}

async fn default_limit(address: &str) -> Result<WsClient, Error> {
    WsClientBuilder::default().build(url(address)).await
}

async fn anyhow_error(address: &str) -> anyhow::Result<WsClient> {
    let client = WsClientBuilder::new().build(url(address)).await?;
    Ok(client)
}

async fn unwrapped(address: &str) {
    let _client = WsClientBuilder::default().build(url(address)).await.unwrap();
}

async fn given_limit(address: &str) -> Result<WsClient, Error> {
    WsClientBuilder::default()
        .connection_timeout(Duration::from_secs(2))
        .max_concurrent_requests(8)
        .build(url(address))
        .await
}

async fn long_limit(address: &str) {
    let limit = Duration::from_secs(20);
    let _client = WsClientBuilder::default()
        .connection_timeout(limit)
        .build(url(address))
        .await
        .unwrap();
}

async fn switched_off(address: &str) -> String {
    let built = WsClientBuilder::default()
        .connection_timeout(Duration::MAX)
        .build(url(address))
        .await;
    format!("is_err: {}", built.is_err())
}
