use djelme::EventRecord;

#[derive(serde::Serialize, serde::Deserialize, EventRecord)]
#[djelme(app_label = "shop")]
struct PageView(String);

fn main() {}
