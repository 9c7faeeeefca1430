//! Settings of an Elasticsearch backend, as a program or a settings file gives them.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use djelme_core::time::parse_duration;
use djelme_core::{Error, Result};
use serde::de::{self, Deserialize, Deserializer};
use url::Url;

use crate::secret::Secret;
use crate::transport::CaFile;

const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Where the cluster is, how to log in, how long to wait.
///
/// Its keys in a settings file; any other is an error:
///
/// | key | value |
/// |---|---|
/// | `nodes` | list of URLs, at least one |
/// | `username` and `password`, or `api_key`, or `bearer_token` | at most one way to log in |
/// | `ca_cert` | path of a PEM file |
/// | `request_timeout`, `connect_timeout` | a length of time, such as `"30s"` |
///
/// ```
/// use djelme_es8::{Es8, Es8Config};
///
/// let config = Es8Config::new(["https://es1.example:9200", "https://es2.example:9200"])
///     .api_key("VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw==");
/// let backend = Es8::new(config)?;
///
/// let config: Es8Config = serde_json::from_str(
///     r#"{"nodes": ["http://localhost:9200"], "username": "shop", "password": "hunter2", "request_timeout": "10s"}"#,
/// )?;
/// assert!(!format!("{config:?}").contains("hunter2"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Es8Config {
    #[serde(deserialize_with = "nodes_from_list")]
    nodes: Vec<String>,
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    password: Option<Secret>,
    #[serde(default)]
    api_key: Option<Secret>,
    #[serde(default)]
    bearer_token: Option<Secret>,
    #[serde(default)]
    ca_cert: Option<PathBuf>,
    #[serde(default, deserialize_with = "duration_from_text")]
    request_timeout: Option<Duration>,
    #[serde(default, deserialize_with = "duration_from_text")]
    connect_timeout: Option<Duration>,
}

impl Es8Config {
    /// A cluster without login at these URLs, such as `http://localhost:9200`. Name several nodes to outlive one.
    pub fn new<S: Into<String>>(nodes: impl IntoIterator<Item = S>) -> Self {
        Self { nodes: nodes.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// Logs in with a user's name and password (`username` and `password` in a settings file).
    #[must_use]
    pub fn basic_auth(mut self, username: impl Into<String>, password: impl Into<Secret>) -> Self {
        self.username = Some(username.into());
        self.password = Some(password.into());
        self
    }

    /// Logs in with an API key: the `encoded` one, or `id:api_key`.
    #[must_use]
    pub fn api_key(mut self, key: impl Into<Secret>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// Logs in with a token (`bearer_token` in a settings file).
    #[must_use]
    pub fn bearer(mut self, token: impl Into<Secret>) -> Self {
        self.bearer_token = Some(token.into());
        self
    }

    /// Trusts the authorities in this PEM file, beside the common ones of the web (feature `rustls-tls`) or of the
    /// operating system (feature `native-tls`).
    #[must_use]
    pub fn ca_cert(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_cert = Some(path.into());
        self
    }

    /// How long a call may take in all (30 seconds unless set).
    #[must_use]
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = Some(timeout);
        self
    }

    /// How long a node that has not answered lately may take to accept a TCP connection (3 seconds unless set).
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// Checks everything and reads the file of `ca_cert`.
    pub(crate) fn resolve(&self) -> Result<Resolved> {
        if self.nodes.is_empty() {
            return Err(settings("`nodes` is empty: give at least one URL, such as `http://localhost:9200`"));
        }
        let nodes = self.nodes.iter().map(|node| parse_node(node)).collect::<Result<Vec<_>>>()?;
        Ok(Resolved {
            nodes,
            credentials: self.credentials()?,
            ca: self.ca_cert.as_deref().map(read_ca).transpose()?,
            request_timeout: timeout("request_timeout", self.request_timeout, REQUEST_TIMEOUT)?,
            connect_timeout: timeout("connect_timeout", self.connect_timeout, CONNECT_TIMEOUT)?,
        })
    }

    fn credentials(&self) -> Result<Option<Credentials>> {
        let basic = match (&self.username, &self.password) {
            (Some(user), _) if user.contains(':') => {
                return Err(settings("`username` cannot hold `:`"));
            }
            (Some(user), Some(password)) => Some(Credentials::Basic(user.clone(), password.clone())),
            (None, None) => None,
            (Some(_), None) => return Err(settings("`username` is set, but `password` is not")),
            (None, Some(_)) => return Err(settings("`password` is set, but `username` is not")),
        };
        let api_key = as_header("api_key", self.api_key.as_ref())?.map(Credentials::ApiKey);
        let bearer = as_header("bearer_token", self.bearer_token.as_ref())?.map(Credentials::Bearer);
        let mut ways = [basic, api_key, bearer].into_iter().flatten();
        match (ways.next(), ways.next()) {
            (way, None) => Ok(way),
            _ => Err(settings(
                "several ways to log in are set; choose `username` with `password`, `api_key` or `bearer_token`",
            )),
        }
    }
}

impl fmt::Debug for Es8Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A URL with a password in it is refused later, but may be printed before.
        let nodes: Vec<_> = self.nodes.iter().map(|node| without_login(node)).collect();
        f.debug_struct("Es8Config")
            .field("nodes", &nodes)
            .field("username", &self.username)
            .field("password", &self.password)
            .field("api_key", &self.api_key)
            .field("bearer_token", &self.bearer_token)
            .field("ca_cert", &self.ca_cert)
            .field("request_timeout", &self.request_timeout)
            .field("connect_timeout", &self.connect_timeout)
            .finish()
    }
}

/// Settings that have been checked.
pub(crate) struct Resolved {
    pub(crate) nodes: Vec<Url>,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) ca: Option<CaFile>,
    pub(crate) request_timeout: Duration,
    pub(crate) connect_timeout: Duration,
}

/// One way to log in.
pub(crate) enum Credentials {
    Basic(String, Secret),
    Bearer(Secret),
    ApiKey(Secret),
}

fn settings(problem: impl Into<String>) -> Error {
    Error::Settings(problem.into())
}

fn parse_node(given: &str) -> Result<Url> {
    let shown = without_login(given);
    let refuse = |problem: &str| settings(format!("`nodes`: `{shown}` {problem}"));
    let url = Url::parse(given)
        .map_err(|error| refuse(&format!("is not a URL such as `http://localhost:9200`: {error}")))?;
    if shown != given || !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("holds a login; use the settings `username` and `password` instead"));
    }
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(refuse("is not a URL such as `http://localhost:9200`"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("has a part after `?` or `#`, which a node's URL cannot have"));
    }
    if url.scheme() == "https" && !cfg!(any(feature = "rustls-tls", feature = "native-tls")) {
        return Err(refuse("needs TLS: build with the feature `rustls-tls` or `native-tls`"));
    }
    Ok(url)
}

/// The URL with `..` for whatever stands before an `@`.
fn without_login(node: &str) -> String {
    match node.rsplit_once('@') {
        Some((_, rest)) => format!("..@{rest}"),
        None => node.to_owned(),
    }
}

fn read_ca(path: &Path) -> Result<CaFile> {
    let pem = std::fs::read(path)
        .map_err(|error| settings(format!("`ca_cert`: {} cannot be read: {error}", path.display())))?;
    Ok(CaFile { path: path.to_owned(), pem })
}

fn timeout(name: &str, given: Option<Duration>, default: Duration) -> Result<Duration> {
    match given {
        Some(Duration::ZERO) => Err(settings(format!("`{name}` must be longer than nothing"))),
        given => Ok(given.unwrap_or(default)),
    }
}

/// A secret that goes into a header as it is. The client panics on one that cannot.
fn as_header(name: &str, secret: Option<&Secret>) -> Result<Option<Secret>> {
    let visible = |secret: &Secret| {
        !secret.expose().is_empty() && secret.expose().bytes().all(|b| b.is_ascii_graphic())
    };
    match secret {
        Some(secret) if !visible(secret) => Err(settings(format!(
            "`{name}` is empty or holds spaces, line ends or letters that are not ASCII"
        ))),
        secret => Ok(secret.cloned()),
    }
}

fn nodes_from_list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    // Serde's own message about a string in place of the list would quote it, password included.
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Given {
        List(Vec<String>),
        Other(de::IgnoredAny),
    }
    match Given::deserialize(deserializer)? {
        Given::List(nodes) => Ok(nodes),
        Given::Other(_) => Err(de::Error::custom("`nodes` must be a list of URLs")),
    }
}

fn duration_from_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let parsed = parse_duration(&text).map_err(de::Error::custom)?;
    parsed.to_std().map(Some).map_err(de::Error::custom)
}
