//! Each fault of the scripted server, as a plain HTTP client sees it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also in the helpers of the tests"
)]

mod support;

use std::io::{ErrorKind, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use djelme_testing::{Call, Fault, Rule, ScriptedServer, on, refusal};
use serde_json::{Value, json};

use support::{Answer, INDEX, ask, ask_with, lines, read};

fn server(rule: Rule) -> ScriptedServer {
    let server = ScriptedServer::start().unwrap();
    server.script(rule);
    server
}

fn bulk(server: &ScriptedServer, ids: &[&str]) -> std::io::Result<Answer> {
    ask(server.address(), "POST", "/_bulk", &lines(ids))
}

/// The ids of the answer's items, in order.
fn ids(answer: &Answer) -> Vec<String> {
    let json = answer.json();
    let items = json["items"].as_array().unwrap();
    items.iter().map(|item| item["create"]["_id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn without_a_rule_a_batch_is_stored_and_answered_item_by_item() {
    let server = ScriptedServer::start().unwrap();
    let answer = bulk(&server, &["a", "b"]).unwrap();
    assert_eq!(answer.status, 200);
    assert!(answer.head.contains("x-elastic-product: elasticsearch"), "{}", answer.head);
    assert_eq!(ids(&answer), ["a", "b"]);
    assert_eq!(server.store().len(), 2);
    assert_eq!(server.journal().requests()[0].line, "POST /_bulk");
}

#[test]
fn a_status_is_answered_with_its_words_and_nothing_is_stored() {
    let server = server(on(Call::Bulk).answer(429).retry_after(Duration::from_secs(7)).times(2));
    for _ in 0..2 {
        let answer = bulk(&server, &["a"]).unwrap();
        assert_eq!(answer.status, 429);
        assert!(answer.head.contains("retry-after: 7"), "{}", answer.head);
        assert_eq!(answer.json()["error"]["type"], "es_rejected_execution_exception");
    }
    assert!(server.store().is_empty());
    assert_eq!(bulk(&server, &["a"]).unwrap().status, 200);
}

#[test]
fn an_answer_can_be_that_of_a_proxy() {
    let server = server(on(Call::Bulk).answer(502).body("<h1>Bad gateway</h1>"));
    let answer = bulk(&server, &["a"]).unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (502, "<h1>Bad gateway</h1>"));
    assert!(
        answer.head.contains("text/html") && !answer.head.contains("x-elastic-product"),
        "{}",
        answer.head
    );
}

#[test]
fn one_item_fails_and_the_others_are_stored() {
    let server = server(on(Call::Bulk).for_id("b").refuse(refusal::busy()).once());
    let answer = bulk(&server, &["a", "b", "c"]).unwrap().json();
    let statuses: Vec<_> = (0..3).map(|item| &answer["items"][item]["create"]["status"]).collect();
    assert_eq!(statuses, [&json!(201), &json!(429), &json!(201)]);
    assert_eq!(answer["errors"], true);
    assert_eq!(server.store().len(), 2);
    assert_eq!(bulk(&server, &["b"]).unwrap().json()["errors"], false);
}

#[test]
fn a_poison_line_fails_the_whole_request_and_no_other() {
    let server = server(on(Call::Bulk).for_items(|item| item.id == "poison").answer(400));
    assert_eq!(bulk(&server, &["a", "poison"]).unwrap().status, 400);
    assert!(server.store().is_empty());
    assert_eq!(bulk(&server, &["a"]).unwrap().status, 200);
}

#[test]
fn what_is_larger_than_the_limit_is_refused() {
    let server = server(on(Call::Bulk).over_bytes(200).answer(413));
    assert_eq!(bulk(&server, &["a", "b", "c", "d"]).unwrap().status, 413);
    assert_eq!(bulk(&server, &["a", "b"]).unwrap().status, 200);
}

#[test]
fn a_delay_passes_before_the_answer_and_outlives_the_client() {
    let server = server(on(Call::Bulk).delay(Duration::from_millis(300)));
    let started = Instant::now();
    assert_eq!(bulk(&server, &["a"]).unwrap().status, 200);
    assert!(started.elapsed() >= Duration::from_millis(300));

    let body = lines(&["b"]);
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let head = format!("POST /_bulk HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all((head + &body).as_bytes()).unwrap();
    wait_for(|| server.journal().calls(Call::Bulk) == 2);
    drop(stream);
    wait_for(|| server.store().document(INDEX, "b").is_some());
}

#[test]
fn what_was_delayed_is_lost_when_the_server_goes_down() {
    let server = server(on(Call::Bulk).delay(Duration::from_millis(200)));
    let address = server.address();
    let asking = std::thread::spawn(move || ask(address, "POST", "/_bulk", &lines(&["a"])));
    wait_for(|| server.journal().calls(Call::Bulk) == 1);
    server.go_down();
    asking.join().unwrap().unwrap_err();
    std::thread::sleep(Duration::from_millis(400));
    assert!(server.store().is_empty());
}

fn wait_for(condition: impl Fn() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(20), "it does not come");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A request whose answer is not waited for longer than this.
fn impatient(server: &ScriptedServer, ids: &[&str]) -> std::io::Result<Answer> {
    let body = lines(ids);
    let mut stream = TcpStream::connect(server.address())?;
    stream.set_read_timeout(Some(Duration::from_millis(200)))?;
    let head = format!("POST /_bulk HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all((head + &body).as_bytes())?;
    read(&mut stream)
}

#[test]
fn a_request_hangs_with_and_without_being_carried_out() {
    let server = server(on(Call::Bulk).hang().once().then().apply_and_hang().once());
    assert_eq!(impatient(&server, &["a"]).unwrap_err().kind(), ErrorKind::WouldBlock);
    assert!(server.store().is_empty());
    assert_eq!(impatient(&server, &["a"]).unwrap_err().kind(), ErrorKind::WouldBlock);
    assert_eq!(server.store().len(), 1);
}

#[test]
fn the_connection_ends_with_and_without_the_batch_being_stored() {
    let server = server(on(Call::Bulk).drop_connection().once().then().apply_and_drop().once());
    assert_eq!(bulk(&server, &["a"]).unwrap_err().kind(), ErrorKind::UnexpectedEof);
    assert!(server.store().is_empty());
    assert_eq!(bulk(&server, &["a"]).unwrap_err().kind(), ErrorKind::UnexpectedEof);
    assert_eq!(server.store().len(), 1);
    let again = bulk(&server, &["a"]).unwrap().json();
    assert_eq!(again["items"][0]["create"]["status"], 409);
}

#[test]
fn the_connection_is_reset() {
    let server = server(on(Call::Bulk).reset());
    assert_eq!(bulk(&server, &["a"]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert!(server.store().is_empty());
}

#[test]
fn the_body_ends_in_its_middle_after_the_batch_was_stored() {
    let server = server(on(Call::Bulk).truncate());
    let answer = bulk(&server, &["a", "b"]).unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body.len(), answer.announced() / 2);
    assert_eq!(server.store().len(), 2);
}

#[test]
fn the_body_is_whole_but_no_json() {
    let server = server(on(Call::Bulk).malform());
    let answer = bulk(&server, &["a"]).unwrap();
    assert_eq!((answer.status, answer.body.len()), (200, answer.announced()));
    serde_json::from_str::<Value>(&answer.body).unwrap_err();
    assert_eq!(server.store().len(), 1);
}

#[test]
fn the_items_of_an_answer_are_too_few_too_many_or_in_another_order() {
    let server =
        server(on(Call::Bulk).leave_out_an_item().once().then().add_an_item().once().then().reorder().once());
    assert_eq!(ids(&bulk(&server, &["a", "b", "c"]).unwrap()), ["a", "b"]);
    assert_eq!(ids(&bulk(&server, &["d", "e", "f"]).unwrap()), ["d", "e", "f", "f"]);
    assert_eq!(ids(&bulk(&server, &["g", "h", "i"]).unwrap()), ["h", "i", "g"]);
    assert_eq!(server.store().len(), 9);
}

#[test]
fn a_slow_server_takes_its_time_to_read() {
    let server = ScriptedServer::start().unwrap();
    server.read_slowly(Some(200));
    let body = lines(&["a", "b"]);
    assert!(body.len() > 100);
    let started = Instant::now();
    assert_eq!(bulk(&server, &["a", "b"]).unwrap().status, 200);
    assert!(started.elapsed() > Duration::from_millis(500));
    server.read_slowly(None);
    assert_eq!(bulk(&server, &["c"]).unwrap().status, 200);
}

#[test]
fn a_server_that_is_down_refuses_connections_and_keeps_its_documents() {
    let server = ScriptedServer::start().unwrap();
    bulk(&server, &["a"]).unwrap();
    server.go_down();
    assert!(server.is_down());
    assert_eq!(bulk(&server, &["b"]).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    server.come_up().unwrap();
    assert_eq!(bulk(&server, &["b"]).unwrap().status, 200);
    assert_eq!(server.store().len(), 2);
}

#[test]
fn a_script_takes_the_server_down() {
    let server = server(on(Call::Bulk).go_down().once());
    bulk(&server, &["a"]).unwrap_err();
    wait_for(|| server.is_down());
    assert_eq!(bulk(&server, &["a"]).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    assert!(server.store().is_empty());
    server.come_up().unwrap();
    assert_eq!(bulk(&server, &["a"]).unwrap().status, 200);
}

#[test]
fn only_the_right_login_is_let_in() {
    let server = ScriptedServer::start().unwrap();
    server.require_login("shop", "secret");
    let refused = bulk(&server, &["a"]).unwrap();
    assert_eq!((refused.status, &refused.json()["error"]["type"]), (401, &json!("security_exception")));
    // `shop:secret`.
    let header = "authorization: Basic c2hvcDpzZWNyZXQ=\r\n";
    let with = || ask_with(server.address(), "POST", "/_bulk", header, &lines(&["a"])).unwrap();
    assert_eq!(with().status, 200);
    server.require_login("shop", "changed");
    assert_eq!(with().status, 401);
    server.require_no_login();
    assert_eq!(bulk(&server, &["b"]).unwrap().status, 200);
    assert_eq!(server.journal().calls(Call::Bulk), 2);
}

#[test]
fn closed_and_blocked_indexes_and_a_full_cluster_fail_their_items() {
    let server = ScriptedServer::start().unwrap();
    let error = |id: &str| {
        let answer = bulk(&server, &[id]).unwrap().json();
        let item = answer["items"][0]["create"].clone();
        (item["status"].as_u64(), item["error"]["type"].as_str().map(str::to_owned))
    };
    let of = |status, name: &str| (Some(status), Some(name.to_owned()));
    server.store().limit_indexes(Some(0));
    assert_eq!(error("a"), of(400, "validation_exception"));
    server.store().limit_indexes(None);
    server.store().close_index(INDEX);
    assert_eq!(error("a"), of(400, "index_closed_exception"));
    server.store().open_index(INDEX);
    server.store().block_writes(INDEX);
    assert_eq!(error("a"), of(403, "cluster_block_exception"));
    server.store().allow_writes(INDEX);
    assert_eq!(error("a"), (Some(201), None));
}

#[test]
fn a_rule_takes_requests_by_number_kind_and_chance() {
    let server = server(on(Call::Bulk).numbers(2..=3).answer(500));
    server.script(on(Call::Bulk).every(5).answer(503));
    let statuses: Vec<_> = ["a", "b", "c", "d", "e"].map(|id| bulk(&server, &[id]).unwrap().status).into();
    assert_eq!(statuses, [200, 500, 500, 200, 503]);
    server.clear_script();
    server.journal().clear();

    server.script(on(Call::Bulk).with_probability(0.3).seeded(7).one_of([Fault::Drop, Fault::Malform]));
    let failed =
        |_| bulk(&server, &["x"]).map_or(true, |answer| serde_json::from_str::<Value>(&answer.body).is_err());
    let first: Vec<_> = (0..40).map(failed).collect();
    let count = first.iter().filter(|failed| **failed).count();
    assert!((4..=24).contains(&count), "{count}");
    server.clear_script();
    server.script(on(Call::Bulk).with_probability(0.3).seeded(7).one_of([Fault::Drop, Fault::Malform]));
    assert_eq!((0..40).map(failed).collect::<Vec<_>>(), first);
    assert_eq!(ask(server.address(), "GET", "/", "").unwrap().status, 200);
}

#[test]
fn what_the_server_does_not_know_is_refused_by_name() {
    let server = ScriptedServer::start().unwrap();
    let refused = |method, target, body| {
        let answer = ask(server.address(), method, target, body).unwrap();
        assert_eq!(answer.status, 400, "{answer:?}");
        answer.body
    };
    assert!(refused("GET", "/_cluster/health", "").contains("no handler found for uri [/_cluster/health]"));
    assert!(
        refused("POST", "/_bulk", "{\"update\":{\"_index\":\"a\",\"_id\":\"b\"}}\n{}\n").contains("update")
    );
    assert!(refused("POST", "/_search", "{\"aggs\":{}}").contains("aggs"));
    assert!(refused("POST", "/_search", "{\"query\":{\"fuzzy\":{}}}").contains("fuzzy"));
}
