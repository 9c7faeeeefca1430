use djelme::EventRecord;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop")]
struct PageView {
    timestamp: Option<chrono::DateTime<chrono::Utc>>,
}

fn main() {}
