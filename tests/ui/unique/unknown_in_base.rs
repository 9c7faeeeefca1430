use djelme::{EventRecord, Properties};
#[derive(serde::Serialize, serde::Deserialize, Properties)]
#[djelme(abstract, app_label = "shop")]
struct Common { path: String }

#[derive(serde::Serialize, serde::Deserialize, EventRecord)]
#[djelme(unique_together(common.pth))]
struct PageView { #[serde(flatten)] #[djelme(base)] common: Common }
fn main() {}
