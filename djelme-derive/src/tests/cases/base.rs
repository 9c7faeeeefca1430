#[derive(EventRecord)]
#[djelme(on_conflict = "replace")]
struct Order {
    #[serde(flatten)]
    #[djelme(base)]
    common: Common,
    total: f64,
}
