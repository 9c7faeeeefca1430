#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop")]
struct PageView {
    #[djelme(text, params(fields(raw = 1)))]
    path: String,
}

fn main() {}
