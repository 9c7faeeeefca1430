#[derive(EventRecord)]
#[djelme(app_label = "shop")]
struct PageView {
    path: String,
}
