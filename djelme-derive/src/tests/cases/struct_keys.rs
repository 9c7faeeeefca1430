#[derive(EventRecord)]
#[djelme(app_label = "shop", timedepth = 2, template = "shop_views_*", template_name = "views")]
#[djelme(recordtype_name = "page_view", index_prefix = "dev-", backend = "metrics", expires_after = "90d")]
#[djelme(settings(
    number_of_shards = 2,
    index.codec = "best_compression",
    "index.refresh_interval" = "5s",
    routing(allocation(total_shards_per_node = -1)),
    ratio = 0.5,
    hidden = true,
))]
#[djelme(analysis(analyzer(tags(type = "custom", tokenizer = "whitespace", filter = ["lowercase", "unique"]))))]
#[djelme(unique_together(user, path), on_conflict = "keep")]
#[djelme(accept(past = "30d", future = "1h"), priority = 600)]
struct PageView {
    user: String,
    path: String,
}
