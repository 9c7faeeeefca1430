//! The shop: its pages, each of which records with one line.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri, header};
use axum::routing::{get, post};
use axum::{Json, Router};
use djelme::Recorder;
use serde::{Deserialize, Serialize};

use crate::records::{PageView, Purchase};

/// What the handlers share.
#[derive(Debug, Clone)]
pub(crate) struct Shop {
    pub(crate) recorder: Recorder,
    pub(crate) run: String,
}

/// What somebody orders.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) quantity: u32,
}

/// The pages.
pub(crate) fn router(shop: Shop) -> Router {
    Router::new()
        .route("/products/{product}", get(view))
        .route("/products/{product}/purchases", post(buy))
        .with_state(shop)
}

// A customer gets the page whether or not the view of it can be recorded, and does not wait for that: a record that is
// not taken is counted as refused.

async fn view(State(shop): State<Shop>, Path(product): Path<u32>, uri: Uri, headers: HeaderMap) -> String {
    let referrer = headers.get(header::REFERER).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let _ = shop.recorder.try_push(&PageView { path: uri.path().to_owned(), referrer, run: shop.run });
    format!("product {product}: {} cents", price(product))
}

async fn buy(State(shop): State<Shop>, Path(product): Path<u32>, Json(order): Json<Order>) -> String {
    let Order { quantity } = order;
    let cents = price(product) * u64::from(quantity);
    let _ = shop.recorder.try_push(&Purchase { product, quantity, cents, run: shop.run });
    format!("{quantity} of product {product}: {cents} cents")
}

fn price(product: u32) -> u64 {
    u64::from(product % 90 + 10) * 100
}
