//! Every wait, as it was written and as ws-lint fixed it, against a peer that completes the handshake and says nothing.

use std::pin::Pin;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::{after, before};

/// Three times `default-receive-deadline` in ws-lint.toml.
const PATIENCE: Duration = Duration::from_millis(1500);

type Running = Pin<Box<dyn Future<Output = ()> + Send>>;
type Shape = (&'static str, fn(String) -> Running, fn(String) -> Running);

macro_rules! shapes {
    ($($name:ident),*) => {
        [$((
            stringify!($name),
            |url| Box::pin(before::waits::$name(url)),
            |url| Box::pin(after::waits::$name(url)),
        )),*]
    };
}

const SHAPES: [Shape; 10] = shapes![
    next,
    next_unwrapped,
    try_next,
    of_a_half,
    of_a_helper,
    taken_out,
    mapped,
    collected,
    of_a_harness,
    of_a_channel
];

/// The address of the peer, which is there as long as the handle is.
async fn mute() -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            kept.push(tokio_tungstenite::accept_async(stream).await.unwrap());
        }
    });
    (url, serving)
}

#[tokio::test]
async fn what_was_written_waits_on() {
    let (url, _serving) = mute().await;
    let waiting = SHAPES.map(|(name, run, _)| (name, tokio::spawn(timeout(PATIENCE, run(url.clone())))));
    for (name, outcome) in waiting {
        assert!(outcome.await.unwrap().is_err(), "{name} ended");
    }
}

#[tokio::test]
async fn what_was_fixed_says_that_it_was_too_late() {
    let (url, _serving) = mute().await;
    let waiting = SHAPES.map(|(name, _, run)| (name, tokio::spawn(timeout(PATIENCE, run(url.clone())))));
    for (name, outcome) in waiting {
        let panic = outcome.await.expect_err(name).into_panic();
        let text = panic.downcast_ref::<String>().expect("a message");
        assert!(text.ends_with("timed out: Elapsed(())"), "{name}: {text}");
    }
}
