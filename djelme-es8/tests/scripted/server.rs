//! A server on loopback that answers by script.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use djelme_es8::{Es8, Es8Config};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What to do with a request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Send these bytes and keep the connection.
    Send(String),
    /// Send these bytes and close the connection.
    Cut(String),
    /// Never answer.
    Hang,
}

/// A JSON answer.
pub(crate) fn json(status: u16, body: &str) -> Reply {
    answer(status, "content-type: application/json\r\nX-elastic-product: Elasticsearch\r\n", body)
}

/// An answer with these headers, each with its line end.
pub(crate) fn answer(status: u16, headers: &str, body: &str) -> Reply {
    Reply::Send(format!(
        "HTTP/1.1 {status} Scripted\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    ))
}

/// A server with a script; its last reply is repeated for ever.
#[derive(Debug, Clone)]
pub(crate) struct Scripted {
    pub(crate) url: String,
    script: Arc<Mutex<VecDeque<Reply>>>,
    requests: Arc<Mutex<Vec<String>>>,
    connections: Arc<Mutex<usize>>,
}

impl Scripted {
    pub(crate) async fn start(script: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            script: Arc::new(Mutex::new(script.into_iter().collect())),
            requests: Arc::default(),
            connections: Arc::default(),
        };
        let accepting = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *accepting.connections.lock().unwrap() += 1;
                tokio::spawn(accepting.clone().serve(stream));
            }
        });
        server
    }

    /// The requests so far, head and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// The TCP connections so far, those that asked nothing included.
    pub(crate) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }

    /// A backend whose only node is this server.
    pub(crate) fn es8(&self) -> Es8 {
        Es8::new(Es8Config::new([&self.url])).unwrap()
    }

    async fn serve(self, mut stream: TcpStream) {
        while let Some(request) = read_request(&mut stream).await {
            self.requests.lock().unwrap().push(request);
            let reply = {
                let mut script = self.script.lock().unwrap();
                if script.len() > 1 { script.pop_front() } else { script.front().cloned() }
            };
            match reply {
                Some(Reply::Send(bytes)) => stream.write_all(bytes.as_bytes()).await.unwrap(),
                Some(Reply::Cut(bytes)) => {
                    stream.write_all(bytes.as_bytes()).await.unwrap();
                    return;
                }
                Some(Reply::Hang) | None => std::future::pending().await,
            }
        }
    }
}

/// One request, or `None` when the connection ends.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let length = stream.read(&mut piece).await.ok().filter(|length| *length > 0)?;
        bytes.extend_from_slice(&piece[..length]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let expected = head
            .lines()
            .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok())
            .unwrap_or_default();
        if body.len() >= expected {
            return Some(text.into_owned());
        }
    }
}
