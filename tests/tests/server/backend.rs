//! Every method of the Elasticsearch backend on a real server, without the handle above it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails fails its test")]

mod bulk;
mod index;
mod search;
mod template;

use djelme_core::backend::Backend as _;
use djelme_core::document::{Batch, BatchBuilder, WriteOp};
use djelme_core::naming::{Naming, NamingSource};
use djelme_core::outcome::ItemResponse;
use djelme_core::time::TimeDepth;
use djelme_es8::Es8;
use djelme_tests::server::{es8, prefix};
use serde_json::{Value, json};

use crate::support::must;

/// A backend, and names that no other test uses.
struct Test {
    es8: Es8,
    prefix: String,
}

impl Test {
    fn new(name: &str) -> Self {
        Self { es8: es8().unwrap(), prefix: prefix(name) }
    }

    /// A name under the prefix.
    fn name(&self, rest: &str) -> String {
        format!("{}{rest}", self.prefix)
    }

    /// The names of a type with monthly indexes.
    fn naming(&self) -> Naming {
        let naming = Naming::new(NamingSource {
            prefix: &self.prefix,
            app_label: "shop",
            recordtype_name: "order",
            template: None,
            template_name: None,
            depth: Some(TimeDepth::Month),
        });
        naming.unwrap()
    }

    /// Creates an index with these fields and no others.
    async fn create_index(&self, rest: &str, properties: Value) -> String {
        let name = self.name(rest);
        let body = json!({
            "settings": { "number_of_replicas": 0 },
            "mappings": { "dynamic": "strict", "properties": properties },
        });
        must("PUT", &format!("/{name}"), Some(&body)).await;
        name
    }

    async fn write(&self, items: &[(WriteOp, &str, &str, &str)]) -> Vec<ItemResponse> {
        self.es8.bulk(&batch(items)).await.unwrap()
    }

    async fn clean(self) {
        for index in self.es8.indexes(&self.name("*")).await.unwrap() {
            self.es8.delete_index(&index.name).await.unwrap();
        }
    }
}

/// A batch of operation, index, id and source.
fn batch(items: &[(WriteOp, &str, &str, &str)]) -> Batch {
    let mut builder = BatchBuilder::default();
    for (op, index, id, source) in items {
        let write = |text: &str, out: &mut Vec<u8>| {
            out.extend_from_slice(text.as_bytes());
            Ok::<(), ()>(())
        };
        builder.push(*op, id, |out| write(index, out), |out| write(source, out)).unwrap();
    }
    builder.finish()
}

#[tokio::test]
async fn the_server_says_what_it_is() {
    let server = es8().unwrap().server().await.unwrap();
    assert_eq!(server.product, "elasticsearch");
    let major: u32 = server.version.split('.').next().unwrap().parse().unwrap();
    assert!(major >= 8, "{server:?}");
}
