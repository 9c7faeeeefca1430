#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop")]
#[serde(transparent)]
struct PageView {
    path: String,
}

fn main() {}
