//! Indexes and their mappings.

use super::*;
use crate::document;

#[test]
fn what_was_written_is_there_when_the_store_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    for id in 0..10 {
        write(&store, "a_1", &id.to_string());
    }
    document::delete(&store, "a_1", "9", None).unwrap();
    let created = index::list(&store, "*").unwrap()[0].created;
    drop(store);
    let log: u64 = std::fs::read_dir(folder.path().join("log"))
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().len())
        .sum();
    assert_eq!(log, 0, "a closed store has nothing in its log");

    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.recovery(), &super::super::Recovery::default());
    assert_eq!(documents(&store, "a_1"), 9);
    assert_eq!(
        index::list(&store, "*").unwrap()[0].created.unwrap().timestamp_millis(),
        created.unwrap().timestamp_millis()
    );
    assert_eq!(template::get(&store, "a_").unwrap().mappings, wanted("a_").mappings);
    // Not the number of the deleted document, nor that of its deletion.
    assert_eq!(seq_no(&write(&store, "a_1", "9")), 11);
}

#[test]
fn a_thousand_indexes_share_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let names: Vec<String> = (0..1000).map(|day| format!("a_{day}.")).collect();
    let of = |index| Write { op: WriteOp::Create, index, id: "1".into(), source: br#"{"k":"x"}"# };
    let writes: Vec<_> = names.iter().map(|name| of(name)).collect();
    assert!(store.write(&writes).unwrap().iter().all(|answer| seq_no(answer) == 0));
    assert_eq!(documents(&store, "a_*"), 1000);
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    let list = index::list(&store, "*").unwrap();
    assert_eq!(list.len(), 1000);
    assert!(list.is_sorted_by(|left, right| left.name < right.name));
    assert!(list.iter().all(|status| status.documents == Some(1) && status.bytes > Some(0)));
    assert_eq!(std::fs::read_dir(folder.path().join("tables")).unwrap().count(), 1);
    for name in &names[..20] {
        assert!(index::delete(&store, name).unwrap());
    }
    assert_eq!(documents(&store, "a_*"), 980);
}

#[test]
fn a_deleted_index_stays_deleted_and_its_name_can_be_used_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    for shared in [false, true] {
        if shared {
            write(&store, "a_other", "1");
        }
        write(&store, "a_1", "1");
        write(&store, "a_1", "2");
        assert!(index::delete(&store, "a_1").unwrap());
        assert!(!index::delete(&store, "a_1").unwrap());
        assert_eq!(document::get(&store, "a_1", "1").unwrap(), None);
        assert_eq!(seq_no(&write(&store, "a_1", "1")), 0);
        // As after a crash: the log still has what was written before the deletion.
        let crashed = tempfile::tempdir().unwrap();
        copy(folder.path(), crashed.path());
        let store = Store::open(crashed.path()).unwrap();
        assert_eq!(documents(&store, "a_1"), 1);
    }
    for wildcard in ["a_*", "*", "_all"] {
        let refusal = index::delete(&store, wildcard).unwrap_err();
        assert_eq!(refusal.reason, "Wildcard expressions or all indices are not allowed");
    }
}

#[test]
fn deleted_indexes_free_their_disk() {
    fn size(folder: &Path) -> u64 {
        let files = std::fs::read_dir(folder).unwrap().filter_map(|entry| entry.unwrap().metadata().ok());
        files.map(|file| file.len()).sum()
    }
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    for index in ["a_1", "a_2"] {
        let ids: Vec<String> = (0..2000).map(|id| format!("{index}-{id}")).collect();
        let sources: Vec<String> = ids.iter().map(|id| format!("{{\"k\":\"{}\"}}", id.repeat(10))).collect();
        let writes: Vec<Write<'_>> = ids
            .iter()
            .zip(&sources)
            .map(|(id, source)| Write {
                op: WriteOp::Create,
                index,
                id: id.as_str().into(),
                source: source.as_bytes(),
            })
            .collect();
        store.write(&writes).unwrap();
    }
    index::refresh(&store, "*").unwrap();
    let tables = folder.path().join("tables");
    let table = std::fs::read_dir(tables).unwrap().next().unwrap().unwrap().path();
    let before = size(&table);
    assert!(index::delete(&store, "a_1").unwrap());
    for _ in 0..300 {
        if size(&table) < before * 2 / 3 {
            assert_eq!(documents(&store, "*"), 2000);
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("{} bytes of {before} are still there", size(&table));
}

#[test]
fn a_deletion_that_was_broken_off_leaves_an_empty_index() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    write(&store, "a_1", "1");
    write(&store, "a_2", "1");
    {
        let mut state = store.shared.state().unwrap();
        let lsn = state.lsn;
        let table = state.tables.values_mut().next().unwrap();
        table.delete_index("a_1").unwrap();
        table.commit(lsn).unwrap();
    }
    let crashed = tempfile::tempdir().unwrap();
    copy(folder.path(), crashed.path());
    let store = Store::open(crashed.path()).unwrap();
    assert_eq!(documents(&store, "a_1"), 0);
    assert_eq!(documents(&store, "a_2"), 1);
    assert!(index::delete(&store, "a_1").unwrap());
}

#[test]
fn a_mapping_gets_fields_and_older_documents_stay() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    write(&store, "a_1", "old");
    write(&store, "a_1", "moved");
    let with_new = json!({ "k": "x", "new": 1 });
    let refused = write_as(&store, WriteOp::Index, "a_1", "new", &with_new);
    assert!(matches!(refused, ItemResponse::Failed(_)), "{refused:?}");
    index::put_mapping(&store, "a_1", &json!({ "properties": { "new": { "type": "long" } } })).unwrap();
    assert!(matches!(write_as(&store, WriteOp::Index, "a_1", "new", &with_new), ItemResponse::Created(_)));
    let moved = write_as(&store, WriteOp::Index, "a_1", "moved", &with_new);
    assert!(matches!(moved, ItemResponse::Updated(_)));
    assert_eq!(documents(&store, "a_1"), 3);
    // Not refreshed: the log alone knows that it moves back and forth.
    write_as(&store, WriteOp::Index, "a_1", "old", &with_new);

    let crashed = tempfile::tempdir().unwrap();
    copy(folder.path(), crashed.path());
    for path in [crashed.path(), folder.path()] {
        if path == folder.path() {
            break;
        }
        let store = Store::open(path).unwrap();
        assert_eq!(store.recovery().replayed, 1);
        assert_eq!(documents(&store, "a_1"), 3);
        assert_eq!(document::get(&store, "a_1", "old").unwrap().unwrap().version.seq_no, 4);
    }
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(documents(&store, "a_1"), 3);
    let mappings = index::mappings(&store, &["a_1".to_owned(), "none".to_owned()]);
    assert_eq!(mappings.len(), 1);
    assert_eq!(mappings[0].1["properties"]["new"], json!({ "type": "long" }));
    assert_eq!(std::fs::read_dir(folder.path().join("tables")).unwrap().count(), 2);
    let refusal = index::put_mapping(&store, "none", &json!({})).unwrap_err();
    assert_eq!((refusal.status, refusal.reason.as_str()), (404, "no such index [none]"));
}

#[test]
fn parts_are_whole_tables_where_all_indexes_are_meant() {
    use djelme_core::naming::{Naming, NamingSource};
    use djelme_core::plan::IndexPlan;
    use djelme_core::time::{IntoTimeBound, TimeDepth, TimeRange};

    let naming = Naming::new(NamingSource {
        prefix: "",
        app_label: "a",
        recordtype_name: "b",
        template: None,
        template_name: None,
        depth: Some(TimeDepth::Year),
    })
    .unwrap();
    let store = Store::in_memory().unwrap();
    put_template(&store);
    for index in ["a_b_2020.", "a_b_2021.", "a_b_2022."] {
        write(&store, index, "1");
    }
    index::refresh(&store, "*").unwrap();
    let parts = store.snapshot().parts(&IndexPlan::new(&naming, None));
    assert_eq!(parts.len(), 1);
    assert!(parts[0].whole);
    assert_eq!(parts[0].indexes, ["a_b_2020.", "a_b_2021.", "a_b_2022."]);
    assert_eq!(parts[0].table.searcher.num_docs(), 3);

    index::put_mapping(&store, "a_b_2021.", &json!({ "properties": { "new": { "type": "long" } } })).unwrap();
    let range = TimeRange::new("2021".into_time_bound().unwrap(), "2023".into_time_bound().unwrap()).unwrap();
    let parts = store.snapshot().parts(&IndexPlan::new(&naming, Some(range)));
    let of: Vec<_> = parts.iter().map(|part| (part.indexes.clone(), part.whole)).collect();
    assert_eq!(
        of,
        [
            (vec!["a_b_2022.".to_owned()], false),
            (vec!["a_b_2021.".to_owned()], false),
            (vec!["a_b_2021.".to_owned()], true),
        ]
    );
    assert!(parts[0].schema.field("new").is_none());
    assert!(parts[1].schema.field("new").is_some(), "the mapping that the index has now");
    assert!(parts[1].table.searcher.schema().get_field("new").is_err());
}
