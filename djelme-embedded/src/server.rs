//! What the engine says about itself.

use djelme_core::backend::ServerInfo;

use crate::schema;

pub(crate) fn info() -> ServerInfo {
    ServerInfo { product: "djelme-embedded".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
}

/// Which of these field types the engine has not.
pub(crate) fn lacking_field_types(types: &[&str]) -> Vec<String> {
    types.iter().filter(|name| !schema::has_type(name)).map(|name| (*name).to_owned()).collect()
}
