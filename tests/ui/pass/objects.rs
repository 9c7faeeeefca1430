//! Objects, nested objects, flattened structs and sub-fields, with handles of the whole path.
use djelme::{EventRecord, Properties, prelude::*};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Properties)]
struct Customer {
    name: String,
    #[djelme(object)]
    address: Option<Address>,
}

#[derive(Serialize, Deserialize, Properties)]
struct Address {
    #[djelme(text(fields(raw = keyword, r#type = keyword)))]
    street: String,
}

#[derive(Serialize, Deserialize, Properties)]
struct Item {
    sku: String,
    price: f64,
}

#[derive(Serialize, Deserialize, Properties)]
struct Origin {
    country: String,
}

#[derive(Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop")]
struct Order {
    #[djelme(object)]
    customer: Customer,
    #[djelme(nested)]
    items: Option<Vec<Item>>,
    #[djelme(object)]
    notes: Vec<Box<Address>>,
    #[serde(flatten)]
    origin: Option<Origin>,
}

fn main() {
    let f = Order::fields();
    assert_eq!(f.customer.address.street.raw.name(), "customer.address.street.raw");
    assert_eq!(f.customer.address.street.r#type.name(), "customer.address.street.type");
    assert_eq!(f.items.name(), "items");
    assert_eq!(f.items.price.name(), "items.price");
    assert_eq!(f.notes.street.name(), "notes.street");
    assert_eq!(f.origin.country.name(), "country");
    let _ = Order::search()
        .filter(f.items.matches(f.items.sku.eq("a")))
        .filter(f.customer.address.street.matching("main street"))
        .aggregate(&terms("by_street", f.customer.address.street.raw));
    assert_eq!(<Order as Properties>::DEPTH, 4);
}
