//! Every shape, as it was written and as ws-lint fixed it, against the same peers.

use std::fmt::Write;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use peers::Peer;

/// `default-deadline` in ws-lint.toml.
const LIMIT: Duration = Duration::from_secs(2);

/// What an expired deadline says in test code.
const EXPIRED: &str = "panicked: connect timed out: Elapsed(())";

/// What errors say that are made of an expired deadline: of an I/O error, of one's own, of tokio's.
const ENDINGS: [&str; 4] = ["TimedOut", "timed out", "deadline has elapsed", "Elapsed"];

type Run = (&'static str, fn(String) -> before::Running);

/// Every shape, before and after.
fn pairs() -> Vec<(Run, Run)> {
    let before = before::shapes().into_iter().map(|shape| (shape.name, shape.run));
    let after = after::shapes().into_iter().map(|shape| (shape.name, shape.run));
    let pairs: Vec<_> = before.zip(after).collect();
    assert_eq!(pairs.len(), before::shapes().len());
    for ((before, _), (after, _)) in &pairs {
        assert_eq!(before.strip_prefix("before"), after.strip_prefix("after"));
    }
    pairs
}

/// What a shape says about a peer; its panic, too.
async fn outcome((_, run): Run, peer: &Peer) -> String {
    match tokio::spawn(run(peer.address.clone())).await {
        Ok(said) => said,
        Err(error) => {
            let panic = error.into_panic();
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned()));
            format!("panicked: {}", text.expect("a message"))
        }
    }
}

/// Both outcomes of every shape.
async fn outcomes(peer: &Peer) -> Vec<(&'static str, String, String)> {
    join_all(
        pairs()
            .into_iter()
            .map(async |(before, after)| (after.0, outcome(before, peer).await, outcome(after, peer).await)),
    )
    .await
}

async fn same_outcomes(peer: &Peer) {
    let mut differences = String::new();
    for (name, before, after) in outcomes(peer).await {
        if before != after {
            writeln!(differences, "{name}:\n  before: {before}\n  after:  {after}").expect("a String takes all");
        }
    }
    assert_eq!(differences, "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_answers_is_connected_to_as_before() {
    let peer = Peer::answering().await;
    same_outcomes(&peer).await;
    // Or the comparison would be one of failures.
    for (name, said, _) in outcomes(&peer).await {
        let expects_failure = name.ends_with("::unwrapped_error");
        assert_eq!(
            said.contains("panicked") || said.contains("failed"),
            expects_failure,
            "{name}: {said}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_refuses_fails_as_before() {
    let peer = Peer::refusing().await;
    same_outcomes(&peer).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_peer_is_given_up_after_the_deadline() {
    let (silent, refusing) = (Peer::silent().await, Peer::refusing().await);
    let wrong = join_all(pairs().into_iter().map(async |(before, after)| {
        // TCP connects to a silent peer, and this one has another limit.
        if after.0.contains("::tcp::") || after.0.ends_with("::long_limit") {
            return None;
        }
        let waited_before = tokio::time::timeout(LIMIT * 2, outcome(before, &silent)).await.is_err();
        let start = Instant::now();
        let said = tokio::time::timeout(LIMIT * 4, outcome(after, &silent)).await;
        let (took, said) = (start.elapsed(), said.unwrap_or_else(|_| "still waiting".to_owned()));
        let refused = outcome(after, &refusing).await;
        let fault = if !waited_before && !after.0.ends_with("::given_limit") {
            "did not wait before"
        } else if took < LIMIT || took > LIMIT.mul_f64(1.2) {
            "ended at the wrong time"
        } else if !is_expected(after.0, &said, &refused) {
            "ended in another way"
        } else {
            return None;
        };
        Some(format!("{}: {fault}: after {took:?}: {said}\n", after.0))
    }))
    .await;
    assert_eq!(wrong.into_iter().flatten().collect::<String>(), "");
}

/// In test code the expiry is heard as a panic. Where it is tried again, where a panic would go unheard and in library
/// code it is an error like any other: it says so, or the code takes it for the failure that it also takes a refusal for.
fn is_expected(name: &str, said: &str, refused: &str) -> bool {
    let panics = name.contains("::in_tests::") && !name.ends_with("::retried") && !name.ends_with("::spawned");
    if panics {
        said == EXPIRED
    } else {
        said != EXPIRED && (ENDINGS.iter().any(|ending| said.contains(ending)) || said == refused)
    }
}
