//! A base gives its fields, options, time and unique fields.
use chrono::{DateTime, Utc};
use djelme::record::RecordTime;
use djelme::{EventRecord, Properties, identity::OpaqueKey, prelude::*};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Properties)]
#[djelme(abstract, app_label = "shop", timedepth = "year", unique_together(customer), settings(codec = "best_compression"))]
struct Common {
    customer: String,
    timestamp: DateTime<Utc>,
}

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(on_conflict = "keep", timedepth = 4)]
struct Order {
    #[serde(flatten)]
    #[djelme(base)]
    common: Common,
    total: f64,
}

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", unique_together(common.customer, day))]
struct Visit {
    #[serde(flatten)]
    #[djelme(base)]
    common: Common,
    day: String,
}

fn main() {
    let options = Order::TYPE.options;
    assert_eq!(options.app_label, Some("shop"));
    assert_eq!(options.timedepth, Some(djelme::time::TimeDepth::Hour));
    assert!(options.settings.is_some());
    assert_eq!(Order::fields().common.customer.name(), "customer");
    assert_eq!(Order::fields().timestamp.name(), "timestamp");
    let common = || Common { customer: "Ada".into(), timestamp: DateTime::UNIX_EPOCH };
    let order = Order { common: common(), total: 1.0 };
    assert_eq!(order.time(), RecordTime::At(DateTime::UNIX_EPOCH));
    let id = |record: &dyn Fn(&mut OpaqueKey)| {
        let mut key = OpaqueKey::new();
        record(&mut key);
        key.finish().unwrap()
    };
    assert_eq!(id(&|key| order.unique_parts(key)), id(&|key| key.part("customer", &"Ada")));
    let visit = Visit { common: common(), day: "Monday".into() };
    assert_ne!(id(&|key| visit.unique_parts(key)), id(&|key| key.part("customer", &"Ada")));
    assert_eq!(Visit::TYPE.options.unique_together, Some(&["customer", "day"][..]));
}
