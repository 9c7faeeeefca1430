use djelme::Properties;

#[derive(serde::Serialize, Properties)]
struct PageView;

fn main() {}
