#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop")]
#[serde(deny_unknown_fields)]
struct PageView {
    path: String,
}

fn main() {}
