#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop")]
struct PageView {
    #[djelme(text)]
    #[djelme(text)]
    path: String,
}

fn main() {}
