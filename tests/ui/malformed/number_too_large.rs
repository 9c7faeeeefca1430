use djelme::EventRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", settings(total = 99999999999999999999))]
struct PageView {
    path: String,
}

fn main() {}
