//! tokio's own connect, whose error is that of the standard library.

use std::io;

use tokio::net::TcpStream;

crate::shapes![boxed_error, kept_result, own_error, tail, unwrapped];

async fn own_error(address: &str) -> io::Result<()> {
    let _stream = TcpStream::connect(address).await?;
    Ok(())
}

async fn boxed_error(address: &str) -> Result<(), Box<dyn std::error::Error>> {
    let _stream = TcpStream::connect(address).await?;
    Ok(())
}

async fn unwrapped(address: &str) {
    let _stream = TcpStream::connect(address).await.unwrap();
}

async fn kept_result(address: &str) -> String {
    let result = TcpStream::connect(address).await;
    format!("{:?}", result.map(|_| ()).map_err(|error| error.kind()))
}

async fn tail(address: &str) -> io::Result<TcpStream> {
    TcpStream::connect(address).await
}
