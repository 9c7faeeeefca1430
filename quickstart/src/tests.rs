//! Two runs on one store.

use std::fs;
use std::path::Path;

use djelme::Djelme;
use djelme::prelude::*;

use crate::access_log::Request;
use crate::departure::Departure;
use crate::run;

const LOG: &str = r#"10.0.0.1 - - [14/Feb/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 100
10.0.0.1 - - [14/Feb/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 100
10.0.0.2 - - [14/Feb/2026:13:30:00 +0000] "GET /missing HTTP/1.1" 404 -
this is no request
"#;

#[tokio::test]
async fn a_second_run_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("access.log"));
    fs::write(&log, LOG).unwrap();
    let first = run(&data, Some(&log), Path::new(".")).await.unwrap();
    assert!(first.contains("first week of 2013: 6099 recorded, 6099 of them new"), "{first}");
    assert!(first.contains("3 recorded, 3 of them new"), "{first}");
    assert!(first.contains("Lines that are no requests, and were left out: 1\n  line 4: "), "{first}");
    assert!(first.lines().count() <= 60, "{first}");
    let second = run(&data, Some(&log), Path::new(".")).await.unwrap();
    assert!(second.contains("first week of 2013: 6099 recorded, 0 of them new"), "{second}");
    assert!(second.contains("3 recorded, 0 of them new"), "{second}");

    let djelme = Djelme::embedded(&data).unwrap();
    let found = Departure::search().track_total_hits(true).send(&djelme).await.unwrap();
    assert_eq!(found.total().value, 6099);
    let found = Request::search().send(&djelme).await.unwrap();
    assert_eq!(found.total().value, 3);
}

#[tokio::test]
async fn outside_of_a_repository_it_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let shown = run(&folder.path().join("data"), None, folder.path()).await.unwrap();
    assert!(shown.contains("This is no Git repository"), "{shown}");
}
