#[derive(CountedUsageRecord)]
#[djelme(app_label = "shop", unique_together(sessionhour_id, usage.item_iri))]
struct View {
    #[serde(flatten)]
    #[djelme(base)]
    usage: CountedUsage,
    action: String,
}
