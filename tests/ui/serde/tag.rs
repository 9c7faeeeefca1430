#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop")]
#[serde(tag = "kind")]
struct PageView {
    path: String,
}

fn main() {}
