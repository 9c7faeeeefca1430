use djelme::Properties;

#[derive(serde::Serialize, Properties)]
struct PageView<'a> {
    path: &'a str,
}

fn main() {}
