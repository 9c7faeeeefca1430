//! What the tests share: batches, and an HTTP client that shows what really came over the wire.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, reason = "helpers of several tests")]

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use djelme_core::document::{Batch, BatchBuilder, WriteOp};
use djelme_core::naming::{Naming, NamingSource};
use djelme_core::plan::IndexPlan;
use djelme_core::template::Template;
use serde_json::{Value, json};

/// The index of most tests.
pub(crate) const INDEX: &str = "shop_view_2026.1.";

/// A batch of these documents.
pub(crate) fn batch(documents: &[(WriteOp, &str, &str, &str)]) -> Batch {
    let mut builder = BatchBuilder::default();
    for (op, index, id, source) in documents {
        let write = |text: &str, out: &mut Vec<u8>| {
            out.extend_from_slice(text.as_bytes());
            Ok::<(), ()>(())
        };
        builder.push(*op, id, |out| write(index, out), |out| write(source, out)).unwrap();
    }
    builder.finish()
}

/// A batch that creates these ids in [`INDEX`].
pub(crate) fn creating(ids: &[&str]) -> Batch {
    batch(&ids.iter().map(|id| (WriteOp::Create, INDEX, *id, "{\"n\":1}")).collect::<Vec<_>>())
}

/// A strict template with a few fields, for the indexes that begin so.
pub(crate) fn template(name: &str, start: &str) -> Template {
    let mappings = json!({
        "dynamic": "strict",
        "properties": {
            "n": { "type": "long" },
            "k": { "type": "keyword" },
            "d": { "type": "date" },
            "b": { "type": "boolean" },
            "o": { "type": "object", "properties": { "p": { "type": "keyword" } } },
        },
    });
    Template {
        name: name.to_owned(),
        index_patterns: vec![format!("{start}*")],
        priority: Some(500),
        mappings: mappings.as_object().unwrap().clone(),
        ..Template::default()
    }
}

/// The plan of all indexes of `shop_view` under a prefix.
pub(crate) fn plan(prefix: &str) -> IndexPlan {
    let naming = Naming::new(NamingSource {
        prefix,
        app_label: "shop",
        recordtype_name: "view",
        template: None,
        template_name: None,
        depth: Some(djelme_core::time::TimeDepth::Month),
    });
    IndexPlan::new(&naming.unwrap(), None)
}

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// In lower case.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The length that the answer announces.
    pub(crate) fn announced(&self) -> usize {
        let line = self.head.lines().find_map(|line| line.strip_prefix("content-length: "));
        line.unwrap().trim().parse().unwrap()
    }
}

/// Sends one request on a connection of its own and reads until the server closes it.
pub(crate) fn ask(address: SocketAddr, method: &str, target: &str, body: &str) -> io::Result<Answer> {
    ask_with(address, method, target, "", body)
}

/// The same with a header line more.
pub(crate) fn ask_with(
    address: SocketAddr,
    method: &str,
    target: &str,
    header: &str,
    body: &str,
) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let length = body.len();
    let head = format!(
        "{method} {target} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n{header}\r\n"
    );
    stream.write_all((head + body).as_bytes())?;
    read(&mut stream)
}

/// Reads until the other side closes the connection.
pub(crate) fn read(stream: &mut TcpStream) -> io::Result<Answer> {
    let mut text = Vec::new();
    stream.read_to_end(&mut text)?;
    if text.is_empty() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let text = String::from_utf8_lossy(&text).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let head = head.to_lowercase();
    let body = if head.contains("transfer-encoding: chunked") { joined(body) } else { body.to_owned() };
    Ok(Answer { status, head, body })
}

/// The body of a request that creates these ids in [`INDEX`].
pub(crate) fn lines(ids: &[&str]) -> String {
    String::from_utf8(creating(ids).body().to_vec()).unwrap()
}

/// The body whose chunks these are.
fn joined(chunks: &str) -> String {
    let (size, rest) = chunks.split_once("\r\n").unwrap();
    match usize::from_str_radix(size, 16).unwrap() {
        0 => String::new(),
        size => rest[..size].to_owned() + &joined(&rest[size + 2..]),
    }
}
