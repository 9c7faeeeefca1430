#[derive(serde::Serialize, serde::Deserialize, djelme::Properties)]
#[djelme(abstract, app_label = "shop", timedepth = "day")]
struct Common { shop: String }

#[derive(serde::Serialize, serde::Deserialize, djelme::SimpleRecord)]
struct Product { #[serde(flatten)] #[djelme(base)] common: Common }

fn main() {}
