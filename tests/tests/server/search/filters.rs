//! Every typed filter, as a filter and as a scored query.

use chrono::NaiveDate;
use djelme::query::Query;

use super::*;

type Case = (Query, fn(&Departure) -> bool);

async fn check(test: &TestDjelme, departures: &[Departure], cases: Vec<Case>) {
    for (query, matches) in cases {
        let expected = those(departures, matches);
        let search = Departure::search().filter(query.clone());
        assert_eq!(found_by(test, search).await, expected, "{query:?}");
        let scored = Departure::search().query(query.clone());
        assert_eq!(found_by(test, scored).await, expected, "scored {query:?}");
    }
}

fn delay(departure: &Departure) -> i32 {
    departure.dep_delay.unwrap_or(i32::MIN)
}

#[tokio::test]
async fn exact_values_and_ranges() {
    let (test, departures) = recorded("filters").await;
    let f = Departure::fields();
    let noon = at("2013-02-02T12:00:00Z");
    let day = NaiveDate::from_ymd_opt(2013, 2, 1).unwrap();
    let cases: Vec<Case> = vec![
        (f.carrier.eq("UA"), |d| d.carrier == "UA"),
        (f.carrier.is_in(["AA", "DL", "ZZ"]), |d| d.carrier == "AA" || d.carrier == "DL"),
        (f.carrier.is_in::<&str>([]), |_| false),
        (f.carrier.gte("DL"), |d| d.carrier.as_str() >= "DL"),
        (f.carrier.within("AA".."DL"), |d| ("AA".."DL").contains(&d.carrier.as_str())),
        (f.dep_delay.eq(-13), |d| d.dep_delay == Some(-13)),
        (f.dep_delay.is_in([-13, 8]), |d| matches!(d.dep_delay, Some(-13 | 8))),
        (f.dep_delay.gte(8), |d| delay(d) >= 8),
        (f.dep_delay.gt(8), |d| delay(d) > 8),
        (f.dep_delay.lte(8), |d| d.dep_delay.is_some_and(|delay| delay <= 8)),
        (f.dep_delay.lt(8), |d| d.dep_delay.is_some_and(|delay| delay < 8)),
        (f.dep_delay.within(-13..8), |d| (-13..8).contains(&delay(d))),
        (f.dep_delay.within(-13..=8), |d| (-13..=8).contains(&delay(d))),
        (f.dep_delay.within::<i32>(..), |d| d.dep_delay.is_some()),
        (f.dep_delay.exists(), |d| d.dep_delay.is_some()),
        (f.distance.gte(500), |d| d.distance >= 500),
        (f.fare.gt(100.5), |d| d.fare > 100.5),
        (f.cancelled.eq(true), |d| d.cancelled),
        (f.cancelled.eq(false), |d| !d.cancelled),
        (f.gateway.eq("10.0.1.1"), |d| d.gateway.to_string() == "10.0.1.1"),
        (f.gateway.eq("10.0.0.0/24"), |d| d.gateway.to_string() == "10.0.0.1"),
        (f.gateway.gte("10.0.1.0"), |d| d.gateway.to_string() == "10.0.1.1"),
        (f.software.gte("1.9.0"), |d| d.flight >= 9),
        (f.software.lt("1.10.0"), |d| d.flight < 10),
        (f.software.eq("1.2.0"), |d| d.flight == 2),
        (f.timestamp.eq(noon), |d| d.timestamp == at("2013-02-02T12:00:00Z")),
        (f.timestamp.lte(noon), |d| d.timestamp <= at("2013-02-02T12:00:00Z")),
        (f.timestamp.gt(at("2013-02-01T00:00:00Z")), |d| d.timestamp > at("2013-02-01T00:00:00Z")),
        (f.timestamp.lte(at("2013-02-01T00:00:00Z")), |d| d.timestamp <= at("2013-02-01T00:00:00Z")),
        (f.timestamp.is_in([at("2013-02-01T00:00:00Z")]), |d| d.timestamp == at("2013-02-01T00:00:00Z")),
        (f.timestamp.lte(day), |d| d.timestamp < at("2013-02-02T00:00:00Z")),
        (f.timestamp.eq(day), |d| d.timestamp.date_naive().to_string() == "2013-02-01"),
        (f.timestamp.gte("2013-03-01"), |d| d.timestamp >= at("2013-03-01T00:00:00Z")),
        (f.timestamp.within(day..), |d| d.timestamp >= at("2013-02-01T00:00:00Z")),
    ];
    check(&test, &departures, cases).await;
    clean(test).await;
}

#[tokio::test]
async fn strings_texts_objects_and_combinations() {
    let (test, departures) = recorded("combinations").await;
    let f = Departure::fields();
    let cases: Vec<Case> = vec![
        (match_all(), |_| true),
        (not(match_all()), |_| false),
        (ids::<String>([]), |_| false),
        (f.tail_number.exists(), |d| d.tail_number.is_some()),
        (not(f.tail_number.exists()), |d| d.tail_number.is_none()),
        (f.carrier.prefix("U"), |d| d.carrier.starts_with('U')),
        (f.carrier.wildcard("?A"), |d| d.carrier.ends_with('A')),
        (f.tail_number.wildcard("N1*"), |d| {
            d.tail_number.as_deref().is_some_and(|tail| tail.starts_with("N1"))
        }),
        (f.software.prefix("1.1"), |d| d.software.starts_with("1.1")),
        (f.carrier.matching("UA"), |d| d.carrier == "UA"),
        (f.remarks.exists(), |d| d.flight < 4),
        (f.remarks.matching("late fog"), |d| d.flight < 3),
        (f.remarks.match_phrase("late gate"), |d| d.flight == 0),
        (f.remarks.raw.eq("Late gate"), |d| d.flight == 0),
        (f.remarks.raw.prefix("gate"), |d| d.flight == 1),
        (f.stops.airport.eq("S1"), |d| d.stops.iter().any(|stop| stop.airport == "S1")),
        (f.stops.minutes.gte(5.0), |d| d.stops.iter().any(|stop| stop.minutes >= 5.0)),
        (
            bool_query()
                .must(f.carrier.eq("UA"))
                .filter(f.distance.gte(300))
                .must_not(f.cancelled.eq(true))
                .into(),
            |d| d.carrier == "UA" && d.distance >= 300 && !d.cancelled,
        ),
        (bool_query().should(f.carrier.eq("DL")).should(f.carrier.eq("B6")).into(), |d| {
            d.carrier == "DL" || d.carrier == "B6"
        }),
        (
            bool_query()
                .filter(match_all())
                .should(f.carrier.eq("UA"))
                .should(f.cancelled.eq(true))
                .should(f.distance.lt(400))
                .minimum_should_match(2)
                .into(),
            |d| u8::from(d.carrier == "UA") + u8::from(d.cancelled) + u8::from(d.distance < 400) >= 2,
        ),
        (serde_json::json!({ "regexp": { "carrier": "U[0-9]" } }).into(), |d| d.carrier == "U2"),
    ];
    check(&test, &departures, cases).await;

    let first = Departure::search().filter(f.flight.eq(3)).send(&test.djelme).await.unwrap();
    let id = first.hits()[0].id().to_owned();
    assert_eq!(found_by(&test, Departure::search().filter(ids([id]))).await, BTreeSet::from([3]));
    clean(test).await;
}

#[tokio::test]
async fn ranges_of_time_find_exactly_their_events() {
    let (test, departures) = recorded("time-ranges").await;
    let ranges = [
        ("2013-02-01T00:00:00Z", "2013-03-01T00:00:00Z"),
        ("2013-01-31T23:59:59.999Z", "2013-02-01T00:00:00Z"),
        ("2013-02-01T00:00:00Z", "2013-02-01T00:00:00.001Z"),
        ("2013-02-01T00:00:00.001Z", "2013-03-31T23:59:59.999Z"),
        ("2013-02-02T12:00:00Z", "2013-02-02T12:00:00.001Z"),
        // Ends within the millisecond of an event: it is never lost.
        ("2013-02-04T12:00:00.000300Z", "2013-02-04T12:00:00.000301Z"),
        ("2013-03-31T23:59:59.999999Z", "2013-04-01T00:00:00Z"),
        ("0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z"),
    ];
    for (from, until) in ranges.map(|(from, until)| (at(from), at(until))) {
        let search = Departure::search_timeseries_range(from, until).unwrap();
        let expected = those(&departures, |departure| (from..until).contains(&departure.timestamp));
        assert_eq!(found_by(&test, search).await, expected, "{from} until {until}");
    }
    let months = Departure::search_timeseries_range((2013, 2), "2013-03").unwrap();
    assert_eq!(found_by(&test, months).await, (2..8).collect());
    clean(test).await;
}
