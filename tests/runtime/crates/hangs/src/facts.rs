//! What the catalogue says of calls that block.

use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Handle, Runtime};
use tokio::time::timeout;

const BLOCKED: Duration = Duration::from_millis(600);
const DEADLINE: Duration = Duration::from_millis(100);

/// How it begins; tokio 1.54 goes on, older ones with less.
const PANIC: &str = "Cannot start a runtime from within a runtime";

/// Fails unless a timeout around the call ends with the call.
async fn blocks(call: impl FnOnce()) {
    let start = Instant::now();
    let outcome = timeout(DEADLINE, async { call() }).await;
    assert!(start.elapsed() >= BLOCKED, "ended after {:?}", start.elapsed());
    assert!(outcome.is_ok(), "what ended is no timeout");
}

fn sent_later() -> mpsc::Receiver<()> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        thread::sleep(BLOCKED);
        sender.send(()).unwrap();
    });
    receiver
}

#[tokio::test]
async fn they_keep_a_timeout_from_firing() {
    blocks(|| thread::sleep(BLOCKED)).await;
    blocks(|| drop(Command::new("sleep").arg("0.6").output().unwrap())).await;
    blocks(|| assert!(Command::new("sleep").arg("0.6").status().unwrap().success())).await;
    let (silent, receiver) = mpsc::channel::<()>();
    blocks(|| drop(receiver.recv_timeout(BLOCKED))).await;
    drop(silent);
    let receiver = sent_later();
    blocks(|| receiver.recv().unwrap()).await;
    let (sender, receiver) = futures::channel::oneshot::channel();
    let sending = thread::spawn(move || {
        thread::sleep(BLOCKED);
        sender.send(()).unwrap();
    });
    blocks(|| futures::executor::block_on(receiver).unwrap()).await;
    sending.join().unwrap();
}

#[tokio::test]
async fn a_thread_of_its_own_lets_it_fire() {
    let start = Instant::now();
    let outcome = timeout(DEADLINE, tokio::task::spawn_blocking(|| thread::sleep(BLOCKED))).await;
    assert!(outcome.is_err() && start.elapsed() < BLOCKED, "{:?}", start.elapsed());
}

async fn panic_of(call: impl FnOnce() + Send + 'static) -> String {
    let panic = tokio::spawn(async { call() }).await.expect_err("it returned").into_panic();
    let text = panic.downcast_ref::<&str>().map(|&text| text.to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).expect("a message")
}

#[tokio::test]
async fn block_on_panics_in_async_code() {
    let runtime = Runtime::new().unwrap();
    let said = panic_of(move || {
        let runtime = std::mem::ManuallyDrop::new(runtime);
        runtime.block_on(async {});
    });
    for said in [said.await, panic_of(|| Handle::current().block_on(async {})).await] {
        assert!(said.starts_with(PANIC), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn block_on_panics_on_more_threads_too() {
    let said = panic_of(|| Handle::current().block_on(async {})).await;
    assert!(said.starts_with(PANIC), "{said}");
}
