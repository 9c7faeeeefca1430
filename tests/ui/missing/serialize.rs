use djelme::EventRecord;
use serde::Deserialize;

#[derive(Deserialize, EventRecord)]
#[djelme(app_label = "shop")]
struct PageView {
    path: String,
}

fn main() {}
