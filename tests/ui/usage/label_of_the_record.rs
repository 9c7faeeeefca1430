#[derive(serde::Serialize, serde::Deserialize, djelme::CountedUsageRecord)]
struct View {
    #[serde(flatten)]
    #[djelme(base)]
    usage: djelme::usage::CountedUsage,
}

fn main() {}
