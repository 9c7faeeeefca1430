#[derive(serde::Serialize, serde::Deserialize, djelme::SimpleRecord)]
#[djelme(app_label = "shop")]
struct Product { sku: String }

fn send(recorder: &djelme::Recorder, product: &Product) { let _ = recorder.try_push(product); }

fn main() {}
