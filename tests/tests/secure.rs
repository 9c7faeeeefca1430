//! A server with security and TLS switched on: who gets in, by what, and what they may do.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails fails its test")]

#[path = "secure/login.rs"]
mod login;
#[path = "secure/privileges.rs"]
mod privileges;
#[path = "secure/tls.rs"]
mod tls;

use djelme_core::document::{Batch, BatchBuilder, WriteOp};
use djelme_es8::{Es8, Es8Config};
use elasticsearch::auth::Credentials;
use elasticsearch::cert::{Certificate, CertificateValidation};
use elasticsearch::http::headers::HeaderMap;
use elasticsearch::http::transport::{SingleNodeConnectionPool, TransportBuilder};
use elasticsearch::http::{Method, Url};
use serde_json::{Value, json};

/// One of the variables that `cargo xtask test` sets for the secured server.
fn variable(name: &str) -> String {
    let name = format!("DJELME_TEST_SECURE_{name}");
    std::env::var(&name).unwrap_or_else(|_| {
        panic!("{name} is not set; `cargo xtask test` starts a secured server and sets it")
    })
}

/// Settings that trust the server and do not log in.
fn trusting() -> Es8Config {
    Es8Config::new([variable("URL")]).ca_cert(variable("CA"))
}

/// A backend that may do everything.
fn superuser() -> Es8 {
    Es8::new(trusting().basic_auth(variable("USER"), variable("PASSWORD"))).unwrap()
}

/// Sends a request to the server as its superuser, for what no backend does. It must succeed.
async fn must(method: Method, path: &str, body: Option<Value>) -> Value {
    let pem = std::fs::read(variable("CA")).unwrap();
    let pool = SingleNodeConnectionPool::new(Url::parse(&variable("URL")).unwrap());
    let transport = TransportBuilder::new(pool)
        .cert_validation(CertificateValidation::Full(Certificate::from_pem(&pem).unwrap()))
        .auth(Credentials::Basic(variable("USER"), variable("PASSWORD")))
        .build()
        .unwrap();
    let body = body.map(|body| body.to_string());
    let response = transport.send(method, path, HeaderMap::new(), None::<&()>, body, None).await.unwrap();
    let status = response.status_code();
    let answer = response.json::<Value>().await.unwrap();
    assert!(status.is_success(), "{path}: {answer}");
    answer
}

/// An API key, as the server gives it.
struct ApiKey {
    id: String,
    key: String,
    encoded: String,
}

impl ApiKey {
    /// A key with these privileges on one index, or with the superuser's own if there are none.
    async fn new(name: &str, privileges: Option<(&str, &[&str])>) -> Self {
        let roles = privileges.map(|(index, privileges)| {
            json!({ "only": { "indices": [{ "names": [index], "privileges": privileges }] } })
        });
        let body = json!({ "name": name, "role_descriptors": roles.unwrap_or(json!({})) });
        let answer = must(Method::Post, "_security/api_key", Some(body)).await;
        let text = |field: &str| answer[field].as_str().unwrap().to_owned();
        Self { id: text("id"), key: text("api_key"), encoded: text("encoded") }
    }

    fn backend(&self) -> Es8 {
        Es8::new(trusting().api_key(self.encoded.as_str())).unwrap()
    }

    async fn revoke(self) {
        must(Method::Delete, "_security/api_key", Some(json!({ "ids": [self.id] }))).await;
    }
}

/// A batch that creates one empty document in each of these indexes.
fn batch(indexes: &[&str]) -> Batch {
    let mut builder = BatchBuilder::default();
    for index in indexes {
        let write = |text: &str, out: &mut Vec<u8>| {
            out.extend_from_slice(text.as_bytes());
            Ok::<(), ()>(())
        };
        builder.push(WriteOp::Create, "a", |out| write(index, out), |out| write("{}", out)).unwrap();
    }
    builder.finish()
}
