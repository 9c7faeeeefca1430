use djelme::{EventRecord, prelude::*};

#[derive(serde::Serialize, serde::Deserialize, EventRecord)]
#[djelme(app_label = "shop")]
struct Order { carrier: String }

fn main() {
    let _ = Order::fields().carier;
}
