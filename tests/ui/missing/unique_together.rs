use djelme::EventRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", on_conflict = "keep")]
struct PageView {
    path: String,
}

fn main() {}
