use djelme::EventRecord;

#[derive(serde::Serialize, serde::Deserialize, EventRecord)]
#[djelme(timedepth = "weekly", unique_together(url))]
#[serde(deny_unknown_fields)]
struct PageView {
    #[djelme(keyword(ignore_abvoe = 20))]
    path: String,
    #[djelme(text, keyword)]
    title: String,
    #[serde(rename = "path")]
    url: String,
    parent: Option<Box<PageView>>,
}

fn main() {}
