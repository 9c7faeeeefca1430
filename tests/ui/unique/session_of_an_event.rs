#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop", unique_together(sessionhour_id))]
struct View {
    path: String,
}

fn main() {}
