use djelme::EventRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", compat = "java")]
struct PageView {
    path: String,
}

fn main() {}
