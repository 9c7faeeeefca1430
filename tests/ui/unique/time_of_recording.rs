use djelme::EventRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", unique_together(path, timestamp))]
struct PageView {
    path: String,
}

fn main() {}
