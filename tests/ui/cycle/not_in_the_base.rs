#[derive(serde::Serialize, serde::Deserialize, djelme::Properties)]
#[djelme(abstract, app_label = "shop")]
struct Common { shop: String }

#[derive(serde::Serialize, serde::Deserialize, djelme::CyclicReport)]
struct Sales { #[serde(flatten)] #[djelme(base)] common: Common }

fn main() {}
