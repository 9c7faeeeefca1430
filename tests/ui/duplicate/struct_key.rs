use djelme::EventRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", app_label = "store")]
struct PageView {
    path: String,
}

fn main() {}
