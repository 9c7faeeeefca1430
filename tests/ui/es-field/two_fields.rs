use djelme::EsField;

#[derive(serde::Serialize, serde::Deserialize, EsField)]
struct Position(f64, f64);

fn main() {}
