#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop")]
struct PageView {
    #[djelme(keyword)]
    #[serde(skip)]
    path: String,
}

fn main() {}
