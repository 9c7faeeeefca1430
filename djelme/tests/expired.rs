//! Deleting indexes past their time, on a scripted backend.

#![allow(clippy::unwrap_used)] // also in the helpers of the tests

use std::io::Write as _;

use chrono::{DateTime, Utc};
use djelme::backend::Backend as _;
use djelme::document::{BatchBuilder, WriteOp};
use djelme::{Djelme, EventRecord, Record as _};
use djelme_testing::{Call, ScriptedBackend, on};
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "day", expires_after = "90d")]
struct View {
    path: String,
}

#[derive(Debug, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "day")]
struct Kept {
    path: String,
}

const INDEXES: [&str; 8] = [
    "shop_view_2016.5.",
    "shop_view_2016.4.",
    "shop_view_2016.5.22.",
    "shop_view_2016.5.23.",
    "shop_view_2015.12.31.",
    "shop_view_reindexed",
    "shop_view_2016.5.1._copy",
    "shop_kept_2015.1.1.",
];

async fn djelme(backend: &ScriptedBackend) -> Djelme {
    let mut batch = BatchBuilder::default();
    for index in INDEXES {
        let append = |text: &'static str| move |out: &mut Vec<u8>| out.write_all(text.as_bytes());
        batch.push(WriteOp::Create, "id", append(index), append("{}")).unwrap();
    }
    backend.bulk(&batch.finish()).await.unwrap();
    let types = [View::TYPE, Kept::TYPE];
    Djelme::builder().backend("main", backend.clone()).record_types(types).build().unwrap()
}

fn now() -> DateTime<Utc> {
    "2016-08-21T00:00:00Z".parse().unwrap()
}

#[tokio::test]
async fn e1_e3_whole_spans_go_one_by_one_and_what_is_foreign_stays() {
    let backend = ScriptedBackend::new();
    let djelme = djelme(&backend).await;
    let expiry = djelme.expiry::<View>(now()).await.unwrap();
    assert_eq!(expiry.kept, ["shop_view_2016.5.", "shop_view_2016.5.23."]);
    assert_eq!(expiry.foreign, ["shop_view_2016.5.1._copy", "shop_view_reindexed"]);

    let deletion = djelme.delete_expired::<View>(now()).await.unwrap();
    let expired = ["shop_view_2015.12.31.", "shop_view_2016.4.", "shop_view_2016.5.22."];
    assert_eq!(deletion.deleted, expired);
    assert!(deletion.failed.is_empty());
    let mut left: Vec<_> = INDEXES.into_iter().filter(|index| !expired.contains(index)).collect();
    left.sort_unstable();
    assert_eq!(backend.store().indexes(), left);
    assert!(djelme.delete_expired::<View>(now()).await.unwrap().deleted.is_empty());
}

#[tokio::test]
async fn an_index_that_cannot_be_deleted_is_named_and_the_others_go() {
    let backend = ScriptedBackend::new();
    let djelme = djelme(&backend).await;
    backend.script(on(Call::DeleteIndex).for_subject("shop_view_2016.4.").answer(403));
    let deletion = djelme.delete_expired::<View>(now()).await.unwrap();
    assert_eq!(deletion.deleted, ["shop_view_2015.12.31.", "shop_view_2016.5.22."]);
    assert_eq!(deletion.failed[0].0, "shop_view_2016.4.");
}

#[tokio::test]
async fn e3_a_type_without_expiration_loses_nothing() {
    let backend = ScriptedBackend::new();
    let djelme = djelme(&backend).await;
    assert!(djelme.delete_expired::<Kept>(now()).await.unwrap().deleted.is_empty());
    assert_eq!(backend.journal().calls(Call::DeleteIndex), 0);
}
