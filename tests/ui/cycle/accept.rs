use djelme::time::{Cycle, Month};
#[derive(serde::Serialize, serde::Deserialize, djelme::CyclicReport)]
#[djelme(app_label = "shop", accept(future = "1d"))]
struct Sales {
    cycle_coverage: Cycle<Month>,
}

fn main() {}
