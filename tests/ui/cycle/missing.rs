#[derive(serde::Serialize, serde::Deserialize, djelme::CyclicReport)]
#[djelme(app_label = "shop")]
struct Sales {
    orders: u32,
}

fn main() {}
