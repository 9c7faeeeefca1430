#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop")]
struct PageView {
    #[djelme(text(analzyer = "english"))]
    path: String,
}

fn main() {}
