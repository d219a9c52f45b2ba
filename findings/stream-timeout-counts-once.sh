#!/usr/bin/env bash
# tokio-stream 0.1.19, tokio-tungstenite 0.30.0, tokio 1.54.1, Rust (`cargo` has to be installed); a server that opens the connection and
# says nothing. `ws.timeout(1 s)` makes a stream of a connection and a limit. Its first `next()` is `Elapsed` after 1 s, and the second one
# has no limit any more, until a message has come: it was still waiting after 8 s, so a loop that gives up after three misses never does.
# `timeout_repeating` counts each second, `tokio::time::timeout` around each `next()` does too. One expects the limit to hold for every wait.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
package client <<'TOML'
tokio = { version = "=1.54.1", features = ["macros", "net", "rt", "time"] }
tokio-stream = "=0.1.19"
tokio-tungstenite = { version = "=0.30.0", default-features = false, features = ["connect", "handshake"] }
TOML
cat >client/src/main.rs <<'RUST'
use std::pin::pin;
use tokio::time::{interval, timeout, Duration, Instant};
use tokio_stream::StreamExt;

const LIMIT: Duration = Duration::from_secs(1);

macro_rules! three {
    ($name:literal, $next:expr) => {
        for _ in 0..3 {
            let before = Instant::now();
            let had = match timeout(Duration::from_secs(8), $next).await {
                Ok(Some(Ok(message))) => format!("{message:?}"),
                Ok(Some(Err(_))) => "the limit".to_string(),
                Ok(None) => "the end".to_string(),
                Err(_) => "still waiting".to_string(),
            };
            println!("{}: {} after {} s", $name, had, before.elapsed().as_secs_f32().round());
        }
    };
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let url = std::env::args().nth(1).unwrap();

    let (ws, _) = tokio_tungstenite::connect_async(&url).await.unwrap();
    let mut messages = pin!(ws.timeout(LIMIT));
    three!("timeout", messages.next());

    let (ws, _) = tokio_tungstenite::connect_async(&url).await.unwrap();
    let mut ticks = interval(LIMIT);
    ticks.tick().await;
    let mut messages = pin!(ws.timeout_repeating(ticks));
    three!("timeout_repeating", messages.next());

    let (mut ws, _) = tokio_tungstenite::connect_async(&url).await.unwrap();
    three!("timeout around next", async { Some(timeout(LIMIT, ws.next()).await) });
}
RUST
cat >peer.py <<'PYTHON'
import base64, hashlib, re, socket, subprocess, sys, threading

def open_only(connection):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += connection.recv(1)
    key = re.search(rb"(?i)sec-websocket-key: *(\S+)", head)[1]
    accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    connection.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )
    kept.append(connection)

def accept_all():
    while True:
        threading.Thread(target=open_only, args=(listening.accept()[0],), daemon=True).start()

kept = []
listening = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=accept_all, daemon=True).start()
subprocess.run([sys.argv[1], "ws://127.0.0.1:%d" % listening.getsockname()[1]])
PYTHON
(cd client && cargo build --quiet)
timeout 90 "$(python 3.12)" peer.py client/target/debug/client | seen 'timeout: the limit after 1 s
timeout: still waiting after 8 s
timeout: still waiting after 8 s
timeout_repeating: the limit after 1 s
timeout_repeating: the limit after 1 s
timeout_repeating: the limit after 1 s
timeout around next: the limit after 1 s
timeout around next: the limit after 1 s
timeout around next: the limit after 1 s'
