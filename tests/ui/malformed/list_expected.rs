use djelme::EventRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", settings = "number_of_shards")]
struct PageView {
    path: String,
}

fn main() {}
