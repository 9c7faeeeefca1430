use djelme::EsField;

#[derive(serde::Serialize, serde::Deserialize, EsField)]
struct Miles(u128);

fn main() {}
