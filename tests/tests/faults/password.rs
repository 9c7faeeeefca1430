//! A password that is changed in mid-stream.

use std::time::Duration;

use djelme::audit::Run;
use djelme::backend::Backend as _;
use djelme::recorder::{DiskBuffer, Recorder};
use djelme::{Djelme, Es8, Es8Config};
use djelme_testing::throw_away_prefix;
use elasticsearch::http::Method;
use serde_json::json;

use crate::servers::{Login, must};
use crate::stream::{Stream, Visit, config, handle_of, visit};

/// One of the variables that `cargo xtask test` sets for the secured server.
fn variable(name: &str) -> String {
    let name = format!("DJELME_TEST_SECURE_{name}");
    std::env::var(&name).unwrap_or_else(|_| panic!("{name} is not set; `cargo xtask test` sets it"))
}

/// A user who may write, and may be locked out.
struct Writer {
    name: String,
    superuser: Login,
}

impl Writer {
    async fn new(name: String) -> Self {
        let superuser = Login { ca: variable("CA"), user: variable("USER"), password: variable("PASSWORD") };
        let writer = Self { name, superuser };
        let body = json!({ "password": "the first one", "roles": ["superuser"] });
        writer.must(Method::Put, "", Some(body)).await;
        writer
    }

    async fn must(&self, method: Method, end: &str, body: Option<serde_json::Value>) {
        let path = format!("/_security/user/{}{end}", self.name);
        must(&variable("URL"), Some(&self.superuser), method, &path, body).await;
    }

    async fn change_password(&self, password: &str) {
        self.must(Method::Put, "/_password", Some(json!({ "password": password }))).await;
    }

    fn config(&self, password: &str) -> Es8Config {
        config([variable("URL")]).ca_cert(variable("CA")).basic_auth(self.name.as_str(), password)
    }

    /// A handle that is set up.
    async fn handle(&self) -> Djelme {
        let djelme = handle_of(&self.name, self.config("the first one"));
        djelme.setup().await.unwrap();
        djelme
    }

    /// Removes the user and all that it wrote.
    async fn clean(self) {
        let Login { user, password, .. } = &self.superuser;
        let config = config([variable("URL")]).ca_cert(variable("CA"));
        let backend = Es8::new(config.basic_auth(user.as_str(), password.as_str())).unwrap();
        for index in backend.indexes(&format!("{}*", self.name)).await.unwrap() {
            backend.delete_index(&index.name).await.unwrap();
        }
        for record_type in ["visit", "bystander", "copied"] {
            let template = format!("{}faults_{record_type}__template", self.name);
            assert!(backend.delete_template(&template).await.unwrap(), "{template}");
        }
        self.must(Method::Delete, "", None).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_old_password_is_set_again() {
    let writer = Writer::new(throw_away_prefix("password")).await;
    let djelme = writer.handle().await;
    let stream = Stream::begin::<Visit>(&djelme);
    stream.stores(400).await;
    writer.change_password("the second one").await;
    stream.is_blocked("401").await;
    let said = format!("{:?}", stream.recorder.health());
    assert!(!said.contains("the first one"), "{said}");
    writer.change_password("the first one").await;
    stream.stores(400).await;
    stream.all_arrives::<Visit>(&djelme).await;
    writer.clean().await;
}

/// A recorder that keeps what it takes in this folder.
fn buffered(djelme: &Djelme, folder: &std::path::Path, run: &Run) -> Recorder {
    let builder = djelme.recorder().disk_buffer(DiskBuffer::new(folder)).on_outcome(run.observer());
    builder.batch_records(100).batch_age(Duration::from_millis(100)).build().unwrap()
}

/// For good: the program is started again with the new one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_is_started_again_with_the_new_password() {
    let writer = Writer::new(throw_away_prefix("password-new")).await;
    let folder = tempfile::tempdir().unwrap();
    let first = writer.handle().await;
    let run = Run::default();
    let recorder = buffered(&first, folder.path(), &run);
    for number in 0..1_000 {
        if number == 500 {
            recorder.flush().await.unwrap();
            writer.change_password("the second one").await;
        }
        recorder.push(&visit(number)).await.unwrap();
    }
    let error = recorder.flush().await.unwrap_err();
    assert!(error.to_string().contains("401"), "{error}");
    let end = recorder.shutdown(Duration::from_secs(1)).await;
    assert_eq!((end.stats.total.stored, end.unsent.len(), end.stats.total.rejected), (500, 500, 0));
    let second = handle_of(&writer.name, writer.config("the second one"));
    let recorder = buffered(&second, folder.path(), &run);
    recorder.flush().await.unwrap();
    let end = recorder.shutdown(Duration::from_secs(30)).await;
    assert_eq!((end.stats.total.stored, end.unsent.len(), end.stats.total.rejected), (500, 0, 0));
    let audit = second.audit::<Visit>(run.stored::<Visit>()).within((2024,), (2025,)).unwrap();
    let audit = audit.compare().await.unwrap();
    assert_eq!((audit.found, audit.missing.len(), audit.unexpected.len()), (1_000, 0, 0));
    writer.clean().await;
}
