use djelme::usage::CountedUsage;
#[derive(serde::Serialize, serde::Deserialize, djelme::CountedUsageRecord)]
#[djelme(app_label = "shop")]
struct View {
    #[serde(flatten)] #[djelme(base)] usage: CountedUsage,
    sessionhour_id: String,
}

fn main() {}
