//! Reports, ranged by the time parts of their cycle: row L1 of the conformance cases.

use djelme::CyclicReport;
use djelme::time::{Cycle, IntoTimeBound, Month};

use super::*;

#[derive(Debug, Clone, Serialize, Deserialize, CyclicReport)]
#[djelme(app_label = "flights", timedepth = "year")]
struct Punctuality {
    cycle_coverage: Cycle<Month>,
    late: u32,
}

#[tokio::test]
async fn monthly_reports_lie_within_days() {
    let test = TestDjelme::new("reports", [Punctuality::TYPE]).unwrap();
    test.djelme.setup().await.unwrap();
    let months = ["2025.12", "2026.1", "2026.2", "2026.10", "2027.1"];
    for month in months {
        test.djelme.record(&Punctuality { cycle_coverage: month.parse().unwrap(), late: 1 }).await.unwrap();
    }
    test.djelme.refresh::<Punctuality>().await.unwrap();
    async fn found(test: &TestDjelme, from: impl IntoTimeBound, until: impl IntoTimeBound) -> Vec<String> {
        let search = Punctuality::search_timeseries_range(from, until).unwrap();
        let found = search.clone().send(&test.djelme).await.unwrap();
        assert_eq!(search.count(&test.djelme).await.unwrap(), found.hits().len() as u64);
        assert!(found.hits().iter().all(|hit| hit.timestamp().is_none()));
        let mut months: Vec<_> =
            found.records().map(|report| report.unwrap().cycle_coverage.to_string()).collect();
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
