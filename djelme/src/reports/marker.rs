//! Notes of which cycles were reported: a simple record of djelme's own, one for each cycle of each report type.
//!
//! A cycle can have millions of reports, so that those which are there do not tell whether all are. The note does: it is
//! begun before the first report is sent and finished after the last one is stored.

use std::collections::HashMap;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use djelme_core::backend::DocumentVersion;
use djelme_core::document::Given;
use djelme_core::field::FieldPath;
use djelme_core::identity::OpaqueKey;
use djelme_core::mapping::{FieldMapping, Property};
use djelme_core::options::TypeOptions;
use djelme_core::query::Query;
use djelme_core::record::{Properties, Record, RecordTime};
use djelme_core::record_type::{RecordKind, RecordType, TypeRef};
use djelme_core::response::Hit;
use djelme_core::router::{Route, Router};
use djelme_core::time::{Cycle, CycleDepth};
use djelme_core::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::pending::CYCLES_AT_ONCE;
use crate::Djelme;
use crate::resolve::ResolvedType;
use crate::simple::conditional::{Condition, Conditional, Written};

/// The note of one cycle of one report type.
///
/// Written by hand: the derives register a type for every program, and this one is for those that have reports.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ReportRun {
    /// What the names of the report type's indexes begin with, such as `shop_monthlysales_`.
    reports_of: String,
    cycle: String,
    /// When the run began. All of its reports have this time in `created`.
    pub(super) started: DateTime<Utc>,
    /// When its last report was stored; nothing of a run that goes on or was broken off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    finished: Option<DateTime<Utc>>,
    /// How many reports it made.
    reports: u64,
}

impl ReportRun {
    /// Whether the run came to its end, and began after the cycle had ended.
    pub(super) fn is_complete<D: CycleDepth>(&self, cycle: Cycle<D>) -> bool {
        self.finished.is_some() && self.started >= cycle.end()
    }

    /// Whether so many stored reports can be all that it made.
    pub(super) fn is_whole(&self, stored: u64) -> bool {
        stored >= self.reports
    }
}

impl Properties for ReportRun {
    const PROPERTIES: &'static [Property] = &[
        Property::field("reports_of", FieldMapping::new("keyword")),
        Property::field("cycle", FieldMapping::new("version")),
        Property::field("started", FieldMapping::new("date")),
        Property::field("finished", FieldMapping::new("date")),
        Property::field("reports", FieldMapping::new("long")),
    ];
    const DEPTH: usize = 1;
    type Fields = ();
    fn fields_at(_: FieldPath) {}
}

static TYPE: RecordType = RecordType::derived(
    RecordKind::Simple,
    "djelme::reports::ReportRun",
    "reportrun",
    TypeOptions {
        app_label: Some("djelme"),
        unique_together: Some(&["reports_of", "cycle"]),
        ..TypeOptions::NONE
    },
    ReportRun::PROPERTIES,
);

impl Record for ReportRun {
    const TYPE: &'static RecordType = &TYPE;

    fn time(&self) -> RecordTime {
        RecordTime::None
    }

    fn unique_parts(&self, key: &mut OpaqueKey) {
        key.part("reports_of", &self.reports_of);
        key.part("cycle", &self.cycle);
    }
}

/// The notes of one report type.
#[derive(Debug, Clone, Copy)]
pub(super) struct Markers<'a> {
    djelme: &'a Djelme,
    /// The notes' own type, in the backend of the reports.
    resolved: &'a ResolvedType,
    reports_of: &'a str,
}

/// A run that has begun.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) run: ReportRun,
    version: DocumentVersion,
    /// When another run began of which it is not known that it has ended.
    pub(super) unfinished: Option<DateTime<Utc>>,
}

impl<'a> Markers<'a> {
    pub(super) fn new(djelme: &'a Djelme, reports: &'a ResolvedType) -> Result<Self> {
        let resolved = djelme.inner.types.report_runs(&reports.backend_name)?;
        Ok(Self { djelme, resolved, reports_of: reports.naming.stem() })
    }

    /// The note of a cycle. Sees every acknowledged write.
    pub(super) async fn find<D: CycleDepth>(
        &self,
        cycle: Cycle<D>,
    ) -> Result<Option<(ReportRun, DocumentVersion)>> {
        let id = self.id(cycle)?;
        let Some(found) = self.resolved.backend.get(self.resolved.naming.stem(), &id).await? else {
            return Ok(None);
        };
        let version = found.version;
        Ok(Some((Hit::from(found).record()?, version)))
    }

    /// The notes of the cycles from the first to the last, of which there are at most [`CYCLES_AT_ONCE`]. Sees what is
    /// refreshed.
    pub(super) async fn between<D: CycleDepth>(
        &self,
        first: Cycle<D>,
        last: Cycle<D>,
    ) -> Result<HashMap<Cycle<D>, ReportRun>> {
        let cycles = json!({ "gte": first.to_string(), "lte": last.to_string() });
        let search = ReportRun::search()
            .filter(Query::from(json!({ "term": { "reports_of": { "value": self.reports_of } } })))
            .filter(Query::from(json!({ "range": { "cycle": cycles } })))
            .size(CYCLES_AT_ONCE)
            .strict();
        let found = search.send(&Only(self.resolved)).await?;
        let runs = found.records().filter_map(|run| match run {
            // A note of another length, from before the type's cycles had this one, is about none of these.
            Ok(run) => run.cycle.parse().ok().map(|cycle| Ok((cycle, run))),
            Err(error) => Some(Err(error)),
        });
        runs.collect()
    }

    /// Makes all notes visible to [`between`](Self::between).
    pub(super) async fn refresh(&self) -> Result<()> {
        self.resolved.backend.refresh(self.resolved.naming.pattern()).await
    }

    /// Notes that a run begins. From here on the cycle is not complete, whatever a run before this one made.
    pub(super) async fn begin<D: CycleDepth>(&self, cycle: Cycle<D>) -> Result<Begun> {
        let (condition, before) = match self.find(cycle).await? {
            Some((run, version)) => (Condition::Unchanged(version), Some(run)),
            None => (Condition::Absent, None),
        };
        // Dates keep milliseconds, and a time of its own tells this run's reports from those of any other.
        let now = Utc::now().trunc_subsecs(3);
        let started = before.as_ref().map_or(now, |run| now.max(run.started + TimeDelta::milliseconds(1)));
        let unfinished = before.filter(|run| run.finished.is_none()).map(|run| run.started);
        let run = ReportRun {
            reports_of: self.reports_of.to_owned(),
            cycle: cycle.to_string(),
            started,
            finished: None,
            reports: 0,
        };
        let version = self.write(&run, condition).await?;
        Ok(Begun { run, version, unfinished })
    }

    /// Notes that the last report is stored, unless another run has begun since.
    pub(super) async fn finish(&self, begun: Begun, reports: u64) -> Result<()> {
        let run = ReportRun { finished: Some(Utc::now()), reports, ..begun.run };
        self.write(&run, Condition::Unchanged(begun.version)).await.map(drop)
    }

    /// Removes the note of a cycle, so that it counts as not reported.
    pub(super) async fn forget<D: CycleDepth>(&self, cycle: Cycle<D>) -> Result<()> {
        let id = self.id(cycle)?;
        self.resolved.backend.delete(self.resolved.naming.stem(), &id, None).await.map(drop)
    }

    async fn write(&self, run: &ReportRun, condition: Condition) -> Result<DocumentVersion> {
        let write = Conditional { record: run, given: Given::NOTHING, condition, kept: &[] };
        let conflict = match self.djelme.write_if(self.resolved, &write).await? {
            Written::Done(recorded, _) => match recorded.version {
                Some(version) => return Ok(version),
                None => return Err(Error::UnexpectedAnswer("a stored document without a version".into())),
            },
            Written::Lost { unsure: Some(unsure), .. } => return Err(unsure),
            Written::Lost { conflict, unsure: None } => conflict,
        };
        Err(match conflict {
            Error::Conflict { index, id, .. } => {
                let problem = format!(
                    "was changed: another run of the reports on {} began; once it has ended, run this one again",
                    run.cycle
                );
                Error::Conflict { index, id, problem }
            }
            other => other,
        })
    }

    fn id<D: CycleDepth>(&self, cycle: Cycle<D>) -> Result<String> {
        let mut key = OpaqueKey::new();
        key.part("reports_of", &self.reports_of);
        key.part("cycle", &cycle);
        key.finish()
    }
}

/// The route of the notes, of which each backend with reports has its own.
struct Only<'a>(&'a ResolvedType);

impl Router for Only<'_> {
    fn route(&self, _: &TypeRef) -> Result<Route> {
        Ok(Route { backend: self.0.backend.clone(), naming: self.0.naming.clone() })
    }
}
