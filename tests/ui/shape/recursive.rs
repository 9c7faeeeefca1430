#[derive(serde::Serialize, serde::Deserialize, djelme::EventRecord)]
#[djelme(app_label = "shop")]
struct PageView {
    #[djelme(nested)]
    redirects: Vec<PageView>,
}

fn main() {}
