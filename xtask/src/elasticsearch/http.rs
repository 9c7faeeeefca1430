//! The few requests that the tasks send to a server.

use std::{fs, time::Duration};

use anyhow::{Context as _, Result, bail};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;
use ureq::{
    Agent, RequestBuilder,
    tls::{Certificate, RootCerts, TlsConfig},
    typestate::WithoutBody,
};

use super::ServerHandle;

/// Sends requests to one server.
#[derive(Debug)]
pub(crate) struct Client {
    agent: Agent,
    base: String,
    authorization: Option<String>,
}

impl Client {
    /// A client that trusts the server's own certificate authority and signs in as its user.
    pub(crate) fn new(handle: &ServerHandle) -> Result<Self> {
        let mut config = Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(10)))
            .http_status_as_error(false)
            .proxy(None);
        if let Some(path) = &handle.ca_path {
            let pem = fs::read(path)
                .with_context(|| format!("cannot read the certificate authority {}", path.display()))?;
            let authority = Certificate::from_pem(&pem)
                .with_context(|| format!("{} is not a PEM certificate", path.display()))?;
            let roots = RootCerts::new_with_certs(&[authority]);
            config = config.tls_config(TlsConfig::builder().root_certs(roots).build());
        }
        let authorization = match (&handle.user, &handle.password) {
            (Some(user), Some(password)) => {
                Some(format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}"))))
            }
            _ => None,
        };
        let base = handle.url.trim_end_matches('/').to_owned();
        Ok(Self { agent: Agent::new_with_config(config.build()), base, authorization })
    }

    /// The version number that the server states.
    pub(crate) fn version(&self) -> Result<String> {
        let found = self.get("/")?;
        let number = found.pointer("/version/number").and_then(Value::as_str);
        Ok(number.context("the answer to `GET /` has no version.number: is this Elasticsearch?")?.to_owned())
    }

    /// The JSON answer to a GET.
    pub(crate) fn get(&self, path: &str) -> Result<Value> {
        self.answer("GET", path, self.agent.get(format!("{}{path}", self.base)))
    }

    /// The JSON answer to a DELETE.
    pub(crate) fn delete(&self, path: &str) -> Result<Value> {
        self.answer("DELETE", path, self.agent.delete(format!("{}{path}", self.base)))
    }

    fn answer(&self, method: &str, path: &str, request: RequestBuilder<WithoutBody>) -> Result<Value> {
        let request = match &self.authorization {
            Some(value) => request.header("authorization", value),
            None => request,
        };
        let mut response = request.call().context("no answer")?;
        let status = response.status();
        let body = response.body_mut().read_to_string().context("the answer broke off")?;
        if !status.is_success() {
            bail!("`{method} {path}` was answered with {status}: {}", body.trim());
        }
        serde_json::from_str(&body).with_context(|| format!("the answer to `{method} {path}` is not JSON"))
    }
}
