use tokio_tungstenite::connect_async;

// ws-lint: ignore[WS102] one // between them // ws-lint: ignore
fn unused() {}
