//! `--explain-site`: how the answer for what stands at a line came about.

use serde_json::Value;

use crate::sandbox::Sandbox;

const NET: &str = "\
import asyncio
import websockets


async def dial(url, **keywords):
    async with asyncio.timeout(5):
        return await websockets.connect(url, **keywords)


async def open_feed(url):
    return await websockets.connect(url)
";

const APP: &str = "\
import net


async def main(url):
    ws = await net.dial(url, extra_headers={})
    await net.open_feed(url)
    print('✓ connected')
";

const RUST: &str = "\
use std::time::Duration;
use tokio_tungstenite::connect_async;

#[tokio::test]
async fn greets() {
    let (mut ws, _) = tokio::time::timeout(Duration::from_secs(5), connect_async(\"ws://localhost\")).await.unwrap().unwrap();
    let _ = futures_util::StreamExt::next(&mut ws).await;
}
";

fn project() -> Sandbox {
    Sandbox::with(&[
        ("net.py", NET),
        ("app.py", APP),
        ("requirements.txt", "websockets==15.0.1\n"),
    ])
}

#[test]
fn a_connect_is_told_with_its_deadline_its_release_and_the_rules_that_are_silent() {
    let ran = project().run("--explain-site net.py:7");
    insta::assert_snapshot!(ran.stdout);
    assert_eq!((ran.stderr.as_str(), ran.code), ("", Some(0)));
}

#[test]
fn callers_in_other_files_are_named() {
    let ran = project().run("--explain-site net.py:11");
    insta::assert_snapshot!(ran.stdout);
    assert_eq!(ran.code, Some(0));
}

#[test]
fn keywords_are_followed_through_the_files_to_their_connect() {
    let ran = project().run("--explain-site app.py:5:12");
    insta::assert_snapshot!(ran.stdout);
    assert_eq!(ran.code, Some(0));
}

#[test]
fn a_dictionary_that_reaches_a_connect_is_no_connect_of_its_own() {
    let opens =
        "from web3 import WebSocketProvider\n\nP = WebSocketProvider('ws://h', websocket_kwargs={'open_timeout': 5})\n";
    let sandbox = Sandbox::with(&[("opens.py", opens), ("requirements.txt", "websockets==15.0.1\n")]);
    let ran = sandbox.run("--explain-site opens.py:3");
    insta::assert_snapshot!(ran.stdout);
    assert_eq!(ran.code, Some(0));
}

#[test]
fn a_print_is_told_with_the_text_that_is_known() {
    let ran = project().run("--explain-site app.py:7");
    insta::assert_snapshot!(ran.stdout);
    assert_eq!(ran.code, Some(0));
}

#[test]
fn rust_is_told_in_the_same_words() {
    let sandbox = Sandbox::with(&[("tests/greeting.rs", RUST)]);
    let ran = sandbox.run("--explain-site tests/greeting.rs:6");
    insta::assert_snapshot!(ran.stdout);
    assert_eq!(ran.code, Some(0));
}

#[test]
fn what_a_rule_finds_elsewhere_is_told() {
    let test = "import time\n\nimport websockets\n\n\nasync def test_waits(url):\n    await websockets.connect(url)\n    time.sleep(3)\n";
    let sandbox = Sandbox::with(&[("test_a.py", test), ("requirements.txt", "websockets==15.0.1\n")]);
    let ran = sandbox.run("--explain-site test_a.py:8");
    insta::assert_snapshot!(ran.stdout);
    assert_eq!((ran.stderr.as_str(), ran.code), ("", Some(0)));
}

#[test]
fn where_nothing_stands_the_nearest_sites_are_named() {
    let ran = project().run("--explain-site net.py:2");
    assert_eq!(ran.stdout, "");
    insta::assert_snapshot!(ran.stderr);
    assert_eq!(ran.code, Some(2));
    let empty = Sandbox::with(&[("a.py", "x = 1\n")]).run("--explain-site a.py:1");
    assert!(empty.stderr.contains("nor anywhere in the file"), "{}", empty.stderr);
    assert_eq!(empty.code, Some(2));
}

#[test]
fn of_releases_that_nobody_has_run_nothing_is_claimed() {
    let opens = "\
import websocket
from playwright.async_api import Playwright
from tornado.websocket import websocket_connect


async def opens(url, playwright: Playwright):
    await playwright.chromium.connect(url, timeout=5000, bogus=1)
    await websocket_connect(url, connect_timeout=5, bogus=1)
    websocket.create_connection(url, timeout=5, bogus=1)
";
    let requirements = "playwright==1.30.0\ntornado==6.0\nwebsocket-client==0.40\n";
    let sandbox = Sandbox::with(&[("opens.py", opens), ("requirements.txt", requirements)]);
    for line in [7, 8, 9] {
        let ran = sandbox.run(&format!("--explain-site opens.py:{line}"));
        assert!(ran.stdout.contains("nothing is known of "), "{}", ran.stdout);
        for claim in [
            "bounds it\n",
            "no release that may run rejects",
            "is taken for a limit that it is not",
        ] {
            assert!(!ran.stdout.contains(claim), "{claim}: {}", ran.stdout);
        }
    }
}

#[test]
fn what_is_no_line_of_a_file_is_refused() {
    for typed in ["net.py", "net.py:x", "net.py:0", ":3"] {
        let ran = project().run(&format!("--explain-site {typed}"));
        assert!(ran.stderr.contains("FILE:LINE"), "{typed}: {}", ran.stderr);
        assert_eq!(ran.code, Some(2), "{typed}");
    }
    assert_eq!(project().run("--explain-site missing.py:3").code, Some(2));
}

#[test]
fn programs_get_an_object() {
    let ran = project().run("--explain-site app.py:5 --output-format json");
    let told: Value = serde_json::from_str(&ran.stdout).expect("it is JSON");
    let site = &told["sites"][0];
    assert_eq!(site["kind"], "connect-through-keywords");
    assert_eq!(site["resolves_to"], "websockets.connect");
    let places = site["answers"].as_array().expect("there are answers").iter();
    let mut places = places.flat_map(|answer| answer["places"].as_array().into_iter().flatten());
    assert_eq!(places.next().expect("there is a place")["path"], "net.py");
}

#[test]
fn findings_name_the_places_that_their_answer_comes_through() {
    let sandbox = project();
    let json: Value =
        serde_json::from_str(&sandbox.run("--select WS103 --output-format json").stdout).expect("it is JSON");
    let related = &json["findings"][0]["related"][0];
    assert_eq!(
        (related["path"].as_str(), related["start"]["line"].as_u64()),
        (Some("net.py"), Some(7))
    );
    assert_eq!(
        related["message"],
        "`dial` hands its keywords on to `websockets.connect`"
    );
    let sarif: Value =
        serde_json::from_str(&sandbox.run("--select WS103 --output-format sarif").stdout).expect("it is JSON");
    let place = &sarif["runs"][0]["results"][0]["relatedLocations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "net.py");
    assert_eq!(place["region"]["startLine"], 7);
    let full = sandbox.run("--select WS103").stdout;
    assert!(full.contains("see: net.py:7: `dial` hands its keywords on"), "{full}");
}
