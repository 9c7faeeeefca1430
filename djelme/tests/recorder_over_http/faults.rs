//! Each fault alone. The first requests meet it for certain, the later ones by chance.

use std::time::{Duration, Instant};

use djelme_testing::{Call, Fault, FaultAnswer, Rule, ScriptedServer, on, refusal};

use crate::run::{LONG, Ran, SHORT, handle, ran, recorder, under};

const SEED: u64 = 42;

/// The first three requests, then one in four.
fn rules(fault: Fault) -> [Rule; 2] {
    let first = on(Call::Bulk).fault(fault.clone()).times(3);
    [first, on(Call::Bulk).with_probability(0.25).seeded(SEED).fault(fault)]
}

/// All arrive under a fault that stores nothing.
async fn not_carried_out(fault: Fault, request_timeout: Duration) -> Ran {
    let ran = under(request_timeout, rules(fault)).await;
    assert!(ran.counts.retries > 0, "{:?}", ran.counts);
    assert_eq!((ran.counts.rejected, ran.counts.already_stored), (0, 0), "{:?}", ran.counts);
    ran.the_newest_won();
    ran
}

/// All arrive under a fault that hides that the request was carried out.
async fn carried_out(fault: Fault, request_timeout: Duration) {
    let ran = under(request_timeout, rules(fault)).await;
    assert!(ran.counts.already_stored > 0, "{:?}", ran.counts);
    assert_eq!(ran.counts.rejected, 0);
    ran.the_newest_won();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_requests_with_a_time_to_wait() {
    let begin = Instant::now();
    let rule = on(Call::Bulk).answer(429).retry_after(Duration::from_secs(1)).times(4);
    let ran = under(LONG, [rule]).await;
    assert!(begin.elapsed() >= Duration::from_secs(1));
    assert!(ran.counts.retries > 0 && ran.counts.already_stored + ran.counts.rejected == 0);
    ran.the_newest_won();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unavailable() {
    not_carried_out(Fault::Answer(FaultAnswer::new(503)), LONG).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fault_of_the_server() {
    not_carried_out(Fault::Answer(FaultAnswer::new(500)), LONG).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn items_that_are_refused_for_now() {
    let rule = on(Call::Bulk).with_probability(0.2).seeded(SEED).refuse(refusal::busy());
    let ran = under(LONG, [rule]).await;
    assert!(ran.counts.retries > 0 && ran.counts.already_stored + ran.counts.rejected == 0);
    ran.the_newest_won();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delay_within_the_deadline() {
    let ran = under(LONG, rules(Fault::Delay(Duration::from_millis(20)))).await;
    assert_eq!((ran.counts.retries, ran.counts.already_stored, ran.counts.rejected), (0, 0, 0));
    ran.the_newest_won();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delay_over_the_deadline() {
    let ran = under(SHORT, rules(Fault::Delay(SHORT * 2))).await;
    assert!(ran.counts.retries > 0 && ran.counts.rejected == 0, "{:?}", ran.counts);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer() {
    let ran = under(SHORT, rules(Fault::Hang)).await;
    assert!(ran.counts.retries > 0 && ran.counts.rejected == 0, "{:?}", ran.counts);
    ran.the_newest_won();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn carried_out_without_an_answer() {
    carried_out(Fault::ApplyAndHang, SHORT).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_connection() {
    not_carried_out(Fault::Drop, LONG).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn carried_out_and_the_connection_closed() {
    carried_out(Fault::ApplyAndDrop, LONG).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_connection() {
    not_carried_out(Fault::Reset, LONG).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_an_answer() {
    carried_out(Fault::Truncate, LONG).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_no_json() {
    carried_out(Fault::Malform, LONG).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_without_the_last_item() {
    carried_out(Fault::MissingItem, LONG).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_with_an_item_twice() {
    carried_out(Fault::ExtraItem, LONG).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_in_another_order() {
    carried_out(Fault::Reorder, LONG).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_are_too_large() {
    let most = 2_000;
    let ran = under(LONG, [on(Call::Bulk).over_bytes(most).answer(413)]).await;
    assert_eq!(ran.counts.rejected, 0);
    let asked = ran.server.journal().requests();
    assert!(
        asked.iter().any(|asked| asked.call == Call::Bulk && asked.bytes > most),
        "nothing was too large"
    );
    ran.the_newest_won();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_that_no_request_may_hold() {
    let poison = ["\"/0/10/\"", "\"/3/1/\"", "\"/7/22/\""];
    let is_poison = move |source: &str| poison.iter().any(|path| source.contains(path));
    let rule = on(Call::Bulk).for_items(move |item| poison.iter().any(|path| item.source_contains(path)));
    let ran = under(LONG, [rule.answer(400)]).await;
    assert_eq!(ran.rejected.len(), poison.len());
    assert!(ran.rejected.iter().all(|source| is_poison(source)), "{:?}", ran.rejected);
    ran.the_newest_won();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_goes_down_and_comes_up() {
    let server = ScriptedServer::start().unwrap();
    let djelme = handle(&server, LONG);
    djelme.setup().await.unwrap();
    server.script(on(Call::Bulk).pass().times(2).then().go_down().once());
    let server = std::sync::Arc::new(server);
    let up = {
        let server = server.clone();
        async move {
            while !server.is_down() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
            server.come_up().unwrap();
        }
    };
    let ran = ran(server, recorder(&djelme), up).await;
    assert!(ran.counts.retries > 0 && ran.counts.rejected == 0, "{:?}", ran.counts);
    ran.the_newest_won();
}
