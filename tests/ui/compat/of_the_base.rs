#[derive(serde::Serialize, serde::Deserialize, djelme::Properties)]
#[djelme(abstract, app_label = "shop", compat = "python")]
struct Shared {}
#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
struct PageView {
    #[serde(flatten)] #[djelme(base)] shared: Shared,
    day: chrono::NaiveDate,
}

fn main() {}
