use djelme::{EventRecord, prelude::*};

#[derive(serde::Serialize, serde::Deserialize, EventRecord)]
#[djelme(app_label = "shop")]
struct Order { #[djelme(text(fields(raw = keyword)))] title: String }

fn main() {
    let _ = terms("by_title", Order::fields().title);
}
