#[tokio::test]
async fn range() {
    let (mut ws, _) = tokio_websockets::ClientBuilder::from_uri(uri()).connect().await..unwrap();
}
