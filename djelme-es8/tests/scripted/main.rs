//! The backend against servers that misbehave on purpose.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails fails its test")]

mod answers;
mod bulk;
mod config;
mod nodes;
mod secrets;
mod server;

use djelme_core::document::{Batch, BatchBuilder, WriteOp};
use djelme_core::naming::{Naming, NamingSource};
use djelme_core::plan::IndexPlan;
use djelme_core::time::TimeDepth;

/// A batch that creates documents with these ids.
fn batch(ids: &[&str]) -> Batch {
    let mut builder = BatchBuilder::default();
    for id in ids {
        let index = |out: &mut Vec<u8>| {
            out.extend_from_slice(b"shop_order_2026.1.");
            Ok::<(), ()>(())
        };
        let source = |out: &mut Vec<u8>| {
            out.extend_from_slice(b"{}");
            Ok(())
        };
        builder.push(WriteOp::Create, id, index, source).unwrap();
    }
    builder.finish()
}

/// The plan of everything under a prefix.
fn plan(prefix: &str) -> IndexPlan {
    let naming = Naming::new(NamingSource {
        prefix,
        app_label: "shop",
        recordtype_name: "order",
        template: None,
        template_name: None,
        depth: Some(TimeDepth::Month),
    });
    IndexPlan::new(&naming.unwrap(), None)
}
