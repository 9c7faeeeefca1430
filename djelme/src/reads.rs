//! Reading single records by their ids.

use djelme_core::record::{Record, TimeseriesRecord};
use djelme_core::response::{Hit, SearchResponse};
use djelme_core::search::Search;
use djelme_core::time::IntoTimeBound;
use djelme_core::{Error, Result, query};

use crate::Djelme;

impl Djelme {
    /// Sends a search; the same as [`search.send(&djelme)`](Search::send).
    ///
    /// # Errors
    /// Those of [`Search::send`].
    pub async fn search<R: Record>(&self, search: &Search<R>) -> Result<SearchResponse<R>> {
        search.send(self).await
    }

    /// The record with this id, wherever in time it lies; `None` if there is none.
    ///
    /// A search over all indexes of the type, so it sees what the last refresh made visible. Where the time is known,
    /// [`get_at`](Self::get_at) reads one index and sees every acknowledged write.
    ///
    /// # Errors
    /// [`Error::Query`] if the id is in more than one index, as `unique_together` allows (it is unique within one
    /// period), with the names of the indexes; [`Error::Backend`] and the like from the search.
    pub async fn get<R: Record>(&self, id: &str) -> Result<Option<Hit<R>>> {
        let search: Search<R> = R::search().filter(query::ids([id])).size(10);
        let mut hits = search.send(self).await?.into_hits();
        if hits.len() > 1 {
            let indexes: Vec<_> = hits.iter().map(Hit::index).collect();
            return Err(Error::Query(format!(
                "the id `{id}` is in several indexes ({}); say which with `get_at(id, time)`",
                indexes.join(", ")
            )));
        }
        Ok(hits.pop())
    }

    /// The record with this id in the index of that time: the time of the event, a tuple of time parts, a date, or
    /// a string. `None` if there is none.
    ///
    /// # Errors
    /// [`Error::Time`] if `at` is no time, [`Error::Query`] if it is longer than what one index holds;
    /// [`Error::Backend`] and the like from the store.
    pub async fn get_at<R: TimeseriesRecord>(
        &self,
        id: &str,
        at: impl IntoTimeBound,
    ) -> Result<Option<Hit<R>>> {
        let resolved = self.resolved::<R>()?;
        let index = resolved.index_at(at)?;
        Ok(resolved.backend.get(&index, id).await?.map(Hit::from))
    }
}
