use djelme::EventRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", accept(in_future = "1h"))]
struct PageView {
    path: String,
}

fn main() {}
