//! Settings from environment variables.

use djelme_core::{Error, Result};

use super::text::without_values;
use super::{DepthSetting, Settings};

const BACKENDS: &str = "DJELME_BACKENDS";
const DEFAULT_TIMEDEPTH: &str = "DJELME_DEFAULT_TIMEDEPTH";
const INDEX_PREFIX: &str = "DJELME_INDEX_PREFIX";

pub(super) fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Settings> {
    let backends = match variable(BACKENDS) {
        None => Default::default(),
        Some(json) => serde_json::from_str(&json).map_err(|error| malformed(&error))?,
    };
    let depth = variable(DEFAULT_TIMEDEPTH).map(|text| {
        text.parse()
            .map(DepthSetting)
            .map_err(|error| Error::Settings(format!("{DEFAULT_TIMEDEPTH}: {error}")))
    });
    Ok(Settings { backends, default_timedepth: depth.transpose()?, index_prefix: variable(INDEX_PREFIX) })
}

fn malformed(error: &serde_json::Error) -> Error {
    Error::Settings(format!(
        "{BACKENDS}: {}; the right form is {{\"main\": {{\"kind\": \"es8\", \"nodes\": [\"http://localhost:9200\"]}}}}",
        without_values(&error.to_string())
    ))
}
