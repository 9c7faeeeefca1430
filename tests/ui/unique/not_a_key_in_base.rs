#[derive(serde::Serialize, serde::Deserialize, djelme::Properties)]
#[djelme(abstract, app_label = "shop", unique_together(customer, tags))]
struct Common {
    customer: String,
    tags: Vec<String>,
}
fn main() {}
