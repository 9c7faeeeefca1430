use djelme::time::{Cycle, Month};
#[derive(serde::Serialize, serde::Deserialize, djelme::CyclicReport)]
#[djelme(app_label = "shop")]
struct Sales {
    #[serde(skip_serializing_if = "is_old")]
    cycle_coverage: Cycle<Month>,
}
fn is_old(_: &Cycle<Month>) -> bool { false }
fn main() {}
