//! Many faults at once: the tools that a recorder's tests need, tried on the simplest writer that loses nothing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also in the helpers of the tests"
)]

mod support;

use std::sync::Arc;
use std::time::Duration;

use djelme_core::backend::Backend as _;
use djelme_core::outcome::{ItemResponse, Outcome, Verdict, classify};
use djelme_es8::{Es8, Es8Config};
use djelme_testing::{Call, Fault, FaultAnswer, ScriptedServer, on, refusal};

use support::{INDEX, creating};

const WRITERS: usize = 8;
const BATCHES: usize = 12;
const RECORDS: usize = 10;

/// Sends a batch again and again, what failed of it alone, until each of its documents is known to be stored.
async fn write(es8: &Es8, writer: usize, number: usize) {
    let ids: Vec<_> = (0..RECORDS).map(|record| format!("{writer}-{number}-{record}")).collect();
    let mut left = creating(&ids.iter().map(String::as_str).collect::<Vec<_>>());
    for attempt in 1..200 {
        let Ok(answers) = es8.bulk(&left).await else { continue };
        let failed = |item: &ItemResponse, op| match classify(item, op, attempt, |_| false) {
            Verdict::Done(Outcome::Stored | Outcome::AlreadyStored) => false,
            Verdict::Done(other) => panic!("{other:?}"),
            Verdict::Retry { .. } | Verdict::Blocked { .. } => true,
        };
        let items = left.items().iter().zip(&answers).enumerate();
        let failed: Vec<_> =
            items.filter(|(_, (item, answer))| failed(answer, item.op)).map(|(at, _)| at).collect();
        if failed.is_empty() {
            return;
        }
        left = left.select(failed);
    }
    panic!("{left:?} is not stored after 200 attempts");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_document_is_stored_once_whatever_fails() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let server = ScriptedServer::start().unwrap();
    server.script(on(Call::Bulk).with_probability(0.4).seeded(seed).one_of([
        Fault::Answer(FaultAnswer::new(429)),
        Fault::Answer(FaultAnswer::new(503)),
        Fault::Delay(Duration::from_millis(5)),
        Fault::Hang,
        Fault::ApplyAndHang,
        Fault::Drop,
        Fault::ApplyAndDrop,
        Fault::Reset,
        Fault::Truncate,
        Fault::Malform,
        Fault::MissingItem,
        Fault::ExtraItem,
        Fault::Reorder,
    ]));
    server.script(on(Call::Bulk).with_probability(0.1).seeded(seed).refuse(refusal::busy()));
    let config = Es8Config::new([server.url()]).request_timeout(Duration::from_millis(150));
    let es8 = Arc::new(Es8::new(config).unwrap());
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let es8 = es8.clone();
            tokio::spawn(async move {
                for number in 0..BATCHES {
                    write(&es8, writer, number).await;
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(server.store().len(), WRITERS * BATCHES * RECORDS);
    assert!(server.store().ids().iter().all(|(index, id)| server.store().writes(index, id) == 1));
    assert_eq!(server.journal().violations(), [], "seed {seed}");
    assert!(server.journal().calls(Call::Bulk) > (WRITERS * BATCHES) as u64, "nothing failed");
    assert_eq!(server.store().indexes(), [INDEX]);
}
