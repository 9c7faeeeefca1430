//! The backend under test: what `DJELME_TEST_URL` names, which is a server or the embedded engine.

use anyhow::Context;
use djelme::{Es8, Es8Config};
pub use djelme_testing::{TestDjelme, throw_away_prefix as prefix};

/// Whether the embedded engine is under test.
#[must_use]
pub fn is_embedded() -> bool {
    url().is_ok_and(|url| url == djelme_testing::EMBEDDED)
}

/// Whether a test has to be left out because it needs what only servers have, which the summary then says.
#[allow(clippy::print_stdout, reason = "the test run reads this line")]
#[must_use]
pub fn only_on_servers(what: &str) -> bool {
    if is_embedded() {
        println!("djelme-test: note: not on the embedded engine: {what}");
    }
    is_embedded()
}

/// The URL of the server under test.
///
/// # Errors
/// If the variable is not set: these tests run by `cargo xtask test`, which brings the servers.
pub fn url() -> anyhow::Result<String> {
    djelme_testing::server_url().context("`cargo xtask test` starts servers and names them")
}

/// The backend under test.
///
/// # Errors
/// As [`url`].
pub fn es8() -> anyhow::Result<Es8> {
    Ok(Es8::new(Es8Config::new([url()?]))?)
}

/// Tells the test run that a field type was left out, which its summary then says.
#[allow(clippy::print_stdout, reason = "the test run reads this line")]
pub fn left_out(field_type: &str) {
    println!("djelme-test: left out: field type {field_type}: the server has none");
}
