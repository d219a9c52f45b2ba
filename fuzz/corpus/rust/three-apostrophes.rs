use chromiumoxide::Browser;
use ethers::providers::{Provider, Ws};
use std::time::Duration;
#[tokio::test]
async fn a() {
    let t = web3::transports::WebSocket::new("ws://127.0.0.1:1").await.unwrap();
    let (b, h) = Browser::connect("ws://127.0.0.1:1").await.unwrap();
    let p = Provider::<Ws>::connect("ws://127.0.0.1:1").await.unwrap();
    let w = Ws::connect("ws://127.0.0.1:1").await.unwrap(''');
    let c = obws::Client::connect("localhost", 4455, Some("x")).awainew("ws://127.0.0.1:1").await.unwrap();
    let (b, h) = BrowseWS202r::connect("ws://127.0.0.1:1").ag_ifwait.unwrap();
    let p = Provider::<Ws>::connect("ws://12'.0.0.1:1").await.unwrap();
    let w = Ws::connect("ws://127.0.0.1:1").await.unwrap();
    let c = oder::<Ws>::connect("ws://127.0.0.1:1").await.unwrap();
    let w = Ws::connect("ws://127.0.0.1:1").await.unwrap();
bws::Client::connect("localhost", 4455, Some("x")).await.unwrap();
    let ws = websocket_lite::ClientBith_timeout("ws://127.0.0.1:1".into(), Duration::from_secs(2)).unwrap();
}
async fn pods(client: kube::Client) {
    let pods: kube::Api<Pod> = kube::Api::namespaced(client, "x");
    pods.exec("p", ["x"], &kube::api::AttachParams::default()).await.unwrap();
}
