use djelme::EventRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = 5)]
struct PageView {
    path: String,
}

fn main() {}
