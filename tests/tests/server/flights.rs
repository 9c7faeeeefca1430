//! The example's data on a real server: what djelme counts is what was counted without it.

#[path = "../../../examples/examples/flights/departure.rs"]
mod departure;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use djelme::aggregation::CalendarInterval;
use djelme::{Record as _, TimeseriesRecord as _, prelude::*};
use djelme_tests::server::TestDjelme;
use serde::Deserialize;

use departure::{Departure, Row};

/// One line of the totals that were counted with awk.
#[derive(Debug, Deserialize)]
struct Counted {
    kind: String,
    key: String,
    count: u64,
    departed: u64,
    mean_dep_delay: f64,
}

fn data(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/data").join(file)
}

/// The lines of a kind, by key.
fn counted(kind: &str) -> BTreeMap<String, Counted> {
    let mut rows = csv::Reader::from_path(data("flights-2013-first-week.totals.csv")).unwrap();
    let rows = rows.deserialize().map(Result::unwrap).filter(|row: &Counted| row.kind == kind);
    rows.map(|row| (row.key.clone(), row)).collect()
}

#[tokio::test]
async fn totals_equal_an_independent_count() {
    let test = TestDjelme::new("flights", [Departure::TYPE]).unwrap();
    test.djelme.setup().await.unwrap();
    let mut rows = csv::Reader::from_path(data("flights-2013-first-week.csv")).unwrap();
    let departures: Vec<Departure> =
        rows.deserialize::<Row>().map(|row| row.unwrap().try_into().unwrap()).collect();
    for part in departures.chunks(2000) {
        for recorded in test.djelme.record_all(part).await.unwrap() {
            recorded.unwrap();
        }
    }
    test.djelme.refresh::<Departure>().await.unwrap();

    let f = Departure::fields();
    let delay = avg("delay", f.dep_delay);
    let departed = value_count("departed", f.dep_delay);
    let per_carrier = terms("per_carrier", f.carrier).size(100).aggregate(&delay).aggregate(&departed);
    let day = |name| date_histogram(name, f.timestamp).calendar_interval(CalendarInterval::Day);
    let per_local_day = day("per_local_day").time_zone("America/New_York").aggregate(&delay);
    let per_utc_day = day("per_utc_day").aggregate(&delay);
    let search = Departure::search_timeseries_range((2013, 1), (2013, 2)).unwrap().track_total_hits(true);
    let search = search.aggregate(&per_carrier).aggregate(&per_local_day).aggregate(&per_utc_day).size(0);
    let found = search.send(&test.djelme).await.unwrap();

    assert_eq!(found.total().value, counted("all")["all"].count);
    let carriers = counted("carrier");
    let found_carriers = found.aggregation(&per_carrier).unwrap();
    assert_eq!(found_carriers.buckets().len(), carriers.len());
    for bucket in found_carriers.buckets() {
        let expected = &carriers[&bucket.key().to_string()];
        assert_eq!(bucket.doc_count(), expected.count, "{expected:?}");
        assert_eq!(bucket.aggregation(&departed).unwrap(), expected.departed, "{expected:?}");
        assert!(
            (bucket.aggregation(&delay).unwrap().unwrap() - expected.mean_dep_delay).abs() < 0.001,
            "{expected:?}"
        );
    }
    for (aggregation, kind) in [(&per_local_day, "local_day"), (&per_utc_day, "utc_day")] {
        let days = counted(kind);
        let found_days = found.aggregation(aggregation).unwrap();
        assert_eq!(found_days.buckets().len(), days.len(), "{kind}");
        for bucket in found_days.buckets() {
            let expected = &days[&bucket.key_as_string().unwrap()[..10]];
            assert_eq!(bucket.doc_count(), expected.count, "{expected:?}");
            assert!((bucket.aggregation(&delay).unwrap().unwrap() - expected.mean_dep_delay).abs() < 0.001);
        }
    }
    test.clean().await.unwrap();
}
