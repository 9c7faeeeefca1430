#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop")]
struct PageView {
    #[djelme(keyword)]
    timestamp: chrono::DateTime<chrono::Utc>,
}

fn main() {}
