use djelme::{EventRecord, prelude::*};

#[derive(serde::Serialize, serde::Deserialize, EventRecord)]
#[djelme(app_label = "shop")]
struct PageView {
    bytes: u128,
    position: (f64, f64),
}

fn main() {
    let f = PageView::fields();
    let _ = PageView::search().filter(f.bytes.gte(400)).filter(f.position.exists());
}
