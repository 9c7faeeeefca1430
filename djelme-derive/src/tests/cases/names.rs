#[derive(EventRecord)]
#[djelme(app_label = "shop")]
#[serde(rename_all = "camelCase")]
struct PageView {
    page_path: String,
    #[serde(rename = "user")]
    user_name: String,
    #[serde(rename(serialize = "kind", deserialize = "kind"))]
    r#type: String,
    r#match: String,
    #[serde(alias = "old", default, skip_serializing_if = "Option::is_none")]
    new_name: Option<String>,
    #[serde(skip)]
    cache: u128,
    #[serde(skip_serializing, default)]
    not_written: u128,
}
