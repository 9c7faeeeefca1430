#[derive(serde::Serialize, serde::Deserialize, djelme::Properties)]
#[djelme(abstract, app_label = "shop")]
struct Common {
    #[serde(flatten)] #[djelme(base)] one: String,
    #[serde(flatten)] #[djelme(base)] two: String,
}

fn main() {}
