//! Searches on a real server: every typed filter, order and aggregation against the same computed by hand.

#![allow(clippy::unwrap_used, clippy::panic)] // also in the helpers of the tests

mod aggregations;
mod answers;
mod filters;
mod hits;
mod nested;
mod reports;

use std::collections::BTreeSet;
use std::net::IpAddr;

use chrono::{DateTime, Utc};
use djelme::response::SearchResponse;
use djelme::search::Search;
use djelme::{EventRecord, Properties, Record as _, prelude::*};
use djelme_tests::server::TestDjelme;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "flights", timedepth = "month", settings(number_of_replicas = 0))]
struct Departure {
    flight: u32,
    carrier: String,
    tail_number: Option<String>,
    dep_delay: Option<i32>,
    distance: u32,
    fare: f64,
    cancelled: bool,
    gateway: IpAddr,
    #[djelme(version)]
    software: String,
    #[djelme(text(fields(raw = keyword)))]
    remarks: Option<String>,
    #[djelme(object)]
    stops: Vec<Stop>,
    timestamp: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Properties)]
struct Stop {
    airport: String,
    minutes: f64,
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Twelve departures of January to March 2013, no two alike in any respect that a test asks for.
fn departures() -> Vec<Departure> {
    let times = [
        "2013-01-01T00:00:00Z",
        "2013-01-31T23:59:59.999Z",
        "2013-02-01T00:00:00Z",
        "2013-02-01T00:00:00.500Z",
        "2013-02-01T04:30:00Z",
        "2013-02-02T12:00:00Z",
        "2013-02-04T12:00:00.000300Z",
        "2013-02-28T23:00:00Z",
        "2013-03-01T00:00:00Z",
        "2013-03-10T07:30:00Z",
        "2013-03-11T07:30:00Z",
        "2013-03-31T23:59:59.999999Z",
    ];
    let carriers = ["UA", "AA", "UA", "B6", "UA", "AA", "UA", "UA", "DL", "U2", "AA", "UA"];
    let remarks = ["Late gate", "gate change late", "fog at the gate", "on time"];
    let departure = |(number, time): (usize, &&str)| {
        let n = u32::try_from(number).unwrap();
        Departure {
            flight: n,
            carrier: carriers[number].into(),
            tail_number: (n % 3 != 0).then(|| format!("N{n}")),
            dep_delay: (n % 4 != 3).then(|| i32::try_from(n).unwrap() * 7 - 20),
            distance: 100 * (n + 1),
            fare: 50.5 + f64::from(n) * 10.0,
            cancelled: n % 5 == 0,
            gateway: format!("10.0.{}.1", n % 2).parse().unwrap(),
            software: format!("1.{n}.0"),
            remarks: remarks.get(number).map(|text| (*text).to_owned()),
            stops: (0..n % 3)
                .map(|stop| Stop { airport: format!("S{stop}"), minutes: f64::from(n + stop) })
                .collect(),
            timestamp: at(time),
        }
    };
    times.iter().enumerate().map(departure).collect()
}

/// A handle whose server holds the departures, and the departures.
async fn recorded(name: &str) -> (TestDjelme, Vec<Departure>) {
    let test = TestDjelme::new(name, [Departure::TYPE]).unwrap();
    test.djelme.setup().await.unwrap();
    let departures = departures();
    for outcome in test.djelme.record_all(&departures).await.unwrap() {
        outcome.unwrap();
    }
    test.djelme.refresh::<Departure>().await.unwrap();
    (test, departures)
}

async fn clean(test: TestDjelme) {
    test.clean().await.unwrap();
}

fn numbers(found: &SearchResponse<Departure>) -> Vec<u32> {
    found.records().map(|record| record.unwrap().flight).collect()
}

/// The flights that a search finds, by hits and by a count.
async fn found_by(test: &TestDjelme, search: Search<Departure>) -> BTreeSet<u32> {
    let found: BTreeSet<u32> =
        numbers(&search.clone().size(100).send(&test.djelme).await.unwrap()).into_iter().collect();
    assert_eq!(search.count(&test.djelme).await.unwrap(), found.len() as u64);
    found
}

fn those(departures: &[Departure], matches: impl Fn(&Departure) -> bool) -> BTreeSet<u32> {
    departures.iter().filter(|departure| matches(departure)).map(|departure| departure.flight).collect()
}
