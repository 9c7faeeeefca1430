use djelme::EventRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop")]
struct PageView {
    position: (f64, f64),
}

fn main() {}
