//! async-tungstenite on tokio.

use async_tungstenite::tokio::{client_async, connect_async};
use async_tungstenite::tungstenite::Error;
use tokio::net::TcpStream;

crate::shapes![
    asserted,
    boxed_error,
    client_over_a_stream,
    matched,
    own_error,
    renamed,
    unwrapped
];

fn url(address: &str) -> String {
    format!("ws://{address}/")
}

async fn own_error(address: &str) -> Result<(), Error> {
    let (_socket, _) = connect_async(url(address)).await?;
    Ok(())
}

async fn boxed_error(address: &str) -> Result<(), Box<dyn std::error::Error>> {
    let (_socket, _) = connect_async(url(address)).await?;
    Ok(())
}

async fn unwrapped(address: &str) {
    let (_socket, _) = connect_async(url(address)).await.unwrap();
}

async fn asserted(address: &str) {
    assert!(!connect_async(url(address)).await.is_err(), "no connection");
}

async fn matched(address: &str) -> String {
    match connect_async(url(address)).await {
        Ok(_) => "connected".to_owned(),
        Err(Error::Io(error)) => format!("io error {:?}", error.kind()),
        Err(error) => format!("other error {error}"),
    }
}

async fn renamed(address: &str) -> Result<(), Error> {
    use async_tungstenite::tokio as sockets;
    sockets::connect_async(url(address)).await.map(|_| ())
}

async fn client_over_a_stream(address: &str) -> Result<(), Error> {
    let stream = TcpStream::connect(address).await.map_err(Error::from)?;
    let (_socket, _) = client_async(url(address), stream).await?;
    Ok(())
}
