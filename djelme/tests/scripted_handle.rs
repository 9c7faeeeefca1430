//! The handle on a scripted backend: what no real server does when asked to.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also in the helpers of the tests"
)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use djelme::outcome::Outcome;
use djelme::template::Template;
use djelme::{Djelme, DjelmeBuilder, Error, ErrorKind, EventRecord, Record as _, TimeseriesRecord as _};
use djelme_testing::{Call, Item, ScriptedBackend, on, refusal};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "month")]
struct View {
    path: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "month")]
struct Sale {
    cents: u32,
}

const VIEW: &str = "shop_view__template";
const SALE: &str = "shop_sale__template";

fn builder(backend: &ScriptedBackend) -> DjelmeBuilder {
    Djelme::builder().backend("main", backend.clone()).record_types([View::TYPE, Sale::TYPE])
}

fn views(count: usize) -> Vec<View> {
    (0..count).map(|number| View { path: format!("/{number}") }).collect()
}

/// A handle, set up, that notes each outcome.
async fn noting(backend: &ScriptedBackend) -> (Djelme, Arc<Mutex<Vec<Outcome>>>) {
    let outcomes = Arc::new(Mutex::new(Vec::new()));
    let noted = outcomes.clone();
    let builder = builder(backend).post_save(move |saved| noted.lock().unwrap().push(saved.outcome.clone()));
    let djelme = builder.build().unwrap();
    djelme.setup().await.unwrap();
    (djelme, outcomes)
}

#[tokio::test]
async fn a_set_up_that_fails_midway_names_what_it_did_and_a_second_one_finishes() {
    let backend = ScriptedBackend::new();
    let djelme = builder(&backend).build().unwrap();
    backend.store().refuse_template(SALE);
    let error = djelme.setup().await.unwrap_err();
    let Error::SetupStopped { record_type, applied, .. } = &error else { panic!("{error}") };
    assert!(record_type.ends_with("Sale"), "{record_type}");
    assert_eq!(applied, &[format!("template `{VIEW}` created")]);
    assert!(error.to_string().contains("run it again"), "{error}");

    backend.store().accept_templates();
    assert_eq!(djelme.setup().await.unwrap().changes(), [format!("template `{SALE}` created")]);
}

#[tokio::test]
async fn a_server_that_is_too_old_is_refused_before_anything_is_changed() {
    let backend = ScriptedBackend::new();
    backend.version("7.17.0");
    let error = builder(&backend).build().unwrap().setup().await.unwrap_err();
    assert_eq!(error.backend_kind(), Some(ErrorKind::UnsupportedServer));
    assert!(error.to_string().contains("7.17.0"), "{error}");
    assert_eq!(backend.journal().calls(Call::PutTemplate), 0);
}

#[tokio::test]
async fn a_request_refused_as_a_whole_is_halved_until_the_one_is_found() {
    let backend = ScriptedBackend::new();
    let (djelme, outcomes) = noting(&backend).await;
    backend.script(on(Call::Bulk).for_items(|item| item.source_contains("/13\"")).answer(400));
    let recorded = djelme.record_all(&views(40)).await.unwrap();
    let failed: Vec<_> = recorded.iter().enumerate().filter(|(_, recorded)| recorded.is_err()).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].0, 13);
    assert!(matches!(failed[0].1, Err(Error::Rejected { .. })));
    assert_eq!(outcomes.lock().unwrap().iter().filter(|outcome| **outcome == Outcome::Stored).count(), 39);
}

#[tokio::test]
async fn many_records_at_fault_and_requests_too_large_leave_each_record_its_own_outcome() {
    let backend = ScriptedBackend::new();
    let (djelme, outcomes) = noting(&backend).await;
    backend.script(on(Call::Bulk).when(|request| request.items.len() > 8).answer(413));
    let is_poison = |item: &Item<'_>| (7..40).step_by(10).any(|at| item.source_contains(&format!("/{at}\"")));
    backend.script(on(Call::Bulk).for_items(is_poison).answer(400));
    let recorded = djelme.record_all(&views(40)).await.unwrap();
    let failed = recorded.iter().enumerate().filter(|(_, recorded)| recorded.is_err());
    assert_eq!(failed.map(|(position, _)| position).collect::<Vec<_>>(), [7, 17, 27, 37]);
    let outcomes = outcomes.lock().unwrap();
    let stored: Vec<_> = outcomes.iter().map(|outcome| *outcome == Outcome::Stored).collect();
    assert_eq!(stored, (0..40).map(|number| number % 10 != 7).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_request_that_keeps_failing_is_an_error_after_half_a_minute_and_every_record_of_it_abandoned() {
    let backend = ScriptedBackend::new();
    let (djelme, outcomes) = noting(&backend).await;
    backend.script(on(Call::Bulk).answer(429));
    let begun = tokio::time::Instant::now();
    let error = djelme.record_all(&views(3)).await.unwrap_err();
    assert_eq!(error.backend_kind(), Some(ErrorKind::Busy));
    assert!(begun.elapsed() <= Duration::from_secs(30), "{:?}", begun.elapsed());
    assert!(backend.journal().calls(Call::Bulk) > 3);
    assert_eq!(*outcomes.lock().unwrap(), [Outcome::Abandoned, Outcome::Abandoned, Outcome::Abandoned]);
}

#[tokio::test(start_paused = true)]
async fn only_what_failed_is_sent_again_and_each_item_ends_by_its_own_answer() {
    let backend = ScriptedBackend::new();
    let (djelme, outcomes) = noting(&backend).await;
    let about = |text: &'static str| on(Call::Bulk).for_items(move |item| item.source_contains(text));
    backend.script(about("/1\"").refuse(refusal::busy()).times(4));
    backend.script(about("/2\"").refuse(refusal::bad_document()));
    backend.script(about("/3\"").refuse(refusal::shard_limit()));
    let recorded = djelme.record_all(&views(4)).await.unwrap();
    let stored = |position: usize| recorded[position].as_ref().unwrap().outcome == Outcome::Stored;
    assert!(stored(0) && stored(1));
    assert!(matches!(&recorded[2], Err(Error::Rejected { rejection, .. }) if rejection.status == 400));
    assert!(matches!(&recorded[3], Err(Error::Blocked { .. })));
    let sizes = backend.journal().requests().into_iter().filter(|asked| asked.call == Call::Bulk);
    assert_eq!(sizes.map(|asked| asked.documents.len()).collect::<Vec<_>>(), [4, 1, 1, 1, 1]);
    let outcomes = outcomes.lock().unwrap();
    assert!(
        matches!(outcomes[..], [Outcome::Stored, Outcome::Rejected(_), Outcome::Abandoned, Outcome::Stored]),
        "{outcomes:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_does_not_store_a_record_twice() {
    let backend = ScriptedBackend::new();
    let (djelme, _) = noting(&backend).await;
    backend.script(on(Call::Bulk).apply_and_drop().once().then().reorder().once());
    let recorded = djelme.record_all(&views(5)).await.unwrap();
    let outcomes: Vec<_> = recorded.into_iter().map(|recorded| recorded.unwrap().outcome).collect();
    assert_eq!(outcomes, vec![Outcome::AlreadyStored; 5]);
    assert_eq!((backend.store().len(), backend.journal().calls(Call::Bulk)), (5, 3));
}

#[tokio::test(start_paused = true)]
async fn a_missing_privilege_is_an_error_at_once() {
    let backend = ScriptedBackend::new();
    let (djelme, outcomes) = noting(&backend).await;
    backend.script(on(Call::Bulk).answer(403));
    let error = djelme.record(&views(1)[0]).await.unwrap_err();
    assert_eq!(error.backend_kind(), Some(ErrorKind::Forbidden));
    assert_eq!((backend.journal().calls(Call::Bulk), outcomes.lock().unwrap().len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn the_template_is_asked_for_at_a_new_index_and_every_five_minutes() {
    let backend = ScriptedBackend::new();
    let (djelme, _) = noting(&backend).await;
    let before = backend.journal().calls(Call::Template);
    let asked = || backend.journal().calls(Call::Template) - before;
    for _ in 0..5 {
        djelme.record(&views(1)[0]).await.unwrap();
    }
    assert_eq!(asked(), 1);
    tokio::time::advance(Duration::from_secs(299)).await;
    djelme.record(&views(1)[0]).await.unwrap();
    assert_eq!(asked(), 1);
    tokio::time::advance(Duration::from_secs(2)).await;
    backend.store().delete_templates();
    let error = djelme.record(&views(1)[0]).await.unwrap_err();
    assert!(matches!(error, Error::NotSetUp { .. }), "{error}");
    assert_eq!(asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_list_of_closed_indexes_is_kept_for_half_a_minute() {
    let backend = ScriptedBackend::new();
    let djelme = builder(&backend).build().unwrap();
    backend.store().close_index("shop_view_2026.1.");
    backend.store().close_index("shop_view_2024.1.");
    let search = View::search_timeseries_range((2026,), (2027,)).unwrap();
    for _ in 0..3 {
        let found = search.send(&djelme).await.unwrap();
        assert_eq!(found.closed_indexes(), ["shop_view_2026.1."]);
    }
    assert_eq!(backend.journal().calls(Call::Indexes), 1);
    tokio::time::advance(Duration::from_secs(31)).await;
    search.send(&djelme).await.unwrap();
    assert_eq!(backend.journal().calls(Call::Indexes), 2);
}

#[tokio::test]
async fn two_backends_with_indexes_of_one_name_are_not_taken_for_each_other() {
    #[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
    #[djelme(app_label = "shop", recordtype_name = "view", timedepth = "month", backend = "here")]
    struct Here {
        path: String,
    }
    #[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
    #[djelme(app_label = "shop", recordtype_name = "view", timedepth = "month", backend = "there")]
    struct There {
        path: String,
    }
    let (here, there) = (ScriptedBackend::new(), ScriptedBackend::new());
    here.store().close_index("shop_view_2026.1.");
    let builder = Djelme::builder().backend("here", here).backend("there", there);
    let djelme = builder.record_types([Here::TYPE, There::TYPE]).build().unwrap();
    let found = Here::search().send(&djelme).await.unwrap();
    assert_eq!(found.closed_indexes(), ["shop_view_2026.1."]);
    let found = There::search().send(&djelme).await.unwrap();
    assert!(found.closed_indexes().is_empty(), "{:?}", found.closed_indexes());
}

#[tokio::test(start_paused = true)]
async fn halves_that_the_server_does_not_take_in_time_fail_with_its_error() {
    let backend = ScriptedBackend::new();
    let (djelme, outcomes) = noting(&backend).await;
    backend.script(on(Call::Bulk).answer(413).once().then().pass().once().then().answer(503));
    let recorded = djelme.record_all(&views(8)).await.unwrap();
    assert!(recorded[..4].iter().all(Result::is_ok));
    let kinds = recorded[4..].iter().map(|recorded| recorded.as_ref().unwrap_err().backend_kind());
    assert!(kinds.into_iter().all(|kind| kind == Some(ErrorKind::Busy)));
    assert_eq!(outcomes.lock().unwrap()[4..], vec![Outcome::Abandoned; 4]);
}

#[tokio::test]
async fn a_template_of_another_program_is_not_written_over() {
    let backend = ScriptedBackend::new();
    let theirs =
        Template { name: VIEW.into(), index_patterns: vec!["shop_view_*".into()], ..Template::default() };
    backend.store().put_template(theirs.clone());
    let error = builder(&backend).build().unwrap().setup().await.unwrap_err();
    assert!(matches!(error, Error::Definition { .. }), "{error}");
    assert!(error.to_string().contains("not written by djelme"), "{error}");
    assert_eq!(backend.store().templates(), [VIEW]);
    assert_eq!(backend.store().template(VIEW), Some(theirs));
}
