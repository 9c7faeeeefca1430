//! Rejected records in a file: written before anybody is told, listed, sent again, discarded.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use djelme::dead_letters::{DeadLetter, DeadLetters, Line};
use djelme::document::WriteOp;
use djelme::outcome::Outcome;
use djelme::{Djelme, Error, EventRecord, Record as _};
use djelme_testing::{Call, ScriptedBackend, on, refusal};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::common::{Sale, Stock, View, handle, noting, view};
use crate::events::{capture, events_anywhere_with};

fn file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dead letters.jsonl");
    (folder, path)
}

fn lines(path: &Path) -> Vec<Line> {
    DeadLetters::new(path).list().unwrap().map(Result::unwrap).collect()
}

fn letters(path: &Path) -> Vec<DeadLetter> {
    let letter = |line| match line {
        Line::Letter(letter) => letter,
        Line::Damaged { number, problem } => panic!("line {number}: {problem}"),
    };
    lines(path).into_iter().map(letter).collect()
}

/// Pushes this many views and sales, all of which are rejected.
async fn rejected(backend: &ScriptedBackend, path: &Path, count: usize) -> Djelme {
    let djelme = handle(backend).await;
    backend.script(on(Call::Bulk).refuse(refusal::bad_document()));
    let recorder = djelme.recorder().dead_letters(path).build().unwrap();
    for number in 0..count {
        recorder.push(&view(number)).await.unwrap();
        recorder.push(&Sale { cents: 7 }).await.unwrap();
    }
    recorder.flush().await.unwrap();
    assert_eq!(recorder.stats().total.rejected, 2 * count as u64);
    backend.clear_script();
    djelme
}

#[tokio::test(start_paused = true)]
async fn a_rejected_record_is_in_the_file_before_anybody_is_told() {
    let (_folder, path) = file();
    let backend = ScriptedBackend::new();
    let bad = on(Call::Bulk).for_items(|item| item.source_contains("/3")).refuse(refusal::bad_document());
    backend.script(bad);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (noted, file) = (seen.clone(), path.clone());
    let builder = handle(&backend).await.recorder().dead_letters(&path).on_outcome(move |saved| {
        if let Outcome::Rejected(_) = saved.outcome {
            noted.lock().unwrap().push(letters(&file));
        }
    });
    let (recorder, ends) = noting(builder);
    for number in 0..5 {
        recorder.push(&view(number)).await.unwrap();
    }
    recorder.flush().await.unwrap();
    let [told] = &seen.lock().unwrap()[..] else { panic!("one record is rejected") };
    let [letter] = &told[..] else { panic!("{told:?}") };
    let ends = ends.lock().unwrap();
    let end = ends.iter().find(|end| matches!(end.outcome, Outcome::Rejected(_))).unwrap();
    assert_eq!((&letter.index, &letter.id), (&end.index, &end.id));
    assert_eq!(letter.source, end.source.as_bytes());
    assert_eq!((letter.op, &*letter.record_type), (WriteOp::Create, &*View::TYPE.rust_name));
    assert_eq!(letter.rejection, refusal::bad_document());
    let health = recorder.health().dead_letters.unwrap();
    assert_eq!((health.path, health.written, health.unwritten), (path.clone(), 1, 0));
    let text = fs::read_to_string(path).unwrap();
    let line: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&line["status"], &line["source"]["path"], &line["op"]),
        (&400.into(), &"/3".into(), &"create".into())
    );
}

#[tokio::test(start_paused = true)]
async fn a_file_that_cannot_be_written_is_said_aloud_and_costs_no_record() {
    capture();
    let (folder, path) = file();
    let backend = ScriptedBackend::new();
    backend.script(on(Call::Bulk).refuse(refusal::bad_document()));
    let djelme = handle(&backend).await;
    let (recorder, ends) = noting(djelme.recorder().dead_letters(&path));
    folder.close().unwrap();
    recorder.push(&view(1)).await.unwrap();
    recorder.flush().await.unwrap();
    assert_eq!(recorder.stats().total.rejected, 1);
    assert!(ends.lock().unwrap()[0].source.contains("\"/1\""));
    let health = recorder.health().dead_letters.unwrap();
    assert_eq!((health.written, health.unwritten), (0, 1));
    assert!(health.last_error.is_some());
    // It was said by the thread that waits for the disk.
    let said = events_anywhere_with(&path.display().to_string());
    assert!(said.len() == 1 && said[0].starts_with("ERROR") && said[0].contains("records=1"), "{said:?}");
    assert!(said[0].contains("could not be written to the file of dead letters"), "{said:?}");
    // And one that never could is found before anything is taken.
    let error = djelme.recorder().dead_letters(&path).build().unwrap_err();
    assert!(matches!(error, Error::File { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn what_is_stored_by_a_retry_goes_and_what_is_rejected_again_stays_with_the_new_reason() {
    let (_folder, path) = file();
    let backend = ScriptedBackend::new();
    let djelme = rejected(&backend, &path, 3).await;
    let before = letters(&path);
    let new = refusal::refusal(400, "illegal_argument_exception", "another reason");
    backend.script(on(Call::Bulk).for_items(|item| item.source_contains("/1")).refuse(new.clone()));
    let dead_letters = DeadLetters::new(&path);
    let view_type = &*View::TYPE.rust_name;
    let retried = dead_letters.retry(&djelme, |letter| letter.record_type == view_type).await.unwrap();
    assert_eq!((retried.stored, retried.duplicate, retried.rejected, retried.unsent), (2, 0, 1, 0));
    assert!(retried.problems.is_empty());
    let after = letters(&path);
    assert_eq!(after.len(), 4, "{after:?}");
    for letter in before {
        let stored = backend.store().document(&letter.index, &letter.id);
        let left = after.iter().find(|left| left.id == letter.id);
        let is_bad = letter.source.windows(2).any(|part| part == b"/1");
        if letter.record_type != view_type {
            assert_eq!((left, stored), (Some(&letter), None));
        } else if is_bad {
            let left = left.unwrap();
            assert_eq!((&left.rejection, &left.source, stored), (&new, &letter.source, None));
        } else {
            assert_eq!(left, None);
            assert_eq!(stored.unwrap(), letter.source);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn letters_that_cannot_be_sent_stay_as_they_are() {
    #[derive(Debug, Serialize, Deserialize, EventRecord)]
    #[djelme(app_label = "shop")]
    struct Other {
        n: u32,
    }
    let (_folder, path) = file();
    let backend = ScriptedBackend::new();
    let djelme = rejected(&backend, &path, 2).await;
    let before = fs::read(&path).unwrap();
    let dead_letters = DeadLetters::new(&path);

    backend.script(on(Call::Bulk).for_index("shop_view*").refuse(refusal::shard_limit()));
    backend.script(on(Call::Bulk).for_index("shop_sale*").answer(401));
    let retried = dead_letters.retry(&djelme, |_| true).await.unwrap();
    assert_eq!((retried.stored, retried.unsent, retried.problems.len()), (0, 4, 2), "{retried:?}");
    assert_eq!(fs::read(&path).unwrap(), before);

    backend.clear_script();
    let stranger =
        Djelme::builder().backend("main", backend.clone()).record_types([Other::TYPE]).build().unwrap();
    let retried = dead_letters.retry(&stranger, |_| true).await.unwrap();
    assert_eq!((retried.unsent, retried.problems.len()), (4, 2));
    assert_eq!(fs::read(&path).unwrap(), before);

    // An index that is not one of the type's is never sent, whoever wrote it into the file.
    let foreign = String::from_utf8(before).unwrap().replace("\"index\":\"shop_", "\"index\":\"bank_");
    fs::write(&path, &foreign).unwrap();
    let retried = dead_letters.retry(&djelme, |_| true).await.unwrap();
    assert!(
        retried.problems.iter().all(|(_, error)| matches!(error, Error::IndexName { .. })),
        "{retried:?}"
    );
    assert_eq!((retried.unsent, retried.problems.len()), (4, 2));
    assert_eq!(fs::read_to_string(&path).unwrap(), foreign);
    assert!(backend.store().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_retry_that_is_cut_off_can_be_repeated() {
    let (_folder, path) = file();
    let backend = ScriptedBackend::new();
    let djelme = rejected(&backend, &path, 2).await;
    let dead_letters = DeadLetters::new(&path);
    let stopped = dead_letters.retry(&djelme, |_| true);
    backend.script(on(Call::Bulk).apply_and_hang().once());
    let given_up = tokio::time::timeout(std::time::Duration::from_secs(1), stopped).await;
    given_up.unwrap_err();
    assert_eq!((letters(&path).len(), backend.store().len()), (4, 2));
    let retried = dead_letters.retry(&djelme, |_| true).await.unwrap();
    assert_eq!((retried.stored, retried.duplicate, retried.rejected), (4, 0, 0));
    assert_eq!((lines(&path).len(), backend.store().len()), (0, 4));
}

#[tokio::test(start_paused = true)]
async fn a_retry_does_not_replace_a_record_that_was_stored_since() {
    let (_folder, path) = file();
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    backend.script(on(Call::Bulk).refuse(refusal::bad_document()).once());
    let recorder = djelme.recorder().dead_letters(&path).build().unwrap();
    recorder.push(&Stock { shelf: 1, count: 1 }).await.unwrap();
    recorder.push(&Stock { shelf: 2, count: 2 }).await.unwrap();
    recorder.flush().await.unwrap();
    assert_eq!(letters(&path).iter().map(|letter| letter.op).collect::<Vec<_>>(), [WriteOp::Index; 2]);
    let newer = djelme.record(&Stock { shelf: 1, count: 100 }).await.unwrap();
    let dead_letters = DeadLetters::new(&path);
    let retried = dead_letters.retry(&djelme, |_| true).await.unwrap();
    assert_eq!((retried.stored, retried.duplicate, retried.rejected), (1, 0, 1));
    let [left] = &letters(&path)[..] else { panic!() };
    assert_eq!((&left.id, left.op, left.rejection.status), (&newer.id, WriteOp::Index, 409));
    let stored = backend.store().document(&newer.index, &newer.id).unwrap();
    assert!(String::from_utf8_lossy(&stored).contains("100"));
}

#[tokio::test(start_paused = true)]
async fn a_line_torn_anywhere_costs_only_itself() {
    let (_folder, path) = file();
    let backend = ScriptedBackend::new();
    let djelme = rejected(&backend, &path, 1).await;
    let whole = fs::read(&path).unwrap();
    let first = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let before = letters(&path);
    for end in first + 1..whole.len() {
        fs::write(&path, &whole[..end]).unwrap();
        // All but the end of the line is as good as whole.
        let torn = end < whole.len() - 1;
        let found = lines(&path);
        assert_eq!(found.len(), 2, "{end}");
        assert_eq!(found[0], Line::Letter(before[0].clone()), "{end}");
        assert_eq!(matches!(found[1], Line::Damaged { number: 2, .. }), torn, "{end}");
    }
    // The next letter begins on a line of its own, and a damaged line outlives retry and discard by letters.
    fs::write(&path, &whole[..first + 10]).unwrap();
    let recorder = djelme.recorder().dead_letters(&path).build().unwrap();
    backend.script(on(Call::Bulk).refuse(refusal::bad_document()).once());
    recorder.push(&view(9)).await.unwrap();
    recorder.flush().await.unwrap();
    let kinds: Vec<_> = lines(&path).iter().map(|line| matches!(line, Line::Letter(_))).collect();
    assert_eq!(kinds, [true, false, true]);
    let dead_letters = DeadLetters::new(&path);
    let _ = dead_letters.retry(&djelme, |_| true).await.unwrap();
    assert_eq!(dead_letters.discard(|line| matches!(line, Line::Letter(_))).unwrap(), 0);
    assert_eq!(fs::read(&path).unwrap(), [&whole[first..first + 10], b"\n"].concat());
    assert_eq!(dead_letters.discard(|line| matches!(line, Line::Damaged { number: 1, .. })).unwrap(), 1);
    assert!(fs::read(&path).unwrap().is_empty());
}

#[test]
fn a_file_that_is_changed_by_hand_never_stops_the_rest() {
    let (_folder, path) = file();
    let good = r#"{"time":"2026-02-14T07:08:09Z","record_type":"a::B","index":"a_b_2026.","id":"é\"\\","op":"index","if_seq_no":3,"if_primary_term":1,"error_type":"e","status":400,"reason":"line\nend","source":{"n" : 1.0}}"#;
    let bad = [
        good.replace("{\"n\" : 1.0}", "[1]"),
        good.replace(",\"if_primary_term\":1", ""),
        good.replace("\"index\",\"if", "\"create\",\"if"),
        good.replace("\"index\",\"if", "\"delete\",\"if"),
        good.replace(",\"id\":\"é\\\"\\\\\"", ""),
        good.replace("2026-02-14T", "2026-02-30T"),
        "null".into(),
        "\u{0}".into(),
    ];
    let text = format!("\r\n{}\n\n  \n{good}\r\n", bad.join("\n"));
    fs::write(&path, [text.as_bytes(), b"\xff\xfe\n", good.as_bytes()].concat()).unwrap();
    let found = lines(&path);
    let damaged = |line: &Line| matches!(line, Line::Damaged { .. });
    assert!(found.len() == bad.len() + 3 && found[..bad.len()].iter().all(damaged), "{found:#?}");
    assert!(matches!(found[0], Line::Damaged { number: 2, .. }));
    let [Line::Letter(letter), Line::Damaged { .. }, Line::Letter(last)] = &found[bad.len()..] else {
        panic!("{found:#?}")
    };
    assert_eq!((letter, &*letter.id), (last, "é\"\\"));
    assert_eq!((&letter.source[..], &*letter.rejection.reason), (&b"{\"n\" : 1.0}"[..], "line\nend"));
    assert!(matches!(DeadLetters::new(path.join("none")).list(), Err(Error::File { .. })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn while_letters_are_discarded_others_are_written_and_none_is_lost() {
    const WRITERS: usize = 3;
    const EACH: usize = 60;
    let (_folder, path) = file();
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    backend.script(on(Call::Bulk).refuse(refusal::bad_document()));
    let running = Arc::new(AtomicUsize::new(WRITERS));
    // Each writer is a recorder of its own, and opens the file for itself as another program would.
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let builder = djelme.recorder().dead_letters(&path).batch_records(2);
            let recorder = builder.build().unwrap();
            let running = running.clone();
            tokio::spawn(async move {
                for number in 0..EACH {
                    recorder.push(&view(writer * EACH + number)).await.unwrap();
                }
                recorder.flush().await.unwrap();
                running.fetch_sub(1, Ordering::Relaxed);
                recorder.health().dead_letters.unwrap().written
            })
        })
        .collect();
    let dead_letters = DeadLetters::new(&path);
    let cleaner = tokio::task::spawn_blocking(move || {
        let (mut discarded, mut rounds) = (0, 0);
        while running.load(Ordering::Relaxed) > 0 {
            let mut every_second = 0;
            let select = |line: &Line| {
                assert!(matches!(line, Line::Letter(_)), "half a line was read: {line:?}");
                every_second += 1;
                every_second % 2 == 0
            };
            discarded += dead_letters.discard(select).unwrap();
            rounds += 1;
        }
        assert!(rounds > 1);
        discarded
    });
    let mut written = 0;
    for writer in writers {
        written += writer.await.unwrap();
    }
    let discarded = cleaner.await.unwrap();
    assert_eq!((written, discarded + letters(&path).len() as u64), ((WRITERS * EACH) as u64, written));
}

/// On one thread: if that waited for the file, nothing else would go on.
#[tokio::test]
async fn while_the_file_keeps_one_waiting_other_types_go_on() {
    let (_folder, path) = file();
    let backend = ScriptedBackend::new();
    backend.script(on(Call::Bulk).for_index("shop_view*").refuse(refusal::bad_document()));
    let builder = handle(&backend).await.recorder().dead_letters(&path).batch_records(1);
    let (recorder, ends) = noting(builder);
    let lock = fs::OpenOptions::new().append(true).open(path.with_extension("jsonl.lock")).unwrap();
    lock.lock().unwrap();
    let released = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let release = std::thread::spawn({
        let (released, ends) = (released.clone(), ends.clone());
        move || {
            let begun = std::time::Instant::now();
            while ends.lock().unwrap().is_empty() && begun.elapsed().as_secs() < 20 {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            released.store(true, Ordering::SeqCst);
            drop(lock);
        }
    });
    recorder.push(&view(1)).await.unwrap();
    while backend.journal().calls(Call::Bulk) == 0 {
        tokio::task::yield_now().await;
    }
    let sale = recorder.push_tracked(&Sale { cents: 1 }).await.unwrap();
    assert_eq!(sale.await.outcome, Outcome::Stored);
    assert_eq!((recorder.stats().total.stored, recorder.stats().total.rejected), (1, 0));
    recorder.flush().await.unwrap();
    assert!(released.load(Ordering::SeqCst));
    release.join().unwrap();
    assert_eq!((recorder.stats().total.rejected, letters(&path).len()), (1, 1));
}
