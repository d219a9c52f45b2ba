//! fastwebsockets over a stream of the caller's.

use bytes::Bytes;
use fastwebsockets::{WebSocketError, handshake};
use http_body_util::Empty;
use hyper::Request;
use hyper::header::{CONNECTION, HOST, UPGRADE};
use tokio::net::TcpStream;

crate::shapes![boxed_error, matched, own_error, unwrapped];

struct OnTokio;

impl<F> hyper::rt::Executor<F> for OnTokio
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, future: F) {
        tokio::spawn(future);
    }
}

fn request(address: &str) -> Request<Empty<Bytes>> {
    Request::builder()
        .method("GET")
        .uri(format!("http://{address}/"))
        .header(HOST, address)
        .header(UPGRADE, "websocket")
        .header(CONNECTION, "upgrade")
        .header("Sec-WebSocket-Key", handshake::generate_key())
        .header("Sec-WebSocket-Version", "13")
        .body(Empty::new())
        .expect("a request")
}

async fn own_error(address: &str) -> Result<(), WebSocketError> {
    let stream = TcpStream::connect(address).await?;
    let (_socket, _) = handshake::client(&OnTokio, request(address), stream).await?;
    Ok(())
}

async fn boxed_error(address: &str) -> Result<(), Box<dyn std::error::Error>> {
    let stream = TcpStream::connect(address).await?;
    let (_socket, _) = fastwebsockets::handshake::client(&OnTokio, request(address), stream).await?;
    Ok(())
}

async fn unwrapped(address: &str) {
    let stream = TcpStream::connect(address).await.unwrap();
    let (_socket, _) = handshake::client(&OnTokio, request(address), stream).await.unwrap();
}

async fn matched(address: &str) -> String {
    let Ok(stream) = TcpStream::connect(address).await else {
        return "refused".to_owned();
    };
    match handshake::client(&OnTokio, request(address), stream).await {
        Ok((_, response)) => response.status().to_string(),
        Err(WebSocketError::IoError(error)) => format!("io error {:?}", error.kind()),
        Err(error) => format!("other error {error}"),
    }
}
