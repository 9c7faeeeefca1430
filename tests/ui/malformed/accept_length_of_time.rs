use djelme::EventRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", accept(past = "long ago"))]
struct PageView {
    path: String,
}

fn main() {}
