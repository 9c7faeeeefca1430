#[derive(Properties)]
#[djelme(abstract, app_label = "shop", timedepth = "day", unique_together(customer))]
pub struct Common {
    customer: String,
    #[djelme(date_nanos)]
    #[serde(rename = "timestamp")]
    at: DateTime<Utc>,
}
