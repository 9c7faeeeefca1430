//! Reports, ranged by the time parts of their cycle: row L1 of the conformance cases.

use djelme::field::FieldPath;
use djelme::identity::OpaqueKey;
use djelme::mapping::{FieldMapping, Property};
use djelme::record::{Properties, Record, RecordTime, TimeseriesRecord};
use djelme::record_type::{RecordKind, RecordType};
use djelme::time::{IntoTimeBound, TimeDepth, TimeParts};

use super::*;

/// A report on a month, written by hand.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Punctuality {
    cycle_coverage: String,
    late: u32,
}

impl Properties for Punctuality {
    const PROPERTIES: &'static [Property] = &[
        Property::field("cycle_coverage", FieldMapping::new("keyword")),
        Property::field("late", FieldMapping::new("long")),
    ];
    const DEPTH: usize = 1;
    type Fields = ();
    fn fields_at(_: FieldPath) {}
}

impl Record for Punctuality {
    const TYPE: &'static RecordType = &RecordType::derived(
        RecordKind::CyclicReport,
        "flights::Punctuality",
        "Punctuality",
        djelme::options::TypeOptions {
            app_label: Some("flights"),
            timedepth: Some(TimeDepth::Year),
            unique_together: Some(&["cycle_coverage"]),
            ..djelme::options::TypeOptions::NONE
        },
        Self::PROPERTIES,
    );

    fn time(&self) -> RecordTime {
        RecordTime::Cycle(TimeParts::parse(&self.cycle_coverage).unwrap())
    }

    fn unique_parts(&self, key: &mut OpaqueKey) {
        key.part("cycle_coverage", &self.cycle_coverage);
    }
}

impl TimeseriesRecord for Punctuality {}

#[tokio::test]
async fn monthly_reports_lie_within_days() {
    let test = TestDjelme::new("reports", [Punctuality::TYPE]).unwrap();
    test.djelme.setup().await.unwrap();
    let months = ["2025.12", "2026.1", "2026.2", "2026.10", "2027.1"];
    for month in months {
        test.djelme.record(&Punctuality { cycle_coverage: month.into(), late: 1 }).await.unwrap();
    }
    test.djelme.refresh::<Punctuality>().await.unwrap();
    async fn found(test: &TestDjelme, from: impl IntoTimeBound, until: impl IntoTimeBound) -> Vec<String> {
        let search = Punctuality::search_timeseries_range(from, until).unwrap();
        let found = search.clone().send(&test.djelme).await.unwrap();
        assert_eq!(search.count(&test.djelme).await.unwrap(), found.hits().len() as u64);
        assert!(found.hits().iter().all(|hit| hit.timestamp().is_none()));
        let mut months: Vec<_> = found.records().map(|report| report.unwrap().cycle_coverage).collect();
        months.sort();
        months
    }
    assert_eq!(found(&test, "2026-01-01", "2026-02-01").await, ["2026.1"]);
    assert_eq!(found(&test, (2026,), (2027,)).await, ["2026.1", "2026.10", "2026.2"]);
    assert_eq!(found(&test, (2026, 2), (2026, 10)).await, ["2026.2"]);
    assert_eq!(found(&test, "2026-01-02", "2026-02-02").await, ["2026.2"]);
    assert_eq!(
        found(&test, at("2026-01-01T00:00:00.001Z"), at("2026-10-01T00:00:00.001Z")).await,
        ["2026.10", "2026.2"]
    );
    assert_eq!(found(&test, (2020,), (2030,)).await.len(), 5);
    test.clean().await.unwrap();
}
