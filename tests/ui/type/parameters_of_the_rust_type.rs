use djelme::{EventRecord, field::{EsField, kind}, mapping::FieldMapping, JsonConst};
#[derive(serde::Serialize, serde::Deserialize)]
struct Code(String);
impl EsField for Code {
    type Kind = kind::Keyword;
    const MAPPING: FieldMapping = FieldMapping::new("keyword").params(&[("store", JsonConst::Bool(true))]);
}
#[derive(serde::Serialize, serde::Deserialize, EventRecord)] #[djelme(app_label = "shop")]
struct Order { #[djelme(params(index = false))] code: Code }
fn main() {}
