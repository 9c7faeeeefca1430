#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop")]
struct PageView {
    #[serde(skip_serializing)]
    path: String,
}

fn main() {}
