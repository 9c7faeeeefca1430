#[derive(EventRecord)]
#[djelme(app_label = "shop")]
struct Order {
    /// What the customer wrote.
    ///
    /// Perhaps in English.
    #[djelme(text(analyzer = "english", fields(raw = keyword(ignore_above = 256), de = text(analyzer = "german"))))]
    remarks: Option<String>,
    #[djelme(scaled_float(scaling_factor = 100))]
    price: f64,
    #[djelme(keyword, params(copy_to = ["remarks"]))]
    customer: u128,
    #[djelme(params(ignore_above = 20))]
    code: String,
    #[djelme(params(type = "rank_feature", positive_score_impact = false))]
    rank: f32,
    #[djelme(flattened)]
    parent: Option<Box<Self>>,
    #[djelme(date(format = "epoch_second"))]
    #[serde(with = "chrono::serde::ts_seconds")]
    paid: DateTime<Utc>,
}
