#[derive(EventRecord)]
#[djelme(app_label = "shop")]
struct Order {
    #[djelme(object)]
    customer: Customer,
    #[djelme(nested(include_in_parent = true))]
    items: Vec<Item>,
    #[serde(flatten)]
    origin: Option<Origin>,
}
