//! The same records to a server: by the recorder, by hand, and by the official client's `BulkOperations`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use chrono::Utc;
use djelme::Record as _;
use djelme_bench::{Departure, cpu_time};
use djelme_testing::TestDjelme;
use elasticsearch::http::Method;
use elasticsearch::http::headers::{ACCEPT_ENCODING, HeaderMap, HeaderValue};
use elasticsearch::http::transport::{SingleNodeConnectionPool, Transport, TransportBuilder};
use elasticsearch::{BulkOperation, BulkOperations, BulkParts, Elasticsearch};
use serde::Deserialize;
use stats_alloc::Region;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::ALLOCATOR;
use crate::encode::BATCH;
use crate::hand::{self, Document, Lines, Random};

/// Requests in flight, of all.
const IN_FLIGHT: usize = 2;

/// What is asked for of an answer: the same by all.
const ANSWER: [&str; 4] = ["items.*._id", "items.*.status", "items.*._seq_no", "items.*._primary_term"];

/// Who sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Recorder,
    Hand,
    Operations,
}

/// What a run took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) wall: Duration,
    /// Of all cores, by this process alone.
    pub(crate) cpu: Duration,
    /// Buffers that were allocated or moved.
    pub(crate) allocations: usize,
}

/// Sends all records to indexes of their own, and deletes these.
pub(crate) async fn send(way: Way, url: &str, records: &[Departure]) -> Result<Cost> {
    let test = TestDjelme::at(url, "bench", [Departure::TYPE])?;
    let _ = test.djelme.setup().await?;
    let region = Region::new(ALLOCATOR);
    let (start, cpu) = (Instant::now(), cpu_time());
    match way {
        Way::Recorder => by_recorder(&test, records).await?,
        Way::Hand => by_hand(url, &test.prefix, records).await?,
        Way::Operations => by_operations(url, &test.prefix, records).await?,
    }
    let (wall, cpu) = (start.elapsed(), cpu_time() - cpu);
    let allocated = region.change();
    test.clean().await?;
    Ok(Cost { wall, cpu, allocations: allocated.allocations + allocated.reallocations })
}

async fn by_recorder(test: &TestDjelme, records: &[Departure]) -> Result<()> {
    let recorder = test.djelme.recorder().batch_records(BATCH).requests_in_flight(IN_FLIGHT).build()?;
    for record in records {
        recorder.push(record).await?;
    }
    recorder.flush().await?;
    let stored = recorder.shutdown(Duration::from_secs(60)).await.stats.total.stored;
    ensure!(stored == records.len() as u64, "{stored} of {} were stored", records.len());
    Ok(())
}

async fn by_hand(url: &str, prefix: &str, records: &[Departure]) -> Result<()> {
    let transport = transport(url)?;
    let target = format!("/_bulk?filter_path={}", ANSWER.join(","));
    let (mut lines, mut random) = (Lines::new(prefix), Random::new());
    let mut size = 0;
    let encode = |batch: &[Departure]| {
        let mut body = Vec::with_capacity(size);
        for record in batch {
            lines.append(&mut body, record, Utc::now(), random.take()?)?;
        }
        size = size.max(body.len());
        Ok(Bytes::from(body))
    };
    in_flight(records, encode, |body| {
        let (transport, target) = (transport.clone(), target.clone());
        async move {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
            let response =
                transport.send(Method::Post, &target, headers, None::<&()>, Some(body), None).await?;
            Ok(response.error_for_status_code()?.bytes().await?)
        }
    })
    .await
}

async fn by_operations(url: &str, prefix: &str, records: &[Departure]) -> Result<()> {
    let client = Elasticsearch::new(transport(url)?);
    let (mut random, mut timeparts) = (Random::new(), String::new());
    let encode = |batch: &[Departure]| {
        let mut operations = BulkOperations::new();
        for record in batch {
            let at = record.timestamp;
            hand::timeparts(at, &mut timeparts)?;
            let id = hand::id(Utc::now(), random.take()?)?;
            let operation = BulkOperation::create(Document::of(record, &timeparts))
                .id(std::str::from_utf8(&id)?)
                .index(hand::index(prefix, at));
            operations.push(operation)?;
        }
        Ok(operations)
    };
    in_flight(records, encode, |operations| {
        let client = client.clone();
        async move {
            let request = client.bulk(BulkParts::None).filter_path(&ANSWER);
            let request = request.header(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
            let response = request.body(vec![operations]).send().await?;
            Ok(response.error_for_status_code()?.bytes().await?)
        }
    })
    .await
}

/// Sends batch after batch, so many at a time, and looks at each answer.
async fn in_flight<B: Send + 'static, F>(
    records: &[Departure],
    mut encode: impl FnMut(&[Departure]) -> Result<B>,
    send: impl Fn(B) -> F,
) -> Result<()>
where
    F: Future<Output = Result<Bytes>> + Send + 'static,
{
    let permits = Arc::new(Semaphore::new(IN_FLIGHT));
    let mut requests = JoinSet::new();
    for batch in records.chunks(BATCH) {
        let body = encode(batch)?;
        let (sent, permit) = (batch.len(), permits.clone().acquire_owned().await?);
        let request = send(body);
        let _ = requests.spawn(async move {
            let answer = request.await;
            drop(permit);
            all_created(&answer?, sent)
        });
        while let Some(done) = requests.try_join_next() {
            done??;
        }
    }
    while let Some(done) = requests.join_next().await {
        done??;
    }
    Ok(())
}

fn transport(url: &str) -> Result<Transport> {
    let pool = SingleNodeConnectionPool::new(url.parse().with_context(|| format!("no URL: {url}"))?);
    Ok(TransportBuilder::new(pool).disable_proxy().build()?)
}

#[derive(Deserialize)]
struct Answer {
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    create: Created,
}

#[derive(Deserialize)]
struct Created {
    status: u16,
}

/// Whether every record was created: what the loop by hand wants to know.
fn all_created(answer: &[u8], sent: usize) -> Result<()> {
    let Answer { items } = serde_json::from_slice(answer)?;
    let created = items.iter().filter(|item| item.create.status == 201).count();
    ensure!(created == sent, "{created} of {sent} were created");
    Ok(())
}
