#[derive(serde::Serialize, serde::Deserialize, djelme::CountedUsageRecord)]
#[djelme(app_label = "shop")]
struct View {
    #[serde(flatten)]
    #[djelme(base)]
    usage: String,
}

fn main() {}
