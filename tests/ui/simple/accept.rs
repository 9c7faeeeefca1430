#[derive(serde::Serialize, serde::Deserialize, djelme::SimpleRecord)]
#[djelme(app_label = "shop", accept(past = "1d"))]
struct Product {
    sku: String,
}

fn main() {}
