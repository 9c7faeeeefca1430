#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop")]
struct PageView {
    #[djelme(flattened)]
    #[serde(flatten)]
    rest: serde_json::Value,
}

fn main() {}
