//! Indexes past their time: which they are, and deleting them.

use chrono::{DateTime, TimeDelta, Utc};
use djelme_core::expiry::{Expiry, expired};
use djelme_core::record::Record;
use djelme_core::{Error, Result};

use crate::Djelme;

/// What [`delete_expired`](Djelme::delete_expired) did.
#[derive(Debug)]
#[non_exhaustive]
pub struct Deletion {
    /// Indexes that are gone, the oldest first; also one that somebody else deleted first.
    pub deleted: Vec<String>,
    /// Indexes that the store did not delete, and why. They are still expired at the next call.
    pub failed: Vec<(String, Error)>,
}

impl Djelme {
    /// The live indexes of a record type, by whether they have expired at `now`: all of their span lies longer back than
    /// the type's `expires_after`. A type without it has none that have. What the type's pattern matches but the type
    /// would never write is listed as foreign.
    ///
    /// # Errors
    /// [`Error::Backend`] and the like if the store cannot be asked.
    pub async fn expiry<R: Record>(&self, now: DateTime<Utc>) -> Result<Expiry> {
        let resolved = self.resolved::<R>()?;
        let live = resolved.backend.indexes(resolved.naming.pattern()).await?;
        // A time that is too long to count back expires nothing.
        let after = resolved
            .type_ref
            .options
            .expires_after
            .map(|after| TimeDelta::from_std(after).unwrap_or(TimeDelta::MAX));
        Ok(expired(&resolved.naming, now, after, live.iter().map(|index| index.name.as_str())))
    }

    /// Deletes the indexes of a record type that have expired at `now`, each by its own name, the oldest first. Whatever
    /// else the type's pattern matches stays. An index that cannot be deleted is not in the way of the others.
    ///
    /// # Errors
    /// As [`expiry`](Self::expiry); then nothing was deleted.
    pub async fn delete_expired<R: Record>(&self, now: DateTime<Utc>) -> Result<Deletion> {
        let backend = &self.resolved::<R>()?.backend;
        let mut deletion = Deletion { deleted: Vec::new(), failed: Vec::new() };
        for span in self.expiry::<R>(now).await?.expired {
            match backend.delete_index(&span.index).await {
                Ok(_) => deletion.deleted.push(span.index),
                Err(error) => deletion.failed.push((span.index, error)),
            }
        }
        Ok(deletion)
    }
}
