//! Counted usage: sessions in the place of visitors, double clicks, and what is refused.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use djelme::recorder::Recorder;
use djelme::usage::{
    CountedUsage, SessionKey, SessionKeyFile, SessionKeys, Visitor, keyed_sessionhour_id,
    opaque_sessionhour_id,
};
use djelme::{
    CountedUsageRecord, Djelme, DjelmeBuilder, Error, Outcome, Record as _, Result, record_type::RecordType,
};
use djelme_testing::{Call, ScriptedBackend, on, refusal};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::common::noting;
use crate::events::{capture, events_with};

#[derive(Debug, Clone, Serialize, Deserialize, CountedUsageRecord)]
#[djelme(app_label = "shop", timedepth = "month", accept(past = "30d"))]
struct Download {
    #[serde(flatten)]
    #[djelme(base)]
    usage: CountedUsage,
    format: String,
    timestamp: DateTime<Utc>,
}

/// Once a session.
#[derive(Debug, Clone, Serialize, Deserialize, CountedUsageRecord)]
#[djelme(app_label = "shop", timedepth = "month", unique_together(sessionhour_id, usage.item_iri))]
struct View {
    #[serde(flatten)]
    #[djelme(base)]
    usage: CountedUsage,
    timestamp: DateTime<Utc>,
}

#[derive(Debug, Clone, Serialize, Deserialize, CountedUsageRecord)]
#[djelme(app_label = "shop", timedepth = "month", double_click = "30s")]
struct Click {
    #[serde(flatten)]
    #[djelme(base)]
    usage: CountedUsage,
    timestamp: DateTime<Utc>,
}

/// A view and a search of one item are two actions.
#[derive(Debug, Clone, Serialize, Deserialize, CountedUsageRecord)]
#[djelme(
    app_label = "shop",
    timedepth = "month",
    double_click = "30s",
    unique_together(usage.item_iri, action)
)]
struct Action {
    #[serde(flatten)]
    #[djelme(base)]
    usage: CountedUsage,
    action: String,
    timestamp: DateTime<Utc>,
}

#[derive(Debug, Clone, Serialize, Deserialize, CountedUsageRecord)]
#[djelme(
    app_label = "osf",
    timedepth = "month",
    compat = "python",
    unique_together(sessionhour_id, labels, page)
)]
struct PythonView {
    #[serde(flatten)]
    #[djelme(base)]
    usage: CountedUsage,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    labels: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<String>,
    timestamp: DateTime<Utc>,
}

const TYPES: [&RecordType; 5] = [Download::TYPE, View::TYPE, Click::TYPE, Action::TYPE, PythonView::TYPE];

const NOON: &str = "2026-02-03T12:00:00Z";
const USER: &str = "ada@example.org";
const IP: &str = "192.0.2.77";
const AGENT: &str = "Mozilla/5.0 (X11)";

/// Everything that must be seen nowhere.
fn ada() -> Visitor<'static> {
    Visitor::new().user_id(USER).client_session_id("cookie-4711").client_ip(IP).user_agent(AGENT)
}

fn shows_visitor(text: &str) -> bool {
    [USER, IP, AGENT, "cookie-4711"].iter().any(|secret| text.contains(secret))
}

fn noon() -> DateTime<Utc> {
    NOON.parse().unwrap()
}

fn item(number: u32) -> CountedUsage {
    CountedUsage {
        platform_iri: "https://shop.example".into(),
        item_iri: format!("https://shop.example/item/{number}"),
        ..CountedUsage::default()
    }
}

fn download(number: u32, timestamp: DateTime<Utc>) -> Download {
    Download { usage: item(number), format: "pdf".into(), timestamp }
}

fn click(number: u32, seconds: i64) -> Click {
    Click { usage: item(number), timestamp: noon() + TimeDelta::seconds(seconds) }
}

async fn handle_with(backend: &ScriptedBackend, more: impl FnOnce(DjelmeBuilder) -> DjelmeBuilder) -> Djelme {
    let builder = Djelme::builder().backend("main", backend.clone()).record_types(TYPES);
    let djelme = more(builder).build().unwrap();
    djelme.setup().await.unwrap();
    djelme
}

async fn handle(backend: &ScriptedBackend) -> Djelme {
    handle_with(backend, |builder| builder).await
}

fn documents(backend: &ScriptedBackend) -> Vec<Value> {
    let document = |(index, id): (String, String)| {
        serde_json::from_slice(&backend.store().document(&index, &id).unwrap()).unwrap()
    };
    backend.store().ids().into_iter().map(document).collect()
}

fn sessions(backend: &ScriptedBackend) -> Vec<String> {
    let session = |document: &Value| document["sessionhour_id"].as_str().unwrap().to_owned();
    documents(backend).iter().map(session).collect()
}

/// Keys that everybody knows.
struct Known;

impl SessionKeys for Known {
    fn key(&self, day: NaiveDate) -> Result<SessionKey> {
        let byte = u8::try_from(chrono::Datelike::day(&day)).unwrap();
        Ok(SessionKey::new([byte; SessionKey::LEN]))
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_is_stored_and_the_visitor_is_seen_nowhere() {
    let backend = ScriptedBackend::new();
    let saved = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let noted = saved.clone();
    let djelme = handle_with(&backend, |builder| {
        let note = move |saved: &djelme::Saved<'_>| {
            noted.lock().unwrap().push(format!("{saved:?} {}", String::from_utf8_lossy(&saved.source)));
        };
        builder.session_keys(Known).post_save(note).pre_save(|download: &Download| {
            if download.format == "exe" { Err("no programs".to_owned()) } else { Ok(()) }
        })
    })
    .await;
    let now = Utc::now();
    let stored = djelme.record(download(1, now).by(&ada())).await.unwrap();
    let (recorder, ends) = noting(djelme.recorder());
    recorder.push(download(2, now).by(&ada())).await.unwrap();
    recorder.try_push(download(3, now).by(&ada())).unwrap();
    let receipt = recorder.push_tracked(download(4, now).by(&ada())).await.unwrap();
    recorder.flush().await.unwrap();
    let tracked = receipt.await;
    let mut refused = download(5, now);
    refused.format = "exe".into();
    let error = djelme.record(refused.by(&ada())).await.unwrap_err();

    let day_key = Known.key(now.date_naive()).unwrap();
    let session = keyed_sessionhour_id(&day_key, &ada(), now).unwrap();
    assert_eq!(sessions(&backend), [session.as_str(); 4]);
    let everything = format!(
        "{stored:?} {tracked:?} {error} {error:?} {:?} {:?} {:?} {djelme:?} {recorder:?} {:?}",
        saved.lock().unwrap(),
        ends.lock().unwrap(),
        documents(&backend),
        download(1, now).by(&ada()),
    );
    assert!(!shows_visitor(&everything), "{everything}");
    assert!(everything.contains("Visitor(user_id, client_session_id"), "{everything}");
}

#[tokio::test(start_paused = true)]
async fn a_dead_letter_has_the_session_and_no_visitor() {
    let backend = ScriptedBackend::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letters");
    let djelme = handle(&backend).await;
    backend.script(on(Call::Bulk).refuse(refusal::bad_document()));
    let recorder = djelme.recorder().dead_letters(&path).build().unwrap();
    recorder.push(download(1, Utc::now()).by(&ada())).await.unwrap();
    recorder.flush().await.unwrap();
    let letter = std::fs::read_to_string(&path).unwrap();
    assert!(letter.contains("sessionhour_id"), "{letter}");
    assert!(!shows_visitor(&letter), "{letter}");
}

#[tokio::test(start_paused = true)]
async fn a_session_is_a_visitor_and_an_hour() {
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let recorder = djelme.recorder().build().unwrap();
    let hour: DateTime<Utc> = Utc::now().format("%FT%H:00:00Z").to_string().parse().unwrap();
    let other = Visitor::new().user_id("bob");
    for (number, (visitor, minutes)) in
        (0..).zip([(ada(), 0), (ada(), 59), (other, 0), (ada(), -1), (other, 1)])
    {
        recorder.push(download(number, hour + TimeDelta::minutes(minutes)).by(&visitor)).await.unwrap();
    }
    recorder.flush().await.unwrap();
    let mut sessions = sessions(&backend);
    assert_eq!(sessions.len(), 5);
    sessions.sort_unstable();
    sessions.dedup();
    assert_eq!(sessions.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn two_handles_agree_on_a_session_only_by_shared_keys() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    for (is_shared, expected) in [(false, 2), (true, 1)] {
        let backend = ScriptedBackend::new();
        for number in 0..2 {
            let keys = |builder: DjelmeBuilder| match is_shared {
                true => builder.session_keys(SessionKeyFile::open(&path).unwrap()),
                false => builder,
            };
            let djelme = handle_with(&backend, keys).await;
            djelme.record(download(number, noon_today()).by(&ada())).await.unwrap();
        }
        let mut sessions = sessions(&backend);
        sessions.sort_unstable();
        sessions.dedup();
        assert_eq!(sessions.len(), expected, "shared: {is_shared}");
    }
}

fn noon_today() -> DateTime<Utc> {
    Utc::now().format("%FT12:00:00Z").to_string().parse().unwrap()
}

#[tokio::test(start_paused = true)]
async fn compatible_types_have_the_packages_sessions_and_ids() {
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let mut view = PythonView {
        usage: item(1),
        labels: vec!["view".into(), "web".into()],
        page: None,
        timestamp: noon(),
    };
    // The package takes any text.
    view.usage.item_iri = "my.item.id".into();
    let stored = djelme.record(view.by(&ada())).await.unwrap();
    let session = opaque_sessionhour_id(&ada(), noon()).unwrap();
    assert_eq!(sessions(&backend), [session.as_str()]);
    let id = djelme::identity::opaque_key([session.as_str(), "['view', 'web']", "None"]).unwrap();
    assert_eq!(stored.id, id);
}

#[tokio::test(start_paused = true)]
async fn a_session_from_elsewhere_is_kept() {
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let view = View { usage: item(1), timestamp: noon() };
    djelme.record(view.by(&Visitor::of_session("R26L*vmd?|G}"))).await.unwrap();
    assert_eq!(sessions(&backend), ["R26L*vmd?|G}"]);
}

#[tokio::test(start_paused = true)]
async fn with_unique_fields_an_item_counts_once_a_session() {
    let backend = ScriptedBackend::new();
    let recorder = handle(&backend).await.recorder().build().unwrap();
    let other = Visitor::new().user_id("bob");
    for (number, visitor, minutes) in
        [(1, ada(), 0), (1, ada(), 59), (2, ada(), 1), (1, other, 2), (1, ada(), 60)]
    {
        let view = View { usage: item(number), timestamp: noon() + TimeDelta::minutes(minutes) };
        recorder.push(view.by(&visitor)).await.unwrap();
    }
    recorder.flush().await.unwrap();
    let counts = recorder.stats().total;
    assert_eq!((counts.stored, counts.replaced, documents(&backend).len()), (4, 1, 4));
}

async fn pushed(
    recorder: &Recorder,
    backend: &ScriptedBackend,
    clicks: &[Click],
    visitor: &Visitor<'_>,
) -> Vec<String> {
    for click in clicks {
        recorder.push(click.by(visitor)).await.unwrap();
    }
    recorder.flush().await.unwrap();
    let mut times: Vec<_> = documents(backend)
        .iter()
        .map(|document| document["timestamp"].as_str().unwrap().to_owned())
        .collect();
    times.sort_unstable();
    times
}

#[tokio::test(start_paused = true)]
async fn d1_double_clicks_are_one_record_and_the_last_one_stays() {
    let backend = ScriptedBackend::new();
    let recorder = handle(&backend).await.recorder().build().unwrap();
    let clicks = [click(1, 0), click(1, 29), click(1, 31), click(1, 62)];
    let times = pushed(&recorder, &backend, &clicks, &ada()).await;
    assert_eq!(times, ["2026-02-03T12:00:31Z", "2026-02-03T12:01:02Z"]);
    let counts = recorder.stats().total;
    assert_eq!((counts.stored, counts.replaced), (2, 2));
    // Across the hour, where the session's id changes, and by another item and another visitor.
    let late = [click(1, 3_599), click(1, 3_601), click(2, 3_602)];
    let times = pushed(&recorder, &backend, &late, &ada()).await;
    assert_eq!(times[2..], ["2026-02-03T13:00:01Z", "2026-02-03T13:00:02Z"]);
    let times = pushed(&recorder, &backend, &[click(1, 3_602)], &Visitor::new().user_id("bob")).await;
    assert_eq!(times.len(), 5);
}

#[tokio::test(start_paused = true)]
async fn single_writes_and_lists_of_them_know_double_clicks_too() {
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let (ada, bob) = (ada(), Visitor::new().user_id("bob"));
    let first = djelme.record(click(1, 0).by(&ada)).await.unwrap();
    let clicks = [click(1, 10), click(1, 20), click(1, 30)];
    let visitors = [&ada, &bob, &ada];
    let stored =
        djelme.record_all(clicks.iter().zip(visitors).map(|(click, who)| click.by(who))).await.unwrap();
    let outcomes: Vec<_> = stored.iter().map(|stored| stored.as_ref().unwrap().outcome.clone()).collect();
    assert_eq!(outcomes, [Outcome::Replaced, Outcome::Stored, Outcome::Replaced]);
    assert_eq!(stored[2].as_ref().unwrap().id, first.id);
}

#[tokio::test(start_paused = true)]
async fn the_unique_fields_say_what_one_action_is() {
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    for (action, seconds) in [("view", 0), ("search", 1), ("view", 2)] {
        let timestamp = noon() + TimeDelta::seconds(seconds);
        let action = Action { usage: item(1), action: action.into(), timestamp };
        djelme.record(action.by(&ada())).await.unwrap();
    }
    assert_eq!(documents(&backend).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_retry_of_a_double_click_counts_nothing_twice() {
    let backend = ScriptedBackend::new();
    let recorder = handle(&backend).await.recorder().batch_records(3).build().unwrap();
    backend.script(on(Call::Bulk).numbers(1..=3).apply_and_drop());
    let clicks: Vec<_> = (0..20).map(|number| click(number % 2, i64::from(number))).collect();
    let times = pushed(&recorder, &backend, &clicks, &ada()).await;
    assert_eq!(times, ["2026-02-03T12:00:18Z", "2026-02-03T12:00:19Z"]);
    assert_eq!(backend.journal().violations(), []);
}

#[tokio::test(start_paused = true)]
async fn chains_that_had_to_be_dropped_are_counted_and_reported() {
    let backend = ScriptedBackend::new();
    let djelme = handle_with(&backend, |builder| builder.double_click_limit(2)).await;
    let recorder = djelme.recorder().build().unwrap();
    capture();
    for number in [1, 2, 3, 1] {
        recorder.push(click(number, 0).by(&ada())).await.unwrap();
    }
    recorder.flush().await.unwrap();
    assert_eq!(djelme.forgotten_double_clicks::<Click>().unwrap(), 2);
    assert_eq!(djelme.forgotten_double_clicks::<Download>().unwrap(), 0);
    assert_eq!(documents(&backend).len(), 4);
    let reported = events_with("double_click_limit");
    assert_eq!(reported.len(), 2, "{reported:?}");
    assert!(!reported.iter().any(|event| shows_visitor(event)), "{reported:?}");
}

fn problem(answer: Result<djelme::Recorded>) -> (String, String) {
    let error = answer.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shows_visitor(&shown), "{shown}");
    match error {
        Error::Record { record_type, field, reason } => {
            assert!(
                record_type.ends_with("usage::Download") || record_type.ends_with("usage::PythonView"),
                "{record_type}"
            );
            (field, reason)
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_iri_is_refused_by_its_field() {
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let now = Utc::now();
    for (field, iri, expected) in [
        ("platform_iri", "", "blank"),
        ("platform_iri", "shop.example", "not an absolute IRI"),
        ("platform_iri", "https:///", "names no host"),
        ("item_iri", " ", "blank"),
        ("item_iri", "my.item.id", "not an absolute IRI"),
        ("item_iri", "https://shop.example/a b", "white space"),
        ("database_iri", "books", "not an absolute IRI"),
        ("within_iris", "", "blank"),
        ("within_iris", "/shelf/1", "not an absolute IRI"),
    ] {
        let mut wrong = download(1, now);
        let usage = &mut wrong.usage;
        match field {
            "platform_iri" => usage.platform_iri = iri.into(),
            "item_iri" => usage.item_iri = iri.into(),
            "database_iri" => usage.database_iri = iri.into(),
            _ => usage.within_iris = vec!["https://shop.example/shelf".into(), iri.into()],
        }
        let (found, reason) = problem(djelme.record(wrong.by(&ada())).await);
        assert!(found == field && reason.contains(expected), "{iri:?}: {found}: {reason}");
        let mut shared = PythonView { usage: wrong.usage, labels: Vec::new(), page: None, timestamp: now };
        if expected == "blank" {
            assert_eq!(problem(djelme.record(shared.by(&ada())).await).0, field);
        } else {
            shared.page = Some(iri.into());
            djelme.record(shared.by(&ada())).await.unwrap();
        }
    }
    let mut good = download(1, now);
    good.usage.database_iri = "urn:example:books".into();
    good.usage.within_iris = vec!["doi:10.1000/182".into()];
    djelme.record(good.by(&ada())).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_does_not_make_a_session_is_refused_and_counted() {
    let backend = ScriptedBackend::new();
    let djelme = handle(&backend).await;
    let recorder = djelme.recorder().build().unwrap();
    let mut refused = 0;
    for (visitor, expected) in [
        (Visitor::new(), "nothing is known of the visitor"),
        (Visitor::new().client_ip(IP), "needs the user agent"),
        (Visitor::new().client_ip("192.0.2.77:80").user_agent(AGENT), "port"),
        (ada().user_id("  "), "blank"),
    ] {
        let (field, reason) = problem(djelme.record(download(1, Utc::now()).by(&visitor)).await);
        assert!(field == "sessionhour_id" && reason.contains(expected), "{reason}");
        recorder.try_push(download(1, Utc::now()).by(&visitor)).unwrap_err();
        refused += 1;
        assert_eq!(recorder.stats().total.refused, refused);
    }
    assert_eq!(documents(&backend).len(), 0);
}

/// Notes the days that keys were asked for.
struct Asked(std::sync::Arc<std::sync::Mutex<Vec<NaiveDate>>>);

impl SessionKeys for Asked {
    fn key(&self, day: NaiveDate) -> Result<SessionKey> {
        self.0.lock().unwrap().push(day);
        if self.0.lock().unwrap().len() > 1 {
            return Err(Error::Settings("the vault is sealed".into()));
        }
        Known.key(day)
    }
}

#[tokio::test(start_paused = true)]
async fn no_key_is_asked_for_a_day_that_is_not_taken_and_without_a_key_nothing_is_recorded() {
    let backend = ScriptedBackend::new();
    let asked = std::sync::Arc::<std::sync::Mutex<Vec<NaiveDate>>>::default();
    let djelme = handle_with(&backend, |builder| builder.session_keys(Asked(asked.clone()))).await;
    for days in [3, -31] {
        let error =
            djelme.record(download(1, Utc::now() + TimeDelta::days(days)).by(&ada())).await.unwrap_err();
        assert!(matches!(error, Error::NotAccepted { .. }), "{error:?}");
    }
    assert_eq!(asked.lock().unwrap().len(), 0);
    let today = Utc::now();
    djelme.record(download(1, today).by(&ada())).await.unwrap();
    assert_eq!(*asked.lock().unwrap(), [today.date_naive()]);
    let error = djelme.record(download(1, today).by(&ada())).await.unwrap_err();
    assert_eq!(error.to_string(), "settings: the vault is sealed");
    assert_eq!(documents(&backend).len(), 1);
}
