//! What matches: the documents of a part, segment by segment, in blocks.

use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, EnableScoring, Occur, Query, Scorer, TermSetQuery, Weight,
};
use tantivy::schema::Term;
use tantivy::{COLLECT_BLOCK_BUFFER_LEN, DocId, Score, SegmentReader, TERMINATED};

use crate::error::Refusal;
use crate::schema::INDEX;
use crate::store::Part;

/// How many documents go on at a time: enough to spread what one call costs, few enough to stay in the cache.
const BLOCK: usize = 2_048;

/// A query at work in one part.
pub(crate) struct Matching {
    weight: Box<dyn Weight>,
    scores: bool,
}

/// Documents that match, ascending.
#[derive(Debug, Default)]
pub(crate) struct Block {
    pub(crate) docs: Vec<DocId>,
    /// As many as `docs`, if scores are wanted.
    pub(crate) scores: Vec<Score>,
}

impl Block {
    /// Keeps the documents that fit.
    pub(super) fn retain(&mut self, mut fits: impl FnMut(DocId, Score) -> bool) {
        let mut kept = 0;
        for position in 0..self.docs.len() {
            let score = self.scores.get(position).copied();
            if fits(self.docs[position], score.unwrap_or_default()) {
                self.docs[kept] = self.docs[position];
                if let Some(score) = score {
                    self.scores[kept] = score;
                }
                kept += 1;
            }
        }
        self.docs.truncate(kept);
        self.scores.truncate(kept);
    }
}

impl Matching {
    /// Prepares a query (everything if there is none) for the indexes of a part.
    pub(crate) fn new(query: Option<Box<dyn Query>>, part: &Part, scores: bool) -> Result<Self, Refusal> {
        let searcher = &part.table.searcher;
        let query = query.unwrap_or_else(|| Box::new(AllQuery));
        let query = if part.whole { query } else { within(query, part)? };
        let scoring = if scores {
            EnableScoring::enabled_from_searcher(searcher)
        } else {
            EnableScoring::disabled_from_searcher(searcher)
        };
        Ok(Self { weight: query.weight(scoring)?, scores })
    }

    /// The documents of a segment that match, to seek in; deleted ones may be among them.
    pub(super) fn documents(&self, segment: &SegmentReader) -> Result<Box<dyn Scorer>, Refusal> {
        Ok(self.weight.scorer(segment, 1.0)?)
    }

    /// How many documents of the segment match.
    pub(super) fn count(&self, segment: &SegmentReader) -> Result<u64, Refusal> {
        Ok(self.weight.count(segment)?.into())
    }

    /// Goes through the documents of a segment that match.
    pub(crate) fn each_block(
        &self,
        segment: &SegmentReader,
        mut each: impl FnMut(&mut Block) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let mut scorer = self.weight.scorer(segment, 1.0)?;
        let alive = segment.alive_bitset();
        let lives = |doc: DocId| alive.is_none_or(|alive| alive.is_alive(doc));
        let mut block = Block { docs: Vec::with_capacity(BLOCK), scores: Vec::new() };
        let mut buffer = [0; COLLECT_BLOCK_BUFFER_LEN];
        let mut more = true;
        while more {
            block.docs.clear();
            block.scores.clear();
            while more && block.docs.len() + COLLECT_BLOCK_BUFFER_LEN <= BLOCK {
                if self.scores {
                    let doc = scorer.doc();
                    more = doc != TERMINATED;
                    if more {
                        if lives(doc) {
                            block.docs.push(doc);
                            block.scores.push(scorer.score());
                        }
                        scorer.advance();
                    }
                } else {
                    let filled = scorer.fill_buffer(&mut buffer);
                    more = filled == buffer.len();
                    block.docs.extend(buffer[..filled].iter().copied().filter(|doc| lives(*doc)));
                }
            }
            if !block.docs.is_empty() {
                each(&mut block)?;
            }
        }
        Ok(())
    }
}

/// The query within the indexes of the part; scores stay as they are.
fn within(query: Box<dyn Query>, part: &Part) -> Result<Box<dyn Query>, Refusal> {
    let field = part.table.searcher.schema().get_field(INDEX)?;
    let names = part.indexes.iter().map(|index| Term::from_field_text(field, index));
    let indexes = Box::new(ConstScoreQuery::new(Box::new(TermSetQuery::new(names)), 0.0));
    Ok(Box::new(BooleanQuery::new(vec![(Occur::Must, query), (Occur::Must, indexes)])))
}
