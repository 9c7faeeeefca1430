use djelme::time::{Cycle, Month};
#[derive(serde::Serialize, serde::Deserialize, djelme::CyclicReport)]
#[djelme(app_label = "shop")]
struct Sales {
    #[djelme(version)]
    #[serde(serialize_with = "serde::Serialize::serialize")]
    cycle_coverage: Cycle<Month>,
}

fn main() {}
