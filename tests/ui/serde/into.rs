#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[derive(Clone)]
#[djelme(app_label = "shop")]
#[serde(into = "String")]
struct PageView {
    path: String,
}
impl From<PageView> for String { fn from(view: PageView) -> Self { view.path } }
fn main() {}
