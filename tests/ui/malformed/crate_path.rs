use djelme::EventRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", crate = "my djelme")]
struct PageView {
    path: String,
}

fn main() {}
