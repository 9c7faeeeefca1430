use djelme::EsField;

#[derive(serde::Serialize, serde::Deserialize, EsField)]
struct Code(#[djelme(text)] String);

fn main() {}
