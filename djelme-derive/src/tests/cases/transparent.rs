#[derive(EsField)]
#[serde(transparent)]
struct Miles {
    number: u32,
    #[serde(skip)]
    seen: bool,
}
