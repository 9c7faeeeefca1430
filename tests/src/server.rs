//! The backend under test, which is a server or the embedded engine, and prefixes that no other test uses.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use std::sync::Arc;

use anyhow::Context;
use djelme::backend::Backend;
use djelme::record_type::TypeRef;
use djelme::{Djelme, DjelmeBuilder, Embedded, Es8, Es8Config};

/// The environment variable that names the server.
pub const URL: &str = "DJELME_TEST_URL";

/// The environment variable that, with the value `embedded`, takes the embedded engine in the place of a server.
pub const BACKEND: &str = "DJELME_TEST_BACKEND";

/// Whether the embedded engine is under test.
#[must_use]
pub fn is_embedded() -> bool {
    std::env::var(BACKEND).is_ok_and(|backend| backend == "embedded")
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
    std::env::var(URL).with_context(|| {
        format!("{URL} is not set; `cargo xtask test` starts servers and sets it, or give the URL of one to test on")
    })
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

/// A prefix for the names of one test.
#[must_use]
pub fn prefix(test: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("t{}x{nanos}x{count}-{test}-", std::process::id())
}

/// A handle on the backend under test, whose names all begin with a prefix of its own. [`clean`](Self::clean) removes
/// what the test made; a test that fails leaves it for a look.
#[derive(Debug)]
pub struct TestDjelme {
    /// The handle.
    pub djelme: Djelme,
    /// The backend behind it, for a look from the other side.
    pub backend: Arc<dyn Backend>,
    /// The prefix of all names.
    pub prefix: String,
    embedded: Option<Embedded>,
}

impl TestDjelme {
    /// A handle for these record types.
    ///
    /// # Errors
    /// As [`url`], and if the types cannot be resolved.
    pub fn new<T: Into<TypeRef>>(test: &str, types: impl IntoIterator<Item = T>) -> anyhow::Result<Self> {
        Self::with(test, types, |builder| builder)
    }

    /// The same, with more said to the builder.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with<T: Into<TypeRef>>(
        test: &str,
        types: impl IntoIterator<Item = T>,
        more: impl FnOnce(DjelmeBuilder) -> DjelmeBuilder,
    ) -> anyhow::Result<Self> {
        let prefix = prefix(test);
        let embedded = if is_embedded() { Some(Embedded::in_memory()?) } else { None };
        let backend: Arc<dyn Backend> = match &embedded {
            Some(embedded) => Arc::new(embedded.clone()),
            None => Arc::new(es8()?),
        };
        let builder = builder(embedded.as_ref(), &prefix)?.record_types(types);
        Ok(Self { djelme: more(builder).build()?, backend, prefix, embedded })
    }

    /// A builder of another handle on the same backend and the same names.
    ///
    /// # Errors
    /// As [`url`].
    pub fn builder(&self) -> anyhow::Result<DjelmeBuilder> {
        builder(self.embedded.as_ref(), &self.prefix)
    }

    /// Deletes the indexes under the prefix, each by its name, and the templates named.
    ///
    /// # Errors
    /// If a request fails.
    pub async fn clean(self, templates: &[&str]) -> anyhow::Result<()> {
        for index in self.backend.indexes(&format!("{}*", self.prefix)).await? {
            self.backend.delete_index(&index.name).await?;
        }
        for template in templates {
            self.backend.delete_template(&format!("{}{template}", self.prefix)).await?;
        }
        Ok(())
    }
}

fn builder(embedded: Option<&Embedded>, prefix: &str) -> anyhow::Result<DjelmeBuilder> {
    let builder = Djelme::builder().index_prefix(prefix);
    Ok(match embedded {
        Some(embedded) => builder.backend("main", embedded.clone()),
        None => builder.backend("main", es8()?),
    })
}
