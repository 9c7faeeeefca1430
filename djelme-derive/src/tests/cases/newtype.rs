#[derive(EsField)]
struct Miles(Option<u32>);
