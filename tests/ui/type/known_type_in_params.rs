#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop")]
struct PageView {
    #[djelme(params(type = "keyword"))]
    path: String,
}

fn main() {}
