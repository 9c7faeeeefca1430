use djelme::EventRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", unique_together(path), on_conflict = "merge")]
struct PageView {
    path: String,
}

fn main() {}
