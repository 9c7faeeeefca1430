//! The official client, as transport only: no other module names one of its types.
//!
//! Of the client, this uses the HTTP connection, TLS and the `Authorization` header. It has no timeouts, no retries
//! and no health of nodes; those are in [`nodes`](crate::nodes). Its `Response::content_type` and
//! `Response::warning_headers` panic on answers without such headers: do not call them.

use std::error::Error as StdError;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use djelme_core::{Error, Result};
use elasticsearch::auth::Credentials as ClientCredentials;
use elasticsearch::http::headers::{ACCEPT_ENCODING, HeaderMap, HeaderValue};
use elasticsearch::http::transport::{BuildError, SingleNodeConnectionPool, Transport, TransportBuilder};
use tokio::net::TcpStream;
use url::{Host, Url};

use crate::answer::Answer;
use crate::config::Credentials;
use crate::request::{Method, Request};

/// No wait that a server asks for is taken for longer than this.
const LONGEST_RETRY_AFTER: u64 = 24 * 60 * 60;

/// The connections to one node. They are opened when needed, kept and shared.
pub(crate) struct Connection {
    transport: Transport,
    url: Url,
    /// Whether a direct TCP connection is possible, as far as one can know.
    direct: bool,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Nothing was sent.
    NotSent(String),
    /// The connection broke after the request, or a part of it, was sent.
    Broken(String),
}

impl Connection {
    /// Prepares connections to one node; does no IO. `ca` is the text of a PEM file.
    pub(crate) fn new(url: Url, credentials: Option<&Credentials>, ca: Option<&CaFile>) -> Result<Self> {
        let mut builder = TransportBuilder::new(SingleNodeConnectionPool::new(url.clone()));
        if let Some(credentials) = credentials {
            builder = builder.auth(client_credentials(credentials));
        }
        if let Some(ca) = ca {
            builder = trust(builder, ca)?;
        }
        // A proxy has its own idea of what `localhost` is.
        let local = is_loopback(&url);
        if local {
            builder = builder.disable_proxy();
        }
        let direct = local || !proxy_is_set(url.scheme());
        let transport = builder.build().map_err(|error| {
            let cause = match error {
                BuildError::Io(error) => error.to_string(),
                BuildError::Cert(error) => causes(&error),
            };
            // What can be wrong at this point are certificates that are PEM, but not certificates.
            let given = ca.map(|ca| format!("`ca_cert`: {} cannot be used: ", ca.path.display()));
            Error::Settings(given.unwrap_or_default() + &cause)
        })?;
        Ok(Self { transport, url, direct })
    }

    /// Sends the request and waits for the complete answer, however long it takes.
    pub(crate) async fn send(&self, request: &Request) -> Result<Answer, Failure> {
        let method = match request.method {
            Method::Get => elasticsearch::http::Method::Get,
            Method::Post => elasticsearch::http::Method::Post,
            Method::Put => elasticsearch::http::Method::Put,
            Method::Delete => elasticsearch::http::Method::Delete,
        };
        let mut headers = HeaderMap::new();
        if !request.repeatable {
            // The answer to a batch is the longest to a write; unpacking it would take a quarter of what sending and
            // receiving cost the processor.
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        }
        let response = self
            .transport
            .send(method, &request.target, headers, None::<&()>, request.body.clone(), None)
            .await
            .map_err(|error| self.failure(&error))?;
        let status = response.status_code().as_u16();
        let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
        let seconds = retry_after.and_then(|seconds| seconds.trim().parse::<u64>().ok());
        let retry_after = seconds.map(|seconds| Duration::from_secs(seconds.min(LONGEST_RETRY_AFTER)));
        // The status has been received, so the request was sent.
        let body = response.bytes().await.map_err(|error| Failure::Broken(causes(&error)))?;
        Ok(Answer { request: request.to_string(), status, retry_after, body })
    }

    fn failure(&self, error: &elasticsearch::Error) -> Failure {
        let cause = error.source().and_then(|cause| cause.downcast_ref::<reqwest::Error>());
        // Without an error of the HTTP client below, the request could not even be put together.
        let sent = cause.is_some_and(|cause| !cause.is_connect() && !cause.is_builder());
        let text = causes(error);
        if !sent && text.contains("certificate") {
            return Failure::NotSent(format!("{text} (`ca_cert` names the authority to trust)"));
        }
        if !sent && self.url.scheme() == "https" && is_not_tls(&text) {
            return Failure::NotSent(format!(
                "{text} (does the node speak plain http? then its URL begins with `http:`)"
            ));
        }
        if sent && self.url.scheme() == "http" {
            return Failure::Broken(format!("{text} (if the node wants TLS, its URL begins with `https`)"));
        }
        if sent { Failure::Broken(text) } else { Failure::NotSent(text) }
    }

    /// Whether the node takes a TCP connection. Behind a proxy this cannot be known, so the answer is yes.
    pub(crate) async fn probe(&self, within: Duration) -> Result<(), String> {
        let (Some(host), Some(port), true) = (self.url.host(), self.url.port_or_known_default(), self.direct)
        else {
            return Ok(());
        };
        let connect = async {
            match host {
                Host::Domain(name) => TcpStream::connect((name, port)).await,
                Host::Ipv4(address) => TcpStream::connect((address, port)).await,
                Host::Ipv6(address) => TcpStream::connect((address, port)).await,
            }
        };
        match tokio::time::timeout(within, connect).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("no TCP connection within {within:?}")),
        }
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url.as_str().trim_end_matches('/'))
    }
}

fn client_credentials(credentials: &Credentials) -> ClientCredentials {
    match credentials {
        Credentials::Basic(user, password) => {
            ClientCredentials::Basic(user.clone(), password.expose().to_owned())
        }
        Credentials::Bearer(token) => ClientCredentials::Bearer(token.expose().to_owned()),
        Credentials::ApiKey(key) => match key.expose().split_once(':') {
            Some((id, key)) => ClientCredentials::ApiKey(id.to_owned(), key.to_owned()),
            None => ClientCredentials::EncodedApiKey(key.expose().to_owned()),
        },
    }
}

/// A file of certificates of authorities.
pub(crate) struct CaFile {
    pub(crate) path: PathBuf,
    #[cfg_attr(
        not(any(feature = "rustls-tls", feature = "native-tls")),
        expect(dead_code, reason = "without TLS there is nothing to trust")
    )]
    pub(crate) pem: Vec<u8>,
}

#[cfg(any(feature = "rustls-tls", feature = "native-tls"))]
fn trust(builder: TransportBuilder, ca: &CaFile) -> Result<TransportBuilder> {
    use elasticsearch::cert::{Certificate, CertificateValidation};

    let certificate = Certificate::from_pem(&ca.pem).map_err(|error| {
        let path = ca.path.display();
        Error::Settings(format!("`ca_cert`: {path} holds no usable PEM certificate: {}", causes(&error)))
    })?;
    Ok(builder.cert_validation(CertificateValidation::Full(certificate)))
}

#[cfg(not(any(feature = "rustls-tls", feature = "native-tls")))]
fn trust(_builder: TransportBuilder, _ca: &CaFile) -> Result<TransportBuilder> {
    Err(Error::Settings("`ca_cert`: built without TLS (features `rustls-tls`, `native-tls`)".to_owned()))
}

/// Whether the handshake failed because the answer to it was no TLS at all, in the words of rustls and of OpenSSL.
/// Neither error has a public type below the client's.
fn is_not_tls(text: &str) -> bool {
    ["InvalidContentType", "wrong version number", "packet length too long"]
        .iter()
        .any(|words| text.contains(words))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether the client might go through a proxy for this scheme, by the variables that it heeds.
fn proxy_is_set(scheme: &str) -> bool {
    let own = if scheme == "https" { ["HTTPS_PROXY", "https_proxy"] } else { ["HTTP_PROXY", "http_proxy"] };
    let names = own.into_iter().chain(["ALL_PROXY", "all_proxy"]);
    names.into_iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// The causes below an error of the client, innermost last. The outermost text only repeats the URL.
fn causes(error: &(dyn StdError + 'static)) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !inner.is::<reqwest::Error>() && texts.last() != Some(&text) {
            texts.push(text);
        }
        cause = inner.source();
    }
    if texts.is_empty() { error.to_string() } else { texts.join(": ") }
}
