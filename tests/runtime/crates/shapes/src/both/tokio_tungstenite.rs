//! tokio-tungstenite with everything that can follow an `.await`.

use std::error::Error as StdError;
use std::time::Duration;

use anyhow::Context;
use futures_util::FutureExt;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{self, Error};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async, connect_async, connect_async_with_config};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

crate::shapes![
    adaptor,
    anyhow_context,
    anyhow_error,
    as_argument,
    asserted,
    async_block,
    awaited_later,
    boxed_error,
    boxed_send_error,
    client_over_a_stream,
    closure,
    converted_error,
    enum_of_boxes,
    enum_of_errors,
    expected,
    expected_in_many_lines,
    if_let,
    is_err,
    kept_result,
    let_else,
    mapped_error,
    matched,
    matches_macro,
    ok,
    own_error,
    returned,
    retried,
    spawned,
    tail,
    unwrapped,
    unwrapped_error,
    with_config,
];

/// `?` in a function of an enum of errors.
#[derive(Debug)]
pub enum Failure {
    Socket(Error),
    Io(std::io::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Socket(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

#[derive(Debug)]
pub struct Only(Box<Error>);

impl From<Error> for Only {
    fn from(error: Error) -> Self {
        Self(Box::new(error))
    }
}

impl std::fmt::Display for Only {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Only {}

fn url(address: &str) -> String {
    format!("ws://{address}/")
}

async fn own_error(address: &str) -> tungstenite::Result<Socket> {
    let (socket, _) = connect_async(url(address)).await?;
    Ok(socket)
}

async fn boxed_error(address: &str) -> Result<Socket, Box<dyn StdError>> {
    let (socket, response) = connect_async(url(address)).await?;
    assert_eq!(response.status(), 101);
    Ok(socket)
}

async fn boxed_send_error(address: &str) -> Result<Socket, Box<dyn StdError + Send + Sync>> {
    Ok(connect_async(url(address)).await?.0)
}

async fn anyhow_error(address: &str) -> anyhow::Result<Socket> {
    let (socket, _) = connect_async(url(address)).await?;
    Ok(socket)
}

async fn anyhow_context(address: &str) -> anyhow::Result<()> {
    let (_socket, _) = connect_async(url(address)).await.context("no connection")?;
    Ok(())
}

async fn enum_of_errors(address: &str) -> Result<Socket, Failure> {
    let (socket, _) = connect_async(url(address)).await?;
    Ok(socket)
}

async fn enum_of_boxes(address: &str) -> Result<Socket, Only> {
    let (socket, _) = connect_async(url(address)).await?;
    Ok(socket)
}

async fn mapped_error(address: &str) -> Result<(), String> {
    connect_async(url(address)).await.map_err(|error| error.to_string())?;
    Ok(())
}

async fn converted_error(address: &str) -> Result<Socket, Failure> {
    connect_async(url(address))
        .await
        .map(|(socket, _)| socket)
        .map_err(Failure::from)
}

async fn unwrapped(address: &str) {
    let (_socket, _response) = connect_async(url(address)).await.unwrap();
}

async fn expected(address: &str) -> String {
    let (_, response) = connect_async(url(address)).await.expect("the server answers");
    response.status().to_string()
}

async fn expected_in_many_lines(address: &str) {
    let (_socket, _) = connect_async(
        // Where the server listens.
        url(address),
    )
    .await
    .expect("the server answers");
}

async fn is_err(address: &str) -> String {
    let failed = connect_async(url(address)).await.is_err();
    format!("is_err: {failed}")
}

async fn asserted(address: &str) {
    assert!(connect_async(url(address)).await.is_ok(), "no connection");
}

async fn unwrapped_error(address: &str) -> String {
    connect_async(url(address))
        .await
        .map(|_| "connected")
        .unwrap_err()
        .to_string()
}

async fn matches_macro(address: &str) -> String {
    format!("{}", matches!(connect_async(url(address)).await, Err(Error::Io(_))))
}

async fn ok(address: &str) -> Option<Socket> {
    Some(connect_async(url(address)).await.ok()?.0)
}

async fn matched(address: &str) -> String {
    match connect_async(url(address)).await {
        Ok((_, response)) => format!("{}", response.status()),
        Err(Error::Io(error)) => format!("io error {:?}", error.kind()),
        Err(error) => format!("other error {error}"),
    }
}

async fn if_let(address: &str) -> String {
    if let Ok((_, response)) = connect_async(url(address)).await {
        format!("{}", response.status())
    } else {
        "no connection".to_owned()
    }
}

async fn let_else(address: &str) -> String {
    let Ok((_, response)) = connect_async(url(address)).await else {
        return "no connection".to_owned();
    };
    format!("{}", response.status())
}

async fn kept_result(address: &str) -> String {
    let result = connect_async(url(address)).await;
    match result {
        Ok(_) => "connected".to_owned(),
        Err(error) => error.to_string(),
    }
}

async fn tail(address: &str) -> Result<(Socket, tungstenite::handshake::client::Response), Error> {
    connect_async(url(address)).await
}

async fn returned(address: &str) -> Result<(Socket, tungstenite::handshake::client::Response), Error> {
    return connect_async(url(address)).await;
}

async fn retried(address: &str) -> Result<Socket, Error> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        match connect_async(url(address)).await {
            Ok((socket, _)) => return Ok(socket),
            Err(error) if attempts == 1 => return Err(error),
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn adaptor(address: &str) -> Result<Socket, Error> {
    let (socket, _) = connect_async(url(address)).boxed().await?;
    Ok(socket)
}

async fn async_block(address: &str) -> Result<(), Error> {
    let connecting = async {
        let (_socket, _) = connect_async(url(address)).await?;
        Ok::<_, Error>(())
    };
    connecting.await
}

async fn closure(address: &str) -> Result<Socket, Error> {
    let connect = async |address: &str| connect_async(url(address)).await.map(|(socket, _)| socket);
    connect(address).await
}

async fn spawned(address: &str) -> Result<(), Error> {
    let url = url(address);
    let task = tokio::spawn(async move {
        let (_socket, _) = connect_async(url).await?;
        Ok(())
    });
    task.await.expect("the task does not panic")
}

async fn awaited_later(address: &str) -> Result<(), Error> {
    let connecting = connect_async(url(address));
    let (_socket, _) = connecting.await?;
    Ok(())
}

async fn as_argument(address: &str) -> Option<Socket> {
    Some(connect_async(url(address)).await.ok().map(|(socket, _)| socket)?)
}

async fn with_config(address: &str) -> Result<Socket, Error> {
    let (socket, _) = connect_async_with_config(url(address), None, false).await?;
    Ok(socket)
}

async fn client_over_a_stream(address: &str) -> Result<(), Error> {
    let stream = TcpStream::connect(address).await?;
    let (_socket, _) = client_async(url(address), stream).await?;
    Ok(())
}
