#[derive(SimpleRecord)]
#[djelme(app_label = "shop", unique_together(sku))]
struct Product {
    sku: String,
}
