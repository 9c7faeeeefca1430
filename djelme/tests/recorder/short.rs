//! A backend that answers too few items. The Elasticsearch backend notices that itself; another one may not.

use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use djelme::Result;
use djelme::backend::{
    Backend, BoxFuture, DocumentVersion, IndexStatus, Overlap, SearchRequest, ServerInfo, StoredDocument,
};
use djelme::document::Batch;
use djelme::outcome::ItemResponse;
use djelme::template::Template;
use djelme_testing::ScriptedBackend;
use serde_json::Value;

use crate::common::{TYPES, noting, push_views};

/// Leaves out the last item of its first answer.
#[derive(Debug, Default)]
struct Short {
    inner: ScriptedBackend,
    honest: AtomicBool,
}

/// Methods that only hand on.
macro_rules! hand_on {
    ($($name:ident($($argument:ident: $of:ty),*) -> $answer:ty;)*) => { $(
        fn $name<'a>(&'a self $(, $argument: $of)*) -> BoxFuture<'a, Result<$answer>> {
            self.inner.$name($($argument),*)
        }
    )* };
}

impl Backend for Short {
    fn server(&self) -> BoxFuture<'_, Result<ServerInfo>> {
        self.inner.server()
    }

    fn bulk<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Vec<ItemResponse>>> {
        Box::pin(async {
            let mut answers = self.inner.bulk(batch).await?;
            if !self.honest.swap(true, Ordering::SeqCst) {
                answers.pop();
            }
            Ok(answers)
        })
    }

    hand_on! {
        lacking_field_types(types: &'a [&'a str]) -> Vec<String>;
        search(request: SearchRequest<'a>) -> Bytes;
        multi_search(requests: &'a [SearchRequest<'a>]) -> Vec<Result<Bytes>>;
        count(request: SearchRequest<'a>) -> u64;
        get(index: &'a str, id: &'a str) -> Option<StoredDocument>;
        delete(index: &'a str, id: &'a str, version: Option<DocumentVersion>) -> bool;
        template(name: &'a str) -> Option<Template>;
        simulate_template(template: &'a Template) -> Vec<Overlap>;
        put_template(template: &'a Template) -> ();
        delete_template(name: &'a str) -> bool;
        indexes(pattern: &'a str) -> Vec<IndexStatus>;
        mappings(indexes: &'a [String]) -> Vec<(String, Value)>;
        put_mapping(index: &'a str, mapping: &'a Value) -> ();
        delete_index(index: &'a str) -> bool;
        refresh(pattern: &'a str) -> ();
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_too_short_is_none() {
    let builder = djelme::Djelme::builder().backend("main", Short::default()).record_types(TYPES);
    let djelme = builder.build().unwrap();
    djelme.setup().await.unwrap();
    let (recorder, ends) = noting(djelme.recorder());
    push_views(&recorder, 10).await;
    recorder.flush().await.unwrap();
    assert_eq!((recorder.stats().total.already_stored, ends.lock().unwrap().len()), (10, 10));
}
