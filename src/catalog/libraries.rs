//! The files of `rules/apis/` that are compiled in.

use crate::source::Language;

macro_rules! library {
    ($language:ident, $name:literal) => {
        (
            Language::$language,
            $name,
            include_str!(concat!("../../rules/apis/", $name)),
        )
    };
}

/// Language, file, text.
pub(super) static LIBRARIES: &[(Language, &str, &str)] = &[
    library!(Python, "python/aio-pika.toml"),
    library!(Python, "python/aiohttp.toml"),
    library!(Python, "python/anyio.toml"),
    library!(Python, "python/async-timeout.toml"),
    library!(Python, "python/asyncio.toml"),
    library!(Python, "python/asyncpg.toml"),
    library!(Python, "python/httpx.toml"),
    library!(Python, "python/httpx-ws.toml"),
    library!(Python, "python/nats-py.toml"),
    library!(Python, "python/picows.toml"),
    library!(Python, "python/python-socketio.toml"),
    library!(Python, "python/redis.toml"),
    library!(Python, "python/requests.toml"),
    library!(Python, "python/simple-websocket.toml"),
    library!(Python, "python/standard-library.toml"),
    library!(Python, "python/starlette.toml"),
    library!(Python, "python/tornado.toml"),
    library!(Python, "python/trio-websocket.toml"),
    library!(Python, "python/websocket-client.toml"),
    library!(Python, "python/websockets.toml"),
    library!(Rust, "rust/tokio-tungstenite.toml"),
    library!(Rust, "rust/alloy-transport-ws.toml"),
    library!(Rust, "rust/async-nats.toml"),
    library!(Rust, "rust/async-tungstenite.toml"),
    library!(Rust, "rust/async-wsocket.toml"),
    library!(Rust, "rust/awc.toml"),
    library!(Rust, "rust/ezsockets.toml"),
    library!(Rust, "rust/fastwebsockets.toml"),
    library!(Rust, "rust/futures.toml"),
    library!(Rust, "rust/gloo-net.toml"),
    library!(Rust, "rust/jsonrpsee.toml"),
    library!(Rust, "rust/nostr-sdk.toml"),
    library!(Rust, "rust/ratchet-rs.toml"),
    library!(Rust, "rust/redis.toml"),
    library!(Rust, "rust/reqwest-websocket.toml"),
    library!(Rust, "rust/reqwest.toml"),
    library!(Rust, "rust/rust-socketio.toml"),
    library!(Rust, "rust/soketto.toml"),
    library!(Rust, "rust/std.toml"),
    library!(Rust, "rust/stream-tungstenite.toml"),
    library!(Rust, "rust/tokio-websockets.toml"),
    library!(Rust, "rust/tokio.toml"),
    library!(Rust, "rust/tonic.toml"),
    library!(Rust, "rust/tungstenite.toml"),
    library!(Rust, "rust/warp.toml"),
    library!(Rust, "rust/websocket.toml"),
    library!(Rust, "rust/ws.toml"),
    library!(Rust, "rust/yawc.toml"),
];
