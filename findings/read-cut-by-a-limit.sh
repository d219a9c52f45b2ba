#!/usr/bin/env bash
# fastwebsockets 0.10.0 and soketto 0.8.1 beside tokio-tungstenite 0.30.0 and tokio-websockets 0.13.3, tokio 1.54.1, Rust (`cargo` has to be
# installed); a server whose message comes in two pieces, 3 s apart. `tokio::time::timeout` of 2 s around the read fires in between. The
# next read of tokio-tungstenite and of tokio-websockets has the whole message. In fastwebsockets and soketto the head of the frame went with the
# future that was dropped: the rest of its text is read as the head of another frame, and this read and every later one is an error, of the
# server's making by its name. One expects a limit to leave the message for the next read, or to be told that it cannot.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
command -v cargo >/dev/null || { echo "needs cargo" >&2; exit 1; }
mkdir -p client/src
cat >client/Cargo.toml <<'TOML'
[package]
name = "client"
version = "0.0.0"
edition = "2021"

[dependencies]
fastwebsockets = { version = "=0.10.0", default-features = false }
futures-util = { version = "=0.3.34", default-features = false }
soketto = "=0.8.1"
tokio = { version = "=1.54.1", features = ["io-util", "macros", "net", "rt", "time"] }
tokio-tungstenite = { version = "=0.30.0", default-features = false }
tokio-util = { version = "=0.7.20", features = ["compat"] }
tokio-websockets = { version = "=0.13.3", default-features = false, features = ["client", "fastrand", "sha1_smol"] }

[profile.dev]
debug = false
TOML
cat >client/src/main.rs <<'RUST'
use futures_util::StreamExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{timeout, Duration};
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_util::compat::TokioAsyncReadCompatExt;

async fn opened(address: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    stream
}

macro_rules! reads {
    ($name:literal, $read:expr) => {
        for _ in 0..3 {
            match timeout(Duration::from_secs(2), async { $read }).await {
                Ok(Ok(text)) => println!("{}: {}", $name, text),
                Ok(Err(error)) => println!("{}: {:?}", $name, error),
                Err(_) => println!("{}: the limit", $name),
            }
        }
    };
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let address = std::env::args().nth(1).unwrap();

    let mut ws = tokio_tungstenite::WebSocketStream::from_raw_socket(opened(&address).await, Role::Client, None).await;
    reads!("tokio-tungstenite", ws.next().await.unwrap().map(|message| message.to_string()));

    let mut ws = tokio_websockets::ClientBuilder::new().take_over(opened(&address).await);
    reads!("tokio-websockets", ws.next().await.unwrap().map(|message| message.as_text().unwrap().to_string()));

    let mut ws = fastwebsockets::WebSocket::after_handshake(opened(&address).await, fastwebsockets::Role::Client);
    reads!("fastwebsockets", ws.read_frame().await.map(|frame| String::from_utf8(frame.payload.to_vec()).unwrap()));

    let builder = soketto::connection::Builder::new(opened(&address).await.compat(), soketto::Mode::Client);
    let (_sender, mut receiver) = builder.finish();
    reads!("soketto", {
        let mut data = Vec::new();
        receiver.receive_data(&mut data).await.map(|_| String::from_utf8(data).unwrap())
    });
}
RUST
cat >peer.py <<'PYTHON'
import socket, subprocess, sys, threading, time

def answer(connection):
    connection.recv(10000)
    connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x05he")
    time.sleep(3)
    connection.sendall(b"llo\x81\x05world")
    time.sleep(30)

def accept_all():
    while True:
        threading.Thread(target=answer, args=(listening.accept()[0],), daemon=True).start()

listening = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=accept_all, daemon=True).start()
subprocess.run([sys.argv[1], "127.0.0.1:%d" % listening.getsockname()[1]])
PYTHON
(cd client && cargo build --quiet)
"$(python 3.12)" peer.py client/target/debug/client | seen 'tokio-tungstenite: the limit
tokio-tungstenite: hello
tokio-tungstenite: world
tokio-websockets: the limit
tokio-websockets: hello
tokio-websockets: world
fastwebsockets: the limit
fastwebsockets: ReservedBitsNotZero
fastwebsockets: ReservedBitsNotZero
soketto: the limit
soketto: Codec(ReservedOpCode)
soketto: Codec(ReservedOpCode)'
