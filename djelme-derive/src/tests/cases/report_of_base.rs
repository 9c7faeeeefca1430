#[derive(CyclicReport)]
struct MonthlySales {
    #[serde(flatten)]
    #[djelme(base)]
    common: Monthly,
    orders: u64,
}
