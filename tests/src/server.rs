//! The backend under test, which is a server or the embedded engine, and prefixes that no other test uses.

use std::sync::Arc;

use anyhow::Context;
use djelme::backend::Backend;
use djelme::record_type::TypeRef;
use djelme::router::Router as _;
use djelme::{Djelme, DjelmeBuilder, Embedded, Es8, Es8Config};
pub use djelme_testing::throw_away_prefix as prefix;

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
    /// The templates of its record types.
    templates: Vec<String>,
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
        let types: Vec<TypeRef> = types.into_iter().map(Into::into).collect();
        let builder = builder(embedded.as_ref(), &prefix)?.record_types(types.iter().cloned());
        let djelme = more(builder).build()?;
        let template =
            |record_type| djelme.route(record_type).map(|route| route.naming.template_name().to_owned());
        let templates = types.iter().map(template).collect::<Result<_, _>>()?;
        Ok(Self { djelme, backend, prefix, templates, embedded })
    }

    /// A builder of another handle on the same backend and the same names.
    ///
    /// # Errors
    /// As [`url`].
    pub fn builder(&self) -> anyhow::Result<DjelmeBuilder> {
        builder(self.embedded.as_ref(), &self.prefix)
    }

    /// Deletes the indexes under the prefix, each by its name, and the templates of the record types.
    ///
    /// # Errors
    /// If a request fails.
    pub async fn clean(self) -> anyhow::Result<()> {
        self.clean_also(&[]).await
    }

    /// The same, and templates that the test itself made: by their names without the prefix.
    ///
    /// # Errors
    /// If a request fails.
    pub async fn clean_also(self, templates: &[&str]) -> anyhow::Result<()> {
        for index in self.backend.indexes(&format!("{}*", self.prefix)).await? {
            self.backend.delete_index(&index.name).await?;
        }
        let own = self.templates.iter().filter(|name| name.starts_with(&self.prefix)).cloned();
        let more = templates.iter().map(|name| format!("{}{name}", self.prefix));
        for template in own.chain(more) {
            self.backend.delete_template(&template).await?;
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
