//! Deleting single records.

use djelme_core::Result;
use djelme_core::record::{Record, TimeseriesRecord};
use djelme_core::response::Hit;
use djelme_core::time::IntoTimeBound;

use crate::Djelme;

impl Djelme {
    /// Deletes a record that a search found, from the index in which it was found, unless it was changed since.
    /// Returns whether it was still there.
    ///
    /// # Errors
    /// [`Error::Backend`](crate::Error::Backend) of the kind `Conflict` if it was changed since, and whatever else
    /// the store answers.
    pub async fn delete<R: Record>(&self, hit: &Hit<R>) -> Result<bool> {
        self.resolved::<R>()?.backend.delete(hit.index(), hit.id(), hit.version()).await
    }

    /// Deletes the record with this id from the index of that time. Returns whether it was there.
    ///
    /// # Errors
    /// [`Error::Time`](crate::Error::Time) if `at` is no time; [`Error::Backend`](crate::Error::Backend) and the
    /// like from the store.
    pub async fn delete_at<R: TimeseriesRecord>(&self, id: &str, at: impl IntoTimeBound) -> Result<bool> {
        let resolved = self.resolved::<R>()?;
        let index = resolved.naming.index_name(at.into_time_bound()?.parts())?;
        resolved.backend.delete(&index, id, None).await
    }
}
