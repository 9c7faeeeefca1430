//! Phrases: words next to each other, or near.

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{
    ConstScorer, EmptyScorer, EnableScoring, Explanation, PhraseQuery, Query, Scorer, TermSetQuery, Weight,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term};

use super::field::text_term;
use super::{Compiled, Compiler, constant, nothing, shard_error};
use crate::error::Refusal;
use crate::query::pattern;
use crate::schema::{FieldType, Kind};

/// How many words a phrase with `slop` may have if one of them is there twice: each way to place them is tried.
const MAX_REPEATING: usize = 8;

impl Compiler<'_> {
    /// Documents with these words at these positions, seen from each other, give or take `slop`.
    pub(super) fn phrase(
        &self,
        field: &FieldType,
        places: &[(usize, Vec<String>)],
        slop: u32,
    ) -> Result<Compiled, Refusal> {
        if !matches!(field.kind, Kind::Text { .. }) {
            let reason = format_args!(
                "field:[{}] was indexed without position data; cannot run PhraseQuery",
                field.path
            );
            return Err(shard_error(reason));
        }
        let Some(stored) = self.stored_text(field)? else { return Ok(nothing()) };
        let term = |word: &String| text_term(stored, word);
        if slop == 0 && places.iter().all(|(_, words)| words.len() == 1) {
            let terms =
                places.iter().flat_map(|(at, words)| words.iter().map(|word| (*at, term(word)))).collect();
            return Ok(self.scored(field, Box::new(PhraseQuery::new_with_offset(terms))));
        }
        let slots: Vec<Slot> = places
            .iter()
            .map(|(at, words)| Slot { at: *at as i64, terms: words.iter().map(term).collect() })
            .collect();
        if slop > 0 && repeats(&slots) && slots.len() > MAX_REPEATING {
            let what =
                format_args!("[slop] in a phrase of more than {MAX_REPEATING} words with one there twice");
            return Err(Refusal::unsupported(what));
        }
        Ok(Box::new(NearQuery { field: stored, slots, slop }))
    }

    /// The last word is the start of one. Elasticsearch looks at the first `max_expansions` such words; as long as
    /// there are no more, that is all of them.
    pub(super) fn phrase_prefix(
        &self,
        field: &FieldType,
        places: &[(usize, Vec<String>)],
        slop: u32,
        max_expansions: u32,
    ) -> Result<Compiled, Refusal> {
        let Some(stored) = self.stored_text(field)? else { return Ok(nothing()) };
        let Some(((at, starts), before)) = places.split_last() else { return Ok(nothing()) };
        let mut words = Vec::new();
        for start in starts {
            let automaton = pattern::prefix(start)?;
            let most = max_expansions as usize;
            let found = self.terms_that_match(stored, &automaton, most)?.ok_or_else(|| {
                let what = format_args!(
                    "[match_phrase_prefix] where more than [max_expansions] ({most}) words begin so"
                );
                Refusal::unsupported(what)
            })?;
            words.extend(found);
        }
        words.sort_unstable();
        words.dedup();
        if words.is_empty() {
            return Ok(nothing());
        }
        if before.is_empty() {
            let terms = words.iter().map(|word| text_term(stored, word));
            return Ok(constant(Box::new(TermSetQuery::new(terms))));
        }
        let mut places = before.to_vec();
        places.push((*at, words));
        self.phrase(field, &places, slop)
    }
}

fn repeats(slots: &[Slot]) -> bool {
    let shares = |one: &Slot, other: &Slot| one.terms.iter().any(|term| other.terms.contains(term));
    slots.iter().enumerate().any(|(at, slot)| slots[at + 1..].iter().any(|other| shares(slot, other)))
}

/// A position of a phrase and the terms that may be there.
#[derive(Debug, Clone)]
struct Slot {
    at: i64,
    terms: Vec<Term>,
}

/// A phrase with alternatives or with `slop`.
#[derive(Debug, Clone)]
struct NearQuery {
    field: Field,
    slots: Vec<Slot>,
    slop: u32,
}

impl Query for NearQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        for term in self.slots.iter().flat_map(|slot| &slot.terms) {
            visitor(term, true);
        }
    }
}

impl Weight for NearQuery {
    fn scorer(&self, reader: &SegmentReader, boost: f32) -> tantivy::Result<Box<dyn Scorer>> {
        let index = reader.inverted_index(self.field)?;
        let mut slots = Vec::with_capacity(self.slots.len());
        for slot in &self.slots {
            let mut postings = Vec::new();
            for term in &slot.terms {
                postings.extend(index.read_postings(term, IndexRecordOption::WithFreqsAndPositions)?);
            }
            if postings.is_empty() {
                return Ok(Box::new(EmptyScorer));
            }
            slots.push(SlotPostings { at: slot.at, postings });
        }
        let distinct = Distinct::new(&self.slots);
        let mut docs = Vec::new();
        let mut candidate = 0;
        while let Some(doc) = next_common(&mut slots, candidate) {
            let positions: Vec<Vec<i64>> = slots.iter_mut().map(|slot| slot.positions(doc)).collect();
            if is_near(&positions, i64::from(self.slop), &distinct) {
                docs.push(doc);
            }
            candidate = doc + 1;
        }
        Ok(Box::new(ConstScorer::new(Docs { docs, at: 0 }, boost)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(tantivy::TantivyError::InvalidArgument(format!("Document #({doc}) does not match")));
        }
        Ok(Explanation::new("Near", 1.0))
    }
}

/// The postings of the terms that may be at one position.
struct SlotPostings {
    at: i64,
    postings: Vec<SegmentPostings>,
}

impl SlotPostings {
    /// The first document from this one on with any of the terms.
    fn seek(&mut self, doc: DocId) -> DocId {
        let seek = |postings: &mut SegmentPostings| {
            if postings.doc() < doc { postings.seek(doc) } else { postings.doc() }
        };
        self.postings.iter_mut().map(seek).min().unwrap_or(TERMINATED)
    }

    /// The positions in the document, as if the phrase began there.
    fn positions(&mut self, doc: DocId) -> Vec<i64> {
        let (mut all, mut some) = (Vec::new(), Vec::new());
        for postings in self.postings.iter_mut().filter(|postings| postings.doc() == doc) {
            postings.positions(&mut some);
            all.extend(some.iter().map(|position| i64::from(*position) - self.at));
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// The first document from this one on that has a term of each slot.
fn next_common(slots: &mut [SlotPostings], from: DocId) -> Option<DocId> {
    let mut candidate = from;
    loop {
        let mut furthest = candidate;
        for slot in slots.iter_mut() {
            furthest = furthest.max(slot.seek(candidate));
            if furthest == TERMINATED {
                return None;
            }
        }
        if furthest == candidate {
            return Some(candidate);
        }
        candidate = furthest;
    }
}

/// Which slots must not be filled by one and the same word.
struct Distinct {
    /// The positions of the slots within the phrase.
    at: Vec<i64>,
    /// Of each slot, the earlier ones that share a term with it.
    conflicts: Vec<Vec<usize>>,
}

impl Distinct {
    fn new(slots: &[Slot]) -> Self {
        let shares = |one: &Slot, other: &Slot| one.terms.iter().any(|term| other.terms.contains(term));
        let conflicts = (0..slots.len())
            .map(|at| (0..at).filter(|earlier| shares(&slots[*earlier], &slots[at])).collect())
            .collect();
        Self { at: slots.iter().map(|slot| slot.at).collect(), conflicts }
    }
}

/// Whether one position of each slot can be chosen so that they lie within `slop` of each other.
fn is_near(positions: &[Vec<i64>], slop: i64, distinct: &Distinct) -> bool {
    let mut starts: Vec<i64> = positions.iter().flatten().copied().collect();
    starts.sort_unstable();
    starts.dedup();
    let mut chosen = Vec::with_capacity(positions.len());
    starts.into_iter().any(|start| {
        chosen.clear();
        can_choose(positions, start..=start.saturating_add(slop), distinct, &mut chosen)
    })
}

fn can_choose(
    positions: &[Vec<i64>],
    window: std::ops::RangeInclusive<i64>,
    distinct: &Distinct,
    chosen: &mut Vec<i64>,
) -> bool {
    let slot = chosen.len();
    let Some(choices) = positions.get(slot) else { return true };
    let first = choices.partition_point(|position| position < window.start());
    for position in choices[first..].iter().take_while(|position| *position <= window.end()) {
        // The place in the document, not seen from the phrase.
        let place = position + distinct.at[slot];
        let taken =
            distinct.conflicts[slot].iter().any(|other| chosen[*other] + distinct.at[*other] == place);
        if taken {
            continue;
        }
        chosen.push(*position);
        if can_choose(positions, window.clone(), distinct, chosen) {
            return true;
        }
        chosen.pop();
        // Without a conflict, every choice is as good as another.
        if distinct.conflicts.iter().all(Vec::is_empty) {
            return false;
        }
    }
    false
}

/// Documents, ascending.
struct Docs {
    docs: Vec<DocId>,
    at: usize,
}

impl DocSet for Docs {
    fn advance(&mut self) -> DocId {
        self.at += 1;
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.docs.get(self.at).copied().unwrap_or(TERMINATED)
    }

    fn size_hint(&self) -> u32 {
        self.docs.len() as u32
    }
}
