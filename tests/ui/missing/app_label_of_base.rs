use djelme::{EventRecord, Properties};
#[derive(serde::Serialize, serde::Deserialize, Properties)]
#[djelme(abstract)]
struct Common { path: String }

#[derive(serde::Serialize, serde::Deserialize, EventRecord)]
struct PageView { #[serde(flatten)] #[djelme(base)] common: Common }

fn main() {}
