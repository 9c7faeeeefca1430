//! Every typed aggregation, alone and within others, against the same computed by hand.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{Datelike as _, TimeDelta, Timelike as _};
use serde_json::json;

use super::*;

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let values: Vec<f64> = values.collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn delays<'a>(departures: impl Iterator<Item = &'a Departure>) -> impl Iterator<Item = f64> {
    departures.filter_map(|departure| departure.dep_delay).map(f64::from)
}

#[tokio::test]
async fn terms_with_orders_limits_and_averages() {
    let (test, departures) = recorded("terms").await;
    let f = Departure::fields();
    let delay = avg("delay", f.dep_delay);
    let by_count =
        terms("by_count", f.carrier).order(Order::count()).order(Order::key()).size(2).aggregate(&delay);
    let by_delay = terms("by_delay", f.carrier).order(Order::by(&delay)).aggregate(&delay);
    let spread = stats("spread", f.distance);
    let by_spread =
        terms("by_spread", f.carrier).order(Order::by_path("spread.max").asc()).aggregate(&spread);
    let some = terms("some", f.carrier).include(["AA", "DL"]).order(Order::key().desc());
    let matching = terms("matching", f.carrier).include_matching("U.").exclude(["U2"]).min_doc_count(2);
    let tails = terms("tails", f.tail_number).missing("none").exclude_matching("N.*");
    let cancelled = terms("cancelled", f.cancelled).order(Order::key());
    let distances = terms("distances", f.distance).order(Order::key()).size(1).shard_size(50);
    let fares = terms("fares", f.fare).order(Order::key()).size(1);
    let gateways = terms("gateways", f.gateway).order(Order::key());
    let stories = terms("stories", f.remarks.raw).order(Order::key());
    let times = terms("times", f.timestamp).order(Order::key()).size(1);
    let search = Departure::search().size(0).aggregate(&by_count).aggregate(&by_delay).aggregate(&by_spread);
    let search = search.aggregate(&some).aggregate(&matching).aggregate(&tails).aggregate(&cancelled);
    let search = search.aggregate(&distances).aggregate(&fares).aggregate(&gateways).aggregate(&stories);
    let found = search.aggregate(&times).send(&test.djelme).await.unwrap();

    let largest = found.aggregation(&by_count).unwrap();
    assert_eq!((largest.sum_other_doc_count(), largest.doc_count_error_upper_bound()), (3, Some(0)));
    let keys = |answer: &TermsAnswer| -> Vec<(String, u64)> {
        answer.buckets().iter().map(|bucket| (bucket.key().to_string(), bucket.doc_count())).collect()
    };
    assert_eq!(keys(&largest), [("UA".into(), 6), ("AA".into(), 3)]);
    for bucket in largest.buckets() {
        let own = departures.iter().filter(|departure| *bucket.key() == departure.carrier.as_str());
        assert_eq!(bucket.aggregation(&delay).unwrap(), mean(delays(own)), "{}", bucket.key());
    }
    // B6 has no delay at all, which Elasticsearch puts beyond every number.
    let slowest = found.aggregation(&by_delay).unwrap();
    assert_eq!(slowest.buckets()[1].key(), &Key::Str("U2".into()));
    assert_eq!(slowest.buckets()[0].aggregation(&delay).unwrap(), None);
    let shortest = found.aggregation(&by_spread).unwrap();
    assert_eq!(shortest.buckets()[0].key(), &Key::Str("B6".into()));
    assert_eq!(shortest.buckets()[0].aggregation(&spread).unwrap().max, Some(400.0));
    assert_eq!(keys(&found.aggregation(&some).unwrap()), [("DL".into(), 1), ("AA".into(), 3)]);
    assert_eq!(keys(&found.aggregation(&matching).unwrap()), [("UA".into(), 6)]);
    assert_eq!(keys(&found.aggregation(&tails).unwrap()), [("none".into(), 4)]);
    let booleans = found.aggregation(&cancelled).unwrap();
    assert_eq!(
        [booleans.buckets()[0].key(), booleans.buckets()[1].key()],
        [&Key::Bool(false), &Key::Bool(true)]
    );
    assert_eq!(found.aggregation(&distances).unwrap().buckets()[0].key(), &Key::Long(100));
    assert_eq!(found.aggregation(&fares).unwrap().buckets()[0].key(), &Key::Double(50.5));
    let addresses = [("10.0.0.1".into(), 6), ("10.0.1.1".into(), 6)];
    assert_eq!(keys(&found.aggregation(&gateways).unwrap()), addresses);
    assert_eq!(found.aggregation(&stories).unwrap().buckets()[0].key().as_str(), Some("Late gate"));
    let first = &found.aggregation(&times).unwrap().buckets()[0].key().as_i64();
    assert_eq!(*first, Some(departures[0].timestamp.timestamp_millis()));
    clean(test).await;
}

#[tokio::test]
async fn metrics_of_all_departures() {
    let (test, departures) = recorded("metrics").await;
    let f = Departure::fields();
    let delay = avg("delay", f.dep_delay);
    let assumed = avg("assumed", f.dep_delay).missing(0);
    let miles = sum("miles", f.distance);
    let nearest = min("nearest", f.distance);
    let farthest = max("farthest", f.distance);
    let first = min("first", f.timestamp);
    let last = max("last", f.timestamp);
    let all = stats("all", f.fare);
    let tail = percentiles("tail", f.distance).percents([0.0, 50.0, 100.0]);
    let values = value_count("values", f.tail_number);
    let carriers = cardinality("carriers", f.carrier).precision_threshold(100);
    let tails = cardinality("tails", f.tail_number).missing("none");
    let search = Departure::search().size(0).aggregate(&delay).aggregate(&assumed).aggregate(&miles);
    let search = search.aggregate(&nearest).aggregate(&farthest).aggregate(&first).aggregate(&last);
    let search = search.aggregate(&all).aggregate(&tail).aggregate(&values).aggregate(&carriers);
    let found = search.aggregate(&tails).send(&test.djelme).await.unwrap();

    assert_eq!(found.aggregation(&delay).unwrap(), mean(delays(departures.iter())));
    let filled = departures.iter().map(|departure| f64::from(departure.dep_delay.unwrap_or(0)));
    assert_eq!(found.aggregation(&assumed).unwrap(), mean(filled));
    assert_eq!(found.aggregation(&miles).unwrap(), 7_800.0);
    assert_eq!(found.aggregation(&nearest).unwrap(), Some(100.0));
    assert_eq!(found.aggregation(&farthest).unwrap(), Some(1_200.0));
    assert_eq!(found.aggregation(&first).unwrap(), Some(departures[0].timestamp));
    assert_eq!(found.aggregation(&last).unwrap(), Some(at("2013-03-31T23:59:59.999Z")), "in milliseconds");
    let all = found.aggregation(&all).unwrap();
    assert_eq!((all.count, all.min, all.max), (12, Some(50.5), Some(160.5)));
    assert_eq!((all.avg, all.sum), (Some(105.5), 1_266.0));
    let tail = found.aggregation(&tail).unwrap();
    assert_eq!((tail.at(0.0), tail.at(50.0), tail.at(100.0)), (Some(100.0), Some(650.0), Some(1_200.0)));
    assert_eq!(found.aggregation(&values).unwrap(), 8);
    assert_eq!(found.aggregation(&carriers).unwrap(), 5);
    assert_eq!(found.aggregation(&tails).unwrap(), 9);

    let nobody = Departure::search()
        .filter(f.carrier.eq("ZZ"))
        .aggregate(&delay)
        .aggregate(&first)
        .aggregate(&percentiles("tail", f.distance));
    let found = nobody.send(&test.djelme).await.unwrap();
    assert_eq!((found.aggregation(&delay).unwrap(), found.aggregation(&first).unwrap()), (None, None));
    assert_eq!(found.aggregation(&percentiles("tail", f.distance)).unwrap().at(50.0), None);
    clean(test).await;
}

#[tokio::test]
async fn histograms_of_time() {
    let (test, departures) = recorded("date-histograms").await;
    let f = Departure::fields();
    let delay = avg("delay", f.dep_delay);
    let carriers = terms("carriers", f.carrier).aggregate(&delay);
    let per_month = date_histogram("per_month", f.timestamp)
        .calendar_interval(CalendarInterval::Month)
        .aggregate(&carriers);
    let in_march = date_histogram("in_march", f.timestamp)
        .calendar_interval(CalendarInterval::Day)
        .time_zone("America/New_York")
        .hard_bounds(at("2013-03-09T05:00:00Z"), at("2013-03-12T04:00:00Z"))
        .format("yyyy-MM-dd");
    let whole = date_histogram("whole", f.timestamp)
        .calendar_interval(CalendarInterval::Day)
        .extended_bounds((2012, 12, 31), (2013, 4, 3));
    let late_days = date_histogram("late_days", f.timestamp)
        .fixed_interval(Duration::from_secs(86_400))
        .offset(TimeDelta::hours(6))
        .min_doc_count(1)
        .order(Order::key().desc());
    let quarters = date_histogram("quarters", f.timestamp)
        .calendar_interval(CalendarInterval::Quarter)
        .missing(at("2013-01-01T00:00:00Z"));
    let search = Departure::search_timeseries_range((2013, 1), (2013, 4)).unwrap().size(0);
    let search = search.aggregate(&per_month).aggregate(&in_march).aggregate(&whole).aggregate(&late_days);
    let found = search.aggregate(&quarters).send(&test.djelme).await.unwrap();

    let months = found.aggregation(&per_month).unwrap();
    assert_eq!(months.buckets().len(), 3);
    for bucket in &months {
        let own =
            || departures.iter().filter(|departure| departure.timestamp.month() == bucket.key().month());
        assert_eq!(bucket.doc_count(), own().count() as u64);
        for inner in bucket.aggregation(&carriers).unwrap() {
            let own = own().filter(|departure| *inner.key() == departure.carrier.as_str());
            assert_eq!(
                inner.aggregation(&delay).unwrap(),
                mean(delays(own)),
                "{} {}",
                bucket.key(),
                inner.key()
            );
        }
    }
    // The night to 10 March 2013 had the change to daylight saving time: the next day starts an hour earlier in UTC.
    let march = found.aggregation(&in_march).unwrap();
    let days: Vec<_> = march
        .buckets()
        .iter()
        .map(|day| (day.key().hour(), day.key_as_string().unwrap(), day.doc_count()))
        .collect();
    assert_eq!(days, [(5, "2013-03-10", 1), (4, "2013-03-11", 1)]);
    let whole = found.aggregation(&whole).unwrap();
    assert_eq!(whole.buckets().len(), 93);
    assert_eq!((*whole.buckets()[0].key(), whole.buckets()[0].doc_count()), (at("2012-12-31T00:00:00Z"), 0));
    assert_eq!(*whole.buckets()[92].key(), at("2013-04-02T00:00:00Z"));
    let mut expected = BTreeMap::new();
    for departure in &departures {
        let day = (departure.timestamp - TimeDelta::hours(6)).date_naive();
        *expected.entry(day.and_hms_opt(6, 0, 0).unwrap().and_utc()).or_insert(0) += 1;
    }
    let late: Vec<_> =
        found.aggregation(&late_days).unwrap().into_iter().map(|day| (*day.key(), day.doc_count())).collect();
    assert_eq!(late, expected.into_iter().rev().collect::<Vec<_>>());
    assert_eq!(found.aggregation(&quarters).unwrap().buckets()[0].doc_count(), 12);
    clean(test).await;
}

#[tokio::test]
async fn every_interval_of_the_calendar_is_known_to_the_server() {
    use CalendarInterval::{Day, Hour, Minute, Month, Quarter, Week, Year};
    let (test, _) = recorded("intervals").await;
    let f = Departure::fields();
    for (interval, start) in [
        (Minute, "2013-02-02T12:00:00Z"),
        (Hour, "2013-02-02T12:00:00Z"),
        (Day, "2013-02-02T00:00:00Z"),
        (Week, "2013-01-28T00:00:00Z"),
        (Month, "2013-02-01T00:00:00Z"),
        (Quarter, "2013-01-01T00:00:00Z"),
        (Year, "2013-01-01T00:00:00Z"),
    ] {
        let histogram = date_histogram("h", f.timestamp).calendar_interval(interval);
        let search = Departure::search().filter(f.flight.eq(5)).aggregate(&histogram);
        let found = search.send(&test.djelme).await.unwrap();
        assert_eq!(*found.aggregation(&histogram).unwrap().buckets()[0].key(), at(start), "{interval:?}");
    }
    clean(test).await;
}

#[tokio::test]
async fn histograms_and_ranges_of_numbers_and_time() {
    let (test, _) = recorded("ranges").await;
    let f = Departure::fields();
    let delay = avg("delay", f.dep_delay);
    let miles = histogram("miles", f.distance, 500).extended_bounds(0, 2_000).aggregate(&delay);
    let bounded = histogram("bounded", f.distance, 500).hard_bounds(500, 1_100).order(Order::key().desc());
    let shifted = histogram("shifted", f.distance, 500).offset(100);
    let known = histogram("known", f.dep_delay, 1_000).missing(-5_000).min_doc_count(1);
    let lengths = range("lengths", f.distance)
        .bucket(..300.0)
        .named_bucket("middle", 300.0..600.0)
        .bucket(600.0..)
        .aggregate(&delay);
    let spring = date_range("spring", f.timestamp)
        .bucket(..(2013, 2))
        .named_bucket("february", (2013, 2)..(2013, 3))
        .named_bucket("instant", at("2013-02-04T12:00:00.000300Z")..at("2013-02-04T12:00:00.000301Z"));
    let search = Departure::search()
        .size(0)
        .aggregate(&miles)
        .aggregate(&bounded)
        .aggregate(&shifted)
        .aggregate(&known);
    let found = search.aggregate(&lengths).aggregate(&spring).send(&test.djelme).await.unwrap();

    let miles = found.aggregation(&miles).unwrap();
    let buckets: Vec<_> = miles.buckets().iter().map(|bucket| (*bucket.key(), bucket.doc_count())).collect();
    assert_eq!(buckets, [(0.0, 4), (500.0, 5), (1_000.0, 3), (1_500.0, 0), (2_000.0, 0)]);
    assert_eq!(miles.buckets()[3].aggregation(&delay).unwrap(), None);
    let bounded = found.aggregation(&bounded).unwrap();
    let buckets: Vec<_> =
        bounded.buckets().iter().map(|bucket| (*bucket.key(), bucket.doc_count())).collect();
    assert_eq!(buckets, [(1_000.0, 3), (500.0, 5)]);
    let shifted = found.aggregation(&shifted).unwrap();
    let buckets: Vec<_> =
        shifted.buckets().iter().map(|bucket| (*bucket.key(), bucket.doc_count())).collect();
    assert_eq!(buckets, [(100.0, 5), (600.0, 5), (1_100.0, 2)]);
    let known = found.aggregation(&known).unwrap();
    assert_eq!((*known.buckets()[0].key(), known.buckets()[0].doc_count()), (-5_000.0, 3));
    let lengths = found.aggregation(&lengths).unwrap();
    let buckets: Vec<_> =
        lengths.buckets().iter().map(|bucket| (bucket.key().to_string(), bucket.doc_count())).collect();
    assert_eq!(buckets, [("*-300.0".into(), 2), ("middle".into(), 3), ("600.0-*".into(), 7)]);
    assert_eq!((lengths.buckets()[1].key().from, lengths.buckets()[1].key().to), (Some(300.0), Some(600.0)));
    let spring = found.aggregation(&spring).unwrap();
    let counts: BTreeMap<_, _> =
        spring.buckets().iter().map(|bucket| (bucket.key().name.as_str(), bucket.doc_count())).collect();
    assert_eq!((counts["february"], counts["instant"]), (6, 1));
    let february = spring.buckets().iter().find(|bucket| bucket.key().name == "february").unwrap();
    assert_eq!(february.key().to, Some(at("2013-03-01T00:00:00Z")));
    clean(test).await;
}

#[tokio::test]
async fn filters_inner_objects_and_raw_ones_within_each_other() {
    let (test, departures) = recorded("agg-filters").await;
    let f = Departure::fields();
    let delay = avg("delay", f.dep_delay);
    let late = filter("late", f.dep_delay.gte(15)).aggregate(&delay);
    let kinds = filters("kinds")
        .bucket("late", f.dep_delay.gte(15))
        .bucket("early", f.dep_delay.lt(0))
        .other_bucket("rest")
        .aggregate(&delay);
    let longest = max("longest", f.stops.minutes);
    let airports = terms("airports", f.stops.airport).aggregate(&longest);
    let words = raw("words", json!({ "extended_stats": { "field": "distance" } }));
    let carriers = terms("carriers", f.carrier).aggregate(&words).aggregate(&kinds);
    let search = Departure::search().size(0).aggregate(&late).aggregate(&kinds).aggregate(&airports);
    let found = search.aggregate(&carriers).send(&test.djelme).await.unwrap();

    let is_late = |departure: &&Departure| departure.dep_delay.is_some_and(|delay| delay >= 15);
    let late = found.aggregation(&late).unwrap();
    assert_eq!(late.doc_count(), departures.iter().filter(is_late).count() as u64);
    assert_eq!(late.aggregation(&delay).unwrap(), mean(delays(departures.iter().filter(is_late))));
    let answer = found.aggregation(&kinds).unwrap();
    assert_eq!(answer.get("late").unwrap().doc_count(), late.doc_count());
    let counted: u64 = answer.buckets().iter().map(Bucket::doc_count).sum();
    assert_eq!(counted, 12);
    assert_eq!(answer.get("late").unwrap().aggregation(&delay).unwrap(), late.aggregation(&delay).unwrap());
    let airports = found.aggregation(&airports).unwrap();
    assert_eq!((airports.buckets()[0].key().as_str(), airports.buckets()[0].doc_count()), (Some("S0"), 8));
    assert_eq!(
        airports.buckets()[0].aggregation(&longest).unwrap(),
        Some(12.0),
        "of all stops of the flight"
    );
    let united = &found.aggregation(&carriers).unwrap().buckets()[0].clone();
    assert_eq!(united.aggregation(&words).unwrap()["count"], 6);
    assert_eq!(united.aggregation(&kinds).unwrap().buckets().len(), 3);
    clean(test).await;
}
