use djelme::EventRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", unique_together(path))]
struct PageView {
    path: serde_json::Value,
}

fn main() {}
