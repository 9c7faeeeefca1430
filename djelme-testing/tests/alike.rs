//! The scripted backend and the Elasticsearch backend on the scripted server: under one script they answer alike.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also in the helpers of the tests"
)]

mod support;

use std::time::Duration;

use djelme_core::backend::{Backend, SearchRequest};
use djelme_core::outcome::ItemResponse;
use djelme_core::{BackendError, Error, ErrorKind};
use djelme_es8::{Es8, Es8Config};
use djelme_testing::{Call, Fault, FaultAnswer, ScriptedBackend, ScriptedServer, Store, on, refusal};

use serde_json::json;
use support::{INDEX, creating, plan, template};

/// Shorter than [`Fault::Hang`], longer than any answer.
const TIMEOUT: Duration = Duration::from_secs(1);

/// What is the same wherever an error comes from.
fn shape<T: std::fmt::Debug>(result: &Result<T, Error>) -> String {
    match result {
        Ok(answer) => format!("{answer:?}"),
        Err(Error::Backend(BackendError { kind, status, error_type, retry_after, .. })) => {
            format!("{kind:?} {status:?} {error_type:?} {retry_after:?}")
        }
        Err(Error::UnexpectedAnswer(_)) => "UnexpectedAnswer".to_owned(),
        Err(Error::Timeout { after, .. }) => format!("Timeout {after:?}"),
        Err(other) => format!("{other:?}"),
    }
}

/// A write and a read under the fault, then a write without it: what was answered, and what is stored at the end.
async fn course(backend: &dyn Backend, store: &Store) -> Vec<String> {
    let mut course = Vec::new();
    course.push(shape(&backend.bulk(&creating(&["a", "b", "c"])).await));
    course.push(format!("{} stored", store.len()));
    course.push(shape(&backend.template("t").await.map(|found| found.is_some())));
    course.push(shape(&backend.bulk(&creating(&["c", "d"])).await));
    course.push(format!("{:?}", store.ids()));
    course
}

fn scripted(fault: &Fault) -> [djelme_testing::Rule; 2] {
    [on(Call::Bulk).fault(fault.clone()).once(), on(Call::Template).fault(fault.clone()).once()]
}

async fn on_the_backend(fault: &Fault) -> Vec<String> {
    let backend = ScriptedBackend::new();
    backend.request_timeout(TIMEOUT);
    backend.store().put_template(template("t", "shop_view_"));
    scripted(fault).into_iter().for_each(|rule| backend.script(rule));
    course(&backend, backend.store()).await
}

async fn on_the_server(fault: &Fault) -> Vec<String> {
    let server = ScriptedServer::start().unwrap();
    server.store().put_template(template("t", "shop_view_"));
    scripted(fault).into_iter().for_each(|rule| server.script(rule));
    let es8 = Es8::new(Es8Config::new([server.url()]).request_timeout(TIMEOUT)).unwrap();
    course(&es8, server.store()).await
}

#[tokio::test]
async fn every_fault_is_the_same_error_and_stores_the_same() {
    let busy = FaultAnswer { retry_after: Some(Duration::from_secs(3)), ..FaultAnswer::new(429) };
    let page = |status| FaultAnswer { body: Some("<h1>It works!</h1>".into()), ..FaultAnswer::new(status) };
    let answers = [400, 401, 403, 409, 413, 429, 500, 502, 503, 504].map(FaultAnswer::new);
    let faults = answers.into_iter().chain([busy, page(200), page(502)]).map(Fault::Answer).chain([
        Fault::Delay(Duration::from_millis(20)),
        // Carried out only after the test.
        Fault::Delay(Duration::from_secs(3_600)),
        Fault::Hang,
        Fault::ApplyAndHang,
        Fault::Drop,
        Fault::ApplyAndDrop,
        Fault::Reset,
        Fault::Truncate,
        Fault::Malform,
        Fault::MissingItem,
        Fault::ExtraItem,
        Fault::Reorder,
        Fault::GoDown,
    ]);
    for fault in faults {
        let (backend, server) = tokio::join!(on_the_backend(&fault), on_the_server(&fault));
        assert_eq!(backend, server, "{fault:?}");
    }
}

#[tokio::test]
async fn refused_documents_are_the_same_answers() {
    let refusals = [
        refusal::busy(),
        refusal::no_active_shard(),
        refusal::server_fault(),
        refusal::bad_document(),
        refusal::unknown_field("visitor.name"),
        refusal::write_blocked(INDEX),
        refusal::disk_full(INDEX),
        refusal::index_closed(),
        refusal::shard_limit(),
        refusal::refusal(409, "version_conflict_engine_exception", "taken"),
    ];
    for refused in refusals {
        let rule = || on(Call::Bulk).for_id("b").refuse(refused.clone());
        let (backend, server) = (ScriptedBackend::new(), ScriptedServer::start().unwrap());
        backend.script(rule());
        server.script(rule());
        let es8 = Es8::new(Es8Config::new([server.url()])).unwrap();
        let batch = creating(&["a", "b", "c"]);
        let (ours, theirs) = (backend.bulk(&batch).await.unwrap(), es8.bulk(&batch).await.unwrap());
        assert_eq!(ours, theirs);
        let expected = match refused.status {
            409 => ItemResponse::Conflict { reason: refused.reason },
            _ => ItemResponse::Failed(refused),
        };
        assert_eq!(ours[1], expected);
        assert_eq!((backend.store().len(), server.store().len()), (2, 2));
    }
}

#[tokio::test]
async fn what_is_done_to_the_store_is_felt_alike() {
    let (backend, server) = (ScriptedBackend::new(), ScriptedServer::start().unwrap());
    let es8 = Es8::new(Es8Config::new([server.url()])).unwrap();
    type Change = fn(&Store);
    let changes: [(&str, Change); 8] = [
        ("no more indexes", |store| store.limit_indexes(Some(0))),
        ("as many as one likes", |store| store.limit_indexes(None)),
        ("closed", |store| store.close_index(INDEX)),
        ("opened", |store| store.open_index(INDEX)),
        ("blocked", |store| store.block_writes(INDEX)),
        ("allowed", |store| store.allow_writes(INDEX)),
        ("deleted", |store| assert!(store.delete_index(INDEX))),
        ("refused", |store| store.refuse_template("t")),
    ];
    let mut counted = Vec::new();
    let (plan, all) = (plan(""), json!({}));
    let everything = SearchRequest { plan: &plan, body: &all, allow_partial: false };
    for (what, change) in changes {
        let mut felt = Vec::new();
        for (backend, store) in [(&backend as &dyn Backend, backend.store()), (&es8, server.store())] {
            change(store);
            felt.push([
                shape(&backend.bulk(&creating(&[what])).await),
                shape(&backend.get(INDEX, what).await.map(|found| found.map(|found| found.source))),
                shape(&backend.count(everything).await),
                shape(&backend.put_template(&template("t", "shop_view_")).await),
                shape(&backend.indexes("shop*").await.map(|listed| {
                    listed
                        .into_iter()
                        .map(|index| (index.name, index.state, index.documents))
                        .collect::<Vec<_>>()
                })),
            ]);
        }
        assert_eq!(felt[0], felt[1], "{what}");
        counted.push(felt[0][2].clone());
    }
    // A closed index is left out of searches without a word.
    assert_eq!(counted, ["0", "1", "0", "2", "2", "3", "1", "2"]);
    assert_eq!(backend.store().indexes_without_template(), [""; 0]);
    assert_eq!(server.store().indexes_without_template(), [""; 0]);
}

#[tokio::test]
async fn an_index_without_a_template_is_named() {
    let backend = ScriptedBackend::new();
    backend.bulk(&creating(&["a"])).await.unwrap();
    assert_eq!(backend.store().indexes_without_template(), [INDEX]);
    assert_eq!((backend.store().writes(INDEX, "a"), backend.store().writes(INDEX, "b")), (1, 0));
}

#[tokio::test]
async fn versions_and_field_types_are_those_that_were_said() {
    let (backend, server) = (ScriptedBackend::new(), ScriptedServer::start().unwrap());
    let es8 = Es8::new(Es8Config::new([server.url()])).unwrap();
    server.store().lack_field_types(["version"]);
    backend.store().lack_field_types(["version"]);
    for backend in [&backend as &dyn Backend, &es8] {
        assert_eq!(backend.server().await.unwrap().version, "8.19.8");
        assert_eq!(backend.lacking_field_types(&["long", "version"]).await.unwrap(), ["version"]);
    }
    server.version("7.17.0");
    backend.version("7.17.0");
    for backend in [&backend as &dyn Backend, &es8] {
        let error = backend.server().await.unwrap_err();
        assert_eq!(error.backend_kind(), Some(ErrorKind::UnsupportedServer));
        assert!(error.to_string().contains("7.17.0"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_an_hour_takes_no_time_under_a_paused_clock() {
    let backend = ScriptedBackend::new();
    backend.script(on(Call::Bulk).hang().times(120));
    let (started, really) = (tokio::time::Instant::now(), std::time::Instant::now());
    while let Err(error) = backend.bulk(&creating(&["a"])).await {
        assert!(matches!(error, Error::Timeout { after, .. } if after == Duration::from_secs(30)), "{error}");
    }
    assert_eq!(started.elapsed(), Duration::from_secs(3_600));
    assert!(really.elapsed() < Duration::from_secs(60));
    assert_eq!(backend.journal().calls(Call::Bulk), 121);
}

#[tokio::test(start_paused = true)]
async fn a_backend_that_is_down_gets_no_requests() {
    let backend = ScriptedBackend::new();
    backend.go_down();
    let error = backend.bulk(&creating(&["a"])).await.unwrap_err();
    assert_eq!(error.backend_kind(), Some(ErrorKind::Unreachable));
    assert_eq!(backend.journal().calls(Call::Bulk), 0);
    backend.come_up();
    backend.bulk(&creating(&["a"])).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_comes_too_late_is_carried_out_all_the_same() {
    let backend = ScriptedBackend::new();
    backend.script(on(Call::Bulk).delay(Duration::from_secs(45)).once());
    let error = backend.bulk(&creating(&["a"])).await.unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
    assert!(backend.store().is_empty());
    tokio::time::sleep(Duration::from_secs(16)).await;
    assert_eq!(backend.store().len(), 1);
    let again = backend.bulk(&creating(&["a"])).await.unwrap();
    assert!(matches!(again[0], ItemResponse::Conflict { .. }), "{again:?}");
}
