//! What each kind of record becomes: its index, its id, its operation and its document.
#![allow(clippy::unwrap_used, clippy::panic)] // also in the helpers of the tests

use std::sync::Arc;

use chrono::{DateTime, TimeZone, Utc};
use djelme::document::{BatchBuilder, Given, RecordEncoder, WriteOp};
use djelme::naming::{Naming, NamingSource};
use djelme::record::Record;
use djelme::record_type::RecordType;
use djelme::time::{Cycle, Hour, Month, TimeDepth, Year};
use djelme::usage::CountedUsage;
use djelme::{CountedUsageRecord, CyclicReport, Error, EventRecord, SimpleRecord};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

mod bases;
mod read_back;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "dummy8app", timedepth = "month")]
struct Happen {
    code: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, CountedUsageRecord)]
#[djelme(app_label = "dummy8app", timedepth = "month")]
struct Used {
    #[serde(flatten)]
    #[djelme(base)]
    usage: CountedUsage,
    action: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, CyclicReport)]
#[djelme(
    app_label = "dummy8app",
    timedepth = "year",
    index_prefix = "blarg_",
    unique_together(cycle_coverage, thing)
)]
struct ThingHappeningsReport {
    cycle_coverage: Cycle<Month>,
    thing: String,
    count: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SimpleRecord)]
#[djelme(app_label = "dummy8app", unique_together(key))]
struct SimpleKv {
    key: String,
    value: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SimpleRecord)]
#[djelme(app_label = "dummy8app")]
struct Note {
    text: String,
}

/// What a record became.
#[derive(Debug, PartialEq)]
struct Written {
    index: String,
    id: String,
    op: WriteOp,
    document: Value,
}

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2017, 8, 21, 0, 0, 0).unwrap()
}

fn naming(record_type: &RecordType) -> Naming {
    Naming::new(NamingSource {
        prefix: record_type.options.index_prefix.unwrap_or_default(),
        app_label: &record_type.app_label,
        recordtype_name: &record_type.name,
        template: record_type.options.template,
        template_name: record_type.options.template_name,
        depth: record_type.is_timeseries().then(|| record_type.options.timedepth.unwrap_or(TimeDepth::Day)),
    })
    .unwrap()
}

fn write<R: Record>(record: &R, given: Given<'_>) -> Result<Written, Error> {
    let mut batch = BatchBuilder::default();
    let encoder = RecordEncoder::new(R::type_ref(), Arc::new(naming(R::TYPE)));
    let _ = encoder.append(&mut batch, record, given, now(), || [7; 10])?;
    let batch = batch.finish();
    let item = &batch.items()[0];
    Ok(Written {
        index: batch.index(item).to_owned(),
        id: batch.id(item).into_owned(),
        op: item.op,
        document: serde_json::from_slice(&batch.source(item)).unwrap(),
    })
}

fn report(cycle: &str) -> ThingHappeningsReport {
    ThingHappeningsReport { cycle_coverage: Cycle::new(cycle).unwrap(), thing: "b".into(), count: 6 }
}

#[test]
fn k9_c1_m2_a_report_is_known_by_its_cycle_and_overwritten() {
    let written = write(&report("2000.2"), Given::NOTHING).unwrap();
    assert_eq!(
        written,
        Written {
            index: "blarg_dummy8app_thinghappeningsreport_2000.".into(),
            id: "^@<F0G&yg!@+4D_Djx#j7SL$Ht53m;RV7^weneqU$T0Jfb;i#8Ve!MqV-yCv8ZDA`u$bHQfmZ@`)V1!P".into(),
            op: WriteOp::Index,
            document: json!({
                "cycle_coverage": "2000.2", "thing": "b", "count": 6,
                "created": "2017-08-21T00:00:00Z", "timeseries_timeparts": "2000.2",
            }),
        }
    );
}

#[test]
fn c1_every_form_of_a_cycle_is_one_report() {
    let ids: Vec<String> = ["2000.2", "2000.02", "2000-02-15", "2000.2.15", "2000-02-09"]
        .map(|cycle| write(&report(cycle), Given::NOTHING).unwrap().id)
        .into();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let other = write(&report("2000.3"), Given::NOTHING).unwrap();
    assert_ne!(other.id, ids[0]);
    assert_eq!(other.index, "blarg_dummy8app_thinghappeningsreport_2000.");
}

/// How long a cycle is and how long an index is are two things, either way.
#[test]
fn n5_an_index_may_be_longer_or_shorter_than_a_cycle() {
    #[derive(Debug, Serialize, Deserialize, CyclicReport)]
    #[djelme(app_label = "dummy8app", timedepth = "day")]
    struct Yearly {
        cycle_coverage: Cycle<Year>,
    }
    let yearly = Yearly { cycle_coverage: Cycle::new((2000,)).unwrap() };
    let written = write(&yearly, Given::NOTHING).unwrap();
    assert_eq!(written.index, "dummy8app_yearly_2000.1.1.");
    assert_eq!(written.document["timeseries_timeparts"], "2000");
    assert_eq!(yearly.cycle(), yearly.cycle_coverage);
    assert_eq!(Yearly::TYPE.options.unique_together, Some(&["cycle_coverage"][..]));

    #[derive(Debug, Serialize, Deserialize, CyclicReport)]
    #[djelme(app_label = "dummy8app", timedepth = "year")]
    struct Hourly {
        cycle_coverage: Cycle<Hour>,
    }
    let hourly = Hourly { cycle_coverage: Cycle::new((1999, 3, 15, 7)).unwrap() };
    let written = write(&hourly, Given::NOTHING).unwrap();
    assert_eq!(written.index, "dummy8app_hourly_1999.");
    assert_eq!(written.document["timeseries_timeparts"], "1999.3.15.7");
}

#[test]
fn m1_the_mapping_of_each_kind_ends_with_its_envelope() {
    let fields = |record_type: &RecordType| {
        let mut fields = Vec::new();
        record_type.each_field(|name, mapping| fields.push(format!("{name} {}", mapping.es_type)));
        fields.join(", ")
    };
    assert_eq!(fields(Happen::TYPE), "code keyword, timestamp date, timeseries_timeparts version");
    assert_eq!(
        fields(Used::TYPE),
        "platform_iri keyword, database_iri keyword, item_iri keyword, within_iris keyword, action keyword, \
         timestamp date, sessionhour_id keyword, timeseries_timeparts version"
    );
    assert_eq!(
        fields(ThingHappeningsReport::TYPE),
        "cycle_coverage version, thing keyword, count long, created date, timeseries_timeparts version"
    );
    assert_eq!(fields(SimpleKv::TYPE), "key keyword, value long");
}

#[test]
fn handles_name_the_envelope_of_the_kind() {
    let f = Used::fields();
    assert_eq!(
        [f.usage.item_iri.name(), f.usage.within_iris.name(), f.sessionhour_id.name(), f.timestamp.name()],
        ["item_iri", "within_iris", "sessionhour_id", "timestamp"]
    );
    let f = ThingHappeningsReport::fields();
    assert_eq!([f.created.name(), f.timeseries_timeparts.name()], ["created", "timeseries_timeparts"]);
    let since: Cycle<Month> = "2000.2".parse().unwrap();
    assert_eq!(
        f.cycle_coverage.gte(since).into_json().unwrap(),
        json!({ "range": { "cycle_coverage": { "gte": "2000.2" } } })
    );
}

/// The field and the reason.
fn refusal(written: Result<Written, Error>) -> String {
    match written {
        Err(Error::Record { field, reason, .. }) => format!("{field}: {reason}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_given_has_to_fit_the_kind() {
    let usage = Used { usage: CountedUsage::default(), action: String::new() };
    let (session, id) =
        (Given { session: Some("s"), ..Given::NOTHING }, Given { id: Some("i"), ..Given::NOTHING });
    assert!(
        refusal(write(&usage, Given::NOTHING))
            .starts_with("sessionhour_id: a counted usage belongs to a session")
    );
    let empty = Given { session: Some(""), ..Given::NOTHING };
    assert!(refusal(write(&usage, empty)).starts_with("sessionhour_id: it is empty"));
    assert_eq!(
        refusal(write(&Happen { code: String::new() }, session)),
        "sessionhour_id: only a counted usage belongs to a session"
    );
    assert!(refusal(write(&report("2000.2"), id)).starts_with("_id: it is made of the unique fields"));
    let note = Note { text: String::new() };
    assert!(refusal(write(&note, Given::NOTHING)).starts_with("_id: the type has no unique fields"));
    let under = |id: &str| write(&note, Given { id: Some(id), ..Given::NOTHING });
    assert_eq!(refusal(under("")), "_id: it is empty");
    assert_eq!(
        refusal(under(&"é".repeat(257))),
        "_id: it has 514 bytes, and Elasticsearch takes at most 512"
    );
    assert_eq!(under(&"é".repeat(256)).unwrap().id.len(), 512);
}

#[test]
fn a_session_can_make_a_usage_unique() {
    #[derive(Debug, Serialize, Deserialize, CountedUsageRecord)]
    #[djelme(app_label = "dummy8app", unique_together(sessionhour_id, usage.item_iri))]
    struct Once {
        #[serde(flatten)]
        #[djelme(base)]
        usage: CountedUsage,
    }
    let once = Once { usage: CountedUsage { item_iri: "i".into(), ..CountedUsage::default() } };
    let written = write(&once, Given { session: Some("s"), ..Given::NOTHING }).unwrap();
    assert_eq!(written.op, WriteOp::Index);
    assert_eq!(written.id, djelme::identity::opaque_key(["s", "i"]).unwrap());
}

#[test]
fn a_counted_usage_has_its_session() {
    let usage = CountedUsage { platform_iri: "p".into(), item_iri: "i".into(), ..CountedUsage::default() };
    let used = Used { usage, action: "view".into() };
    let written = write(&used, Given { session: Some("a \"session\""), ..Given::NOTHING }).unwrap();
    assert_eq!((written.index.as_str(), written.op), ("dummy8app_used_2017.8.", WriteOp::Create));
    assert_eq!(
        written.document,
        json!({
            "platform_iri": "p", "database_iri": "", "item_iri": "i", "action": "view",
            "timestamp": "2017-08-21T00:00:00Z", "sessionhour_id": "a \"session\"",
            "timeseries_timeparts": "2017.8.21.0.0.0",
        })
    );
    assert_eq!(serde_json::from_value::<Used>(written.document).unwrap(), used);
}

#[test]
fn a_simple_record_lies_in_one_index_under_its_key_or_a_given_id() {
    let written = write(&SimpleKv { key: "hello".into(), value: -1 }, Given::NOTHING).unwrap();
    assert_eq!(
        (written.index.as_str(), written.op, written.document),
        ("dummy8app_simplekv", WriteOp::Index, json!({"key": "hello", "value": -1}))
    );
    assert!(written.id.starts_with("V0`d<8NsX5UQjv"), "{}", written.id);
    let note = Note { text: "x".into() };
    let written = write(&note, Given { id: Some("a/\"b\""), ..Given::NOTHING }).unwrap();
    assert_eq!((written.id.as_str(), written.op), ("a/\"b\"", WriteOp::Index));
}
