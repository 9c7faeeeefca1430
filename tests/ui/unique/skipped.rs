#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop", unique_together(path))]
struct PageView {
    #[serde(skip)]
    path: String,
}

fn main() {}
