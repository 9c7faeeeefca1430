use djelme::{EventRecord, prelude::*};

#[derive(serde::Serialize, serde::Deserialize, EventRecord)]
#[djelme(app_label = "shop")]
struct Order { quantity: u32 }

fn main() {
    let _ = Order::fields().quantity.match_phrase("two");
}
