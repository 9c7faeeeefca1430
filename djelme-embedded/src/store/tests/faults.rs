//! Failing disks, damaged files, other programs.

use djelme_core::{Error, ErrorKind};

use super::super::log;
use super::*;

fn faults(store: &Store) -> log::Faults {
    let folder = store.shared.folder.as_ref().unwrap().path().join("log");
    log::faults_of(&folder.join("any"))
}

fn refusal(path: &Path) -> crate::error::Refusal {
    Store::open(path).expect_err("the store must not open")
}

#[test]
fn on_a_full_disk_nothing_is_stored_until_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    write(&store, "a_1", "1");
    let faults = faults(&store);
    for room in [0, 1, 17, 50] {
        faults.set_room(room);
        let ItemResponse::Failed(rejection) = write(&store, "a_1", "2") else { panic!("it was stored") };
        assert_eq!((rejection.status, rejection.error_type.as_str()), (403, "cluster_block_exception"));
        assert!(rejection.reason.contains("no storage space"), "{rejection}");
    }
    faults.set_room(usize::MAX);
    assert_eq!(seq_no(&write(&store, "a_1", "3")), 1);
    let crashed = tempfile::tempdir().unwrap();
    copy(folder.path(), crashed.path());
    assert_eq!(documents(&store, "a_1"), 2);
    let store = Store::open(crashed.path()).unwrap();
    assert_eq!(documents(&store, "a_1"), 2);
    assert_eq!(store.recovery().damaged, []);
}

#[test]
fn after_a_failed_sync_nothing_is_written_until_the_store_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    write(&store, "a_1", "1");
    let faults = faults(&store);
    faults.fail_sync(true);
    let unclear = Write { op: WriteOp::Create, index: "a_1", id: "2".into(), source: br#"{"k":"x"}"# };
    let refusal = store.write(&[unclear]).unwrap_err();
    assert!(refusal.reason.contains("cannot be made durable: the disk failed"), "{refusal}");
    faults.fail_sync(false);
    let ItemResponse::Failed(rejection) = write(&store, "a_1", "3") else { panic!("it was stored") };
    assert_eq!((rejection.status, rejection.error_type.as_str()), (403, "cluster_block_exception"));
    assert!(rejection.reason.contains("until the store is opened anew"), "{rejection}");
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    assert!(matches!(write(&store, "a_1", "3"), ItemResponse::Created(_)));
    assert!(documents(&store, "a_1") >= 2);
}

#[test]
fn a_table_that_fails_is_brought_back_from_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    write(&store, "a_1", "1");
    index::refresh(&store, "*").unwrap();
    write(&store, "a_1", "2");
    crate::document::delete(&store, "a_1", "1", None).unwrap();
    store.shared.state().unwrap().tables.values_mut().for_each(super::super::table::Table::is_not_mended);
    assert_eq!(seq_no(&write(&store, "a_1", "3")), 3);
    assert_eq!(documents(&store, "a_1"), 2);
    store.shared.state().unwrap().tables.values_mut().for_each(super::super::table::Table::is_not_mended);
    assert_eq!(documents(&store, "a_1"), 2);
}

#[test]
fn one_program_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let second = refusal(folder.path());
    assert!(second.reason.contains(&folder.path().canonicalize().unwrap().display().to_string()), "{second}");
    assert!(second.reason.contains("open in another program"), "{second}");
    assert_eq!(Error::from(second).backend_kind(), Some(ErrorKind::Busy));
    drop(store);
    Store::open(folder.path()).unwrap();
}

#[test]
fn a_newer_store_is_refused_with_both_versions() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    std::fs::write(folder.path().join("djelme.json"), r#"{"format":99,"written_by":"9.8.7","more":1}"#)
        .unwrap();
    let refusal = refusal(folder.path());
    for part in ["format 99", "djelme 9.8.7", env!("CARGO_PKG_VERSION"), "up to 1"] {
        assert!(refusal.reason.contains(part), "{refusal}");
    }
    assert_eq!(Error::from(refusal).backend_kind(), Some(ErrorKind::UnsupportedServer));
}

#[test]
fn damaged_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    write(&store, "a_1", "1");
    drop(store);
    let catalog = std::fs::read(folder.path().join("catalog.json")).unwrap();
    let check = |file: &str, content: Option<&[u8]>| {
        let one = tempfile::tempdir().unwrap();
        copy(folder.path(), one.path());
        match content {
            Some(content) => std::fs::write(one.path().join(file), content).unwrap(),
            None => std::fs::remove_file(one.path().join(file)).unwrap(),
        }
        let refusal = refusal(one.path());
        let name = file.strip_suffix("/meta.json").unwrap_or(file);
        assert!(refusal.reason.starts_with(&format!("[{name}] of the store [")), "{file}: {refusal}");
        assert!(refusal.reason.contains("restore the folder from a copy"), "{file}: {refusal}");
    };
    check("djelme.json", Some(b"{"));
    check("catalog.json", None);
    check("catalog.json", Some(b""));
    check("catalog.json", Some(&catalog[..catalog.len() / 2]));
    for position in (0..catalog.len()).step_by(97) {
        let mut bytes = catalog.clone();
        bytes[position] ^= 1;
        check("catalog.json", Some(&bytes));
    }
    let table = std::fs::read_dir(folder.path().join("tables")).unwrap().next().unwrap().unwrap();
    let meta = format!("tables/{}/meta.json", table.file_name().display());
    check(&meta, Some(b"{}"));
    check(&meta, None);
    let segments = std::fs::read_dir(table.path()).unwrap().map(|entry| entry.unwrap().file_name());
    for file in segments.filter_map(|name| name.into_string().ok()).filter(|name| name.ends_with(".idx")) {
        let one = tempfile::tempdir().unwrap();
        copy(folder.path(), one.path());
        let path = one.path().join("tables").join(table.file_name()).join(&file);
        std::fs::remove_file(path).unwrap();
        assert!(refusal(one.path()).reason.starts_with("[tables/"), "{file}");
    }
}

#[test]
fn damaged_bytes_of_a_table_are_found_on_demand() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    write(&store, "a_1", "1");
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.damaged_files().unwrap(), Vec::<std::path::PathBuf>::new());
    drop(store);
    let table = std::fs::read_dir(folder.path().join("tables")).unwrap().next().unwrap().unwrap().path();
    let files = std::fs::read_dir(table).unwrap().map(|entry| entry.unwrap().path().canonicalize().unwrap());
    let file = files.into_iter().find(|path| path.extension().is_some_and(|kind| kind == "store")).unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[3] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.damaged_files().unwrap(), [file]);
}

#[test]
fn a_folder_of_something_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("precious.txt"), "x").unwrap();
    let refused = refusal(folder.path());
    assert!(refused.reason.contains("[precious.txt]"), "{refused}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let file = folder.path().join("precious.txt");
    assert!(refusal(&file).reason.contains("cannot be used"));
    assert!(refusal(&file.join("store")).reason.contains("cannot be used"));
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_an_error() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o500)).unwrap();
    // Who may do everything finds it writable.
    if std::fs::write(folder.path().join("try"), "").is_ok() {
        return;
    }
    let refusal = refusal(folder.path());
    assert!(refusal.reason.contains("ermission denied"), "{refusal}");
    assert_eq!(Error::from(refusal).backend_kind(), Some(ErrorKind::Forbidden));
}
