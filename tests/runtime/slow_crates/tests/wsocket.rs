//! async-wsocket has no limit since 0.14.0: before, it took one as an argument, which `crates/limits` sees fire.

use std::net::TcpListener;
use std::time::Duration;

use url::Url;

/// Longer than the limits that people gave it before.
const LONG: Duration = Duration::from_secs(65);

#[tokio::test]
async fn a_silent_peer_is_waited_for_on_and_on() {
    let silent = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = silent.local_addr().expect("a bound port");
    let url = Url::parse(&format!("ws://{address}")).expect("an address");
    let (first, newest) = tokio::join!(
        tokio::time::timeout(
            LONG,
            async_wsocket_first::connect(&url, &async_wsocket_first::ConnectionMode::Direct)
        ),
        tokio::time::timeout(
            LONG,
            async_wsocket::connect(&url, &async_wsocket::ConnectionMode::Direct)
        ),
    );
    assert!(first.is_err() && newest.is_err(), "one of them ended by itself");
}
