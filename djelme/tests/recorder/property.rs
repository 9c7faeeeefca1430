//! Random faults: whatever happens, every record ends in exactly one way, and the counts say so at every instant.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use djelme::outcome::Outcome;
use djelme::recorder::{Recorder, WhenFull};
use djelme_testing::{Call, Fault, FaultAnswer, Rule, ScriptedBackend, on, refusal};
use proptest::prelude::*;
use tokio::time::sleep;

use crate::common::{Claim, End, Sale, Stock, handle, noting, view};

/// One rule of a script, by number.
#[derive(Debug, Clone)]
struct Trouble {
    kind: usize,
    probability: f64,
    seed: u64,
    /// After so many requests it is over.
    times: u64,
}

impl Trouble {
    fn rule(&self) -> Rule {
        let rule = on(Call::Bulk).with_probability(self.probability).seeded(self.seed);
        let answer = |status| Fault::Answer(FaultAnswer::new(status));
        let rule = match self.kind {
            0 => rule.refuse(refusal::busy()),
            1 => rule.refuse(refusal::no_active_shard()),
            2 => rule.refuse(refusal::server_fault()),
            3 => rule.refuse(refusal::bad_document()),
            4 => rule.refuse(refusal::shard_limit()),
            5 => rule.for_index("shop_view_*").refuse(refusal::index_closed()),
            6 => rule.one_of([Fault::Drop, Fault::ApplyAndDrop, Fault::Reset]),
            7 => rule.one_of([Fault::Hang, Fault::ApplyAndHang]),
            8 => rule.one_of([Fault::Truncate, Fault::Malform, Fault::Reorder]),
            9 => rule.one_of([Fault::MissingItem, Fault::ExtraItem]),
            10 => rule.one_of([answer(429), answer(503), answer(500)]),
            11 => rule.one_of([answer(401), answer(403)]),
            12 => rule.over_bytes(2_000).answer(413),
            _ => rule.for_items(|item| item.source_contains("7\",")).answer(400),
        };
        rule.times(self.times)
    }
}

fn trouble() -> impl Strategy<Value = Trouble> {
    (0..14_usize, 0.05..0.9, any::<u64>(), 1..30_u64).prop_map(|(kind, probability, seed, times)| Trouble {
        kind,
        probability,
        seed,
        times,
    })
}

#[derive(Debug, Clone)]
struct Run {
    troubles: Vec<Trouble>,
    /// Seconds within which it has to be shut down, minutes after the last record.
    shutdown: (u64, u64),
    batch_records: usize,
    in_flight: usize,
    memory: usize,
    refuse: bool,
}

fn run() -> impl Strategy<Value = Run> {
    let troubles = prop::collection::vec(trouble(), 0..5);
    let parts =
        (troubles, (0..40_u64, 0..10_u64), 1..40_usize, 1..5_usize, 20_000..200_000_usize, any::<bool>());
    parts.prop_map(|(troubles, shutdown, batch_records, in_flight, memory, refuse)| Run {
        troubles,
        shutdown,
        batch_records,
        in_flight,
        memory,
        refuse,
    })
}

/// Four writers of each type's records; returns how many were taken, and the last count of each shelf.
async fn write(recorder: &Recorder) -> (u64, BTreeMap<u32, u32>) {
    let writers = (0..4_u32).map(|writer| {
        let recorder = recorder.clone();
        tokio::spawn(async move {
            let (mut taken, mut shelves) = (0, BTreeMap::new());
            for number in 0..60_u32 {
                // Each shelf has one writer, so that its last count is known.
                let stock = Stock { shelf: writer * 10 + number % 3, count: number };
                let claim = Claim { ticket: number % 7, by: writer.to_string() };
                let id = usize::try_from(writer * 100 + number).unwrap();
                taken += u64::from(recorder.push(&view(id)).await.is_ok());
                taken += u64::from(recorder.push(&Sale { cents: number }).await.is_ok());
                taken += u64::from(recorder.push(&claim).await.is_ok());
                if recorder.push(&stock).await.is_ok() {
                    taken += 1;
                    shelves.insert(stock.shelf, stock.count);
                }
                sleep(Duration::from_millis(u64::from(number * 7))).await;
            }
            (taken, shelves)
        })
    });
    let mut total = (0, BTreeMap::new());
    for writer in writers.collect::<Vec<_>>() {
        // Blocked for good, a writer may wait for room until the shut-down.
        let Ok((taken, shelves)) = writer.await else { continue };
        total.0 += taken;
        total.1.extend(shelves);
    }
    total
}

async fn check(run: Run) {
    let backend = ScriptedBackend::new();
    backend.request_timeout(Duration::from_secs(5));
    let builder = handle(&backend).await.recorder().batch_records(run.batch_records);
    let policy = if run.refuse { WhenFull::Refuse } else { WhenFull::Wait };
    let builder = builder.requests_in_flight(run.in_flight).memory_limit(run.memory).when_full(policy);
    let (recorder, ends) = noting(builder);
    run.troubles.iter().for_each(|trouble| backend.script(trouble.rule()));

    let over = Arc::new(AtomicBool::new(false));
    let watched = tokio::spawn({
        let (recorder, over) = (recorder.clone(), over.clone());
        async move {
            while !over.load(Ordering::SeqCst) {
                let (stats, health) = (recorder.stats(), recorder.health());
                assert!(stats.total.adds_up(), "{stats:?}");
                assert!(stats.types.iter().all(|of| of.counts.adds_up()), "{stats:?}");
                assert!(health.held_bytes <= run.memory, "{health:?}");
                sleep(Duration::from_millis(37)).await;
            }
        }
    });
    let (taken, shelves) = write(&recorder).await;
    sleep(Duration::from_secs(run.shutdown.1 * 60)).await;
    let end = recorder.shutdown(Duration::from_secs(run.shutdown.0)).await;
    over.store(true, Ordering::SeqCst);
    watched.await.unwrap();

    let total = end.stats.total;
    assert!(total.adds_up() && total.pending == 0 && total.accepted == taken, "{total:?}");
    assert_eq!((end.unsent.len() as u64, recorder.health().held_bytes), (total.abandoned, 0));
    assert!(backend.journal().most_in_flight() <= run.in_flight);
    let ends = ends.lock().unwrap();
    each_ended_as_told(&backend, &ends, taken);
    if total.abandoned + total.rejected == 0 {
        assert_eq!(last_counts(&backend), shelves, "the last write of each shelf");
    }
    // A request that was given up with the shut-down may still be carried out, beside no other.
    assert_eq!(backend.journal().violations(), []);
}

/// The store holds what was told to be stored, and, beyond that, only what may be there.
fn each_ended_as_told(backend: &ScriptedBackend, ends: &[End], taken: u64) {
    assert_eq!(ends.len() as u64, taken, "each record ends once");
    let of = |kept: &dyn Fn(&Outcome) -> bool| -> BTreeSet<(String, String)> {
        let kept = ends.iter().filter(|end| kept(&end.outcome));
        kept.map(|end| (end.index.clone(), end.id.clone())).collect()
    };
    let stored =
        of(&|outcome| matches!(outcome, Outcome::Stored | Outcome::AlreadyStored | Outcome::Replaced));
    let unknown = of(&|outcome| matches!(outcome, Outcome::Abandoned | Outcome::Rejected(_)));
    let held = backend.store().ids();
    assert_eq!(stored.difference(&held).count(), 0, "told as stored and not there");
    let unaccounted: Vec<_> = held.difference(&stored).filter(|id| !unknown.contains(*id)).collect();
    assert!(unaccounted.is_empty(), "there and told of nowhere: {unaccounted:?}");
    // Events, whose ids do not repeat, are stored once.
    let events = ends.iter().filter(|end| end.index.contains("_view_") || end.index.contains("_sale_"));
    assert!(events.into_iter().all(|end| backend.store().writes(&end.index, &end.id) <= 1));
}

fn last_counts(backend: &ScriptedBackend) -> BTreeMap<u32, u32> {
    let stocks = backend.store().ids().into_iter().filter(|(index, _)| index.contains("_stock_"));
    let number = |json: &serde_json::Value| u32::try_from(json.as_u64().unwrap()).unwrap();
    stocks
        .map(|(index, id)| {
            let source = backend.store().document(&index, &id).unwrap();
            let json: serde_json::Value = serde_json::from_slice(&source).unwrap();
            (number(&json["shelf"]), number(&json["count"]))
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn under_random_faults_every_record_ends_in_exactly_one_way(run in run()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        runtime.unwrap().block_on(check(run));
    }
}

/// How many random scripts are tried: `PROPTEST_CASES`, or a few.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(32)
}
