use djelme::EventRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", index_prefix = "Dev-")]
struct PageView {
    path: String,
}

fn main() {}
