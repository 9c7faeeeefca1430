use djelme::EventRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", settings(codec = "best", codec = "default"))]
struct PageView {
    path: String,
}

fn main() {}
