#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop")]
#[serde(rename_all(serialize = "camelCase", deserialize = "lowercase"))]
struct PageView {
    path: String,
}

fn main() {}
