#[derive(Properties)]
#[djelme(abstract, timedepth = "year")]
struct Monthly {
    #[serde(flatten)]
    #[djelme(base)]
    shop: Shop,
    cycle_coverage: Cycle<Month>,
}
