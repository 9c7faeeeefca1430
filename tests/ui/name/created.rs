use djelme::time::{Cycle, Month};
#[derive(serde::Serialize, serde::Deserialize, djelme::CyclicReport)]
#[djelme(app_label = "shop")]
struct Sales {
    cycle_coverage: Cycle<Month>,
    created: String,
}

fn main() {}
