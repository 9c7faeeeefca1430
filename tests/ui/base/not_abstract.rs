use djelme::{EventRecord, Properties};
#[derive(serde::Serialize, serde::Deserialize, Properties)]
struct Common { path: String }

#[derive(serde::Serialize, serde::Deserialize, EventRecord)]
#[djelme(app_label = "shop")]
struct PageView { #[serde(flatten)] #[djelme(base)] common: Common }

fn main() {}
