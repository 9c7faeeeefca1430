use djelme::time::{Cycle, Month};
#[derive(serde::Serialize, serde::Deserialize, djelme::CyclicReport)]
#[djelme(app_label = "shop", unique_together(shop))]
struct Sales {
    cycle_coverage: Cycle<Month>,
    shop: String,
}

fn main() {}
