use djelme::EventRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", template = "shop_views")]
struct PageView {
    path: String,
}

fn main() {}
