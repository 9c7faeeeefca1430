//! Types shared with Python: what it has exact likes of needs no type, the rest names it.
use chrono::{DateTime, NaiveDate, Utc};
use djelme::{EventRecord, Properties, prelude::*, template::Template};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Properties)]
#[djelme(abstract, app_label = "shop", compat = "python")]
struct Shared {
    customer: String,
    #[djelme(long)]
    bytes: u64,
}

#[derive(Serialize, Deserialize, Properties)]
struct Item {
    sku: String,
    #[djelme(float)]
    price: f64,
}

#[derive(Serialize, Deserialize, EventRecord)]
struct Order {
    #[serde(flatten)]
    #[djelme(base)]
    shared: Shared,
    #[djelme(nested)]
    items: Vec<Item>,
    #[djelme(object)]
    gift: Option<Item>,
    count: i32,
    weight: f32,
    is_gift: Option<bool>,
    #[djelme(date(format = "yyyy-MM-dd"))]
    day: NaiveDate,
    paid: DateTime<Utc>,
    #[serde(default)]
    tags: Vec<String>,
}

fn main() {
    let naming = djelme::naming::Naming::new(djelme::naming::NamingSource {
        prefix: "",
        app_label: &Order::TYPE.app_label,
        recordtype_name: &Order::TYPE.name,
        template: None,
        template_name: None,
        depth: Some(djelme::time::TimeDepth::Day),
    });
    let template = Template::desired(Order::TYPE, &naming.unwrap());
    // What the package makes of the class in `docs/from-python.md` and of this one is compared by the interop tests.
    assert_eq!(template.mappings.keys().collect::<Vec<_>>(), ["properties"]);
}
