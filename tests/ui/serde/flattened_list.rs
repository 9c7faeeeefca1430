use djelme::{EventRecord, Properties};
#[derive(serde::Serialize, serde::Deserialize, Properties)]
struct Item { sku: String }

#[derive(serde::Serialize, serde::Deserialize, EventRecord)]
#[djelme(app_label = "shop")]
struct Order { #[serde(flatten)] items: Vec<Item> }

fn main() {}
