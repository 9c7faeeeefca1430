#[derive(serde::Serialize, serde::Deserialize, djelme::CountedUsageRecord)]
#[djelme(app_label = "shop")]
struct View {
    #[serde(flatten)]
    usage: djelme::usage::CountedUsage,
}

fn main() {}
