use djelme::EventRecord;

#[derive(serde::Serialize, serde::Deserialize, EventRecord)]
#[djelme(app_label = 7, timedept = "month", expires_after = "90", settings(codec))]
struct PageView {
    path: String,
}

fn main() {}
