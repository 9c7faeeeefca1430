#[derive(serde::Serialize, serde::Deserialize, djelme::SimpleRecord)]
#[djelme(app_label = "shop", abstract)]
struct Product {
    sku: String,
}

fn main() {}
