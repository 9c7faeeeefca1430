//! Bases of bases: fields and options, inherited to several levels and replaced at each.

use std::time::Duration;

use djelme::options::{OnConflict, TypeOptions};
use djelme::time::Day;
use djelme::{JsonConst, Properties};

use super::*;

/// What all records of the shop have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Properties)]
#[djelme(
    abstract,
    app_label = "shop",
    backend = "metrics",
    index_prefix = "dev-",
    settings(number_of_shards = 2)
)]
struct Shop {
    branch: String,
}

/// What those of them have that lie in time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Properties)]
#[djelme(abstract, timedepth = "year", expires_after = "90d", priority = 600)]
#[djelme(settings(refresh_interval = "5s"), analysis(analyzer(tags(type = "whitespace"))))]
struct Timed {
    #[serde(flatten)]
    #[djelme(base)]
    shop: Shop,
    source: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Properties)]
#[djelme(abstract, unique_together(cycle_coverage, timed.shop.branch))]
struct Daily {
    #[serde(flatten)]
    #[djelme(base)]
    timed: Timed,
    cycle_coverage: Cycle<Day>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, CyclicReport)]
#[djelme(on_conflict = "keep")]
struct DailySales {
    #[serde(flatten)]
    #[djelme(base)]
    daily: Daily,
    orders: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, CyclicReport)]
#[djelme(
    app_label = "warehouse",
    timedepth = "month",
    expires_after = "2w",
    index_prefix = "",
    unique_together(daily.cycle_coverage, kind)
)]
struct DailyStock {
    #[serde(flatten)]
    #[djelme(base)]
    daily: Daily,
    kind: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, EventRecord)]
struct Sale {
    #[serde(flatten)]
    #[djelme(base)]
    timed: Timed,
    total: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SimpleRecord)]
struct Branch {
    #[serde(flatten)]
    #[djelme(base)]
    shop: Shop,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Properties)]
#[djelme(abstract, app_label = "shop", timedepth = "month", unique_together(action))]
struct Viewed {
    #[serde(flatten)]
    #[djelme(base)]
    usage: CountedUsage,
    action: String,
    timestamp: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, CountedUsageRecord)]
struct PageView {
    #[serde(flatten)]
    #[djelme(base)]
    viewed: Viewed,
    path: String,
}

fn timed() -> Timed {
    Timed { shop: Shop { branch: "north".into() }, source: "till".into() }
}

#[test]
fn options_come_from_the_nearest_level_that_has_them() {
    let inherited = TypeOptions {
        app_label: Some("shop"),
        backend: Some("metrics"),
        index_prefix: Some("dev-"),
        timedepth: Some(TimeDepth::Year),
        expires_after: Some(Duration::from_secs(90 * 86_400)),
        priority: Some(600),
        // Inherited whole: the settings of `Timed` take the place of those of `Shop`.
        settings: Some(JsonConst::Object(&[("refresh_interval", JsonConst::Str("5s"))])),
        analysis: Sale::TYPE.options.analysis,
        ..TypeOptions::NONE
    };
    assert!(inherited.analysis.is_some());
    assert_eq!(Sale::TYPE.options, inherited);
    assert_eq!(
        DailySales::TYPE.options,
        TypeOptions {
            unique_together: Some(&["cycle_coverage", "branch"]),
            on_conflict: Some(OnConflict::Keep),
            ..inherited
        }
    );
    assert_eq!(
        DailyStock::TYPE.options,
        TypeOptions {
            app_label: Some("warehouse"),
            timedepth: Some(TimeDepth::Month),
            expires_after: Some(Duration::from_secs(14 * 86_400)),
            index_prefix: Some(""),
            unique_together: Some(&["cycle_coverage", "kind"]),
            ..inherited
        }
    );
    assert_eq!(
        Branch::TYPE.options.settings,
        Some(JsonConst::Object(&[("number_of_shards", JsonConst::Int(2))]))
    );
}

#[test]
fn fields_of_all_levels_stand_in_the_record() {
    let sales = DailySales {
        daily: Daily { timed: timed(), cycle_coverage: Cycle::new((2026, 2, 14)).unwrap() },
        orders: 3,
    };
    let written = write(&sales, Given::NOTHING).unwrap();
    assert_eq!(
        written,
        Written {
            index: "dev-shop_dailysales_2026.".into(),
            id: djelme::identity::opaque_key(["2026.2.14", "north"]).unwrap(),
            op: WriteOp::Create,
            document: json!({
                "branch": "north", "source": "till", "cycle_coverage": "2026.2.14", "orders": 3,
                "created": "2017-08-21T00:00:00Z", "timeseries_timeparts": "2026.2.14",
            }),
        }
    );
    assert_eq!(sales.cycle(), Cycle::<Day>::new((2026, 2, 14)).unwrap());
    assert_eq!(serde_json::from_value::<DailySales>(written.document).unwrap(), sales);
    assert_eq!(DailySales::fields().daily.timed.shop.branch.name(), "branch");
}

#[test]
fn a_record_replaces_the_unique_fields_of_its_base() {
    let stock = DailyStock {
        daily: Daily { timed: timed(), cycle_coverage: Cycle::new((2026, 2, 14)).unwrap() },
        kind: "kettle".into(),
    };
    let written = write(&stock, Given::NOTHING).unwrap();
    assert_eq!(written.index, "warehouse_dailystock_2026.2.");
    assert_eq!(written.id, djelme::identity::opaque_key(["2026.2.14", "kettle"]).unwrap());
}

#[test]
fn a_base_may_hold_the_usage_the_time_and_the_unique_fields() {
    let viewed = Viewed {
        usage: CountedUsage { item_iri: "i".into(), ..CountedUsage::default() },
        action: "view".into(),
        timestamp: Utc.with_ymd_and_hms(2017, 7, 1, 0, 0, 0).unwrap(),
    };
    let view = PageView { viewed, path: "/".into() };
    assert_eq!(view.usage().item_iri, "i");
    let written = write(&view, Given { session: Some("s"), ..Given::NOTHING }).unwrap();
    assert_eq!(written.index, "shop_pageview_2017.7.");
    assert_eq!(written.id, djelme::identity::opaque_key(["view"]).unwrap());
    assert_eq!(written.document["timestamp"], "2017-07-01T00:00:00Z");
    assert_eq!(written.document["sessionhour_id"], "s");
}
