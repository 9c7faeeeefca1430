#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop")]
struct PageView {
    #[serde(skip_serializing_if = "is_none")]
    timestamp: chrono::DateTime<chrono::Utc>,
}
fn is_none(_: &chrono::DateTime<chrono::Utc>) -> bool { true }
fn main() {}
