//! Handles for tests: throw-away prefixes, set-up and tear-down.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use djelme::backend::Backend;
use djelme::record_type::TypeRef;
use djelme::router::Router as _;
use djelme::{Djelme, DjelmeBuilder, Error, Es8, Es8Config, Result};

/// The environment variable that names the store for tests: the URL of a server, or [`EMBEDDED`].
pub const URL_VARIABLE: &str = "DJELME_TEST_URL";

/// The value of [`URL_VARIABLE`] that takes the embedded engine, in memory, in the place of a server; it needs the feature
/// `embedded`.
pub const EMBEDDED: &str = "embedded";

/// The value of [`URL_VARIABLE`].
///
/// # Errors
/// [`Error::Settings`] if the variable is not set.
pub fn server_url() -> Result<String> {
    let problem =
        format!("{URL_VARIABLE} is not set; give it the URL of an Elasticsearch for tests, or `{EMBEDDED}`");
    std::env::var(URL_VARIABLE).map_err(|_| Error::Settings(problem))
}

/// A prefix that no other test has, also none of another process: for the names of the indexes and templates of one test,
/// so that tests can run at the same time and on a server that others use.
///
/// The name of the test becomes a part of it, so it must be one that index names can have: lower-case letters, digits,
/// `-` and `_`.
///
/// ```
/// let prefix = djelme_testing::throw_away_prefix("orders");
/// assert!(prefix.ends_with("-orders-"));
/// assert_ne!(prefix, djelme_testing::throw_away_prefix("orders"));
/// ```
#[must_use]
pub fn throw_away_prefix(test: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("t{}x{nanos}x{count}-{test}-", std::process::id())
}

/// A handle whose names all begin with a prefix of its own. [`clean`](Self::clean) deletes what the test made, and
/// nothing else; a test that fails leaves it for a look.
///
/// ```
/// use djelme::EventRecord;
/// use djelme::prelude::*;
/// use djelme_testing::{ScriptedServer, TestDjelme};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, Clone, Serialize, Deserialize, EventRecord)]
/// #[djelme(app_label = "shop", timedepth = "month")]
/// struct View {
///     page: String,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> djelme::Result<()> {
/// # let server = ScriptedServer::start().unwrap();
/// // `TestDjelme::new("views", [View::TYPE])` takes the store that DJELME_TEST_URL names.
/// let test = TestDjelme::at(&server.url(), "views", [View::TYPE])?;
/// test.djelme.setup().await?;
/// test.djelme.record(&View { page: "/".into() }).await?;
/// test.djelme.refresh::<View>().await?;
/// assert_eq!(View::search().count(&test.djelme).await?, 1);
/// test.clean().await?;
/// # assert!(server.store().indexes().is_empty() && server.store().templates().is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct TestDjelme {
    /// The handle.
    pub djelme: Djelme,
    /// The backend behind it, for a look from the other side.
    pub backend: Arc<dyn Backend>,
    /// The prefix of all names.
    pub prefix: String,
    /// The templates of its record types.
    templates: Vec<String>,
}

impl TestDjelme {
    /// A handle for these record types on the store of [`URL_VARIABLE`].
    ///
    /// # Errors
    /// As [`server_url`] and [`at`](Self::at).
    pub fn new<T: Into<TypeRef>>(test: &str, types: impl IntoIterator<Item = T>) -> Result<Self> {
        Self::with(test, types, |builder| builder)
    }

    /// The same, with more said to the builder: hooks, a default depth.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with<T: Into<TypeRef>>(
        test: &str,
        types: impl IntoIterator<Item = T>,
        more: impl FnOnce(DjelmeBuilder) -> DjelmeBuilder,
    ) -> Result<Self> {
        Self::on(store(&server_url()?)?, test, types, more)
    }

    /// A handle on the server with this URL, or on the embedded engine for [`EMBEDDED`].
    ///
    /// # Errors
    /// [`Error::Settings`] for a malformed URL, and those of [`DjelmeBuilder::build`].
    pub fn at<T: Into<TypeRef>>(url: &str, test: &str, types: impl IntoIterator<Item = T>) -> Result<Self> {
        Self::on(store(url)?, test, types, |builder| builder)
    }

    /// A handle on this backend, with more said to the builder.
    ///
    /// # Errors
    /// Those of [`DjelmeBuilder::build`].
    pub fn on<T: Into<TypeRef>>(
        backend: Arc<dyn Backend>,
        test: &str,
        types: impl IntoIterator<Item = T>,
        more: impl FnOnce(DjelmeBuilder) -> DjelmeBuilder,
    ) -> Result<Self> {
        let prefix = throw_away_prefix(test);
        let types: Vec<TypeRef> = types.into_iter().map(Into::into).collect();
        let djelme = more(builder(&backend, &prefix).record_types(types.iter().cloned())).build()?;
        let template =
            |record_type| djelme.route(record_type).map(|route| route.naming.template_name().to_owned());
        let templates = types.iter().map(template).collect::<Result<_>>()?;
        Ok(Self { djelme, backend, prefix, templates })
    }

    /// A builder of another handle on the same backend and the same names: what another program, or a later release of
    /// the same one, would be.
    pub fn builder(&self) -> DjelmeBuilder {
        builder(&self.backend, &self.prefix)
    }

    /// Deletes the indexes whose names begin with the prefix, each by its own name, and the templates of the record
    /// types.
    ///
    /// # Errors
    /// If a request fails.
    pub async fn clean(self) -> Result<()> {
        self.clean_also(&[]).await
    }

    /// The same, and templates that the test itself made: by their names without the prefix.
    ///
    /// # Errors
    /// If a request fails.
    pub async fn clean_also(self, templates: &[&str]) -> Result<()> {
        for index in self.backend.indexes(&format!("{}*", self.prefix)).await? {
            self.backend.delete_index(&index.name).await?;
        }
        let own = self.templates.iter().filter(|name| name.starts_with(&self.prefix)).cloned();
        // That of djelme's own notes, which a handle with reports has.
        let templates = templates.iter().chain(&["djelme_reportrun__template"]);
        let more = templates.map(|name| format!("{}{name}", self.prefix));
        for template in own.chain(more) {
            self.backend.delete_template(&template).await?;
        }
        Ok(())
    }
}

fn builder(backend: &Arc<dyn Backend>, prefix: &str) -> DjelmeBuilder {
    Djelme::builder().shared_backend("main", Arc::clone(backend)).index_prefix(prefix)
}

fn store(url: &str) -> Result<Arc<dyn Backend>> {
    if url != EMBEDDED {
        return Ok(Arc::new(Es8::new(Es8Config::new([url]))?));
    }
    #[cfg(feature = "embedded")]
    return Ok(Arc::new(djelme::Embedded::in_memory()?));
    #[cfg(not(feature = "embedded"))]
    Err(Error::Settings(format!("`{EMBEDDED}` needs the feature `embedded` of djelme-testing")))
}
