//! All faults at random.

use std::time::Duration;

use djelme_testing::{Call, Fault, FaultAnswer, on, refusal};

use crate::run::{SHORT, records, under};

/// The seed is printed; `DJELME_FAULT_SEED` takes it. The faults are then the same, but not which request meets which.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_record_ends_in_exactly_one_way() {
    let seed = std::env::var("DJELME_FAULT_SEED").ok().map_or_else(random, |seed| seed.parse().unwrap());
    println!("DJELME_FAULT_SEED={seed}");
    let faults = on(Call::Bulk).with_probability(0.4).seeded(seed).one_of([
        Fault::Answer(FaultAnswer::new(429)),
        Fault::Answer(FaultAnswer::new(503)),
        Fault::Answer(FaultAnswer::new(500)),
        Fault::Delay(Duration::from_millis(20)),
        Fault::Delay(SHORT * 2),
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
    ]);
    let poison = on(Call::Bulk).for_items(|item| item.source_contains("\"/3/1/\"")).answer(400);
    let ran = under(
        SHORT,
        [
            // First, so that no other fault carries out a request that holds it.
            poison,
            on(Call::Bulk).apply_and_drop().once(),
            faults,
            // Half a batch.
            on(Call::Bulk).over_bytes(usize::try_from(records()).unwrap() * 4).answer(413),
            on(Call::Bulk).with_probability(0.1).seeded(seed).refuse(refusal::busy()),
        ],
    )
    .await;
    assert!(ran.counts.retries > 0, "{:?}", ran.counts);
    assert!(ran.rejected.len() == 1 && ran.rejected[0].contains("\"/3/1/\""), "{:?}", ran.rejected);
}

fn random() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(0)
}
