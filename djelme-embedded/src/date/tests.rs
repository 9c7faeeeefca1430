//! Dates, with what Elasticsearch 8.19 answered; what documents accept is in the facts of the schema's tests.

use proptest::prelude::*;

use super::{DAY, DateFormat, HOUR, MINUTE, Missing, SECOND, Zone, civil};

fn format(text: &str) -> DateFormat {
    DateFormat::new(text).unwrap()
}

fn parse(text: &str, missing: Missing) -> i64 {
    DateFormat::default().parse(text, missing, Zone::UTC).unwrap()
}

const MOMENTS: [i64; 11] = [
    0,
    -1,
    253_402_300_800_000,
    -62_135_596_800_000,
    -62_167_219_200_000,
    -62_198_755_200_000,
    1_582_934_400_123,
    9_223_372_036_854_775_807,
    -9_223_372_036_854_775_807,
    1_580_688_000_000,
    -377_705_116_800_001,
];

#[test]
fn dates_are_written_as_elasticsearch_writes_them() {
    let iso = "1970-01-01T00:00:00.000Z 1969-12-31T23:59:59.999Z +10000-01-01T00:00:00.000Z 0001-01-01T00:00:00.000Z \
        0000-01-01T00:00:00.000Z -0001-01-01T00:00:00.000Z 2020-02-29T00:00:00.123Z +292278994-08-17T07:12:55.807Z \
        -292275055-05-16T16:47:04.193Z 2020-02-03T00:00:00.000Z -10000-12-31T23:59:59.999Z";
    for (name, wanted) in [
        ("strict_date_optional_time", iso),
        ("date_optional_time", iso),
        ("uuuu-MM-dd'T'HH:mm:ss.SSSXXX", iso),
        (
            "epoch_second",
            "0 -0.001 253402300800 -62135596800 -62167219200 -62198755200 1582934400.123 9223372036854775.807 \
             -9223372036854775.807 1580688000 -377705116800.001",
        ),
        (
            "yyyy-MM-dd",
            "1970-01-01 1969-12-31 +10000-01-01 0001-01-01 0001-01-01 0002-01-01 2020-02-29 +292278994-08-17 \
             +292275056-05-16 2020-02-03 +10001-12-31",
        ),
        ("EEE", "Thu Wed Sat Mon Sat Fri Sat Sun Sun Mon Sun"),
        (
            "MMMM/EEEE",
            "January/Thursday December/Wednesday January/Saturday January/Monday January/Saturday January/Friday \
             February/Saturday August/Sunday May/Sunday February/Monday December/Sunday",
        ),
        ("d.MMM", "1.Jan 31.Dec 1.Jan 1.Jan 1.Jan 1.Jan 29.Feb 17.Aug 16.May 3.Feb 31.Dec"),
        ("H:m:s", "0:0:0 23:59:59 0:0:0 0:0:0 0:0:0 0:0:0 0:0:0 7:12:55 16:47:4 0:0:0 23:59:59"),
        ("SSSSSS", "000000 999000 000000 000000 000000 000000 123000 807000 193000 000000 999000"),
        (
            "XX'|'X'|'XXX'|'Z",
            "Z|Z|Z|+0000 Z|Z|Z|+0000 Z|Z|Z|+0000 Z|Z|Z|+0000 Z|Z|Z|+0000 Z|Z|Z|+0000 Z|Z|Z|+0000 Z|Z|Z|+0000 Z|Z|Z|+0000 Z|Z|Z|+0000 Z|Z|Z|+0000",
        ),
    ] {
        let format = format(name);
        let found: Vec<String> = MOMENTS.iter().map(|&moment| format.format(moment, Zone::UTC)).collect();
        assert_eq!(found.join(" "), wanted, "{name}");
    }
}

#[test]
fn a_zone_shifts_what_is_written_and_read() {
    let berlin = Zone::parse("Europe/Berlin").unwrap();
    let iso = DateFormat::default();
    assert_eq!(iso.format(1_577_836_800_000, berlin), "2020-01-01T01:00:00.000+01:00");
    assert_eq!(
        iso.parse("2020-07-01", Missing::First, berlin).unwrap(),
        parse("2020-06-30T22", Missing::First)
    );
    // The clocks skip this hour, and show that one twice.
    let read = |text: &str| iso.parse(text, Missing::First, berlin).unwrap();
    assert_eq!(read("2020-03-29T02:30"), parse("2020-03-29T01:30", Missing::First));
    assert_eq!(read("2020-10-25T02:30"), parse("2020-10-25T00:30", Missing::First));
    let zone = Zone::parse("-03:30").unwrap();
    assert_eq!(format("X XX XXX").format(0, zone), "-0330 -0330 -03:30");
    assert_eq!(format("X XX XXX Z").format(0, Zone::parse("+02").unwrap()), "+02 +0200 +02:00 +0200");
    for text in ["", "x", "+", "+1:00", "+19:00", "+1830", "Europe/Nowhere", "+01:60", "+é"] {
        assert!(Zone::parse(text).is_none(), "{text}");
    }
}

#[test]
fn what_a_date_has_not_is_filled_from_either_end() {
    for (text, first, last) in [
        ("2020", "2020-01-01T00:00:00.000Z", "2020-01-01T23:59:59.999Z"),
        ("2020-02", "2020-02-01T00:00:00.000Z", "2020-02-01T23:59:59.999Z"),
        ("2020-02-03", "2020-02-03T00:00:00.000Z", "2020-02-03T23:59:59.999Z"),
        ("2020-02-03T10", "2020-02-03T10:00:00.000Z", "2020-02-03T10:59:59.999Z"),
        ("2020-02-03T10:11:12", "2020-02-03T10:11:12.000Z", "2020-02-03T10:11:12.999Z"),
        ("2020-02-03T10:11:12.5", "2020-02-03T10:11:12.500Z", "2020-02-03T10:11:12.500Z"),
    ] {
        let iso = DateFormat::default();
        assert_eq!(iso.format(parse(text, Missing::First), Zone::UTC), first, "{text}");
        assert_eq!(iso.format(parse(text, Missing::Last), Zone::UTC), last, "{text}");
    }
    let seconds = format("epoch_second");
    for (text, first, last) in
        [("5", 5000, 5999), ("5.0", 5000, 5000), ("-6", -6000, -5001), ("5.4", 5400, 5400)]
    {
        assert_eq!(seconds.parse(text, Missing::First, Zone::UTC).unwrap(), first, "{text}");
        assert_eq!(seconds.parse(text, Missing::Last, Zone::UTC).unwrap(), last, "{text}");
    }
}

#[test]
fn formats_that_are_not_exact_are_refused_by_name() {
    for (name, what) in [
        ("weekyear", "the date format [weekyear]"),
        ("basic_date", "the date format [basic_date]"),
        ("yyyy-MM-dd||week_date", "the date format [week_date]"),
        ("yyyy-ww", "the date format [yyyy-ww]: [w]"),
        ("yyyy[-MM]", "the date format [yyyy[-MM]]: [[]"),
        ("dMM", "the date format [dMM]: a number of any length right before another"),
    ] {
        let refusal = DateFormat::new(name).unwrap_err();
        assert_eq!(refusal.reason, format!("the embedded engine does not support {what}"));
    }
    assert!(DateFormat::new("yyyy 'open").unwrap_err().reason.starts_with("Invalid format: [yyyy 'open]"));
}

#[test]
fn every_day_of_ten_thousand_years_has_its_number() {
    let mut day = civil::days(0, 1, 1);
    for year in 0..10_000 {
        for month in 1..=12 {
            for date in 1..=civil::days_of_month(year, month) {
                assert_eq!(civil::days(year, month, date), day);
                assert_eq!(civil::date(day), (year, month, date));
                day += 1;
            }
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(millis in -62_135_596_800_000_i64..253_402_300_800_000) {
        let iso = DateFormat::default();
        prop_assert_eq!(parse(&iso.format(millis, Zone::UTC), Missing::First), millis);
        let pattern = format("yyyy-MM-dd HH:mm:ss.SSS XXX");
        let zone = Zone::Fixed(5 * HOUR + 30 * MINUTE);
        prop_assert_eq!(pattern.parse(&pattern.format(millis, zone), Missing::Last, Zone::UTC).unwrap(), millis);
        for name in ["epoch_millis", "epoch_second", "uuuuMMddHHmmssSSS"] {
            let format = format(name);
            let read = format.parse(&format.format(millis, Zone::UTC), Missing::First, Zone::UTC);
            prop_assert_eq!(read.unwrap(), millis, "{}", name);
        }
    }

    #[test]
    fn years_far_away_are_written_and_counted(millis in any::<i64>()) {
        let civil = civil::Civil::new(millis, Zone::UTC);
        let days = civil::days(civil.year, civil.month, civil.day);
        prop_assert_eq!(i128::from(days) * i128::from(DAY) + i128::from(civil.time), i128::from(millis));
        prop_assert!(civil.time / SECOND < 86_400);
    }

    #[test]
    fn any_text_is_a_date_or_not(text in "[0-9T:.+\\-Zé ]{0,30}", any in any::<String>()) {
        for name in ["strict_date_optional_time||epoch_millis", "date_optional_time", "epoch_second", "yyyy-MM-dd HH:mm:ss.SSS XXX", "dd/M/uuuu"] {
            let format = format(name);
            let _ = format.parse(&text, Missing::First, Zone::UTC);
            let _ = format.parse(&any, Missing::Last, Zone::Named(chrono_tz::Europe::Berlin));
        }
        let _ = Zone::parse(&any);
    }
}
