#[derive(EsField)]
#[serde(rename_all = "lowercase")]
enum Cabin {
    First,
    Economy = 1 + 2,
}
