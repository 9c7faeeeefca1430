use djelme::Properties;
#[derive(serde::Serialize, Properties)]
struct I { text: String }
macro_rules! objects { ($($outer:ident $inner:ident)*) => { $(
    #[derive(serde::Serialize, Properties)]
    struct $outer { #[djelme(object)] inner: $inner }
)* } }
objects! { H I G H F G E F D E C D B C A B }
fn main() {}
