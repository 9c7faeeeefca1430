#[derive(serde::Serialize, serde::Deserialize, djelme::Properties)]
struct Item { price: f64 }

#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop", compat = "python")]
struct Order {
    #[djelme(nested)] items: Vec<Item>,
}
fn main() {}
