//! The customers: tasks that look at products and buy some.

use std::net::SocketAddr;

use anyhow::Context as _;
use tokio::task::JoinSet;

use crate::shop::Order;

/// Products of the shop.
const PRODUCTS: u32 = 500;

/// Sends so many requests from so many tasks, about one in ten of them a purchase. Returns how many succeeded.
pub(crate) async fn run(shop: SocketAddr, requests: u64, tasks: u64) -> anyhow::Result<u64> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    // Dropped before their end, the set ends its tasks.
    let mut customers = JoinSet::new();
    for task in 0..tasks {
        let share = requests / tasks + u64::from(task < requests % tasks);
        customers.spawn(customer(client.clone(), shop, share));
    }
    let mut succeeded = 0;
    while let Some(customer) = customers.join_next().await {
        succeeded += customer.context("a customer broke off")??;
    }
    Ok(succeeded)
}

async fn customer(client: reqwest::Client, shop: SocketAddr, requests: u64) -> anyhow::Result<u64> {
    let mut from = format!("http://{shop}/");
    for _ in 0..requests {
        let page = format!("http://{shop}/products/{}", fastrand::u32(..PRODUCTS));
        let request = if fastrand::u8(..10) == 0 {
            client.post(format!("{page}/purchases")).json(&Order { quantity: fastrand::u32(1..4) })
        } else {
            client.get(&page).header("referer", &from)
        };
        request.send().await?.error_for_status()?.text().await?;
        from = page;
    }
    Ok(requests)
}
