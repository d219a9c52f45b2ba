use tokio_tungstenite::connect_async;

#[tokio::test]
async fn echoes() {
    let (_socket, response) = connect_async("wss://staging.example.org/echo").await.expect("connects");
    assert_eq!(response.status(), 101);
}
