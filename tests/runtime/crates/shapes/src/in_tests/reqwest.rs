//! reqwest, and WebSockets by way of it.

use reqwest::Client;
use reqwest_websocket::Upgrade;

crate::shapes![any_answer, own_error, shared_client, status, unwrapped, websocket];

fn url(address: &str) -> String {
    format!("http://{address}/")
}

async fn own_error(address: &str) -> Result<(), reqwest::Error> {
    reqwest::get(url(address)).await?;
    Ok(())
}

async fn shared_client(address: &str) -> anyhow::Result<()> {
    let client = Client::new();
    let _response = client.get(url(address)).header("accept", "text/plain").send().await?;
    Ok(())
}

async fn unwrapped(address: &str) {
    Client::builder()
        .build()
        .unwrap()
        .get(url(address))
        .send()
        .await
        .unwrap();
}

async fn any_answer(address: &str) -> String {
    format!("is_ok: {}", reqwest::get(url(address)).await.is_ok())
}

async fn status(address: &str) -> Result<u16, reqwest::Error> {
    let request = Client::new().get(url(address)).build()?;
    let response = Client::new().execute(request).await?;
    Ok(response.status().as_u16())
}

async fn websocket(address: &str) -> Result<(), reqwest_websocket::Error> {
    let response = Client::default().get(url(address)).upgrade().send().await?;
    let _socket = response.into_websocket().await?;
    Ok(())
}
