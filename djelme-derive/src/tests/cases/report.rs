#[derive(CyclicReport)]
#[djelme(app_label = "shop", timedepth = "year", unique_together(month, shop))]
struct MonthlySales {
    #[serde(rename = "cycle_coverage")]
    month: Cycle<Month>,
    shop: String,
}
