//! The buckets of an aggregation: one for each key that occurs within a bucket above.

use rustc_hash::FxHashMap;

use crate::error::Refusal;

/// How many buckets are kept while documents are collected: beyond, memory would become the limit.
const MOST_COLLECTED: usize = 10_000_000;
/// How many places a table without hashing may have.
const MOST_SLOTS: usize = 1 << 22;
const NONE: u32 = u32::MAX;

/// Buckets by number, with the number of documents of each.
#[derive(Debug)]
pub(super) struct Buckets {
    parents: Vec<u32>,
    keys: Vec<u64>,
    pub(super) counts: Vec<u64>,
    index: Index,
    /// After [`seal`](Self::seal): the buckets by parent, and where each parent's begin.
    by_parent: Vec<u32>,
    starts: Vec<u32>,
}

/// From parent and key to the number.
#[derive(Debug)]
enum Index {
    /// A row of `stride` places for each parent; only while the keys are small numbers.
    Table {
        stride: usize,
        slots: Vec<u32>,
    },
    Hash(FxHashMap<(u32, u64), u32>),
}

impl Default for Buckets {
    fn default() -> Self {
        Self {
            parents: Vec::new(),
            keys: Vec::new(),
            counts: Vec::new(),
            index: Index::Table { stride: 8, slots: Vec::new() },
            by_parent: Vec::new(),
            starts: Vec::new(),
        }
    }
}

impl Buckets {
    pub(super) fn len(&self) -> u32 {
        self.keys.len() as u32
    }

    pub(super) fn key(&self, number: u32) -> u64 {
        self.keys[number as usize]
    }

    /// The bucket above.
    pub(super) fn parent(&self, number: u32) -> u32 {
        self.parents[number as usize]
    }

    /// Makes the table wide enough for keys below this from the start.
    pub(super) fn expect_keys(&mut self, below: u64) {
        if let Index::Table { stride, slots } = &mut self.index
            && slots.is_empty()
            && below <= MOST_SLOTS as u64
        {
            *stride = (below as usize).max(1);
        }
    }

    /// Counts a document in the bucket of each pair of parent and key, and tells the numbers.
    pub(super) fn count(
        &mut self,
        parents: &[u32],
        keys: &[u64],
        numbers: &mut Vec<u32>,
    ) -> Result<(), Refusal> {
        numbers.clear();
        numbers.reserve(keys.len());
        let mut at = 0;
        while at < keys.len() {
            if let Index::Table { stride, slots } = &self.index {
                let counts = &mut self.counts;
                for (parent, key) in parents[at..].iter().zip(&keys[at..]) {
                    if *key >= *stride as u64 {
                        break;
                    }
                    let Some(number) = slots.get(*parent as usize * stride + *key as usize) else { break };
                    let Some(count) = counts.get_mut(*number as usize) else { break };
                    *count += 1;
                    numbers.push(*number);
                }
                at = numbers.len();
                if at == keys.len() {
                    break;
                }
            }
            let number = self.number(parents[at], keys[at])?;
            self.counts[number as usize] += 1;
            numbers.push(number);
            at += 1;
        }
        Ok(())
    }

    /// The number of a bucket, which is made if it is not there.
    pub(super) fn number(&mut self, parent: u32, key: u64) -> Result<u32, Refusal> {
        self.make_room(parent, key);
        let next = self.keys.len() as u32;
        let slot = match &mut self.index {
            Index::Table { stride, slots } => &mut slots[parent as usize * *stride + key as usize],
            Index::Hash(map) => map.entry((parent, key)).or_insert(NONE),
        };
        if *slot != NONE {
            return Ok(*slot);
        }
        *slot = next;
        if self.keys.len() == MOST_COLLECTED {
            return Err(too_many_collected());
        }
        self.parents.push(parent);
        self.keys.push(key);
        self.counts.push(0);
        Ok(next)
    }

    /// The number of a bucket that is there.
    pub(super) fn find(&self, parent: u32, key: u64) -> Option<u32> {
        match &self.index {
            Index::Table { stride, slots } if key < *stride as u64 => {
                slots.get(parent as usize * stride + key as usize).copied().filter(|number| *number != NONE)
            }
            Index::Table { .. } => None,
            Index::Hash(map) => map.get(&(parent, key)).copied(),
        }
    }

    /// Makes the table larger, or a hash table of it.
    fn make_room(&mut self, parent: u32, key: u64) {
        let Index::Table { stride, slots } = &mut self.index else { return };
        let parents = parent as usize + 1;
        if key < *stride as u64 {
            let wanted = parents.saturating_mul(*stride);
            if wanted <= slots.len() {
                return;
            }
            if wanted <= MOST_SLOTS {
                slots.resize(
                    wanted.next_multiple_of(stride.saturating_mul(parents.next_power_of_two())),
                    NONE,
                );
                return;
            }
        } else if let Some(wider) = usize::try_from(key).ok().and_then(|key| key.checked_add(1))
            && let wider = wider.checked_next_power_of_two().unwrap_or(usize::MAX)
            && wider.saturating_mul(parents.max(slots.len() / *stride)) <= MOST_SLOTS
        {
            let rows = parents.max(slots.len() / *stride);
            let mut widened = vec![NONE; wider * rows];
            for (row, old) in slots.chunks(*stride).enumerate() {
                widened[row * wider..row * wider + old.len()].copy_from_slice(old);
            }
            (*stride, *slots) = (wider, widened);
            return;
        }
        let numbers = self.parents.iter().zip(&self.keys).zip(0..);
        self.index = Index::Hash(numbers.map(|((parent, key), number)| ((*parent, *key), number)).collect());
    }

    /// Sorts the buckets by parent, once all documents are counted.
    pub(super) fn seal(&mut self) {
        let parents = self.parents.iter().max().map_or(0, |most| *most as usize + 1);
        self.starts = vec![0; parents + 1];
        for parent in &self.parents {
            self.starts[*parent as usize + 1] += 1;
        }
        for at in 0..parents {
            self.starts[at + 1] += self.starts[at];
        }
        let mut next = self.starts.clone();
        self.by_parent = vec![0; self.parents.len()];
        for (number, parent) in self.parents.iter().enumerate() {
            let place = &mut next[*parent as usize];
            self.by_parent[*place as usize] = number as u32;
            *place += 1;
        }
    }

    /// The buckets within one above; after [`seal`](Self::seal).
    pub(super) fn within(&self, parent: Option<u32>) -> &[u32] {
        let Some(parent) = parent.map(|parent| parent as usize) else { return &[] };
        match (self.starts.get(parent), self.starts.get(parent + 1)) {
            (Some(from), Some(to)) => &self.by_parent[*from as usize..*to as usize],
            _ => &[],
        }
    }
}

fn too_many_collected() -> Refusal {
    Refusal::new(
        400,
        "too_many_buckets_exception",
        format!("Trying to collect too many buckets: this engine keeps at most [{MOST_COLLECTED}] at a time"),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_table_and_a_map_number_alike(
            pairs in proptest::collection::vec((0_u32..300, prop_oneof![0_u64..20, 0_u64..5_000_000, any::<u64>()]), 0..400)
        ) {
            let mut buckets = Buckets::default();
            let mut counts: BTreeMap<(u32, u64), u64> = BTreeMap::new();
            let mut numbers = Vec::new();
            for block in pairs.chunks(37) {
                let (parents, keys): (Vec<_>, Vec<_>) = block.iter().copied().unzip();
                buckets.count(&parents, &keys, &mut numbers).unwrap();
                for (pair, number) in block.iter().zip(&numbers) {
                    *counts.entry(*pair).or_default() += 1;
                    prop_assert_eq!((buckets.parent(*number), buckets.key(*number)), *pair);
                }
            }
            buckets.seal();
            prop_assert_eq!(buckets.len() as usize, counts.len());
            for parent in 0..300 {
                let mut found: Vec<_> = buckets
                    .within(Some(parent))
                    .iter()
                    .map(|number| (buckets.key(*number), buckets.counts[*number as usize]))
                    .collect();
                found.sort_unstable();
                let expected: Vec<_> =
                    counts.range((parent, 0)..=(parent, u64::MAX)).map(|((_, key), count)| (*key, *count)).collect();
                prop_assert_eq!(found, expected);
            }
            for ((parent, key), count) in counts {
                let number = buckets.find(parent, key).unwrap();
                prop_assert_eq!(buckets.counts[number as usize], count);
            }
            prop_assert_eq!(buckets.find(u32::MAX, 3), None);
        }
    }
}
