//! A limit that the catalogue names is seen to end the wait, in the oldest and the newest release that it is claimed for, and in the
//! release before it is seen not to. The peer accepts and never answers.

use std::time::{Duration, Instant};

use peers::Peer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// How long the longest limit below takes, and some time for a busy machine.
const LONG: Duration = Duration::from_secs(14);

/// After how many seconds a future failed by itself; `None` where it did not within [`LONG`].
async fn fails_after<T, E>(connect: impl Future<Output = Result<T, E>>) -> Option<f64> {
    let start = Instant::now();
    let outcome = tokio::time::timeout(LONG, connect).await.ok()?;
    assert!(outcome.is_err(), "a silent peer connects nobody");
    Some(start.elapsed().as_secs_f64())
}

fn assert_about(took: Option<f64>, seconds: f64) {
    assert!(
        took.is_some_and(|took| (seconds..seconds + 3.0).contains(&took)),
        "{took:?}, not {seconds} s"
    );
}

#[tokio::test]
async fn jsonrpsee_gives_up_after_10_s_or_its_argument_from_0_26_1_on() {
    use jsonrpsee_ws_client::WsClientBuilder;

    let peer = Peer::silent().await;
    let url = format!("ws://{}", peer.address);
    let short = WsClientBuilder::default().connection_timeout(Duration::from_secs(2));
    let (by_default, by_argument) = tokio::join!(
        fails_after(WsClientBuilder::default().build(&url)),
        fails_after(short.build(&url))
    );
    assert_about(by_default, 10.0);
    assert_about(by_argument, 2.0);
}

/// The peer is none of the runtime's, which has nothing else to do: its clock goes on to the next timer by itself.
#[tokio::test(start_paused = true)]
async fn a_paused_clock_ends_the_wait_for_a_peer_outside_of_the_runtime_at_once() {
    use jsonrpsee_ws_client::WsClientBuilder;

    let silent = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = silent.local_addr().expect("a bound port");
    let start = Instant::now();
    let connect = WsClientBuilder::default().build(format!("ws://{address}"));
    let outcome = tokio::time::timeout(Duration::from_secs(9), connect).await;
    assert!(outcome.is_err(), "a silent peer connects nobody");
    let took = start.elapsed();
    assert!(took < Duration::from_secs(3), "{took:?}, not at once");
}

#[tokio::test]
async fn jsonrpsee_counts_anew_for_each_redirect() {
    use jsonrpsee_ws_client::WsClientBuilder;

    let late = redirecting(Duration::from_secs(3)).await;
    let client = WsClientBuilder::default().connection_timeout(Duration::from_secs(4));
    assert_about(fails_after(client.build(format!("ws://{late}"))).await, 3.0 + 4.0);
}

#[tokio::test]
async fn jsonrpsee_waits_for_ever_before() {
    use jsonrpsee_before::WsClientBuilder;

    let peer = Peer::silent().await;
    let url = format!("ws://{}", peer.address);
    let short = WsClientBuilder::default().connection_timeout(Duration::from_secs(2));
    let (by_default, by_argument) = tokio::join!(
        fails_after(WsClientBuilder::default().build(&url)),
        fails_after(short.build(&url))
    );
    assert_eq!((by_default, by_argument), (None, None));
}

#[tokio::test]
async fn async_wsocket_had_a_limit_of_its_own() {
    use async_wsocket_before::{ConnectionMode, connect};

    let peer = Peer::silent().await;
    let url = url::Url::parse(&format!("ws://{}", peer.address)).expect("an address");
    let mode = ConnectionMode::direct();
    assert_about(fails_after(connect(&url, &mode, Duration::from_secs(2))).await, 2.0);
}

/// The address of a server that sends its first client to itself after so long, and says nothing to the others.
async fn redirecting(after: Duration) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let address = listener.local_addr().expect("a bound port").to_string();
    let location = format!("HTTP/1.1 302 Found\r\nLocation: ws://{address}/again\r\nContent-Length: 0\r\n\r\n");
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            if kept.is_empty() {
                let mut head = [0; 1024];
                drop(stream.read(&mut head).await);
                tokio::time::sleep(after).await;
                drop(stream.write_all(location.as_bytes()).await);
            }
            kept.push(stream);
        }
    });
    address
}
