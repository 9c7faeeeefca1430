//! What each kind of record becomes: its index, its id, its operation and its document.
#![allow(clippy::unwrap_used)] // also in the helpers of the tests

use std::sync::Arc;

use chrono::{DateTime, TimeZone, Utc};
use djelme::document::{BatchBuilder, Given, RecordEncoder, WriteOp};
use djelme::naming::{Naming, NamingSource};
use djelme::record::Record;
use djelme::record_type::RecordType;
use djelme::time::{Cycle, Month, TimeDepth};
use djelme::usage::CountedUsage;
use djelme::{CountedUsageRecord, CyclicReport, Error, EventRecord, SimpleRecord};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

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
