//! Simple records: reading and changing them by their ids, also when many do so at once.

use std::sync::Mutex;

use djelme::{Djelme, Error, Outcome, Record as _, SimpleRecord};
use djelme_tests::server::TestDjelme;
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SimpleRecord)]
#[djelme(app_label = "shop", unique_together(shelf, page))]
struct Counter {
    shelf: u32,
    page: String,
    views: u64,
    note: Option<String>,
}

/// Its id is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SimpleRecord)]
#[djelme(app_label = "shop")]
struct Setting {
    value: String,
}

fn counter(page: &str, views: u64) -> Counter {
    Counter { shelf: 3, page: page.into(), views, note: None }
}

async fn set_up(test: &str) -> TestDjelme {
    let test = TestDjelme::new(test, [Counter::TYPE, Setting::TYPE]).unwrap();
    test.djelme.setup().await.unwrap();
    test
}

#[tokio::test]
async fn a_record_is_read_by_its_unique_fields_at_once() {
    let test = set_up("simple-key").await;
    let recorded = test.djelme.record(&counter("/\"ü\"", 1)).await.unwrap();
    assert!(recorded.index.ends_with("shop_counter"), "{}", recorded.index);
    let again = test.djelme.record(&counter("/\"ü\"", 2)).await.unwrap();
    assert_eq!((again.outcome, &again.id), (Outcome::Replaced, &recorded.id));
    let counters = test.djelme.simple::<Counter>().unwrap();
    let id = counters.key(&[&3, &"/\"ü\""]).unwrap();
    assert_eq!(id, recorded.id);
    let hit = counters.get(&id).await.unwrap().unwrap();
    assert_eq!(hit.record().unwrap(), counter("/\"ü\"", 2));
    assert!(counters.get(&counters.key(&[&4, &"/\"ü\""]).unwrap()).await.unwrap().is_none());
    assert!(counters.delete(&id).await.unwrap());
    assert!(!counters.delete(&id).await.unwrap());
    assert!(counters.get(&id).await.unwrap().is_none());
    test.clean().await.unwrap();
}

#[tokio::test]
async fn a_key_has_all_unique_fields() {
    let test = TestDjelme::new("simple-parts", [Counter::TYPE, Setting::TYPE]).unwrap();
    let counters = test.djelme.simple::<Counter>().unwrap();
    let few = counters.key(&[&3]).unwrap_err().to_string();
    assert!(
        few.contains("Counter") && few.contains("unique by 2 fields (shelf, page), and 1 values"),
        "{few}"
    );
    let missing = counters.key(&[&3, &None::<String>]).unwrap_err().to_string();
    assert!(missing.contains("`page` cannot be stored") && missing.contains("must not be None"), "{missing}");
    let none = test.djelme.simple::<Setting>().unwrap().key(&[]).unwrap_err().to_string();
    assert!(none.contains("Setting") && none.contains("no part to make an id of"), "{none}");
    let other = TestDjelme::new("simple-other", [Setting::TYPE]).unwrap();
    assert!(matches!(other.djelme.simple::<Counter>(), Err(Error::Definition { .. })));
}

#[tokio::test]
async fn an_id_is_given_where_no_field_is_unique() {
    let test = set_up("simple-given").await;
    let setting = |value: &str| Setting { value: value.into() };
    let settings = test.djelme.simple::<Setting>().unwrap();
    let created = settings.create_under("front/page?", &setting("a")).await.unwrap();
    assert_eq!((created.outcome, created.id.as_str()), (Outcome::Stored, "front/page?"));
    let error = settings.create_under("front/page?", &setting("b")).await.unwrap_err();
    assert!(matches!(&error, Error::Conflict { id, .. } if id == "front/page?"), "{error}");
    assert!(error.to_string().contains("is there already"), "{error}");
    let hit = settings.get("front/page?").await.unwrap().unwrap();
    assert_eq!(settings.replace(&hit, &setting("c")).await.unwrap().outcome, Outcome::Replaced);
    settings.upsert_under("front/page?", &setting("x"), |setting| setting.value.push('!')).await.unwrap();
    settings.upsert_under("new", &setting("x"), |setting| setting.value.push('!')).await.unwrap();
    let value = async |id: &str| settings.get(id).await.unwrap().unwrap().record().unwrap().value;
    assert_eq!((value("front/page?").await, value("new").await), ("c!".into(), "x!".into()));
    let put = test.djelme.put("new", &setting("y")).await.unwrap();
    assert_eq!((put.outcome, value("new").await), (Outcome::Replaced, "y".into()));
    let error = test.djelme.put("", &setting("z")).await.unwrap_err().to_string();
    assert!(error.contains("`_id`") && error.contains("it is empty"), "{error}");
    test.clean().await.unwrap();
}

#[tokio::test]
async fn a_lost_race_is_a_conflict() {
    let test = set_up("simple-race").await;
    let counters = test.djelme.simple::<Counter>().unwrap();
    counters.create(&counter("/", 1)).await.unwrap();
    let error = counters.create(&counter("/", 9)).await.unwrap_err();
    assert!(matches!(&error, Error::Conflict { .. }), "{error}");
    let id = counters.key(&[&3, &"/"]).unwrap();
    let first = counters.get(&id).await.unwrap().unwrap();
    let second = counters.get(&id).await.unwrap().unwrap();
    counters.replace(&second, &counter("/", 2)).await.unwrap();
    let error = counters.replace(&first, &counter("/", 3)).await.unwrap_err();
    assert!(matches!(&error, Error::Conflict { id: of, .. } if *of == id), "{error}");
    assert!(error.to_string().contains("read it again and repeat the change"), "{error}");
    let error = test.djelme.delete(&first).await.unwrap_err();
    assert!(matches!(&error, Error::Conflict { .. }), "{error}");
    assert_eq!(counters.get(&id).await.unwrap().unwrap().record().unwrap().views, 2);
    // Deleted since is changed since.
    let last = counters.get(&id).await.unwrap().unwrap();
    assert!(test.djelme.delete(&last).await.unwrap());
    let error = counters.replace(&last, &counter("/", 4)).await.unwrap_err();
    assert!(matches!(&error, Error::Conflict { .. }), "{error}");
    assert!(!test.djelme.delete(&last).await.unwrap());
    test.clean().await.unwrap();
}

#[tokio::test]
async fn a_change_cannot_make_another_record() {
    let test = set_up("simple-other-id").await;
    let counters = test.djelme.simple::<Counter>().unwrap();
    counters.create(&counter("/", 1)).await.unwrap();
    let hit = counters.get(&counters.key(&[&3, &"/"]).unwrap()).await.unwrap().unwrap();
    let replaced = counters.replace(&hit, &counter("/other", 1)).await.unwrap_err();
    let changed = counters.upsert(&counter("/", 0), |counter| counter.page.push('x')).await.unwrap_err();
    for error in [replaced, changed] {
        assert!(matches!(&error, Error::Record { field, .. } if field == "shelf, page"), "{error}");
        assert!(error.to_string().contains("makes another record"), "{error}");
    }
    test.clean().await.unwrap();
}

/// Increments one counter so often by each of these handles, at once, and says what it is then.
async fn increment(djelmes: Vec<Djelme>, times: u64) -> u64 {
    let djelme = djelmes[0].clone();
    let tasks = djelmes.into_iter().map(|djelme| {
        tokio::spawn(async move {
            let counters = djelme.simple::<Counter>().unwrap();
            for _ in 0..times {
                counters.upsert(&counter("/", 0), |counter| counter.views += 1).await.unwrap();
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let counters = djelme.simple::<Counter>().unwrap();
    let id = counters.key(&[&3, &"/"]).unwrap();
    counters.get(&id).await.unwrap().unwrap().record().unwrap().views
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_increment_of_eight_tasks_is_lost() {
    let test = set_up("simple-tasks").await;
    assert_eq!(increment(vec![test.djelme.clone(); 8], 200).await, 1_600);
    test.clean().await.unwrap();
}

/// Tasks of one handle take turns; two handles race, as two programs do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_increment_of_four_programs_is_lost() {
    let test = set_up("simple-programs").await;
    let program = |_| test.builder().record_types([Counter::TYPE]).build().unwrap();
    assert_eq!(increment((0..4).map(program).collect(), 50).await, 200);
    test.clean().await.unwrap();
}

#[tokio::test]
async fn a_change_keeps_fields_of_a_newer_program() {
    #[derive(Debug, Clone, Serialize, Deserialize, SimpleRecord)]
    #[djelme(app_label = "shop", unique_together(shelf, page), recordtype_name = "counter")]
    struct NewerCounter {
        shelf: u32,
        page: String,
        views: u64,
        colour: String,
        tags: Vec<u32>,
    }
    let test = set_up("simple-newer").await;
    let newer = test.builder().record_types([NewerCounter::TYPE]).build().unwrap();
    newer.setup().await.unwrap();
    let colour = "red \"1\"".to_owned();
    newer
        .record(&NewerCounter { shelf: 3, page: "/".into(), views: 1, colour, tags: vec![1, 2] })
        .await
        .unwrap();
    let counters = test.djelme.simple::<Counter>().unwrap();
    counters.upsert(&counter("/", 0), |counter| counter.views += 1).await.unwrap();
    let hit = counters.get(&counters.key(&[&3, &"/"]).unwrap()).await.unwrap().unwrap();
    counters.replace(&hit, &Counter { note: Some("seen".into()), ..counter("/", 7) }).await.unwrap();
    let hit = counters.get(hit.id()).await.unwrap().unwrap();
    let stored: serde_json::Value = serde_json::from_slice(hit.source().unwrap()).unwrap();
    let expected = json!({
        "shelf": 3, "page": "/", "views": 7, "note": "seen", "colour": "red \"1\"", "tags": [1, 2],
    });
    assert_eq!(stored, expected);
    test.clean().await.unwrap();
}

#[tokio::test]
async fn simple_records_need_the_set_up_and_pass_the_hooks() {
    let test = TestDjelme::new("simple-no-set-up", [Counter::TYPE]).unwrap();
    let counters = test.djelme.simple::<Counter>().unwrap();
    for error in [
        counters.create(&counter("/", 1)).await.unwrap_err(),
        counters.upsert(&counter("/", 1), |_| ()).await.unwrap_err(),
    ] {
        assert!(matches!(&error, Error::NotSetUp { .. }), "{error}");
    }
    let ends = std::sync::Arc::new(Mutex::new(Vec::new()));
    let noted = ends.clone();
    let hooked = test
        .builder()
        .record_types([Counter::TYPE])
        .pre_save(|counter: &Counter| if counter.views > 2 { Err("too many".into()) } else { Ok(()) })
        .post_save(move |saved| noted.lock().unwrap().push(saved.outcome.clone()));
    let hooked = hooked.build().unwrap();
    hooked.setup().await.unwrap();
    let counters = hooked.simple::<Counter>().unwrap();
    for _ in 0..2 {
        counters.upsert(&counter("/", 0), |counter| counter.views += 1).await.unwrap();
    }
    let error = counters.upsert(&counter("/", 0), |counter| counter.views += 1).await.unwrap_err();
    assert!(matches!(&error, Error::Refused { .. }), "{error}");
    counters.create(&counter("/", 1)).await.unwrap_err();
    assert_eq!(*ends.lock().unwrap(), [Outcome::Stored, Outcome::Replaced, Outcome::Duplicate]);
    test.clean().await.unwrap();
}
