//! Setting up and checking: templates and live indexes against what the record types ask for.

mod apply;
mod check;
mod indexes;
mod plan;
mod report;

pub use check::{CheckReport, TypeCheck};
pub use report::{SetupReport, TemplateChange, TypeSetup};

use std::collections::HashSet;

use djelme_core::{Error, Result};

use crate::Djelme;

impl Djelme {
    /// Creates or updates the index template of every record type of this handle, and adds new fields to indexes that
    /// exist already. Says what it changed; a second run changes nothing.
    ///
    /// A field that a live index refuses for good, such as one whose analyzer only newer indexes have, is a warning of
    /// the report: that index takes no record with the field until its period ends.
    ///
    /// All types are looked at first, and nothing is applied if one of them cannot be set up. Nothing is ever removed: a
    /// template with more fields than a type has is taken for a newer deployment's and stays as it is.
    ///
    /// # Errors
    /// [`Error::Definition`] if another template would win over ours or belongs to another type,
    /// [`Error::Refused`] by a hook, [`Error::Backend`] if a server is too old or refuses a template: then nothing was
    /// changed.
    /// [`Error::SetupStopped`] if it failed midway: it names what was applied, and a second run finishes.
    pub async fn setup(&self) -> Result<SetupReport> {
        self.refuse_old_servers().await?;
        let mut plans = Vec::new();
        for resolved in self.inner.types.iter() {
            plans.push(plan::TypePlan::new(resolved, &self.inner.hooks).await?);
        }
        let mut report = SetupReport::default();
        for plan in plans {
            let mut done = TypeSetup::new(&plan);
            let applied = apply::apply(&plan, &self.inner.hooks, &mut done).await;
            let record_type = done.record_type.clone();
            report.types.push(done);
            applied.map_err(|source| Error::SetupStopped {
                record_type,
                applied: report.changes(),
                source: Box::new(source),
            })?;
        }
        Ok(report)
    }

    /// Asks each backend once for its server, which is an error if it is too old or is not Elasticsearch.
    async fn refuse_old_servers(&self) -> Result<()> {
        let mut asked = HashSet::new();
        for resolved in self.inner.types.iter().filter(|resolved| asked.insert(&resolved.backend_name)) {
            resolved.backend.server().await?;
        }
        Ok(())
    }

    /// Compares the template and every live index of each record type with what the type asks for; changes nothing.
    ///
    /// # Errors
    /// [`Error::Backend`] and the like if the store cannot be asked. A difference is not an error: see the report.
    pub async fn check(&self) -> Result<CheckReport> {
        let mut types = Vec::new();
        for resolved in self.inner.types.iter() {
            types.push(TypeCheck::new(resolved).await?);
        }
        Ok(CheckReport { types })
    }
}
