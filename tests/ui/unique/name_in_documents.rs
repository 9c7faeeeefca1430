#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop", unique_together(url))]
struct PageView {
    #[serde(rename = "url")]
    path: String,
}

fn main() {}
