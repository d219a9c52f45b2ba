//! The front end as the rules see it: sites, fixes, and what a second run finds.

use std::fmt::Write as _;

use super::*;
use crate::check::{self, Surroundings};
use crate::facts::{Fact, ProjectFacts};
use crate::finding::Finding;
use crate::prescan::{Announced, Prescan, Unread};
use crate::settings::Settings;
use crate::signs::Sign;
use crate::sites::{Bound, Entered, Entry};
use crate::stack::STACK_BYTES;

mod announced;
mod deep_input;

fn source(path: &str, text: &str) -> SourceFile {
    SourceFile::new(path, Language::Rust, text.to_owned())
}

fn on_large_stack<R: Send>(run: impl FnOnce() -> R + Send) -> R {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        thread.spawn_scoped(scope, run).unwrap().join().unwrap()
    })
}

fn findings(source: &SourceFile, project: &ProjectFacts) -> Vec<Finding> {
    let settings = Settings::default();
    let surroundings = Surroundings {
        test_file: source.path().components().any(|part| part.as_os_str() == "tests"),
        ..Surroundings::alone(Catalog::builtin(), &settings, project)
    };
    check::check(source, surroundings).findings
}

/// The concise report.
fn report(source: &SourceFile, project: &ProjectFacts) -> String {
    let mut lines = String::new();
    for finding in findings(source, project) {
        let position = source.position(finding.span.start);
        let fix = match (&finding.fix, &finding.help) {
            (Some(fix), _) => format!(" [fix: {:?}]", fix.applicability).to_lowercase(),
            (None, Some(help)) => format!(" [{help}]"),
            (None, None) => String::new(),
        };
        let (code, severity, message) = (finding.rule.code, finding.severity, &finding.message);
        let _ = writeln!(
            lines,
            "{}:{}: {code} {severity} {message}{fix}",
            position.line, position.column
        );
    }
    lines
}

fn connects(text: &str) -> Vec<Connect> {
    let source = source("src/lib.rs", text);
    let module = Module::parse(
        &source,
        Catalog::builtin(),
        &ProjectFacts::default(),
        None,
        Announced::EVERYTHING,
    )
    .unwrap();
    module.sites.connects
}

/// The single connect of a function's body.
fn in_body(body: &str) -> Connect {
    let text = format!("use tokio_tungstenite::connect_async;\nasync fn f(u: &str) {{ {body} }}");
    let mut found = connects(&text);
    assert_eq!(found.len(), 1, "{text}");
    found.remove(0)
}

#[test]
fn entries_are_told_apart() {
    for (body, entry) in [
        ("connect_async(u).await?;", Entry::Await),
        ("let x = (connect_async(u)).await.unwrap().0;", Entry::Await),
        ("if let Ok(x) = connect_async(u).boxed().await {}", Entry::Await),
        ("let fut = connect_async(u); fut.await.unwrap();", Entry::Await),
        (
            "let fut = connect_async(u); tokio::pin!(fut); (&mut fut).await;",
            Entry::Await,
        ),
        (
            "let fut = Box::pin(connect_async(u)); let g = fut; g.await;",
            Entry::Await,
        ),
        ("let fut = connect_async(u); a(&mut fut); fut.await;", Entry::Stored),
        ("self.fut = connect_async(u);", Entry::Stored),
        ("tokio::spawn(connect_async(u));", Entry::Argument),
        ("tokio::join!(connect_async(u), other());", Entry::Argument),
        ("tokio::spawn(async move { connect_async(u).await });", Entry::Await),
        ("return connect_async(u);", Entry::Returned),
        ("g(|| connect_async(u));", Entry::Returned),
        ("assert!(connect_async(u).await.is_err(), \"{}\", 1);", Entry::Await),
        ("matches!(connect_async(u).await, Ok(_) if true);", Entry::Await),
        ("select! { r = connect_async(u) => {} }", Entry::Argument),
        ("select! { _ = a() => { connect_async(u).await; } }", Entry::Await),
        ("stream! { yield connect_async(u).await; };", Entry::Await),
    ] {
        assert_eq!(in_body(body).entry, entry, "{body}");
    }
}

#[test]
fn wrappers_bound_what_they_wait_for() {
    for body in [
        "timeout(d, connect_async(u)).await;",
        "tokio::time::timeout(d, async { loop { connect_async(u).await; } }).await;",
        "tokio::time::timeout_at(i, connect_async(u)).await;",
        "let fut = connect_async(u); timeout(d, fut).await;",
        "let fut = async { connect_async(u).await }; timeout(d, fut).await;",
        "let f = timeout(d, connect_async(u)); select! { r = f => {} }",
        "connect_async(u).timeout(d).await;",
        "connect_async(u).or(async { Timer::after(d).await; Err(e) }).await;",
        "smol::future::or(connect_async(u), async { Timer::after(d).await; Err(e) }).await;",
        "tokio::select! { r = connect_async(u) => {}, _ = tokio::time::sleep(d) => {} }",
        "let c = || async { connect_async(u).await }; timeout(d, c()).await;",
        "timeout(d, join_all(v.iter().map(|u| connect_async(u)))).await;",
        "timeout(d, async { tokio::join!(connect_async(u), a()) }).await;",
        "let fut = connect_async(u); tokio::pin!(fut); loop { timeout(d, &mut fut).await; }",
    ] {
        assert!(!in_body(body).deadlines.is_empty(), "{body}");
    }
    for body in [
        "connect_async(u).await; timeout(d, other()).await;",
        "select! { _ = sleep(d) => { connect_async(u).await; } }",
        "select! { r = connect_async(u) => {}, _ = other() => {} }",
        "timeout(d, tokio::spawn(async move { connect_async(u).await })).await;",
        "timeout(d, send(connect_async(u).await)).await;",
        "let fut = connect_async(u); timeout(d, fut2).await;",
        "timeout(d, async { async fn g() { connect_async(u).await; } other().await }).await;",
        "{ let fut = connect_async(u); } let fut = b; timeout(d, fut).await;",
    ] {
        assert!(in_body(body).deadlines.is_empty(), "{body}");
    }
    assert_eq!(
        in_body("timeout(Duration::MAX, connect_async(u)).await;").deadlines[0].bound,
        Bound::Unlimited
    );
}

#[test]
fn a_blocking_connect_is_not_bounded_by_a_future() {
    let found = connects("async fn f() { tokio::time::timeout(d, async { tungstenite::connect(u) }).await; }");
    assert_eq!((found[0].entry, found[0].deadlines.len()), (Entry::Blocking, 0));
    let found = connects("#[ntest::timeout(500)] fn f() { tungstenite::connect(u); }");
    assert_eq!(found[0].deadlines[0].bound, Bound::Seconds(0.5));
    let timed = "fn f(s: TcpStream) { s.set_read_timeout(Some(d)).unwrap(); tungstenite::client(u, s); }";
    assert_eq!(connects(timed)[0].deadlines.len(), 1);
    assert!(connects(&timed.replace("Some(d)", "None"))[0].deadlines.is_empty());
}

#[test]
fn callers_of_a_local_helper_count_together() {
    let helper = "async fn open(u: &str) { tokio_tungstenite::connect_async(u).await; }";
    let count = |callers: &str| {
        let found = connects(&format!("{helper} {callers}"));
        found[0]
            .deadlines
            .iter()
            .filter(|deadline| deadline.entered == Entered::ByCallers)
            .count()
    };
    assert_eq!(
        count("async fn a() { timeout(d, open(u)).await; } async fn b() { timeout(e, open(u)).await; }"),
        1
    );
    assert_eq!(
        count("async fn a() { timeout(d, open(u)).await; } async fn b() { open(u).await; }"),
        0
    );
    assert_eq!(count("async fn a() { timeout(d, open(u)).await; retry(open); }"), 0);
    assert_eq!(
        count("async fn a() { b().await } async fn b() { open(u).await } async fn c() { timeout(d, a()).await; }"),
        1
    );
    assert_eq!(count("async fn a() { a().await; open(u).await }"), 0);
    let method = "struct C; impl C { async fn open(&self) { tokio_tungstenite::connect_async(u).await; } \
                  async fn go(&self) { timeout(d, self.open()).await; } }";
    assert_eq!(connects(method)[0].deadlines.len(), 1);
    let loose = format!("{method} async fn other(x: Unknown) {{ x.open().await; }}");
    assert_eq!(connects(&loose)[0].deadlines.len(), 0);
}

#[test]
fn builders_are_followed_to_their_connect() {
    for text in [
        "use tokio_websockets::ClientBuilder; async fn f() { ClientBuilder::new().uri(u)?.connect().await; }",
        "async fn f() { tokio_websockets::ClientBuilder::from_uri(u).connect().await; }",
        "async fn f() { let b = tokio_websockets::ClientBuilder::new(); b.uri(u).unwrap().connect().await; }",
        "use tokio_websockets as t; async fn f(mut b: t::ClientBuilder<'_>) { b.connect().await; }",
        "struct S { b: tokio_websockets::ClientBuilder } impl S { async fn f(&self) { self.b.connect().await; } }",
        "type B = tokio_websockets::ClientBuilder; async fn f() { B::new().connect().await; }",
    ] {
        let found = connects(text);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].path, "tokio_websockets::ClientBuilder::connect", "{text}");
    }
    assert!(connects("async fn f(b: Other) { b.connect().await; x.connect().await; }").is_empty());
    let text = "use jsonrpsee::ws_client::WsClientBuilder; async fn f() {
        let b = WsClientBuilder::default().connection_timeout(Duration::from_secs(5)); b.build(u).await; }";
    assert_eq!(connects(text)[0].arguments[0].value, Bound::Seconds(5.0));
}

#[test]
fn test_code_is_known_by_its_marks() {
    for (text, expected) in [
        (
            "#[tokio::test] async fn t() { tokio_tungstenite::connect_async(u).await; }",
            true,
        ),
        (
            "#[cfg(test)] mod t { async fn h() { tokio_tungstenite::connect_async(u).await; } }",
            true,
        ),
        (
            "#[cfg(not(test))] mod t { async fn h() { tokio_tungstenite::connect_async(u).await; } }",
            false,
        ),
        ("async fn t() { tokio_tungstenite::connect_async(u).await; }", false),
    ] {
        assert_eq!(connects(text)[0].in_test, expected, "{text}");
    }
}

#[test]
fn comments_govern_statements() {
    let text = "fn f() {\n    let a = g(\n        1, // mid\n    ); // noqa\n    // own\n    if b {\n        c();\n    }\n}\n// last";
    let source = source("a.rs", text);
    let module = Module::parse(
        &source,
        Catalog::builtin(),
        &ProjectFacts::default(),
        None,
        Announced::EVERYTHING,
    )
    .unwrap();
    let governed: Vec<_> = module
        .sites
        .comments
        .iter()
        .map(|comment| source.slice(comment.governs).trim())
        .collect();
    assert_eq!(governed[0], "1,");
    assert!(
        governed[1].starts_with("let a = g(") && governed[1].ends_with(");"),
        "{governed:?}"
    );
    assert_eq!(governed[2], "if b {");
    assert_eq!(governed[3], "");
}

#[test]
fn nothing_is_written_under_a_paused_clock_or_without_the_feature() {
    let paused = "#[tokio::test(start_paused = true)] async fn t() { tokio_tungstenite::connect_async(u).await; }";
    assert!(
        report(&source("src/lib.rs", paused), &ProjectFacts::default()).contains("[no fix: tokio's clock is paused")
    );
    let plain = "#[tokio::test] async fn t() { tokio_tungstenite::connect_async(u).await; }";
    let off = ProjectFacts {
        tokio_time: Some(Fact {
            value: false,
            source: "Cargo.toml:7".to_owned(),
        }),
        ..ProjectFacts::default()
    };
    assert!(report(&source("src/lib.rs", plain), &off).contains("with the feature `time` (Cargo.toml:7)"));
    assert!(report(&source("src/lib.rs", plain), &ProjectFacts::default()).contains("[fix: unsafe]"));
}
