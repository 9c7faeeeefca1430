use djelme::EsField;

#[derive(serde::Serialize, serde::Deserialize, EsField)]
struct Miles {
    number: u32,
}

fn main() {}
