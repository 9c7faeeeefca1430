use djelme::EventRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", priority = "high")]
struct PageView {
    path: String,
}

fn main() {}
