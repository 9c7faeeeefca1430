use djelme::EsField;

#[derive(serde::Serialize, serde::Deserialize, EsField)]
#[djelme(app_label = "shop")]
struct Miles(u32);

fn main() {}
