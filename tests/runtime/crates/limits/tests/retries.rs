//! WS204: a connect that is refused is tried again at once, so that a loop without a pause spins; a deadline around the loop ends it.

use std::time::Duration;

use peers::Peer;
use tokio_tungstenite::connect_async;

#[tokio::test]
async fn a_loop_around_a_refused_connect_spins_until_a_deadline_ends_it() {
    let peer = Peer::refusing().await;
    let url = format!("ws://{}", peer.address);
    let mut attempts = 0;
    let tried = tokio::time::timeout(Duration::from_secs(1), async {
        loop {
            attempts += 1;
            match connect_async(&url).await {
                Ok(_) => break,
                Err(_) => continue,
            }
        }
    });
    assert!(tried.await.is_err(), "a refusing peer connects nobody");
    assert!(attempts > 100, "only {attempts} attempts");
}
