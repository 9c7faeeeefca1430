use djelme::EsField;

#[derive(serde::Serialize, serde::Deserialize, EsField)]
#[serde(tag = "cabin")]
enum Cabin {
    First,
}

fn main() {}
