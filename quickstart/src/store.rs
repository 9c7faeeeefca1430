//! Recording many records, and how many of them were new.

use std::fmt;

use djelme::record::RecordedAlone;
use djelme::{Djelme, Outcome, Record};

/// How many records a request takes.
const BATCH: usize = 1_000;

/// What became of records.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) new: u64,
    pub(crate) replaced: u64,
}

impl fmt::Display for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} recorded, {} of them new", self.new + self.replaced, self.new)
    }
}

/// Records all of these and makes them visible to searches.
pub(crate) async fn record_all<R: Record + RecordedAlone>(
    djelme: &Djelme,
    records: &[R],
) -> djelme::Result<Stored> {
    let mut stored = Stored::default();
    for batch in records.chunks(BATCH) {
        for recorded in djelme.record_all(batch).await? {
            match recorded?.outcome {
                Outcome::Replaced => stored.replaced += 1,
                _ => stored.new += 1,
            }
        }
    }
    djelme.refresh::<R>().await?;
    Ok(stored)
}
