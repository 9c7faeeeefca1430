#[derive(serde::Serialize, serde::Deserialize, djelme::SimpleRecord)]
#[djelme(app_label = "shop", unique_together(timestamp))]
struct Product {
    sku: String,
}

fn main() {}
