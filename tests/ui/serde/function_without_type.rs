#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop")]
struct PageView {
    #[serde(with = "chrono::serde::ts_seconds")]
    paid: chrono::DateTime<chrono::Utc>,
}

fn main() {}
