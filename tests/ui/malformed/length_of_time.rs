use djelme::EventRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", expires_after = "90")]
struct PageView {
    path: String,
}

fn main() {}
