use djelme::{SimpleRecord, TimeseriesRecord};

#[derive(serde::Serialize, serde::Deserialize, SimpleRecord)]
#[djelme(app_label = "shop")]
struct Product { sku: String }

fn found_by_time<R: TimeseriesRecord>() {}

fn main() { found_by_time::<Product>(); }
