#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop")]
struct PageView {
    #[serde(flatten)]
    rest: std::collections::HashMap<String, String>,
}

fn main() {}
