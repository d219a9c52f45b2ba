//! The one limit of rust_socketio's connect: polling ends by engine.io's own limit of a poll. The peer accepts and never answers.

use std::net::TcpListener;
use std::time::Instant;

use rust_socketio::{ClientBuilder, TransportType};

#[test]
fn polling_ends_after_45_s() {
    let silent = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = silent.local_addr().expect("a bound port");
    let start = Instant::now();
    let client = ClientBuilder::new(format!("http://{address}")).transport_type(TransportType::Polling);
    assert!(client.connect().is_err(), "a silent peer connects nobody");
    let took = start.elapsed().as_secs_f64();
    assert!((45.0..48.0).contains(&took), "{took} s");
}
