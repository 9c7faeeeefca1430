//! The first documents under an order, found segment by segment.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::Arc;

use serde_json::Value;
use tantivy::columnar::{Column as Values, StrColumn};
use tantivy::{DocId, Score, SegmentReader};

use super::order::{self, BoundKey, Class, Rank, Reader};
use super::sort::SortKey;
use crate::error::Refusal;
use crate::schema::INDEX;
use crate::store::Part;

/// A document among the first.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// Its segment, as [`Top`] counts them.
    pub(crate) segment: usize,
    pub(crate) doc: DocId,
    pub(crate) score: Score,
    pub(crate) index: Arc<str>,
    pub(crate) seq_no: u64,
    ranks: Vec<Rank>,
}

/// A segment that has been gone through.
#[derive(Debug)]
struct Segment {
    reader: SegmentReader,
    keys: Arc<[BoundKey]>,
}

/// The first documents of each of any number of buckets. Documents that the order leaves equal stand by the name of
/// their index, then by the time they were written.
#[derive(Debug)]
pub(crate) struct Top {
    order: Vec<SortKey>,
    limit: usize,
    after: Option<Vec<Value>>,
    segments: Vec<Segment>,
    open: Option<Open>,
    buckets: Vec<Bucket>,
}

#[derive(Debug, Default)]
struct Bucket {
    /// The first of the segments before, in order.
    found: Vec<Found>,
    /// The first of the open segment, the last on top.
    heap: BinaryHeap<Candidate>,
    /// Where the last one of `found` would stand in the open segment, once nothing after it counts.
    bound: Option<Vec<u64>>,
}

#[derive(Debug, PartialEq)]
struct Candidate {
    places: Vec<u64>,
    index: u64,
    seq_no: u64,
    doc: DocId,
    score: Score,
}

impl Eq for Candidate {}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        (&self.places, self.index, self.seq_no, self.doc).cmp(&(
            &other.places,
            other.index,
            other.seq_no,
            other.doc,
        ))
    }
}

/// The segment at work.
#[derive(Debug)]
struct Open {
    readers: Vec<Reader>,
    index: StrColumn,
    seq_no: Values<u64>,
    /// Only documents behind these places count.
    after: Option<Vec<u64>>,
}

impl Top {
    /// Prepares to find so many documents under an order; an empty one is by score. Of `search_after`, its values.
    pub(crate) fn new(order: &[SortKey], limit: usize, after: Option<Vec<Value>>) -> Self {
        let order = if order.is_empty() { vec![SortKey::SCORE] } else { order.to_vec() };
        Self { order, limit, after, segments: Vec::new(), open: None, buckets: Vec::new() }
    }

    /// Refuses what the mappings of these parts forbid.
    pub(crate) fn check(&self, parts: &[Part]) -> Result<(), Refusal> {
        let mut first: Option<Vec<BoundKey>> = None;
        for part in parts {
            let keys = order::bind(&self.order, part)?;
            for (key, value) in keys.iter().zip(self.after.iter().flatten()) {
                key.after(value)?;
            }
            match &first {
                None => first = Some(keys),
                Some(first) => order::comparable(first, &keys)?,
            }
        }
        Ok(())
    }

    /// Goes on to a segment of a part.
    pub(crate) fn start(&mut self, part: &Part, segment: &SegmentReader) -> Result<(), Refusal> {
        self.close()?;
        let keys: Arc<[BoundKey]> = order::bind(&self.order, part)?.into();
        let readers = keys.iter().map(|key| key.open(segment)).collect::<Result<Vec<_>, _>>()?;
        let after = match &self.after {
            None => None,
            Some(values) => Some(
                keys.iter()
                    .zip(&readers)
                    .zip(values)
                    .map(|((key, reader), value)| reader.locate(&key.after(value)?))
                    .collect::<Result<Vec<_>, _>>()?,
            ),
        };
        for bucket in &mut self.buckets {
            bucket.bound = match bucket.found.last() {
                Some(last) if bucket.found.len() == self.limit => Some(locate(&readers, &last.ranks)?),
                _ => None,
            };
        }
        let Some(index) = segment.fast_fields().str(INDEX)? else {
            return Err(Refusal::fault("a segment without the names of its indexes"));
        };
        self.open = Some(Open { readers, index, seq_no: order::sequence(segment)?, after });
        self.segments.push(Segment { reader: segment.clone(), keys });
        Ok(())
    }

    /// Takes a document of the segment for one bucket.
    pub(crate) fn collect(&mut self, bucket: usize, doc: DocId, score: Score) {
        let Some(open) = &self.open else { return };
        if self.limit == 0 {
            return;
        }
        if bucket >= self.buckets.len() {
            self.buckets.resize_with(bucket + 1, Bucket::default);
        }
        let bucket = &mut self.buckets[bucket];
        let full = bucket.heap.len() >= self.limit;
        let first = open.readers[0].rank(doc, score);
        if full && bucket.heap.peek().is_some_and(|last| first > last.places[0])
            || bucket.bound.as_ref().is_some_and(|bound| first > bound[0])
        {
            return;
        }
        let mut places = Vec::with_capacity(open.readers.len());
        places.push(first);
        places.extend(open.readers[1..].iter().map(|reader| reader.rank(doc, score)));
        if open.after.as_ref().is_some_and(|after| places <= *after)
            || bucket.bound.as_ref().is_some_and(|bound| places > *bound)
        {
            return;
        }
        let candidate = Candidate {
            places,
            index: open.index.ords().first(doc).unwrap_or_default(),
            seq_no: open.seq_no.first(doc).unwrap_or_default(),
            doc,
            score,
        };
        if !full {
            bucket.heap.push(candidate);
        } else if let Some(mut last) = bucket.heap.peek_mut()
            && candidate < *last
        {
            *last = candidate;
        }
    }

    /// The found documents of each bucket, in order; a bucket without any may be left out at the end.
    pub(crate) fn finish(mut self) -> Result<Ranked, Refusal> {
        self.close()?;
        let buckets = self.buckets.into_iter().map(|bucket| bucket.found).collect();
        Ok(Ranked { segments: self.segments, buckets })
    }

    /// Merges what the open segment has brought into what was found before.
    fn close(&mut self) -> Result<(), Refusal> {
        let (Some(open), Some(segment)) = (self.open.take(), self.segments.last()) else { return Ok(()) };
        let number = self.segments.len() - 1;
        for bucket in &mut self.buckets {
            if bucket.heap.is_empty() {
                continue;
            }
            let candidates = std::mem::take(&mut bucket.heap).into_vec();
            let mut found = std::mem::take(&mut bucket.found);
            found.extend(open.resolve(&segment.keys, candidates, number)?);
            found.sort_by(|one, other| compare(&segment.keys, one, other));
            found.truncate(self.limit);
            bucket.found = found;
        }
        Ok(())
    }
}

fn compare(keys: &[BoundKey], one: &Found, other: &Found) -> Ordering {
    let ranks = one.ranks.iter().zip(&other.ranks);
    let mut by_keys = keys.iter().zip(ranks).map(|(key, (one, other))| key.compare(one, other));
    let different = by_keys.find(|order| order.is_ne());
    different.unwrap_or_else(|| (&one.index, one.seq_no).cmp(&(&other.index, other.seq_no)))
}

fn locate(readers: &[Reader], ranks: &[Rank]) -> Result<Vec<u64>, Refusal> {
    readers.iter().zip(ranks).map(|(reader, rank)| reader.locate(rank)).collect()
}

impl Open {
    /// Makes places within the segment into what compares with other segments.
    fn resolve(
        &self,
        keys: &[BoundKey],
        candidates: Vec<Candidate>,
        segment: usize,
    ) -> Result<Vec<Found>, Refusal> {
        let mut ranks: Vec<Vec<Rank>> =
            candidates.iter().map(|candidate| Vec::with_capacity(candidate.places.len())).collect();
        for (number, (key, reader)) in keys.iter().zip(&self.readers).enumerate() {
            let places = candidates.iter().map(|candidate| candidate.places[number]);
            if key.class == Class::Text {
                let mut ordinals: Vec<_> = places.clone().filter_map(|place| reader.ordinal(place)).collect();
                ordinals.sort_unstable();
                ordinals.dedup();
                let terms = reader.terms(&ordinals)?;
                for (ranks, place) in ranks.iter_mut().zip(places) {
                    let found =
                        reader.ordinal(place).and_then(|ordinal| ordinals.binary_search(&ordinal).ok());
                    let term = found.and_then(|position| terms.get(position));
                    ranks.push(match term {
                        Some(term) => Rank::Text(term.clone()),
                        None => reader.rank_of_place(key, place),
                    });
                }
            } else {
                for (ranks, place) in ranks.iter_mut().zip(places) {
                    ranks.push(Rank::Number(place));
                }
            }
        }
        let names = self.names(&candidates)?;
        Ok(candidates
            .into_iter()
            .zip(ranks)
            .map(|(candidate, ranks)| Found {
                segment,
                doc: candidate.doc,
                score: candidate.score,
                index: names
                    .binary_search_by_key(&candidate.index, |(ordinal, _)| *ordinal)
                    .map_or_else(|_| Arc::from(""), |position| Arc::clone(&names[position].1)),
                seq_no: candidate.seq_no,
                ranks,
            })
            .collect())
    }

    /// The names of the indexes of these documents, by ordinal.
    fn names(&self, candidates: &[Candidate]) -> Result<Vec<(u64, Arc<str>)>, Refusal> {
        let mut ordinals: Vec<_> = candidates.iter().map(|candidate| candidate.index).collect();
        ordinals.sort_unstable();
        ordinals.dedup();
        let mut names = Vec::with_capacity(ordinals.len());
        let _ = self.index.dictionary().sorted_ords_to_term_cb(&ordinals, |name| {
            names.push(Arc::from(String::from_utf8_lossy(name)));
        })?;
        Ok(ordinals.into_iter().zip(names).collect())
    }
}

/// What was found, with the segments it lies in.
#[derive(Debug)]
pub(crate) struct Ranked {
    segments: Vec<Segment>,
    /// The documents of each bucket, in order.
    pub(crate) buckets: Vec<Vec<Found>>,
}

impl Ranked {
    /// The segment of a document.
    pub(crate) fn segment(&self, found: &Found) -> &SegmentReader {
        &self.segments[found.segment].reader
    }

    /// The values of `sort` of a hit.
    pub(crate) fn sort_values(&self, found: &Found) -> Vec<Value> {
        let keys = self.segments[found.segment].keys.iter();
        keys.zip(&found.ranks).map(|(key, rank)| key.to_json(rank)).collect()
    }
}
