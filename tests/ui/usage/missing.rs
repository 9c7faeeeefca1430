#[derive(serde::Serialize, serde::Deserialize, djelme::CountedUsageRecord)]
#[djelme(app_label = "shop")]
struct View {
    item_iri: String,
}

fn main() {}
