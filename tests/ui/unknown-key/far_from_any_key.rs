use djelme::EventRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", colour = "red")]
struct PageView {
    path: String,
}

fn main() {}
