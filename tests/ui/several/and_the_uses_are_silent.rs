use djelme::{EventRecord, prelude::*};

#[derive(serde::Serialize, serde::Deserialize, EventRecord)]
#[djelme(app_label = "shop", priority = -1)]
struct PageView {
    #[djelme(txt)]
    path: String,
}

fn main() {
    let f = PageView::fields();
    let _ = PageView::search().filter(f.path.matching("shoes")).filter(f.status.gte(400));
    let _ = terms("by_path", f.path.raw);
}
