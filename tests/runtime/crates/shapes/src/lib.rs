//! Connects in every shape, as library code and as test code. Each shape says what became of it, so that the same shape
//! can be compared before and after the fix.

/// As library code, where a timeout becomes an error.
pub mod library {
    pub mod async_tungstenite;
    pub mod fastwebsockets;
    pub mod tcp;
    pub mod tokio_tungstenite;
    pub mod tokio_websockets;
}

/// As test code, where a timeout panics.
pub mod in_tests {
    pub mod async_tungstenite;
    pub mod fastwebsockets;
    pub mod joined;
    pub mod jsonrpsee;
    pub mod reqwest;
    pub mod tcp;
    pub mod tokio_tungstenite;
    pub mod tokio_websockets;
}

use std::fmt::Debug;
use std::pin::Pin;

/// A shape at work.
pub type Running = Pin<Box<dyn Future<Output = String> + Send>>;

/// A shape, by name. It is given `ADDRESS:PORT`.
pub struct Shape {
    pub name: &'static str,
    pub run: fn(String) -> Running,
}

/// The shapes of a module.
#[macro_export]
macro_rules! shapes {
    ($($name:ident),* $(,)?) => {
        pub fn shapes() -> Vec<$crate::Shape> {
            vec![$($crate::Shape {
                name: concat!(module_path!(), "::", stringify!($name)),
                run: |address| Box::pin(async move { $crate::Outcome::said($name(&address).await) }),
            }),*]
        }
    };
}

/// What became of a shape, in words.
pub trait Outcome {
    fn said(self) -> String;
}

impl Outcome for String {
    fn said(self) -> String {
        self
    }
}

impl Outcome for () {
    fn said(self) -> String {
        "done".to_owned()
    }
}

impl<T, E: Debug> Outcome for Result<T, E> {
    fn said(self) -> String {
        self.map_or_else(|error| format!("failed: {error:?}"), |_| "connected".to_owned())
    }
}

impl<T> Outcome for Option<T> {
    fn said(self) -> String {
        if self.is_some() { "connected" } else { "nothing" }.to_owned()
    }
}

/// Every shape.
pub fn shapes() -> Vec<Shape> {
    [
        library::async_tungstenite::shapes(),
        library::fastwebsockets::shapes(),
        library::tcp::shapes(),
        library::tokio_tungstenite::shapes(),
        library::tokio_websockets::shapes(),
        in_tests::async_tungstenite::shapes(),
        in_tests::fastwebsockets::shapes(),
        in_tests::joined::shapes(),
        in_tests::jsonrpsee::shapes(),
        in_tests::reqwest::shapes(),
        in_tests::tcp::shapes(),
        in_tests::tokio_tungstenite::shapes(),
        in_tests::tokio_websockets::shapes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
