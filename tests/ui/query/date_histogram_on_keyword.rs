use djelme::{EventRecord, prelude::*};

#[derive(serde::Serialize, serde::Deserialize, EventRecord)]
#[djelme(app_label = "shop")]
struct Order { day: String }

fn main() {
    let _ = date_histogram("per_day", Order::fields().day);
}
