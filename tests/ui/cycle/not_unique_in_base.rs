use djelme::{CyclicReport, Properties, time::{Cycle, Month}};
#[derive(serde::Serialize, serde::Deserialize, Properties)]
#[djelme(abstract, app_label = "shop", unique_together(shop))]
struct Common { shop: String, cycle_coverage: Cycle<Month> }

#[derive(serde::Serialize, serde::Deserialize, CyclicReport)]
struct Sales { #[serde(flatten)] #[djelme(base)] common: Common }

fn main() {}
