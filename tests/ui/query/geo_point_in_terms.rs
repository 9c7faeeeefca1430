use djelme::{EventRecord, prelude::*};

#[derive(serde::Serialize, serde::Deserialize, EventRecord)]
#[djelme(app_label = "shop")]
struct Order { #[djelme(geo_point)] place: (f64, f64) }

fn main() {
    let _ = terms("by_place", Order::fields().place);
}
