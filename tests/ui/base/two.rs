#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop")]
struct PageView {
    #[serde(flatten)] #[djelme(base)] one: String,
    #[serde(flatten)] #[djelme(base)] two: String,
}

fn main() {}
