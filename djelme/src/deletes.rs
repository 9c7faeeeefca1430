//! Deleting single records.

use djelme_core::record::{Record, TimeseriesRecord};
use djelme_core::response::Hit;
use djelme_core::time::IntoTimeBound;
use djelme_core::{Error, ErrorKind, Result};

use crate::Djelme;

impl Djelme {
    /// Deletes a record that a search found, from the index in which it was found, unless it was changed since.
    /// Returns whether it was still there.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it was changed since, and whatever else the store answers.
    pub async fn delete<R: Record>(&self, hit: &Hit<R>) -> Result<bool> {
        let backend = &self.resolved::<R>()?.backend;
        match backend.delete(hit.index(), hit.id(), hit.version()).await {
            // Under a version, Elasticsearch says of a document that is gone what it says of one that was changed.
            Err(Error::Backend(conflict)) if conflict.kind == ErrorKind::Conflict => {
                match backend.get(hit.index(), hit.id()).await? {
                    Some(found) => Err(Error::Conflict {
                        index: found.index,
                        id: found.id,
                        problem: "was changed since it was found; search again and delete what is found then"
                            .into(),
                    }),
                    None => Ok(false),
                }
            }
            answer => answer,
        }
    }

    /// Deletes the record with this id from the index of that time. Returns whether it was there.
    ///
    /// # Errors
    /// [`Error::Time`](crate::Error::Time) if `at` is no time, [`Error::Query`](crate::Error::Query) if it is longer
    /// than what one index holds; [`Error::Backend`](crate::Error::Backend) and the like from the store.
    pub async fn delete_at<R: TimeseriesRecord>(&self, id: &str, at: impl IntoTimeBound) -> Result<bool> {
        let resolved = self.resolved::<R>()?;
        let index = resolved.index_at(at)?;
        resolved.backend.delete(&index, id, None).await
    }
}
