use djelme::EventRecord;

#[derive(serde::Serialize, serde::Deserialize, EventRecord)]
#[djelme(app_label = "shop")]
enum PageView {
    Path(String),
}

fn main() {}
