#[derive(serde::Serialize, serde::Deserialize, djelme::SimpleRecord)]
#[djelme(app_label = "shop", unique_together(sku))]
struct Product { sku: String }

fn put<R: djelme::record::RecordedUnderId>(_: &str, _: &R) {}

fn main() { put("front-page", &Product { sku: "a".to_owned() }); }
