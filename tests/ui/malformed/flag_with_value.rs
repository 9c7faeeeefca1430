#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop")]
struct PageView {
    #[serde(flatten)]
    #[djelme(base = true)]
    base: String,
}

fn main() {}
