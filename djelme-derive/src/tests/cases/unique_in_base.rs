#[derive(EventRecord)]
#[djelme(app_label = "shop", unique_together(common.customer, r#type))]
struct Order {
    #[serde(flatten)]
    #[djelme(base)]
    common: Common,
    #[serde(rename = "kind")]
    r#type: String,
    timestamp: DateTime<FixedOffset>,
}
