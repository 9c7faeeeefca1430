//! A program that is killed while the server takes what it writes; the next run sends the rest.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use djelme::recorder::{DiskBuffer, Fsync, RecorderBuilder};
use djelme::{Djelme, Es8, Es8Config, Record as _};
use djelme_testing::{Call, ScriptedServer, on};

use crate::run::{LONG, View, handle};

/// The folder and the server of the child.
const CHILD: [&str; 2] = ["DJELME_KILLED_CHILD", "DJELME_KILLED_CHILD_SERVER"];

fn builder(djelme: &Djelme, folder: impl Into<std::path::PathBuf>) -> RecorderBuilder {
    let builder =
        djelme.recorder().batch_records(50).batch_age(Duration::from_millis(5)).requests_in_flight(3);
    // Some hundred records at a time, so that a round is short.
    let builder = builder.memory_limit(300_000);
    builder.disk_buffer(DiskBuffer::new(folder).fsync(Fsync::None))
}

/// Says each number once its record was taken.
#[tokio::test]
#[ignore = "run by the test below"]
async fn child() {
    let [Some(folder), Some(url)] = CHILD.map(std::env::var_os) else { return };
    let backend = Es8::new(Es8Config::new([url.into_string().unwrap()])).unwrap();
    let djelme = Djelme::builder().backend("main", backend).record_types([View::TYPE]).build().unwrap();
    let recorder = builder(&djelme, folder).build().unwrap();
    for number in 0.. {
        recorder.push(&View { path: format!("/{number}/") }).await.unwrap();
        writeln!(std::io::stdout().lock(), "\ntaken {number}").unwrap();
    }
}

/// Kills the child some time after its first records; returns those that it had taken.
fn killed(server: &ScriptedServer, folder: &std::path::Path, round: usize) -> BTreeSet<usize> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["killed::child", "--exact", "--ignored", "--nocapture"])
        .env(CHILD[0], folder)
        .env(CHILD[1], server.url())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let number = |line: String| line.strip_prefix("taken ")?.parse::<usize>().ok();
    // Until some are stored, and then some more, so that each round stops somewhere else.
    let mut taken = BTreeSet::new();
    let mut later = 0;
    while later <= round * 41 {
        taken.extend(number(lines.next().unwrap()));
        later += usize::from(!server.store().is_empty());
    }
    child.kill().unwrap();
    child.wait().unwrap();
    taken.extend(lines.filter_map(number));
    taken
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_there_twice_when_the_program_is_killed_while_the_server_answers() {
    let rounds = std::env::var("DJELME_KILL_ROUNDS").map_or(3, |rounds| rounds.parse().unwrap());
    println!("{rounds} rounds; DJELME_KILL_ROUNDS sets another number");
    let mut sent_by_both = 0;
    for round in 0..rounds {
        let folder = tempfile::tempdir().unwrap();
        let server = ScriptedServer::start().unwrap();
        let djelme = handle(&server, LONG);
        djelme.setup().await.unwrap();
        server.script(on(Call::Bulk).delay(Duration::from_millis(10)));
        let taken = killed(&server, folder.path(), round);
        let stored_by_the_child = server.store().len();
        let recorder = builder(&djelme, folder.path()).build().unwrap();
        recorder.flush().await.unwrap();
        let end = recorder.shutdown(LONG).await;
        let total = end.stats.total;
        assert_eq!((total.stored + total.already_stored, total.pending), (total.accepted, 0), "{total:?}");
        sent_by_both += usize::from(stored_by_the_child > 0 && total.stored > 0);

        let store = server.store();
        let sources = store.ids().into_iter().map(|(index, id)| {
            assert_eq!(store.writes(&index, &id), 1, "stored twice");
            serde_json::from_slice::<View>(&store.document(&index, &id).unwrap()).unwrap().path
        });
        let paths: Vec<String> = sources.collect();
        let found: BTreeSet<usize> =
            paths.iter().map(|path| path.trim_matches('/').parse().unwrap()).collect();
        assert_eq!(found.len(), paths.len(), "one record under two ids");
        assert!(taken.is_subset(&found), "{} taken, {} stored", taken.len(), found.len());
        // One more may have been written without being told of.
        assert!(found.len() - taken.len() <= 1, "{} taken, {} stored", taken.len(), found.len());
    }
    assert!(sent_by_both > 0, "no round had records on both sides of the end");
}
