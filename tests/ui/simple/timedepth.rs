#[derive(serde::Serialize, serde::Deserialize, djelme::SimpleRecord)]
#[djelme(app_label = "shop", timedepth = "day")]
struct Product {
    sku: String,
}

fn main() {}
