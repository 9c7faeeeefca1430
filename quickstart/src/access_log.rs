//! The requests of a web server, from its log in the common or the combined format.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use djelme::prelude::*;
use djelme::{Djelme, EventRecord};
use serde::{Deserialize, Serialize};

use crate::{show, store};

/// How many lines that are no requests are shown.
const SHOWN: usize = 3;

/// One request. Two of the same client in the same second may be alike in all that the log tells; `repetition` counts
/// those, so that each has an id of its own and gets the same one again when the log is read again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, EventRecord)]
#[djelme(
    app_label = "web",
    timedepth = "day",
    unique_together(timestamp, client, method, path, status, bytes, referrer, user_agent, repetition)
)]
pub(crate) struct Request {
    pub(crate) client: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) status: u16,
    pub(crate) bytes: u64,
    /// Empty in the common format.
    pub(crate) referrer: String,
    /// Empty in the common format.
    pub(crate) user_agent: String,
    pub(crate) repetition: u32,
    pub(crate) timestamp: DateTime<Utc>,
}

/// What a log says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Log {
    pub(crate) requests: Vec<Request>,
    /// Lines that are no requests, by number, with what is wrong.
    pub(crate) bad: Vec<(usize, String)>,
}

/// Records the requests; shows paths and times.
pub(crate) async fn show(djelme: &Djelme, path: &Path) -> anyhow::Result<String> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    let log = parse(&String::from_utf8_lossy(&bytes));
    let mut out = String::new();
    let stored = store::record_all(djelme, &log.requests).await?;
    writeln!(out, "Requests of {}: {stored}", path.display())?;
    if !log.bad.is_empty() {
        writeln!(out, "Lines that are no requests, and were left out: {}", log.bad.len())?;
        for (number, problem) in log.bad.iter().take(SHOWN) {
            writeln!(out, "  line {number}: {problem}")?;
        }
    }
    let times = || log.requests.iter().map(|request| request.timestamp);
    let (Some(from), Some(newest)) = (times().min(), times().max()) else { return Ok(out) };
    let until = newest + TimeDelta::seconds(1);

    let f = Request::fields();
    let (interval, letters) = show::interval(from, until);
    let bytes = sum("bytes", f.bytes);
    let failed = filter("failed", f.status.gte(400));
    let per_path = terms("per_path", f.path).size(5).aggregate(&bytes).aggregate(&failed);
    let over_time = date_histogram("over_time", f.timestamp).calendar_interval(interval);
    let found = Request::search_timeseries_range(from, until)?
        .size(0)
        .track_total_hits(true)
        .aggregate(&per_path)
        .aggregate(&over_time)
        .send(djelme)
        .await?;

    let span = (from.format("%Y-%m-%d %H:%M"), newest.format("%Y-%m-%d %H:%M"));
    writeln!(
        out,
        "Searched from {} to {} (UTC): {} requests. By path:",
        span.0,
        span.1,
        found.total().value
    )?;
    let mut paths = show::table(["path", "requests", "failed", "bytes"], 1);
    for bucket in found.aggregation(&per_path)?.buckets() {
        paths.add_row([
            shortened(&bucket.key().to_string()),
            bucket.doc_count().to_string(),
            bucket.aggregation(&failed)?.doc_count().to_string(),
            bucket.aggregation(&bytes)?.to_string(),
        ]);
    }
    writeln!(out, "{paths}\nOver time (UTC):")?;
    out += &show::histogram(&found.aggregation(&over_time)?, letters)?;
    Ok(out)
}

fn shortened(path: &str) -> String {
    match path.char_indices().nth(50) {
        Some((end, _)) => format!("{}…", &path[..end]),
        None => path.to_owned(),
    }
}

/// Reads a log. Empty lines say nothing; other lines that are no requests are named.
pub(crate) fn parse(log: &str) -> Log {
    let mut read = Log::default();
    let mut repetitions: HashMap<Request, u32> = HashMap::new();
    for (number, line) in log.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        match request(line) {
            Ok(mut request) => {
                let seen = repetitions.entry(request.clone()).or_default();
                request.repetition = *seen;
                *seen += 1;
                read.requests.push(request);
            }
            Err(problem) => read.bad.push((number + 1, problem.to_owned())),
        }
    }
    read
}

/// Reads `client identity user [time] "request" status bytes`, and in the combined format `"referrer" "user agent"`.
fn request(line: &str) -> Result<Request, &'static str> {
    let (before, rest) = line.split_once('[').ok_or("there is no time in brackets")?;
    let client = before.split_whitespace().next().ok_or("there is no client")?;
    let (time, rest) = rest.split_once(']').ok_or("there is no time in brackets")?;
    let time = DateTime::parse_from_str(time, "%d/%b/%Y:%H:%M:%S %z")
        .map_err(|_| "the time is not like 14/Feb/2026:12:00:00 +0000")?;
    let (line, rest) = quoted(rest).ok_or("there is no request in quotes")?;
    let mut numbers = rest.split_whitespace();
    let status = numbers.next().and_then(|status| status.parse().ok()).ok_or("the status is no number")?;
    let bytes = match numbers.next() {
        Some("-") => 0,
        Some(bytes) => bytes.parse().map_err(|_| "the size is no number")?,
        None => return Err("there is no size"),
    };
    let (referrer, rest) = quoted(rest).unwrap_or_default();
    let (user_agent, _) = quoted(rest).unwrap_or_default();
    let mut words = line.split(' ');
    // What is no request of HTTP, such as the first bytes of TLS, is logged as well.
    let (method, path) = match (words.next(), words.next()) {
        (Some(method), Some(path)) => (method, path),
        _ => ("", line.as_str()),
    };
    Ok(Request {
        client: client.to_owned(),
        method: method.to_owned(),
        path: path.to_owned(),
        status,
        bytes,
        referrer,
        user_agent,
        repetition: 0,
        timestamp: time.to_utc(),
    })
}

/// The next text in quotes, and what follows it. A backslash takes the character after it along.
fn quoted(text: &str) -> Option<(String, &str)> {
    let start = text.find('"')? + 1;
    let mut content = String::new();
    let mut characters = text[start..].char_indices();
    while let Some((position, character)) = characters.next() {
        match character {
            '"' => return Some((content, &text[start + position + 1..])),
            '\\' => content.extend(characters.next().map(|(_, escaped)| escaped)),
            _ => content.push(character),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Request, parse};

    const COMMON: &str =
        r#"127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326"#;

    #[test]
    fn both_formats_are_read() {
        let combined = format!(
            r#"{COMMON} "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; \"I\" ;Nav)""#
        );
        let log = parse(&format!("{COMMON}\n\n{combined}\n"));
        assert_eq!(log.bad, []);
        let expected = Request {
            client: "127.0.0.1".into(),
            method: "GET".into(),
            path: "/apache_pb.gif".into(),
            status: 200,
            bytes: 2326,
            referrer: String::new(),
            user_agent: String::new(),
            repetition: 0,
            timestamp: "2000-10-10T20:55:36Z".parse().unwrap(),
        };
        let combined = Request {
            referrer: "http://www.example.com/start.html".into(),
            user_agent: r#"Mozilla/4.08 [en] (Win98; "I" ;Nav)"#.into(),
            ..expected.clone()
        };
        assert_eq!(log.requests, [expected, combined]);
    }

    #[test]
    fn what_the_log_cannot_tell_apart_is_counted() {
        let log = parse(&format!("{COMMON}\n{COMMON}\n{}\n{COMMON}", COMMON.replace("2326", "-")));
        let told: Vec<_> = log.requests.iter().map(|request| (request.bytes, request.repetition)).collect();
        assert_eq!(told, [(2326, 0), (2326, 1), (0, 0), (2326, 2)]);
    }

    #[test]
    fn requests_that_are_not_http_are_requests() {
        let log = parse(r#"::1 - - [10/Oct/2000:13:55:36 +0000] "\x16\x03\x01" 400 226 "-" "-""#);
        assert_eq!(log.bad, []);
        assert_eq!((log.requests[0].method.as_str(), log.requests[0].path.as_str()), ("", "x16x03x01"));
        let log = parse(r#"::1 - - [10/Oct/2000:13:55:36 +0000] "-" 408 -"#);
        assert_eq!((log.requests[0].path.as_str(), log.requests[0].status), ("-", 408));
    }

    #[test]
    fn bad_lines_are_named() {
        let wrong = [
            ("nothing", "there is no time in brackets"),
            (r#"1.2.3.4 - - [10/Oct/2000 "GET / HTTP/1.0" 200 1"#, "there is no time in brackets"),
            (r#"[10/Oct/2000:13:55:36 +0000] "GET /" 200 1"#, "there is no client"),
            (r#"a - - [2000-10-10] "GET /" 200 1"#, "the time is not like 14/Feb/2026:12:00:00 +0000"),
            (r#"a - - [10/Oct/2000:13:55:36 +0000] "GET / 200 1"#, "there is no request in quotes"),
            (r#"a - - [10/Oct/2000:13:55:36 +0000] "GET /" ok 1"#, "the status is no number"),
            (r#"a - - [10/Oct/2000:13:55:36 +0000] "GET /" 200"#, "there is no size"),
            (r#"a - - [10/Oct/2000:13:55:36 +0000] "GET /" 200 many"#, "the size is no number"),
        ];
        let lines: Vec<_> = wrong.iter().map(|(line, _)| *line).collect();
        let log = parse(&lines.join("\n"));
        let expected: Vec<_> = wrong
            .iter()
            .enumerate()
            .map(|(number, (_, problem))| (number + 1, (*problem).to_owned()))
            .collect();
        assert_eq!(log.bad, expected);
        assert!(log.requests.is_empty());
    }
}
