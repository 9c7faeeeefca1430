use djelme::EventRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = 7)]
struct PageView {
    path: String,
}

fn main() {}
