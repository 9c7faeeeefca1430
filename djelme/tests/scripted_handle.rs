//! The handle on a scripted backend: what no real server does when asked to.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also in the helpers of the tests"
)]

mod scripted;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use djelme::outcome::{ItemResponse, Outcome, Rejection};
use djelme::template::Template;
use djelme::{Djelme, DjelmeBuilder, Error, ErrorKind, EventRecord, Record as _, TimeseriesRecord as _};
use serde::{Deserialize, Serialize};

use scripted::{Scripted, created, status};

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

fn builder(backend: &Scripted) -> DjelmeBuilder {
    Djelme::builder().backend("main", backend.clone()).record_types([View::TYPE, Sale::TYPE])
}

fn views(count: usize) -> Vec<View> {
    (0..count).map(|number| View { path: format!("/{number}") }).collect()
}

/// A handle, set up, that notes each outcome.
async fn noting(backend: &Scripted) -> (Djelme, Arc<Mutex<Vec<Outcome>>>) {
    let outcomes = Arc::new(Mutex::new(Vec::new()));
    let noted = outcomes.clone();
    let builder = builder(backend).post_save(move |saved| noted.lock().unwrap().push(saved.outcome.clone()));
    let djelme = builder.build().unwrap();
    djelme.setup().await.unwrap();
    (djelme, outcomes)
}

#[tokio::test]
async fn a_set_up_that_fails_midway_names_what_it_did_and_a_second_one_finishes() {
    let backend = Scripted::default();
    let djelme = builder(&backend).build().unwrap();
    backend.state().refused_templates.push(SALE.into());
    let error = djelme.setup().await.unwrap_err();
    let Error::SetupStopped { record_type, applied, .. } = &error else { panic!("{error}") };
    assert!(record_type.ends_with("Sale"), "{record_type}");
    assert_eq!(applied, &[format!("template `{VIEW}` created")]);
    assert!(error.to_string().contains("run it again"), "{error}");

    backend.state().refused_templates.clear();
    assert_eq!(djelme.setup().await.unwrap().changes(), [format!("template `{SALE}` created")]);
}

#[tokio::test]
async fn a_server_that_is_too_old_is_refused_before_anything_is_changed() {
    let backend = Scripted::default();
    backend.state().too_old = true;
    let error = builder(&backend).build().unwrap().setup().await.unwrap_err();
    assert_eq!(error.backend_kind(), Some(ErrorKind::UnsupportedServer));
    assert!(error.to_string().contains("7.17.0"), "{error}");
    assert_eq!(backend.calls("put_template"), 0);
}

#[tokio::test]
async fn a_request_refused_as_a_whole_is_halved_until_the_one_is_found() {
    let backend = Scripted::default();
    let (djelme, outcomes) = noting(&backend).await;
    for _ in 0..64 {
        backend.on_bulk(|batch| {
            let poisoned = batch.body().windows(4).any(|bytes| bytes == b"/13\"");
            if poisoned {
                Err(status(ErrorKind::BadRequest, 400))
            } else {
                Ok(batch.items().iter().map(|_| created()).collect())
            }
        });
    }
    let recorded = djelme.record_all(&views(40)).await.unwrap();
    let failed: Vec<_> = recorded.iter().enumerate().filter(|(_, recorded)| recorded.is_err()).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].0, 13);
    assert!(matches!(failed[0].1, Err(Error::Rejected { .. })));
    assert_eq!(outcomes.lock().unwrap().iter().filter(|outcome| **outcome == Outcome::Stored).count(), 39);
}

#[tokio::test]
async fn many_records_at_fault_and_requests_too_large_leave_each_record_its_own_outcome() {
    let backend = Scripted::default();
    let (djelme, outcomes) = noting(&backend).await;
    for _ in 0..64 {
        backend.on_bulk(|batch| {
            let is_poisoned = |item| batch.source(item).windows(2).any(|bytes| bytes == b"7\"");
            match batch.items() {
                items if items.len() > 8 => Err(status(ErrorKind::TooLarge, 413)),
                items if items.iter().any(is_poisoned) => Err(status(ErrorKind::BadRequest, 400)),
                items => Ok(items.iter().map(|_| created()).collect()),
            }
        });
    }
    let recorded = djelme.record_all(&views(40)).await.unwrap();
    let failed = recorded.iter().enumerate().filter(|(_, recorded)| recorded.is_err());
    assert_eq!(failed.map(|(position, _)| position).collect::<Vec<_>>(), [7, 17, 27, 37]);
    let outcomes = outcomes.lock().unwrap();
    let stored: Vec<_> = outcomes.iter().map(|outcome| *outcome == Outcome::Stored).collect();
    assert_eq!(stored, (0..40).map(|number| number % 10 != 7).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_request_that_fails_is_an_error_and_every_record_of_it_abandoned() {
    let backend = Scripted::default();
    let (djelme, outcomes) = noting(&backend).await;
    backend.on_bulk(|_| Err(status(ErrorKind::Busy, 429)));
    let error = djelme.record_all(&views(3)).await.unwrap_err();
    assert_eq!(error.backend_kind(), Some(ErrorKind::Busy));
    assert_eq!(*outcomes.lock().unwrap(), [Outcome::Abandoned, Outcome::Abandoned, Outcome::Abandoned]);
}

#[tokio::test]
async fn each_item_ends_by_its_own_answer() {
    let backend = Scripted::default();
    let (djelme, outcomes) = noting(&backend).await;
    let failed = |status, error_type: &str| {
        let reason = "scripted".to_owned();
        ItemResponse::Failed(Rejection { status, error_type: error_type.into(), reason })
    };
    let (busy, bad) =
        (failed(429, "es_rejected_execution_exception"), failed(400, "document_parsing_exception"));
    backend.on_bulk(move |_| Ok(vec![created(), busy.clone(), bad.clone()]));
    let recorded = djelme.record_all(&views(3)).await.unwrap();
    assert!(recorded[0].is_ok());
    assert_eq!(recorded[1].as_ref().unwrap_err().backend_kind(), Some(ErrorKind::Busy));
    assert!(matches!(&recorded[2], Err(Error::Rejected { rejection, .. }) if rejection.status == 400));
    let outcomes = outcomes.lock().unwrap();
    assert!(
        matches!(outcomes[..], [Outcome::Stored, Outcome::Abandoned, Outcome::Rejected(_)]),
        "{outcomes:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_template_is_asked_for_at_a_new_index_and_every_five_minutes() {
    let backend = Scripted::default();
    let (djelme, _) = noting(&backend).await;
    let before = backend.calls("template");
    let asked = || backend.calls("template") - before;
    for _ in 0..5 {
        djelme.record(&views(1)[0]).await.unwrap();
    }
    assert_eq!(asked(), 1);
    tokio::time::advance(Duration::from_secs(299)).await;
    djelme.record(&views(1)[0]).await.unwrap();
    assert_eq!(asked(), 1);
    tokio::time::advance(Duration::from_secs(2)).await;
    backend.state().templates.clear();
    let error = djelme.record(&views(1)[0]).await.unwrap_err();
    assert!(matches!(error, Error::NotSetUp { .. }), "{error}");
    assert_eq!(asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_list_of_closed_indexes_is_kept_for_half_a_minute() {
    let backend = Scripted::default();
    let djelme = builder(&backend).build().unwrap();
    backend.state().closed = vec!["shop_view_2026.1.".into(), "shop_view_2024.1.".into()];
    let search = View::search_timeseries_range((2026,), (2027,)).unwrap();
    for _ in 0..3 {
        let found = search.send(&djelme).await.unwrap();
        assert_eq!(found.closed_indexes(), ["shop_view_2026.1."]);
    }
    assert_eq!(backend.calls("indexes"), 1);
    tokio::time::advance(Duration::from_secs(31)).await;
    search.send(&djelme).await.unwrap();
    assert_eq!(backend.calls("indexes"), 2);
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
    let (here, there) = (Scripted::default(), Scripted::default());
    here.state().closed = vec!["shop_view_2026.1.".into()];
    let builder = Djelme::builder().backend("here", here).backend("there", there);
    let djelme = builder.record_types([Here::TYPE, There::TYPE]).build().unwrap();
    let found = Here::search().send(&djelme).await.unwrap();
    assert_eq!(found.closed_indexes(), ["shop_view_2026.1."]);
    let found = There::search().send(&djelme).await.unwrap();
    assert!(found.closed_indexes().is_empty(), "{:?}", found.closed_indexes());
}

#[tokio::test]
async fn once_the_server_is_gone_the_other_halves_are_not_tried() {
    let backend = Scripted::default();
    let (djelme, outcomes) = noting(&backend).await;
    backend.on_bulk(|_| Err(status(ErrorKind::TooLarge, 413)));
    backend.on_bulk(|batch| Ok(batch.items().iter().map(|_| created()).collect()));
    backend.on_bulk(|_| Err(status(ErrorKind::TooLarge, 413)));
    backend.on_bulk(|_| Err(status(ErrorKind::Unreachable, 503)));
    let recorded = djelme.record_all(&views(8)).await.unwrap();
    assert_eq!(backend.calls("bulk"), 4);
    assert!(recorded[..4].iter().all(Result::is_ok));
    let kinds = recorded[4..].iter().map(|recorded| recorded.as_ref().unwrap_err().backend_kind());
    assert!(kinds.into_iter().all(|kind| kind == Some(ErrorKind::Unreachable)));
    assert_eq!(outcomes.lock().unwrap()[4..], vec![Outcome::Abandoned; 4]);
}

#[tokio::test]
async fn a_template_of_another_program_is_not_written_over() {
    let backend = Scripted::default();
    let theirs =
        Template { name: VIEW.into(), index_patterns: vec!["shop_view_*".into()], ..Template::default() };
    backend.state().templates.insert(VIEW.into(), theirs.clone());
    let error = builder(&backend).build().unwrap().setup().await.unwrap_err();
    assert!(matches!(error, Error::Definition { .. }), "{error}");
    assert!(error.to_string().contains("not written by djelme"), "{error}");
    assert_eq!(backend.state().templates, [(VIEW.to_owned(), theirs)].into());
}
