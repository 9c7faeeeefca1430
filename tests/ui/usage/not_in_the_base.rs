#[derive(serde::Serialize, serde::Deserialize, djelme::Properties)]
#[djelme(abstract, app_label = "shop")]
struct Common { shop: String }

#[derive(serde::Serialize, serde::Deserialize, djelme::CountedUsageRecord)]
struct View { #[serde(flatten)] #[djelme(base)] common: Common }

fn main() {}
