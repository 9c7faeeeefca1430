//! Several nodes, some of which are dead, slow or broken.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use djelme_core::backend::Backend as _;
use djelme_core::{Error, ErrorKind};
use djelme_es8::{Es8, Es8Config};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use crate::batch;
use crate::server::{Reply, Scripted, json};

const STORED: &str =
    r#"{"items":[{"create":{"_id":"a","result":"created","_seq_no":0,"_primary_term":1,"status":201}}]}"#;

/// A URL where nothing listens.
async fn closed() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[tokio::test]
async fn the_nodes_take_turns() {
    let servers = [Scripted::start([json(200, STORED)]).await, Scripted::start([json(200, STORED)]).await];
    let es8 = Es8::new(Es8Config::new(servers.iter().map(|server| &server.url))).unwrap();
    for _ in 0..10 {
        es8.bulk(&batch(&["a"])).await.unwrap();
    }
    assert_eq!(servers.map(|server| server.requests().len()), [5, 5]);
}

#[tokio::test]
async fn a_node_that_cannot_take_requests_is_left_out() {
    // It accepts TCP connections but fails in the TLS handshake: one probe and one attempt are all that it sees.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let no_tls = format!("https://{}", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = connections.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::Relaxed);
            // A probe may be gone already.
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let sound = Scripted::start([json(200, STORED)]).await;
    let es8 = Es8::new(Es8Config::new([&no_tls, &sound.url])).unwrap();
    for _ in 0..10 {
        es8.bulk(&batch(&["a"])).await.unwrap();
    }
    assert_eq!(sound.requests().len(), 10);
    assert_eq!(connections.load(Ordering::Relaxed), 2);
    // After its rest it gets another chance.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    es8.bulk(&batch(&["a"])).await.unwrap();
    es8.bulk(&batch(&["a"])).await.unwrap();
    assert_eq!(connections.load(Ordering::Relaxed), 4);
}

#[cfg(any(feature = "rustls-tls", feature = "native-tls"))]
#[tokio::test]
async fn https_to_a_node_of_plain_http_says_so() {
    // What a node answers to the start of a handshake.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // A probe may be gone already.
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let error = Es8::new(Es8Config::new([&url])).unwrap().refresh("a*").await.unwrap_err();
    assert_eq!(error.backend_kind(), Some(ErrorKind::Unreachable));
    let message = error.to_string();
    assert!(message.contains("does the node speak plain http?"), "{message}");

    // A connection that fails for another reason gets no such hint.
    let refused = closed().await.replace("http:", "https:");
    let error = Es8::new(Es8Config::new([&refused])).unwrap().refresh("a*").await.unwrap_err().to_string();
    assert!(!error.contains("plain http"), "{error}");
}

#[tokio::test]
async fn the_error_says_what_each_node_said() {
    let nodes = [closed().await, "http://no-such-host.invalid:9200".to_owned()];
    let es8 = Es8::new(Es8Config::new(&nodes)).unwrap();
    for _ in 0..2 {
        let error = es8.refresh("a*").await.unwrap_err();
        assert_eq!(error.backend_kind(), Some(ErrorKind::Unreachable));
        let message = error.to_string();
        for part in ["POST /a*/_refresh", &nodes[0], "refused", &nodes[1], "after"] {
            assert!(message.contains(part), "{message}");
        }
    }
}

#[tokio::test]
async fn a_node_that_comes_back_is_used_though_all_are_resting() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let es8 = Es8::new(Es8Config::new([format!("http://{address}")])).unwrap();
    es8.refresh("a*").await.unwrap_err();
    let listener = TcpListener::bind(address).await.unwrap();
    let refresh = es8.refresh("a*");
    let (refreshed, accepted) =
        tokio::join!(tokio::time::timeout(Duration::from_millis(300), refresh), listener.accept());
    assert!(refreshed.is_err(), "connected, so that it waits for the answer");
    accepted.unwrap();
}

#[tokio::test]
async fn no_answer_is_a_timeout_and_nothing_is_sent_again() {
    let (silent, other) = (Scripted::start([Reply::Hang]).await, Scripted::start([json(200, STORED)]).await);
    let config = Es8Config::new([&silent.url, &other.url]).request_timeout(Duration::from_millis(200));
    let es8 = Es8::new(config).unwrap();
    let started = Instant::now();
    let error = es8.bulk(&batch(&["a"])).await.unwrap_err();
    assert!(matches!(&error, Error::Timeout { request, after }
        if request == "POST /_bulk" && *after == Duration::from_millis(200)));
    assert!(started.elapsed() < Duration::from_secs(2));
    assert_eq!((silent.requests().len(), other.requests().len()), (1, 0));
}

#[tokio::test]
async fn a_node_without_answers_is_probed_before_its_next_request() {
    let server = Scripted::start([Reply::Hang, json(200, STORED)]).await;
    let es8 = Es8::new(Es8Config::new([&server.url]).request_timeout(Duration::from_millis(200))).unwrap();
    es8.bulk(&batch(&["a"])).await.unwrap_err();
    assert_eq!(server.connections(), 2, "a probe and the request");
    es8.bulk(&batch(&["a"])).await.unwrap();
    assert_eq!(server.connections(), 4, "again, because the first connection is lost");
    es8.bulk(&batch(&["a"])).await.unwrap();
    assert_eq!(server.connections(), 4, "an answer ends the suspicion");
}

#[tokio::test]
async fn a_broken_connection_ends_a_write_and_moves_a_read_on() {
    let (broken, sound) =
        (Scripted::start([Reply::Cut(String::new())]).await, Scripted::start([json(200, STORED)]).await);
    let es8 = Es8::new(Es8Config::new([&broken.url, &sound.url])).unwrap();
    let error = es8.bulk(&batch(&["a"])).await.unwrap_err();
    assert!(matches!(&error, Error::UnexpectedAnswer(text) if text.contains("https")), "{error}");
    assert_eq!(sound.requests().len(), 0);

    let es8 = Es8::new(Es8Config::new([&broken.url, &sound.url])).unwrap();
    es8.refresh("a*").await.unwrap();
    assert_eq!((broken.requests().len(), sound.requests().len()), (2, 1));
}

#[tokio::test]
async fn a_node_that_is_not_well_lets_others_go_first() {
    let (ill, sound) = (Scripted::start([json(503, "{}")]).await, Scripted::start([json(200, STORED)]).await);
    let es8 = Es8::new(Es8Config::new([&ill.url, &sound.url])).unwrap();
    let error = es8.bulk(&batch(&["a"])).await.unwrap_err();
    assert_eq!(error.backend_kind(), Some(ErrorKind::Busy));
    for _ in 0..5 {
        es8.bulk(&batch(&["a"])).await.unwrap();
    }
    assert_eq!((ill.requests().len(), sound.requests().len()), (1, 5));
}

/// A port that neither accepts nor refuses: connections beyond a listener's backlog get no answer on Linux.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_node_that_swallows_connections_costs_the_connect_timeout_only() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(Ok(stream)) =
        tokio::time::timeout(Duration::from_millis(200), tokio::net::TcpStream::connect(address)).await
    {
        waiting.push(stream);
    }
    let sound = Scripted::start([json(200, STORED)]).await;
    let nodes = [format!("http://{address}"), sound.url.clone()];
    let es8 = Es8::new(Es8Config::new(nodes).connect_timeout(Duration::from_millis(200))).unwrap();
    let started = Instant::now();
    es8.bulk(&batch(&["a"])).await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(3));

    let alone = Es8Config::new([format!("http://{address}")]).request_timeout(Duration::from_millis(300));
    let error = Es8::new(alone).unwrap().bulk(&batch(&["a"])).await.unwrap_err();
    assert_eq!(error.backend_kind(), Some(ErrorKind::Unreachable), "nothing was sent: {error}");
}
