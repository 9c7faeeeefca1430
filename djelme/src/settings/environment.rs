//! Settings from environment variables.

use std::ffi::OsString;

use djelme_core::{Error, Result};

use super::backends::Backends;
use super::text::without_values;
use super::{DepthSetting, Settings};

const BACKENDS: &str = "DJELME_BACKENDS";
const DEFAULT_TIMEDEPTH: &str = "DJELME_DEFAULT_TIMEDEPTH";
const INDEX_PREFIX: &str = "DJELME_INDEX_PREFIX";

/// The settings of these variables. An empty variable is as none.
pub(super) fn read<V: Into<OsString>>(variable: impl Fn(&str) -> Option<V>) -> Result<Settings> {
    let text = |name: &str| match variable(name).map(|value| value.into().into_string()) {
        Some(Err(_)) => Err(Error::Settings(format!("{name}: it is not UTF-8"))),
        Some(Ok(text)) if !text.is_empty() => Ok(Some(text)),
        _ => Ok(None),
    };
    let backends = match text(BACKENDS)? {
        None => Backends::default(),
        Some(json) => serde_json::from_str(&json).map_err(|error| malformed(&error))?,
    };
    let depth = text(DEFAULT_TIMEDEPTH)?.map(|text| {
        text.parse()
            .map(DepthSetting)
            .map_err(|error| Error::Settings(format!("{DEFAULT_TIMEDEPTH}: {error}")))
    });
    Ok(Settings {
        backends: backends.0,
        default_timedepth: depth.transpose()?,
        index_prefix: text(INDEX_PREFIX)?,
    })
}

fn malformed(error: &serde_json::Error) -> Error {
    Error::Settings(format!(
        "{BACKENDS}: {}; the right form is {{\"main\": {{\"kind\": \"es8\", \"nodes\": [\"http://localhost:9200\"]}}}}",
        without_values(&error.to_string())
    ))
}
