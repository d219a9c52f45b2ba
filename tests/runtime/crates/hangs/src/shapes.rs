//! Waits for messages that never come, and calls that block.

use std::thread;
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt, TryStreamExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

#[cfg(test)]
pub mod waits {
    use super::*;

    pub async fn next(url: String) {
        let (mut ws, _) = connect_async(url).await.unwrap();
        ws.next().await;
    }

    pub async fn next_unwrapped(url: String) {
        let (mut ws, _) = connect_async(url).await.unwrap();
        ws.send("hello".into()).await.unwrap();
        let reply = ws.next().await.unwrap().unwrap();
        assert_eq!(reply, "hello".into());
    }

    pub async fn try_next(url: String) {
        let (mut ws, _) = connect_async(url).await.unwrap();
        assert!(ws.try_next().await.unwrap().is_some());
    }

    pub async fn of_a_half(url: String) {
        let (ws, _) = connect_async(url).await.unwrap();
        let (_write, mut read) = ws.split();
        while let Some(message) = read.next().await {
            drop(message);
        }
    }

    pub async fn of_a_helper(url: String) {
        let (mut ws, _) = connect_async(url).await.unwrap();
        receive(&mut ws).await;
    }

    async fn receive(ws: &mut WebSocketStream<MaybeTlsStream<TcpStream>>) -> String {
        ws.next().await.unwrap().unwrap().to_string()
    }

    pub async fn taken_out(url: String) {
        let mut kept = Some(connect_async(url).await.unwrap().0);
        let mut ws = kept.take().unwrap();
        ws.next().await;
    }

    pub async fn mapped(url: String) {
        let (ws, _) = connect_async(url).await.unwrap();
        let mut texts = ws.map(|message| message.unwrap().to_string());
        assert_eq!(texts.next().await.unwrap(), "hello");
    }

    pub async fn collected(url: String) {
        let (ws, _) = connect_async(url).await.unwrap();
        let messages: Vec<_> = ws.take(2).collect().await;
        assert_eq!(messages.len(), 2);
    }

    pub async fn of_a_harness(url: String) {
        harness(url, |url| async move {
            let (mut ws, _) = connect_async(url).await.unwrap();
            ws.next().await;
        })
        .await;
    }

    async fn harness<Fut: Future<Output = ()>>(url: String, test: impl FnOnce(String) -> Fut) {
        test(url).await;
    }

    pub async fn of_a_channel(url: String) {
        let (_ws, _) = connect_async(url).await.unwrap();
        let (kept, mut messages) = mpsc::channel::<u8>(1);
        messages.recv().await;
        drop(kept);
    }
}

/// Where it is fixed, another task runs meanwhile.
#[tokio::test]
async fn sleeps() {
    let other = tokio::spawn(async { Instant::now() });
    thread::sleep(Duration::from_millis(300));
    let slept = Instant::now();
    let other_ran_first = other.await.unwrap() < slept;
    assert_eq!(other_ran_first, module_path!().ends_with("after"));
}
