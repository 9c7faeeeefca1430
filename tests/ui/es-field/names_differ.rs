use djelme::EsField;

#[derive(serde::Serialize, serde::Deserialize, EsField)]
enum Cabin {
    #[serde(rename(serialize = "first", deserialize = "1st"))]
    First,
}

fn main() {}
