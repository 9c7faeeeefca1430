//! Plain requests to the server, for what no user of djelme does: closing indexes, setting blocks, foreign templates.

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Sends one request; its status and the JSON that came back.
pub(crate) async fn request(method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
    let url = djelme_tests::server::url().unwrap();
    let host = url.trim_start_matches("http://").trim_end_matches('/');
    let body = body.map(Value::to_string).unwrap_or_default();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all((head + &body).as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    let (_, json) = answer.split_once("\r\n\r\n").unwrap();
    (status, serde_json::from_str(json).unwrap_or_default())
}

/// Sends one request that must succeed.
pub(crate) async fn must(method: &str, path: &str, body: Option<&Value>) -> Value {
    let (status, answer) = request(method, path, body).await;
    assert!(status < 300, "{method} {path}: {status} {answer}");
    answer
}

/// Closes an index.
pub(crate) async fn close(index: &str) {
    must("POST", &format!("/{index}/_close"), None).await;
}
