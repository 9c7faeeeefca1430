use djelme::Properties;
#[derive(serde::Serialize, serde::Deserialize, Properties)]
struct Root { shop: String }

#[derive(serde::Serialize, serde::Deserialize, Properties)]
#[djelme(abstract, app_label = "shop")]
struct Common { #[serde(flatten)] #[djelme(base)] root: Root }

fn main() {}
