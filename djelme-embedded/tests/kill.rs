//! Programs that are killed while they write: what was acknowledged is there exactly once.
//!
//! The test starts itself again as the program that writes. `DJELME_KILL_ROUNDS` says how often.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a helper that fails fails its test"
)]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use djelme_core::backend::Backend;
use djelme_core::document::{Batch, BatchBuilder, WriteOp};
use djelme_core::outcome::ItemResponse;
use djelme_core::template::Template;
use djelme_embedded::Embedded;
use serde_json::json;

/// The folder of the program that writes, and the round it is in.
const FOLDER: &str = "DJELME_KILL_FOLDER";
const ROUND: &str = "DJELME_KILL_ROUND";

fn template() -> Template {
    let mappings = json!({ "dynamic": "strict", "properties": { "text": { "type": "keyword" } } });
    Template {
        name: "kill".into(),
        index_patterns: vec!["kill_*".into()],
        priority: Some(500),
        settings: json!({ "index": { "refresh_interval": "50ms" } }).as_object().unwrap().clone(),
        mappings: mappings.as_object().unwrap().clone(),
        ..Template::default()
    }
}

/// A batch of new documents in two indexes, and one that takes the place of an earlier one.
fn batch(round: u32, number: u32) -> (Batch, Vec<String>) {
    let mut builder = BatchBuilder::default();
    let mut ids: Vec<String> = (0..number % 20).map(|item| format!("{round}-{number}-{item}")).collect();
    ids.push(format!("{round}-again"));
    for id in &ids {
        let op = if id.ends_with("again") { WriteOp::Index } else { WriteOp::Create };
        let index = format!("kill_{}.", id.len() % 2);
        let source = json!({ "text": format!("{number} {}", "x".repeat(id.len() * 20)) }).to_string();
        let write = |text: String| {
            move |out: &mut Vec<u8>| {
                out.extend_from_slice(text.as_bytes());
                Ok::<(), std::convert::Infallible>(())
            }
        };
        builder.push(op, id, write(index), write(source)).unwrap();
    }
    (builder.finish(), ids)
}

/// The program that writes until it is killed, and says which documents were acknowledged.
#[test]
fn writer() {
    let (Ok(folder), Ok(round)) = (std::env::var(FOLDER), std::env::var(ROUND)) else { return };
    let round = round.parse().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Embedded::open(folder).unwrap();
        store.put_template(&template()).await.unwrap();
        for number in 0.. {
            let (batch, ids) = batch(round, number);
            let answers = store.bulk(&batch).await.unwrap();
            assert!(
                answers
                    .iter()
                    .all(|answer| matches!(answer, ItemResponse::Created(_) | ItemResponse::Updated(_)))
            );
            let mut out = std::io::stdout().lock();
            // In one piece, so that a line is there or is not.
            out.write_all(format!("stored {number} {}\n", ids.join(" ")).as_bytes()).unwrap();
            out.flush().unwrap();
        }
    });
}

/// Lets the program write for a while; what it said was stored, with the number of the last batch.
fn write_and_kill(folder: &Path, round: u32, time: Duration) -> (BTreeSet<String>, u32) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["writer", "--exact", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let is_stored = |line: &String| line.contains("stored ");
    // The time counts from the first document on.
    let first = lines.by_ref().map(Result::unwrap).find(is_stored).unwrap();
    std::thread::sleep(time);
    child.kill().unwrap();
    child.wait().unwrap();
    let (mut ids, mut last) = (BTreeSet::new(), 0);
    let rest = lines.map_while(Result::ok).filter(is_stored);
    for line in std::iter::once(first).chain(rest) {
        let mut words = line.split_whitespace().skip_while(|word| *word != "stored").skip(1);
        last = words.next().unwrap().parse().unwrap();
        ids.extend(words.map(str::to_owned));
    }
    (ids, last)
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    if std::env::var(FOLDER).is_ok() {
        return;
    }
    let rounds = std::env::var("DJELME_KILL_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut stored = BTreeSet::new();
    let mut last = Vec::new();
    for round in 0..rounds {
        let time = Duration::from_millis(u64::from(round) * 37 % 400);
        let (ids, number) = write_and_kill(folder.path(), round, time);
        assert!(!ids.is_empty());
        stored.extend(ids);
        last.push(number);
        runtime.block_on(check(folder.path(), &stored, &last));
    }
    println!("{} documents, {rounds} rounds", stored.len());
}

async fn check(folder: &Path, stored: &BTreeSet<String>, last: &[u32]) {
    let store = Embedded::open(folder).unwrap();
    assert_eq!(store.recovery().damaged, []);
    for id in stored {
        let index = format!("kill_{}.", id.len() % 2);
        let found = store.get(&index, id).await.unwrap();
        let found = found.unwrap_or_else(|| panic!("{id} was acknowledged and is not there"));
        if let Some(round) = id.strip_suffix("-again") {
            // The last acknowledged one, or one that was written but not acknowledged.
            let text: serde_json::Value = serde_json::from_slice(&found.source).unwrap();
            let number: u32 = text["text"].as_str().unwrap().split(' ').next().unwrap().parse().unwrap();
            assert!(number >= last[round.parse::<usize>().unwrap()], "{id} is older than acknowledged");
        }
    }
    // Of each round, the batch after the last acknowledged one may be there too, as a whole or in part.
    let mut there = stored.clone();
    for (round, number) in (0..).zip(last) {
        for id in batch(round, number + 1).1 {
            if store.get(&format!("kill_{}.", id.len() % 2), &id).await.unwrap().is_some() {
                there.insert(id);
            }
        }
    }
    let indexes = store.indexes("kill_*").await.unwrap();
    let counted: u64 = indexes.iter().filter_map(|index| index.documents).sum();
    assert_eq!(counted, there.len() as u64, "every document is there once");
    let damaged: Vec<PathBuf> = store.damaged_files().await.unwrap();
    assert_eq!(damaged, Vec::<PathBuf>::new());
}
