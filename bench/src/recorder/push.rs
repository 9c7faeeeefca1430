//! `push` alone: from several threads, while flushes run, and how much memory it takes when nothing can be sent.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, ensure};
use djelme::recorder::Recorder;
use djelme::{Djelme, Error, Es8, Es8Config, Record as _};
use djelme_bench::{Departure, cpu_time, departures, peak_mib};
use djelme_testing::{Call, ScriptedBackend, TestDjelme, on};

/// What pushing took: by the clock, and of all cores.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pushed {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
}

/// Pushes all records from so many threads. No request is ever answered, so that sending takes nothing.
pub(crate) async fn from_threads(threads: usize, records: &[Departure]) -> Result<Pushed> {
    let backend = ScriptedBackend::new();
    backend.script(on(Call::Bulk).hang());
    let djelme = Djelme::builder().backend("main", backend).record_types([Departure::TYPE]).build()?;
    let _ = djelme.setup().await?;
    let recorder = djelme.recorder().memory_limit(8 << 30).build()?;
    let barrier = Barrier::new(threads + 1);
    let part = records.len().div_ceil(threads);
    let pushed = std::thread::scope(|scope| {
        let pushing: Vec<_> = records
            .chunks(part)
            .map(|part| {
                let (recorder, barrier) = (&recorder, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    part.iter().try_for_each(|record| recorder.try_push(record))
                })
            })
            .collect();
        barrier.wait();
        let (start, cpu) = (Instant::now(), cpu_time());
        for thread in pushing {
            thread.join().map_err(|_| anyhow!("a thread panicked"))??;
        }
        anyhow::Ok(Pushed { wall: start.elapsed(), cpu: cpu_time() - cpu })
    })?;
    let accepted = recorder.stats().total.accepted;
    ensure!(accepted == records.len() as u64, "{accepted} of {} were taken", records.len());
    let _ = recorder.shutdown(Duration::ZERO).await;
    Ok(pushed)
}

/// How long each of these pushes took, while one flush after the other runs. They come in small groups with pauses, as
/// the requests of a service do, so that the recorder is never full. Also returns how many flushes ended meanwhile.
pub(crate) async fn while_flushing(url: &str, records: &[Departure]) -> Result<(Vec<Duration>, usize)> {
    const GROUP: usize = 50;
    const PAUSE: Duration = Duration::from_millis(1);
    let test = TestDjelme::at(url, "bench", [Departure::TYPE])?;
    let _ = test.djelme.setup().await?;
    let recorder = test.djelme.recorder().build()?;
    let ended = std::sync::Arc::new(AtomicBool::new(false));
    let flushing = tokio::spawn(flush_until(recorder.clone(), ended.clone()));
    let mut times = Vec::with_capacity(records.len());
    for group in records.chunks(GROUP) {
        for record in group {
            let start = Instant::now();
            recorder.push(record).await?;
            times.push(start.elapsed());
        }
        tokio::time::sleep(PAUSE).await;
    }
    ended.store(true, Ordering::Relaxed);
    let flushes = flushing.await??;
    let stored = recorder.shutdown(Duration::from_secs(60)).await.stats.total.stored;
    ensure!(stored == records.len() as u64, "{stored} of {} were stored", records.len());
    test.clean().await?;
    Ok((times, flushes))
}

async fn flush_until(recorder: Recorder, ended: std::sync::Arc<AtomicBool>) -> Result<usize> {
    let mut flushes = 0;
    while !ended.load(Ordering::Relaxed) {
        recorder.flush().await?;
        flushes += 1;
        // Time for something to flush.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(flushes)
}

/// Offers so many records while nothing listens at the server's address, goes on trying for a while, and prints what
/// was taken, what was refused, the limit and the peak of memory in MiB: a process of its own, so that nothing else
/// counts.
pub(crate) async fn without_server(offered: usize) -> Result<()> {
    const LIMIT: usize = 64 << 20;
    let free = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let backend = Es8::new(Es8Config::new([format!("http://{free}")]))?;
    let djelme = Djelme::builder().backend("main", backend).record_types([Departure::TYPE]).build()?;
    let recorder = djelme.recorder().memory_limit(LIMIT).build()?;
    for record in departures(offered)? {
        match recorder.try_push(&record) {
            Ok(()) | Err(Error::Full { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    // The requests go on failing meanwhile.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let counts = recorder.stats().total;
    ensure!(counts.offered == offered as u64, "{} were offered", counts.offered);
    ensure!(counts.refused > 0 && counts.pending > 0, "the limit was not reached");
    println!("{} {} {} {}", counts.accepted, counts.refused, LIMIT >> 20, peak_mib()?);
    let _ = recorder.shutdown(Duration::ZERO).await;
    Ok(())
}

/// [`without_server`] in a process of its own: taken, refused, the limit and the peak in MiB.
pub(crate) fn memory(offered: usize) -> Result<[u64; 4]> {
    let run = std::process::Command::new(std::env::current_exe()?)
        .args(["memory", &offered.to_string()])
        .output()?;
    let printed = String::from_utf8_lossy(&run.stdout);
    let numbers: Vec<u64> = printed.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    numbers.try_into().ok().with_context(|| String::from_utf8_lossy(&run.stderr).into_owned())
}
