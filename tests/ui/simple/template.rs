#[derive(serde::Serialize, serde::Deserialize, djelme::SimpleRecord)]
#[djelme(app_label = "shop", template = "shop_product_*")]
struct Product {
    sku: String,
}

fn main() {}
