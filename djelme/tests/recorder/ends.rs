//! Flush, shut-down and what comes back.

use std::time::Duration;

use djelme_testing::{Call, ScriptedBackend};

use crate::common::{handle, noting, view};

#[tokio::test(start_paused = true)]
async fn records_are_sent_in_batches_and_every_one_is_counted() {
    let backend = ScriptedBackend::new();
    let (recorder, ends) = noting(handle(&backend).await.recorder());
    for number in 0..2_500 {
        recorder.push(&view(number)).await.unwrap();
    }
    assert!(recorder.stats().total.adds_up());
    recorder.flush().await.unwrap();
    assert_eq!(backend.journal().calls(Call::Bulk), 3);
    let end = recorder.shutdown(Duration::from_secs(30)).await;
    assert!(end.unsent.is_empty());
    assert_eq!((end.stats.total.stored, end.stats.total.pending, end.stats.total.requests), (2_500, 0, 3));
    assert_eq!((backend.store().len(), ends.lock().unwrap().len()), (2_500, 2_500));
}
