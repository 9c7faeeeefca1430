#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop")]
struct PageView {
    #[serde(rename(serialize = "url"))]
    path: String,
}

fn main() {}
