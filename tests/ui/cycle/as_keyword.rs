use djelme::time::{Cycle, Month};
#[derive(serde::Serialize, serde::Deserialize, djelme::CyclicReport)]
#[djelme(app_label = "shop")]
struct Sales {
    #[djelme(keyword)]
    cycle_coverage: Cycle<Month>,
}

fn main() {}
