//! Three peers on 127.0.0.1: one that answers, one that accepts and never answers, one that refuses.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// A peer; gone with this value.
pub struct Peer {
    /// `ADDRESS:PORT`.
    pub address: String,
    task: Option<tokio::task::JoinHandle<()>>,
}

impl Peer {
    /// Upgrades who wants a WebSocket, and gives everyone else an empty 200.
    pub async fn answering() -> Self {
        Self::serving(|stream| async move {
            // Who goes away in between is no failure of this server.
            drop(answer(stream).await);
        })
        .await
    }

    /// Accepts, keeps the connection, and never writes a byte.
    pub async fn silent() -> Self {
        Self::serving(|stream| async move {
            let _kept = stream;
            std::future::pending::<()>().await;
        })
        .await
    }

    /// A port that nothing listens on.
    pub async fn refusing() -> Self {
        let mut peer = Self::silent().await;
        if let Some(task) = peer.task.take() {
            task.abort();
            assert!(task.await.is_err(), "the listener is gone");
        }
        peer
    }

    async fn serving<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("a bound port").to_string();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream));
            }
        });
        Self {
            address,
            task: Some(task),
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

async fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head);
    let key = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("sec-websocket-key")
            .then(|| value.trim().to_owned())
    });
    let answer = match key {
        Some(key) => format!(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {}\r\n\r\n",
            derive_accept_key(key.as_bytes())
        ),
        None => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(),
    };
    stream.write_all(answer.as_bytes()).await?;
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}
