#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop")]
struct PageView {
    #[djelme(flattened(fields(raw = keyword)))]
    path: std::collections::HashMap<String, String>,
}

fn main() {}
