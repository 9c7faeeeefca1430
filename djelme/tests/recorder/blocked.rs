//! Types that cannot be written until somebody mends the cause, beside others that can.

use std::time::Duration;

use chrono::{DateTime, Utc};
use djelme::{Djelme, Error, EventRecord, Record as _};
use djelme_testing::{Call, ScriptedBackend, on, refusal};
use serde::{Deserialize, Serialize};

use crate::common::{MINUTE, Sale, View, counts, handle, noting, push_views, recorder, view};

const VIEWS: &str = "shop_view_*";

/// Blocks the views, expects sales to arrive, mends the cause and expects all views to arrive.
async fn pauses_and_goes_on(
    block: impl AsyncFnOnce(&ScriptedBackend, &str),
    mend: impl AsyncFnOnce(&ScriptedBackend, &str),
    reason: &str,
) {
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let index = djelme.record(&view(0)).await.unwrap().index;
    let (recorder, ends) = noting(djelme.recorder());
    block(&backend, &index).await;
    for round in 0_u32..60 {
        push_views(&recorder, 20).await;
        recorder.push(&Sale { cents: round }).await.unwrap();
        tokio::time::sleep(MINUTE).await;
    }
    assert_eq!((counts::<Sale>(&recorder).stored, counts::<Sale>(&recorder).pending), (60, 0));
    let views = counts::<View>(&recorder);
    assert_eq!((views.pending, views.stored, views.rejected), (1_200, 0, 0), "{reason}");
    let health = recorder.health();
    let [(of, blocked)] = health.blocked().collect::<Vec<_>>()[..] else { panic!("{health:?}") };
    assert_eq!((&*of.record_type, of.pending), (&*View::TYPE.rust_name, 1_200));
    assert!(blocked.reason.contains(reason), "{}", blocked.reason);
    assert!(of.held_bytes > 0 && of.last_error.as_ref().unwrap().message.contains(reason));
    let error = recorder.flush().await.unwrap_err();
    assert!(matches!(&error, Error::Blocked { reason: found, .. } if found.contains(reason)), "{error}");

    mend(&backend, &index).await;
    tokio::time::sleep(MINUTE).await;
    recorder.flush().await.unwrap();
    assert_eq!(counts::<View>(&recorder).stored, 1_200);
    assert_eq!((recorder.health().blocked().count(), recorder.health().held_bytes), (0, 0));
    assert_eq!((backend.store().len(), ends.lock().unwrap().len()), (1_261, 1_260));
    assert!(backend.store().indexes_without_template().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_index_blocked_for_writes() {
    pauses_and_goes_on(
        async |backend, index| backend.store().block_writes(index),
        async |backend, index| backend.store().allow_writes(index),
        "remove the block",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_closed_index() {
    pauses_and_goes_on(
        async |backend, index| backend.store().close_index(index),
        async |backend, index| backend.store().open_index(index),
        "open the index",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_limit_of_shards() {
    let refuse = on(Call::Bulk).for_index(VIEWS).refuse(refusal::shard_limit());
    pauses_and_goes_on(
        async |backend, _| backend.script(refuse),
        async |backend, _| backend.clear_script(),
        "cluster.max_shards_per_node",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_full_disk() {
    let refuse = on(Call::Bulk).for_index(VIEWS).refuse(refusal::disk_full("shop_view"));
    pauses_and_goes_on(
        async |backend, _| backend.script(refuse),
        async |backend, _| backend.clear_script(),
        "flood-stage",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_index_that_lacks_a_field_of_ours() {
    let refuse = on(Call::Bulk).for_index(VIEWS).refuse(refusal::unknown_field("path"));
    pauses_and_goes_on(
        async |backend, _| backend.script(refuse),
        async |backend, _| backend.clear_script(),
        "lacks a field",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_privilege_on_one_type_only() {
    let refuse = || on(Call::Bulk).for_index(VIEWS);
    pauses_and_goes_on(
        async |backend, _| backend.script(refuse().answer(403)),
        async |backend, _| backend.clear_script(),
        "grant the privilege",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_template_that_is_gone() {
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let template = backend.store().template("shop_view__template").unwrap();
    let (recorder, _) = noting(djelme.recorder());
    backend.store().delete_template(&template.name);
    push_views(&recorder, 100).await;
    recorder.push(&Sale { cents: 1 }).await.unwrap();
    let error = recorder.flush().await.unwrap_err();
    assert!(error.to_string().contains("not set up"), "{error}");
    assert_eq!((counts::<Sale>(&recorder).stored, counts::<View>(&recorder).pending), (1, 100));
    // Nothing was sent, so nothing counts as tried.
    assert_eq!((counts::<View>(&recorder).requests, backend.store().len()), (0, 1));
    tokio::time::sleep(MINUTE * 60).await;
    backend.store().put_template(template);
    tokio::time::sleep(MINUTE).await;
    recorder.flush().await.unwrap();
    assert_eq!((counts::<View>(&recorder).stored, counts::<View>(&recorder).retries), (100, 0));
    assert!(backend.store().indexes_without_template().is_empty());
}

/// Of a time that the test chooses, and so of an index.
#[derive(Debug, Serialize, Deserialize, EventRecord)]
#[djelme(app_label = "shop", timedepth = "month")]
struct Dated {
    timestamp: DateTime<Utc>,
}

#[tokio::test(start_paused = true)]
async fn a_missing_template_also_holds_back_records_of_indexes_that_are_there() {
    let backend = ScriptedBackend::new();
    let builder = Djelme::builder().backend("main", backend.clone()).record_types([Dated::TYPE]);
    let djelme = builder.build().unwrap();
    djelme.setup().await.unwrap();
    let (recorder, _) = noting(djelme.recorder());
    let of = |month: u32| Dated { timestamp: format!("2024-{month:02}-01T00:00:00Z").parse().unwrap() };
    recorder.push(&of(1)).await.unwrap();
    recorder.flush().await.unwrap();
    let template = backend.store().template("shop_dated__template").unwrap();
    backend.store().delete_template(&template.name);
    for number in 0..20 {
        recorder.push(&of(1 + number % 2)).await.unwrap();
    }
    tokio::time::sleep(MINUTE).await;
    let counts = recorder.stats().total;
    assert_eq!((counts.stored, counts.pending, recorder.health().blocked().count()), (1, 20, 1));
    backend.store().put_template(template);
    tokio::time::sleep(MINUTE).await;
    recorder.flush().await.unwrap();
    assert_eq!(recorder.stats().total.stored, 21);
}

#[tokio::test(start_paused = true)]
async fn a_password_that_was_changed_blocks_everything_until_it_is_right_again() {
    let backend = ScriptedBackend::new();
    let (recorder, _) = recorder(&backend).await;
    backend.script(on(Call::Bulk).answer(401));
    push_views(&recorder, 10).await;
    recorder.push(&Sale { cents: 1 }).await.unwrap();
    let error = recorder.flush().await.unwrap_err();
    assert!(error.to_string().contains("correct the credentials"), "{error}");
    assert_eq!(recorder.health().blocked().count(), 2);
    backend.clear_script();
    tokio::time::sleep(MINUTE).await;
    recorder.flush().await.unwrap();
    assert_eq!((recorder.stats().total.stored, backend.store().len()), (11, 11));
}

#[tokio::test(start_paused = true)]
async fn a_blocked_type_is_tried_with_one_record_at_a_time_and_ever_more_seldom() {
    let backend = ScriptedBackend::new();
    let (recorder, _) = recorder(&backend).await;
    backend.script(on(Call::Bulk).refuse(refusal::shard_limit()));
    push_views(&recorder, 1_000).await;
    tokio::time::sleep(MINUTE * 60).await;
    let sizes = crate::common::sizes(&backend);
    assert_eq!((sizes[0], sizes[1..].iter().max()), (1_000, Some(&1)));
    // Half a minute at the most lies between two tries, a quarter of one on average.
    assert!((120..600).contains(&sizes.len()), "{}", sizes.len());
}

#[tokio::test(start_paused = true)]
async fn a_blocked_type_takes_no_more_than_a_quarter_and_others_have_the_rest() {
    let backend = ScriptedBackend::new();
    let limit = 400_000;
    let builder = handle(&backend).await.recorder().memory_limit(limit).batch_records(50);
    let (recorder, _) = noting(builder);
    backend.script(on(Call::Bulk).for_index(VIEWS).refuse(refusal::shard_limit()));
    push_views(&recorder, 1).await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    let mut refused = 0;
    for number in 0..5_000 {
        refused += usize::from(recorder.try_push(&view(number)).is_err());
    }
    let held = recorder.health().types[0].held_bytes;
    assert!(refused > 0 && held <= limit / 4 && held > limit / 5, "{held} bytes, {refused} refused");
    let waits = tokio::spawn({
        let recorder = recorder.clone();
        async move { recorder.push(&view(9)).await }
    });
    for cents in 0..5_000 {
        recorder.push(&Sale { cents }).await.unwrap();
    }
    recorder.flush().await.unwrap_err();
    assert_eq!(counts::<Sale>(&recorder).stored, 5_000);
    assert!(!waits.is_finished());
    backend.clear_script();
    waits.await.unwrap().unwrap();
    recorder.flush().await.unwrap();
    assert_eq!(counts::<View>(&recorder).stored, 5_002 - refused as u64);
}
