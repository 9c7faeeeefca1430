#[derive(serde::Serialize, serde::Deserialize, djelme::SimpleRecord)]
#[djelme(app_label = "shop", expires_after = "90d")]
struct Product {
    sku: String,
}

fn main() {}
