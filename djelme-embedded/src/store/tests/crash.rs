//! Programs that ended without closing the store.

use super::*;
use crate::document;

/// A store that was never committed: everything is in its log, whose file is returned.
fn crashed(documents: usize) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    for id in 0..documents {
        write(&store, "a_1", &format!("id{id}"));
    }
    let crashed = tempfile::tempdir().unwrap();
    copy(folder.path(), crashed.path());
    let log = std::fs::read_dir(crashed.path().join("log")).unwrap();
    let file = log.map(|entry| entry.unwrap().path()).max().unwrap();
    (crashed, file)
}

#[test]
fn what_was_acknowledged_is_there_after_a_crash() {
    let (crashed, _) = crashed(20);
    let store = Store::open(crashed.path()).unwrap();
    assert_eq!(store.recovery().replayed, 20);
    assert_eq!(store.recovery().damaged, []);
    assert_eq!(documents(&store, "a_1"), 20);
    assert_eq!(seq_no(&write(&store, "a_1", "next")), 20);
    drop(store);
    let store = Store::open(crashed.path()).unwrap();
    assert_eq!(store.recovery().replayed, 0);
    assert_eq!(documents(&store, "a_1"), 21);
}

#[test]
fn what_many_threads_wrote_at_once_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let store = &store;
            scope.spawn(move || {
                for number in 0..40 {
                    let answer = write(store, &format!("a_{}", number % 3), &format!("{thread}-{number}"));
                    assert!(matches!(answer, ItemResponse::Created(_)));
                    if number % 16 == thread {
                        index::refresh(store, "*").unwrap();
                    }
                }
            });
        }
    });
    let crashed = tempfile::tempdir().unwrap();
    copy(folder.path(), crashed.path());
    for store in [store, Store::open(crashed.path()).unwrap()] {
        assert_eq!(documents(&store, "*"), 320);
        for index in 0..3 {
            // Every number is given once.
            let next = seq_no(&write(&store, &format!("a_{index}"), "next"));
            assert_eq!(next, documents(&store, &format!("a_{index}")) - 1);
        }
    }
}

#[test]
fn writes_deletions_and_commits_in_any_order_survive() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let mut expected = std::collections::BTreeMap::new();
    for step in 0..200_u64 {
        let id = format!("id{}", step * 7 % 31);
        match step % 5 {
            3 => {
                let there = document::delete(&store, "a_1", &id, None).unwrap();
                assert_eq!(there, expected.remove(&id).is_some(), "{step}");
            }
            _ => {
                let answer = write_as(&store, WriteOp::Index, "a_1", &id, &json!({ "n": step }));
                expected.insert(id, (step, seq_no(&answer)));
            }
        }
        if step % 67 == 66 {
            index::refresh(&store, "*").unwrap();
        }
    }
    let crashed = tempfile::tempdir().unwrap();
    copy(folder.path(), crashed.path());
    let store = Store::open(crashed.path()).unwrap();
    assert_eq!(documents(&store, "a_1"), expected.len() as u64);
    for (id, (step, seq_no)) in expected {
        let found = document::get(&store, "a_1", &id).unwrap().unwrap();
        assert_eq!(found.source.as_ref(), json!({ "n": step }).to_string().as_bytes());
        assert_eq!(found.version.seq_no, seq_no);
    }
}

#[test]
fn a_log_cut_anywhere_costs_only_what_was_not_finished() {
    let (crashed, file) = crashed(5);
    let whole = std::fs::read(&file).unwrap();
    // All positions are tried where frames are tested; here, those around the ends of frames and some others.
    let frame = whole.len() / 5;
    for length in (0..whole.len()).filter(|length| length % frame <= 1 || length % 41 == 0) {
        let one = tempfile::tempdir().unwrap();
        copy(crashed.path(), one.path());
        std::fs::write(one.path().join("log").join(file.file_name().unwrap()), &whole[..length]).unwrap();
        let store = Store::open(one.path()).unwrap();
        assert_eq!(documents(&store, "a_1"), (length / frame) as u64, "{length}");
        assert_eq!(store.recovery().damaged, []);
        assert!(matches!(write(&store, "a_1", "next"), ItemResponse::Created(_)));
    }
}

#[test]
fn a_flipped_byte_costs_one_record_and_is_reported() {
    let (crashed, file) = crashed(5);
    let whole = std::fs::read(&file).unwrap();
    for position in (0..whole.len()).step_by(29) {
        let one = tempfile::tempdir().unwrap();
        copy(crashed.path(), one.path());
        let mut bytes = whole.clone();
        bytes[position] ^= 0x10;
        std::fs::write(one.path().join("log").join(file.file_name().unwrap()), &bytes).unwrap();
        let store = Store::open(one.path()).unwrap();
        assert_eq!(documents(&store, "a_1"), 4, "{position}");
        let [damage] = store.recovery().damaged.as_slice() else { panic!("{:?}", store.recovery()) };
        let frame = whole.len() / 5;
        assert_eq!((damage.offset, damage.bytes), ((position / frame * frame) as u64, frame as u64));
        let is_last = position / frame == 4;
        assert_eq!(damage.writes, (!is_last).then_some(1));
        let kept = std::fs::read(damage.kept.as_ref().unwrap()).unwrap();
        assert_eq!(kept, bytes[position / frame * frame..][..frame]);
    }
}

#[test]
fn a_crash_between_the_commits_of_two_tables_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    write(&store, "a_1", "1");
    index::refresh(&store, "*").unwrap();
    index::put_mapping(&store, "a_1", &json!({ "properties": { "new": { "type": "long" } } })).unwrap();
    write_as(&store, WriteOp::Index, "a_1", "1", &json!({ "new": 1 }));
    for first in 0..2 {
        let half = tempfile::tempdir().unwrap();
        copy(folder.path(), half.path());
        // In the half-way copy, only one of both tables is committed.
        {
            let store = Store::open(half.path()).unwrap();
            write_as(&store, WriteOp::Index, "a_1", "1", &json!({ "new": 2 }));
            let mut state = store.shared.state().unwrap();
            let lsn = state.lsn;
            let table = state.tables.values_mut().nth(first).unwrap();
            if table.is_dirty() {
                table.commit(lsn).unwrap();
            }
            drop(state);
            let crashed = tempfile::tempdir().unwrap();
            copy(half.path(), crashed.path());
            let store = Store::open(crashed.path()).unwrap();
            assert_eq!(documents(&store, "a_1"), 1);
            let found = document::get(&store, "a_1", "1").unwrap().unwrap();
            assert_eq!(found.source.as_ref(), br#"{"new":2}"#);
        }
    }
}
