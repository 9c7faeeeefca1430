//! Backends that answer as no script does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use djelme::Result;
use djelme::backend::{
    Backend, BoxFuture, DocumentVersion, IndexStatus, Overlap, SearchRequest, ServerInfo, StoredDocument,
};
use djelme::document::Batch;
use djelme::outcome::ItemResponse;
use djelme::recorder::Recorder;
use djelme::template::Template;
use djelme_testing::{Call, ScriptedBackend, on as rule};
use serde_json::Value;

use crate::common::{Claim, TYPES, noting, push_views};

#[derive(Debug)]
enum Oddity {
    /// Leaves out the last item of its first answer. The Elasticsearch backend notices that itself; another may not.
    Short(AtomicBool),
    /// Carries out each request twice, and answers the second time, as a cluster does that loses a node meanwhile.
    Twice,
    /// Is slow to say what a document is; counts how many are asked for at once, and the most so far.
    SlowGets(Arc<[AtomicUsize; 2]>),
}

#[derive(Debug)]
struct Odd {
    inner: ScriptedBackend,
    oddity: Oddity,
}

/// Methods that only hand on.
macro_rules! hand_on {
    ($($name:ident($($argument:ident: $of:ty),*) -> $answer:ty;)*) => { $(
        fn $name<'a>(&'a self $(, $argument: $of)*) -> BoxFuture<'a, Result<$answer>> {
            self.inner.$name($($argument),*)
        }
    )* };
}

impl Backend for Odd {
    fn server(&self) -> BoxFuture<'_, Result<ServerInfo>> {
        self.inner.server()
    }

    fn bulk<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Vec<ItemResponse>>> {
        Box::pin(async {
            let mut answers = self.inner.bulk(batch).await?;
            match &self.oddity {
                Oddity::Short(honest) if !honest.swap(true, Ordering::SeqCst) => drop(answers.pop()),
                Oddity::Twice => answers = self.inner.bulk(batch).await?,
                _ => {}
            }
            Ok(answers)
        })
    }

    fn get<'a>(&'a self, index: &'a str, id: &'a str) -> BoxFuture<'a, Result<Option<StoredDocument>>> {
        Box::pin(async move {
            if let Oddity::SlowGets(counts) = &self.oddity {
                let [now, most] = &**counts;
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_secs(1)).await;
                now.fetch_sub(1, Ordering::SeqCst);
            }
            self.inner.get(index, id).await
        })
    }

    hand_on! {
        lacking_field_types(types: &'a [&'a str]) -> Vec<String>;
        search(request: SearchRequest<'a>) -> Bytes;
        multi_search(requests: &'a [SearchRequest<'a>]) -> Vec<Result<Bytes>>;
        count(request: SearchRequest<'a>) -> u64;
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

/// A recorder on such a backend, and what is behind that.
async fn on(oddity: Oddity) -> (Recorder, ScriptedBackend) {
    let inner = ScriptedBackend::new();
    let backend = Odd { inner: inner.clone(), oddity };
    let builder = djelme::Djelme::builder().backend("main", backend).record_types(TYPES);
    let djelme = builder.build().unwrap();
    djelme.setup().await.unwrap();
    (noting(djelme.recorder()).0, inner)
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_too_short_is_none() {
    let (recorder, _) = on(Oddity::Short(AtomicBool::new(false))).await;
    push_views(&recorder, 10).await;
    recorder.flush().await.unwrap();
    assert_eq!((recorder.stats().total.already_stored, recorder.stats().total.duplicate), (10, 0));
}

#[tokio::test(start_paused = true)]
async fn a_record_that_a_cluster_stored_twice_by_itself_is_no_duplicate() {
    let (recorder, inner) = on(Oddity::Twice).await;
    push_views(&recorder, 10).await;
    recorder.flush().await.unwrap();
    let counts = recorder.stats().total;
    assert_eq!((counts.already_stored, counts.duplicate, counts.retries), (10, 0, 0));
    assert_eq!((inner.store().len(), inner.journal().calls(Call::Get)), (10, 10));
}

#[tokio::test(start_paused = true)]
async fn documents_are_asked_for_at_once_and_not_all_of_them() {
    let counts = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let (recorder, inner) = on(Oddity::SlowGets(counts.clone())).await;
    inner.script(rule(Call::Bulk).apply_and_drop().once());
    for ticket in 0..100 {
        recorder.push(&Claim { ticket, by: "ann".into() }).await.unwrap();
    }
    let begun = tokio::time::Instant::now();
    recorder.flush().await.unwrap();
    assert_eq!((recorder.stats().total.already_stored, inner.journal().calls(Call::Get)), (100, 100));
    assert_eq!(counts[1].load(Ordering::SeqCst), 16);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}
