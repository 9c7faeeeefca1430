#[derive(serde::Serialize, serde::Deserialize, djelme::CountedUsageRecord)]
#[djelme(app_label = "shop")]
struct View { #[serde(flatten)] #[djelme(base)] usage: djelme::usage::CountedUsage }

fn send(djelme: &djelme::Djelme, view: &View) { let _ = djelme.record(view); }

fn main() {}
