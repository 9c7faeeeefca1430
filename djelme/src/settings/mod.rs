//! Settings: the named backends, the prefix and the default depth, from the environment and from `djelme.toml`.

mod backends;
mod environment;
mod file;
#[cfg(any(feature = "es8", feature = "embedded"))]
mod keys;
mod text;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use djelme_core::time::TimeDepth;
use djelme_core::{Error, Result};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Name of the settings file, looked for in the current folder.
pub const FILE_NAME: &str = "djelme.toml";

/// The settings of a program, before any backend is made of them.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Settings {
    /// The backends, by name.
    pub backends: BTreeMap<String, BackendSettings>,
    /// The depth of types that name none; `None` means day, as in the Python package.
    pub default_timedepth: Option<DepthSetting>,
    /// What the names of all indexes and templates begin with, unless a backend or a type says otherwise.
    pub index_prefix: Option<String>,
}

/// One backend: its kind and what that kind needs. Its `Debug` shows no values, since some are secrets.
#[derive(Clone, PartialEq, Deserialize)]
pub struct BackendSettings {
    /// The kind: `es8` or `embedded`.
    pub kind: String,
    /// What the names of this backend's indexes and templates begin with.
    #[serde(default)]
    pub index_prefix: Option<String>,
    /// The other keys, for the backend of that kind.
    #[serde(flatten)]
    pub options: Map<String, Value>,
}

impl std::fmt::Debug for BackendSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let keys: Vec<_> = self.options.keys().collect();
        f.debug_struct("BackendSettings").field("kind", &self.kind).field("keys", &keys).finish()
    }
}

/// A depth as settings give it: `3` or `"day"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value")]
pub struct DepthSetting(pub TimeDepth);

impl TryFrom<Value> for DepthSetting {
    type Error = Error;

    fn try_from(value: Value) -> Result<Self> {
        let text = match &value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        // Backticks, not double quotes: those stand around values, which messages about settings leave out.
        let wrong = |_| {
            Error::Settings(format!(
                "`{text}` is not a depth; there are `year`, `month`, `day`, `hour`, or 1 to 4"
            ))
        };
        text.parse().map(Self).map_err(wrong)
    }
}

impl Settings {
    /// The settings of the environment, completed by `djelme.toml` of the current folder.
    ///
    /// `DJELME_BACKENDS` is JSON, `{"main": {"kind": "es8", "nodes": ["http://localhost:9200"]}}` or, without a
    /// server, `{"main": {"kind": "embedded", "path": "djelme-data"}}`, and takes the place of all backends of the file; `DJELME_DEFAULT_TIMEDEPTH` and `DJELME_INDEX_PREFIX` that of their keys.
    ///
    /// # Errors
    /// [`Error::Settings`] if one of them is malformed (variable, or file and line). A missing file is not an error.
    pub fn from_env() -> Result<Self> {
        Self::from_sources(|name| std::env::var_os(name), Path::new(FILE_NAME))
    }

    /// The same with given variables and file. An empty variable counts as none.
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env).
    pub fn from_sources<V: Into<OsString>>(
        variable: impl Fn(&str) -> Option<V>,
        file: &Path,
    ) -> Result<Self> {
        Ok(environment::read(variable)?.or(file::read(file)?))
    }

    fn or(self, other: Self) -> Self {
        Self {
            backends: if self.backends.is_empty() { other.backends } else { self.backends },
            default_timedepth: self.default_timedepth.or(other.default_timedepth),
            index_prefix: self.index_prefix.or(other.index_prefix),
        }
    }
}

#[cfg(feature = "es8")]
pub(crate) fn es8_config(options: Map<String, Value>) -> Result<djelme_es8::Es8Config> {
    config(options)
}

/// What the kind `embedded` needs.
#[cfg(feature = "embedded")]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmbeddedConfig {
    /// The folder of the store; a relative one lies in the current folder of the program.
    pub(crate) path: std::path::PathBuf,
}

#[cfg(feature = "embedded")]
pub(crate) fn embedded_config(options: Map<String, Value>) -> Result<EmbeddedConfig> {
    let config: EmbeddedConfig = config(options)?;
    if config.path.as_os_str().is_empty() {
        return Err(Error::Settings("`path` is empty; it names the folder of the store".into()));
    }
    Ok(config)
}

/// The settings of one kind, out of the keys that are not common to all kinds.
#[cfg(any(feature = "es8", feature = "embedded"))]
fn config<T: serde::de::DeserializeOwned>(options: Map<String, Value>) -> Result<T> {
    keys::refuse_unknown::<T>(&options)?;
    serde_json::from_value(Value::Object(options))
        .map_err(|error| Error::Settings(text::without_values(&error.to_string())))
}
