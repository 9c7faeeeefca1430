use djelme::{CyclicReport, Properties, time::{Cycle, Month}};
#[derive(serde::Serialize, serde::Deserialize, Properties)]
#[djelme(abstract, app_label = "shop")]
struct Monthly { cycle_coverage: Cycle<Month>, created: String }

#[derive(serde::Serialize, serde::Deserialize, CyclicReport)]
struct Sales { #[serde(flatten)] #[djelme(base)] monthly: Monthly }

fn main() {}
