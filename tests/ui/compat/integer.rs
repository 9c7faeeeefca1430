use djelme::EventRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", compat = "python")]
struct PageView {
    bytes: Option<u64>,
}

fn main() {}
