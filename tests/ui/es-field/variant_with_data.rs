use djelme::EsField;

#[derive(serde::Serialize, serde::Deserialize, EsField)]
enum Cabin {
    First,
    Other(String),
}

fn main() {}
