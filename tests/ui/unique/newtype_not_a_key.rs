use serde::{Deserialize, Serialize};
#[derive(Serialize, Deserialize, djelme::EsField)]
struct Tags(Vec<String>);
#[derive(Serialize, Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop", unique_together(path, tags))]
struct PageView {
    path: String,
    tags: Tags,
}
fn main() {}
