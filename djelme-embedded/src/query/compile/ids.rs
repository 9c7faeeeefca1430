//! `ids`, and `_id` in other queries.

use std::fmt;
use std::sync::Arc;

use tantivy::query::{AutomatonWeight, EnableScoring, Query, TermSetQuery, Weight};
use tantivy::schema::Field;
use tantivy_fst::raw::CompiledAddr;
use tantivy_fst::{Automaton, Map};

use super::field::text_term;
use super::{Compiled, Compiler, constant, nothing};
use crate::error::Refusal;
use crate::schema::{UID, uid};

/// Up to so many terms, each id is asked for in each index.
const FEW: usize = 4096;

impl Compiler<'_> {
    /// Documents with one of these ids.
    pub(super) fn ids(&self, ids: &[String]) -> Result<Compiled, Refusal> {
        let Ok(field) = self.part.table.searcher.schema().get_field(UID) else { return Ok(nothing()) };
        let indexes = &self.part.indexes;
        if ids.is_empty() || indexes.is_empty() {
            return Ok(nothing());
        }
        if ids.len().saturating_mul(indexes.len()) <= FEW {
            let terms = ids.iter().flat_map(|id| indexes.iter().map(move |index| uid(index, id)));
            return Ok(constant(Box::new(TermSetQuery::new(terms.map(|uid| text_term(field, &uid))))));
        }
        let mut sorted: Vec<&str> = ids.iter().map(String::as_str).collect();
        sorted.sort_unstable();
        sorted.dedup();
        let set = Map::from_iter(sorted.into_iter().map(|id| (id, 0))).map_err(Refusal::fault)?;
        Ok(constant(Box::new(IdsQuery { field, ids: Arc::new(Ids(set)) })))
    }
}

/// Documents with one of many ids, in any index of the table.
#[derive(Clone)]
struct IdsQuery {
    field: Field,
    ids: Arc<Ids>,
}

impl fmt::Debug for IdsQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdsQuery").field("ids", &self.ids.0.len()).finish_non_exhaustive()
    }
}

impl Query for IdsQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(AutomatonWeight::<Ids>::new(self.field, Arc::clone(&self.ids))))
    }
}

/// Accepts an id of the set, and after it an index.
struct Ids(Map<Vec<u8>>);

/// Within an id, or behind one.
#[derive(Debug, Clone, Copy)]
enum Reading {
    Id(CompiledAddr),
    Index,
}

impl Automaton for Ids {
    type State = Option<Reading>;

    fn start(&self) -> Self::State {
        Some(Reading::Id(self.0.as_ref().root().addr()))
    }

    fn is_match(&self, state: &Self::State) -> bool {
        matches!(state, Some(Reading::Index))
    }

    fn can_match(&self, state: &Self::State) -> bool {
        state.is_some()
    }

    fn accept(&self, state: &Self::State, byte: u8) -> Self::State {
        let node = match (*state)? {
            // No name of an index has another zero in it.
            Reading::Index => return (byte != 0).then_some(Reading::Index),
            Reading::Id(address) => self.0.as_ref().node(address),
        };
        match node.find_input(byte) {
            Some(transition) => Some(Reading::Id(node.transition_addr(transition))),
            None if byte == 0 && node.is_final() => Some(Reading::Index),
            None => None,
        }
    }
}
