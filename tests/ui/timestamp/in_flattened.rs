use djelme::{EventRecord, Properties};
#[derive(serde::Serialize, serde::Deserialize, Properties)]
struct Common { timestamp: String }

#[derive(serde::Serialize, serde::Deserialize, EventRecord)]
#[djelme(app_label = "shop")]
struct PageView { #[serde(flatten)] common: Common }

fn main() {}
