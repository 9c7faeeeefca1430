//! Names in documents are serde's.
use djelme::{EventRecord, prelude::*};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop")]
#[serde(rename_all = "camelCase")]
struct PageView {
    page_path: String,
    #[serde(rename = "user")]
    user_name: String,
    #[serde(rename(serialize = "kind", deserialize = "kind"))]
    r#type: String,
    r#match: Option<String>,
    #[serde(alias = "old", default, skip_serializing_if = "Option::is_none")]
    new_name: Option<String>,
    #[serde(skip)]
    cache: u128,
    #[serde(skip_serializing, default)]
    not_written: std::time::Duration,
}

fn main() {
    let f = PageView::fields();
    assert_eq!(f.page_path.name(), "pagePath");
    assert_eq!(f.user_name.name(), "user");
    assert_eq!(f.r#type.name(), "kind");
    assert_eq!(f.r#match.name(), "match");
    assert_eq!(f.new_name.name(), "newName");
    assert_eq!(f.timestamp.name(), "timestamp");
    assert_eq!(f.timeseries_timeparts.name(), "timeseries_timeparts");
    assert_eq!(PageView::PROPERTIES.len(), 5);
}
