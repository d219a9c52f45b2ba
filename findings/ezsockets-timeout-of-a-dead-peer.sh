#!/usr/bin/env bash
# ezsockets 0.7.2, tokio 1.54.1, Rust (`cargo` has to be installed); a server that opens the connection and then sends nothing, as one
# that hangs. The client pings each second and has `timeout: 2 s` for the answer, `max_reconnect_attempts(1)`. After 2 s it sends a close
# and then waits for the server's, without a limit: it was still waiting after 12 s, and had neither connected again nor ended its future.
# One expects that limit to end the connection of a peer that does not answer, and the client to connect again.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
package client <<'TOML'
async-trait = "=0.1.92"
ezsockets = { version = "=0.7.2", default-features = false, features = ["native_client"] }
tokio = { version = "=1.54.1", features = ["macros", "rt", "time"] }
TOML
cat >client/src/main.rs <<'RUST'
use std::time::Duration;

use ezsockets::{Bytes, ClientConfig, ClientExt, Error, SocketConfig, Utf8Bytes};

struct Nothing;

#[async_trait::async_trait]
impl ClientExt for Nothing {
    type Call = ();

    async fn on_text(&mut self, _: Utf8Bytes) -> Result<(), Error> {
        Ok(())
    }

    async fn on_binary(&mut self, _: Bytes) -> Result<(), Error> {
        Ok(())
    }

    async fn on_call(&mut self, _: ()) -> Result<(), Error> {
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let url = std::env::args().nth(1).unwrap();
    let limits = SocketConfig { heartbeat: Duration::from_secs(1), timeout: Duration::from_secs(2), ..Default::default() };
    let config = ClientConfig::new(url.as_str()).socket_config(limits).max_reconnect_attempts(1);
    let (_client, ends) = ezsockets::connect(|_| Nothing, config).await;
    match tokio::time::timeout(Duration::from_secs(12), ends).await {
        Ok(_) => println!("client: ended"),
        Err(_) => println!("client: still waiting"),
    }
}
RUST
cat >peer.py <<'PYTHON'
import base64, hashlib, socket, subprocess, sys, threading

def open_and_listen(connection):
    request = connection.recv(10000).decode()
    key = next(line.split(": ")[1] for line in request.splitlines() if line.lower().startswith("sec-websocket-key"))
    accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
    connection.sendall(
        f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n".encode()
    )
    while frame := connection.recv(10000):
        print("server: is sent", {8: "a close", 9: "a ping"}.get(frame[0] & 15, "something else"), flush=True)

def accept_all():
    while True:
        connection = listening.accept()[0]
        print("server: is connected", flush=True)
        threading.Thread(target=open_and_listen, args=(connection,), daemon=True).start()

listening = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=accept_all, daemon=True).start()
ends = subprocess.run([sys.argv[1], "ws://127.0.0.1:%d/" % listening.getsockname()[1]], stdout=subprocess.PIPE, text=True)
print(ends.stdout, end="", flush=True)
PYTHON
nice cargo build --quiet --manifest-path client/Cargo.toml --target-dir build
"$(python 3.12)" peer.py build/debug/client | seen 'server: is connected
server: is sent a ping
server: is sent a close
client: still waiting'
