//! The record types that Python has too, in `tests/interop/python/interop/metrics.py`.

use std::net::IpAddr;

use chrono::{DateTime, NaiveDate, Utc};
use djelme::record_type::RecordType;
use djelme::time::{Cycle, Month};
use djelme::usage::CountedUsage;
use djelme::{CountedUsageRecord, CyclicReport, EventRecord, Properties, Record as _, SimpleRecord};
use serde::{Deserialize, Serialize};

/// All types that both have.
pub(crate) fn types() -> [&'static RecordType; 5] {
    [PageView::TYPE, ErrorLine::TYPE, ItemUsage::TYPE, MonthlyUsage::TYPE, Preference::TYPE]
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Properties)]
#[djelme(
    abstract,
    compat = "python",
    app_label = "interop",
    timedepth = "month",
    settings(number_of_shards = 1, refresh_interval = "-1"),
    analysis(
        analyzer(path_tree(type = "custom", tokenizer = "path_tree")),
        tokenizer(path_tree(type = "path_hierarchy", delimiter = "/"))
    )
)]
pub(crate) struct WebEvent {
    pub(crate) service: String,
    pub(crate) timestamp: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Properties)]
pub(crate) struct Visitor {
    pub(crate) country: String,
    pub(crate) age: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Properties)]
pub(crate) struct Link {
    pub(crate) target: String,
    #[djelme(integer)]
    pub(crate) clicks: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, EventRecord)]
pub(crate) struct PageView {
    #[serde(flatten)]
    #[djelme(base)]
    pub(crate) event: WebEvent,
    #[djelme(text(analyzer = "path_tree", fields(raw = keyword)))]
    pub(crate) path: String,
    pub(crate) referrer: Option<String>,
    pub(crate) status: i32,
    #[djelme(long)]
    pub(crate) bytes_sent: u64,
    pub(crate) seconds: f32,
    #[djelme(double)]
    pub(crate) ratio: Option<f64>,
    pub(crate) is_bot: bool,
    #[djelme(date(format = "yyyy-MM-dd"))]
    pub(crate) day: Option<NaiveDate>,
    pub(crate) client_ip: Option<IpAddr>,
    // Python leaves out what is empty.
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    #[djelme(object)]
    pub(crate) visitor: Option<Visitor>,
    #[djelme(nested)]
    #[serde(default)]
    pub(crate) links: Vec<Link>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, EventRecord)]
#[djelme(compat = "python", app_label = "interop", timedepth = "day", expires_after = "30d")]
pub(crate) struct ErrorLine {
    pub(crate) message: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, CountedUsageRecord)]
#[djelme(compat = "python", app_label = "interop", timedepth = "month")]
pub(crate) struct ItemUsage {
    #[serde(flatten)]
    #[djelme(base)]
    pub(crate) usage: CountedUsage,
    pub(crate) action: String,
    pub(crate) timestamp: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, CyclicReport)]
#[djelme(compat = "python", app_label = "interop", timedepth = "year", unique_together(cycle_coverage, item))]
pub(crate) struct MonthlyUsage {
    pub(crate) cycle_coverage: Cycle<Month>,
    pub(crate) item: String,
    #[djelme(integer)]
    pub(crate) views: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SimpleRecord)]
#[djelme(compat = "python", app_label = "interop", unique_together(user, key))]
pub(crate) struct Preference {
    pub(crate) user: String,
    pub(crate) key: String,
    pub(crate) value: i32,
}
