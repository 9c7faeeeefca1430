//! A server that takes everything and keeps nothing, in a process of its own: what it costs does not count.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, bail};

/// What Elasticsearch says of itself.
const WHO: &[u8] = b"{\"version\":{\"number\":\"8.0.0\"},\"tagline\":\"You Know, for Search\"}";

/// The process; it ends with this value.
pub(crate) struct NullServer {
    process: Child,
    pub(crate) url: String,
}

impl NullServer {
    pub(crate) fn start() -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut process = command.arg("null-server").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut url = String::new();
        let output = process.stdout.take().context("the null server has an output")?;
        BufReader::new(output).read_line(&mut url)?;
        Ok(Self { process, url: url.trim().to_owned() })
    }
}

impl Drop for NullServer {
    fn drop(&mut self) {
        // It ends by itself too, when its input does.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Templates by their paths: a handle looks for its own before it writes.
type Templates = Arc<Mutex<HashMap<String, Vec<u8>>>>;

/// Serves until the input ends, which it does with the program that started this one.
pub(crate) fn serve() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("http://{}", listener.local_addr()?);
    std::thread::spawn(move || {
        let templates = Templates::default();
        for stream in listener.incoming().flatten() {
            let templates = templates.clone();
            // A client that goes away is no fault.
            std::thread::spawn(move || converse(stream, &templates));
        }
    });
    let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
    Ok(())
}

/// Answers the requests of one connection.
fn converse(mut stream: TcpStream, templates: &Templates) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut input = BufReader::with_capacity(1 << 16, stream.try_clone()?);
    let (mut body, mut answer, mut message) = (Vec::new(), Vec::new(), Vec::new());
    while let Some((method, path, length)) = head(&mut input)? {
        body.resize(length, 0);
        input.read_exact(&mut body)?;
        answer.clear();
        let status = respond(&method, &path, &body, templates, &mut answer);
        message.clear();
        write!(
            message,
            "HTTP/1.1 {status} -\r\ncontent-type: application/json\r\nx-elastic-product: Elasticsearch\r\n\
             content-length: {}\r\n\r\n",
            answer.len()
        )?;
        message.extend_from_slice(&answer);
        stream.write_all(&message)?;
    }
    Ok(())
}

/// Method, path and length of the body of the next request; `None` at the end.
fn head(input: &mut BufReader<TcpStream>) -> Result<Option<(String, String, usize)>> {
    let mut line = String::new();
    if input.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let (Some(method), Some(target)) = (words.next(), words.next()) else { bail!("no request: {line}") };
    let path = target.split('?').next().unwrap_or_default();
    let (method, path) = (method.to_owned(), path.to_owned());
    let mut length = 0;
    loop {
        line.clear();
        input.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse()?;
            }
            Some(_) => {}
            None => return Ok(Some((method, path, length))),
        }
    }
}

fn respond(method: &str, path: &str, body: &[u8], templates: &Templates, out: &mut Vec<u8>) -> u16 {
    if path == "/_bulk" {
        acknowledge(body, out);
        return 200;
    }
    let mut templates = templates.lock().unwrap_or_else(PoisonError::into_inner);
    let name = path.strip_prefix("/_index_template/").filter(|name| !name.starts_with("_simulate"));
    match (method, name) {
        ("PUT", Some(_)) => {
            templates.insert(path.to_owned(), body.to_vec());
            out.extend_from_slice(b"{\"acknowledged\":true}");
        }
        ("GET", Some(name)) => {
            let Some(template) = templates.get(path) else {
                out.extend_from_slice(b"{}");
                return 404;
            };
            let text = String::from_utf8_lossy(template);
            let found =
                format!("{{\"index_templates\":[{{\"name\":\"{name}\",\"index_template\":{text}}}]}}");
            out.extend_from_slice(found.as_bytes());
        }
        ("GET", None) if path == "/" => out.extend_from_slice(WHO),
        _ if path.starts_with("/_cat") => out.extend_from_slice(b"[]"),
        _ => out.extend_from_slice(b"{\"acknowledged\":true}"),
    }
    200
}

/// Answers each line that names an operation as if its document had been created.
pub(crate) fn acknowledge(body: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"items\":[");
    // Each operation here has a document, in the next line.
    for (number, action) in body.split(|byte| *byte == b'\n').step_by(2).enumerate() {
        let Some(id) = id(action) else { continue };
        if number > 0 {
            out.push(b',');
        }
        out.extend_from_slice(b"{\"create\":{\"_id\":\"");
        out.extend_from_slice(id);
        out.extend_from_slice(b"\",\"status\":201,\"_seq_no\":123456,\"_primary_term\":1}}");
    }
    out.extend_from_slice(b"]}");
}

/// The id that an action line names.
fn id(action: &[u8]) -> Option<&[u8]> {
    const NAME: &[u8] = b"\"_id\":\"";
    let start = action.windows(NAME.len()).position(|window| window == NAME)? + NAME.len();
    let length = action[start..].iter().position(|byte| *byte == b'"')?;
    Some(&action[start..start + length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_is_answered_under_its_id() {
        let body = b"{\"create\":{\"_index\":\"a\",\"_id\":\"x\"}}\n{\"_id\":\"no\"}\n\
                     {\"create\":{\"_id\":\"y\",\"_index\":\"a\"}}\n{}\n";
        let mut answer = Vec::new();
        acknowledge(body, &mut answer);
        let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
        let ids: Vec<_> =
            answer["items"].as_array().unwrap().iter().map(|item| &item["create"]["_id"]).collect();
        assert_eq!(ids, ["x", "y"]);
    }
}
