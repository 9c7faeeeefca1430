#[derive(serde::Serialize, serde::Deserialize, djelme::Properties)]
#[djelme(abstract, app_label = "shop")]
struct Monthly {
    cycle_coverage: u32,
}

fn main() {}
