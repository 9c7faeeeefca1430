#[derive(serde::Serialize, serde::Deserialize, djelme::Properties)]
struct PageView {
    #[djelme(base)]
    #[serde(flatten)]
    common: String,
}

fn main() {}
