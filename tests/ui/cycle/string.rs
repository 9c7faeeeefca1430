#[derive(serde::Serialize, serde::Deserialize, djelme::CyclicReport)]
#[djelme(app_label = "shop")]
struct Sales {
    cycle_coverage: String,
    orders: u32,
}

fn main() {}
