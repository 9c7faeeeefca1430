//! What answers at the nodes' addresses.

use djelme_core::backend::ServerInfo;
use djelme_core::{BackendError, ErrorKind, Result};
use serde::Deserialize;

use crate::nodes::Nodes;
use crate::request::Request;

const OLDEST_MAJOR: u32 = 8;

#[derive(Deserialize)]
struct Info {
    version: Version,
    #[serde(default)]
    tagline: String,
}

#[derive(Deserialize)]
struct Version {
    number: String,
    /// Set by forks, such as `opensearch`.
    distribution: Option<String>,
}

/// The product and version, if they are ones that this backend knows how to speak to.
pub(crate) async fn info(nodes: &Nodes) -> Result<ServerInfo> {
    let answer = nodes.send(&Request::get("/")).await?.success()?;
    let Ok(Info { version, tagline }) = answer.json::<Info>() else {
        let found = format!("{}: not Elasticsearch, it answers `{}`", answer.request, answer.excerpt());
        return Err(unsupported(found));
    };
    if version.distribution.is_some() || tagline != "You Know, for Search" {
        let product = version.distribution.unwrap_or(tagline);
        return Err(unsupported(format!(
            "`{product}` {}; djelme needs Elasticsearch 8 or later",
            version.number
        )));
    }
    let major = version.number.split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < OLDEST_MAJOR) {
        return Err(unsupported(format!(
            "Elasticsearch {}; djelme needs version 8 or later",
            version.number
        )));
    }
    Ok(ServerInfo { product: "elasticsearch".to_owned(), version: version.number })
}

fn unsupported(found: String) -> djelme_core::Error {
    BackendError::new(ErrorKind::UnsupportedServer, found).into()
}
