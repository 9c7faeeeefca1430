#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop")]
struct PageView {
    #[djelme(keyword(store = true, store = false))]
    path: String,
}

fn main() {}
