use djelme::{EventRecord, prelude::*};

#[derive(serde::Serialize, serde::Deserialize, EventRecord)]
#[djelme(app_label = "shop")]
struct Order { paid: bool }

fn main() {
    let _ = Order::fields().paid.eq("yes");
}
