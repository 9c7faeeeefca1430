//! What is seen of requests, and of documents that are on their way twice.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also in the helpers of the tests"
)]

mod support;

use std::time::Duration;

use djelme_core::backend::Backend as _;
use djelme_testing::{Call, ScriptedBackend, ScriptedServer, on};

use support::{INDEX, ask, creating, lines};

#[tokio::test(start_paused = true)]
async fn a_document_in_two_requests_at_once_is_a_violation() {
    let backend = ScriptedBackend::new();
    backend.script(on(Call::Bulk).delay(Duration::from_secs(1)));
    let (first, second) = (creating(&["a", "b"]), creating(&["b", "c"]));
    let (one, other) = tokio::join!(backend.bulk(&first), backend.bulk(&second));
    one.unwrap();
    other.unwrap();
    let violations = backend.journal().violations();
    assert_eq!(violations.len(), 1, "{violations:?}");
    let violation = &violations[0];
    assert_eq!((violation.index.as_str(), violation.id.as_str()), (INDEX, "b"));
    assert_eq!((violation.first, violation.second), (0, 1));
    assert_eq!(backend.journal().most_in_flight(), 2);
}

#[tokio::test(start_paused = true)]
async fn one_after_the_other_or_after_giving_up_is_none() {
    let backend = ScriptedBackend::new();
    backend.bulk(&creating(&["a"])).await.unwrap();
    backend.script(on(Call::Bulk).hang().once());
    let given_up = creating(&["a"]);
    tokio::time::timeout(Duration::from_secs(5), backend.bulk(&given_up)).await.unwrap_err();
    backend.bulk(&creating(&["a"])).await.unwrap();
    assert_eq!(backend.journal().violations(), []);
    assert_eq!(backend.journal().sent(INDEX, "a"), 3);
    assert_eq!(backend.journal().most_in_flight(), 1);
}

#[tokio::test]
async fn twice_in_one_request_is_a_violation() {
    let backend = ScriptedBackend::new();
    backend.bulk(&creating(&["a", "a"])).await.unwrap();
    let violations = backend.journal().violations();
    assert_eq!((violations.len(), violations[0].first, violations[0].second), (1, 0, 0));
}

#[test]
fn the_server_sees_violations_too() {
    let server = ScriptedServer::start().unwrap();
    server.script(on(Call::Bulk).delay(Duration::from_millis(300)).once());
    let address = server.address();
    let first = std::thread::spawn(move || ask(address, "POST", "/_bulk", &lines(&["a"])));
    while server.journal().calls(Call::Bulk) == 0 {
        std::thread::yield_now();
    }
    ask(address, "POST", "/_bulk", &lines(&["a"])).unwrap();
    first.join().unwrap().unwrap();
    assert_eq!(server.journal().violations().len(), 1);

    server.journal().clear();
    ask(address, "POST", "/_bulk", &lines(&["a"])).unwrap();
    assert_eq!(server.journal().violations(), []);
}

#[tokio::test]
async fn who_waits_for_a_request_sees_it_come() {
    let server = ScriptedServer::start().unwrap();
    let (address, journal) = (server.address(), server.journal().clone());
    let asking = std::thread::spawn(move || ask(address, "GET", "/_cat/indices/a*", ""));
    journal.reached(Call::Indexes, 1).await;
    asking.join().unwrap().unwrap();
    assert_eq!(journal.requests()[0].subject, "a*");
}
