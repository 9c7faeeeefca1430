use djelme::Properties;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Properties)]
#[djelme(app_label = "shop")]
struct PageView {
    path: String,
}

fn main() {}
