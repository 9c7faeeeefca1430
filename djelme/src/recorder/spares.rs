//! Buffers of batches that are at their end, for the next ones: memory that is new to the program costs the system more
//! than the recorder's own work on the records in it.

use std::sync::{Mutex, PoisonError};

use super::queued::Collector;

/// The most bytes of the buffers that are kept, beside what the recorder holds of records.
const MOST: usize = 8 << 20;

/// The buffers, the one first that was used last: it may still be in a cache.
#[derive(Debug, Default)]
pub(super) struct Spares(Mutex<Vec<Collector>>);

impl Spares {
    /// A buffer with room for so many bytes and records.
    pub(super) fn take(&self, room: (usize, usize)) -> Collector {
        // One that is a little too small grows once; a much larger one serves a larger batch.
        let fits = |spare: &Collector| (room.0 / 16 * 15..=room.0 * 2).contains(&spare.room());
        let mut spares = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let spare = spares.iter().rposition(fits).map(|position| spares.remove(position));
        drop(spares);
        spare.unwrap_or_else(|| Collector::with_room(room))
    }

    pub(super) fn keep(&self, spare: Collector) {
        let mut spares = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept: usize = spares.iter().map(Collector::room).sum();
        if kept + spare.room() <= MOST {
            spares.push(spare);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_serves_a_batch_of_its_size() {
        let spares = Spares::default();
        spares.keep(Collector::with_room((1_000, 10)));
        spares.keep(Collector::with_room((5_000, 10)));
        assert_eq!(spares.take((100, 1)).room(), 100);
        assert_eq!(spares.take((1_010, 10)).room(), 1_000);
        assert_eq!(spares.take((4_000, 10)).room(), 5_000);
        assert_eq!(spares.take((4_000, 10)).room(), 4_000);
    }

    #[test]
    fn only_so_many_bytes_are_kept() {
        let spares = Spares::default();
        for _ in 0..3 {
            spares.keep(Collector::with_room((MOST / 2, 10)));
        }
        assert_eq!(spares.0.lock().unwrap().len(), 2);
    }
}
