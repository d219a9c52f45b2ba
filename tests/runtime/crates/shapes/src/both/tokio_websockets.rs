//! tokio-websockets: a builder.

use tokio::net::TcpStream;
use tokio_websockets::{ClientBuilder, Error};

crate::shapes![
    asserted,
    boxed_error,
    built_before,
    matched,
    over_a_stream,
    own_error,
    unwrapped
];

async fn own_error(address: &str) -> Result<(), Error> {
    let (_client, _) = ClientBuilder::new()
        .uri(&format!("ws://{address}/"))
        .expect("a URI")
        .connect()
        .await?;
    Ok(())
}

async fn boxed_error(address: &str) -> Result<(), Box<dyn std::error::Error>> {
    let uri = format!("ws://{address}/").parse()?;
    let (_client, _) = ClientBuilder::from_uri(uri).connect().await?;
    Ok(())
}

async fn unwrapped(address: &str) {
    let builder = ClientBuilder::new().uri(&format!("ws://{address}/")).unwrap();
    let (_client, _) = builder.connect().await.unwrap();
}

async fn asserted(address: &str) {
    let builder = ClientBuilder::new().uri(&format!("ws://{address}/")).unwrap();
    assert!(builder.connect().await.is_ok(), "no connection");
}

async fn matched(address: &str) -> String {
    match ClientBuilder::new()
        .uri(&format!("ws://{address}/"))
        .unwrap()
        .connect()
        .await
    {
        Ok(_) => "connected".to_owned(),
        Err(Error::Io(error)) => format!("io error {:?}", error.kind()),
        Err(error) => format!("other error {error}"),
    }
}

async fn built_before(address: &str) -> Result<(), Error> {
    let mut builder = ClientBuilder::new().uri(&format!("ws://{address}/")).expect("a URI");
    builder = builder.config(tokio_websockets::Config::default());
    builder.connect().await.map(|_| ())
}

async fn over_a_stream(address: &str) -> Result<(), Error> {
    let stream = TcpStream::connect(address).await?;
    let builder = ClientBuilder::new().uri(&format!("ws://{address}/")).expect("a URI");
    let (_client, _) = builder.connect_on(stream).await?;
    Ok(())
}
