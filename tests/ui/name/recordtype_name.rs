use djelme::EventRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", recordtype_name = "page view")]
struct PageView {
    path: String,
}

fn main() {}
