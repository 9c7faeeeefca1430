use djelme::EsField;

#[derive(serde::Serialize, serde::Deserialize, EsField)]
struct Paid(#[serde(with = "chrono::serde::ts_seconds")] chrono::DateTime<chrono::Utc>);

fn main() {}
