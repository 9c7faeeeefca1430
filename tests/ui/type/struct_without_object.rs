use djelme::{EventRecord, Properties};
#[derive(serde::Serialize, serde::Deserialize, Properties)]
struct User { name: String }

#[derive(serde::Serialize, serde::Deserialize, EventRecord)]
#[djelme(app_label = "shop")]
struct PageView { user: User }

fn main() {}
