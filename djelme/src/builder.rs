//! The builder of the handle.

use std::fmt;
use std::sync::Arc;

use djelme_core::backend::Backend;
use djelme_core::record::Record;
use djelme_core::record_type::TypeRef;
use djelme_core::registry;
use djelme_core::template::Template;
use djelme_core::time::TimeDepth;
use djelme_core::usage::SessionKeys;
use djelme_core::{Error, Result};

use crate::handle::Djelme;
use crate::hooks::{Hooks, Saved};
use crate::resolve::{NO_BACKEND, NamedBackend, Resolution};
use crate::settings::{BackendSettings, Settings};
use crate::usage::Sessions;

/// Builds a [`Djelme`]; made by [`Djelme::builder`].
#[derive(Debug, Default)]
#[must_use = "a builder does nothing until it is built"]
pub struct DjelmeBuilder {
    resolution: Resolution,
    types: Option<Vec<TypeRef>>,
    hooks: Hooks,
    sessions: Sessions,
    twice: Option<String>,
}

impl DjelmeBuilder {
    /// Adds a backend under a name. With one backend, every record type is kept in it; with several, each type says
    /// which: `#[djelme(backend = "..")]`.
    pub fn backend(self, name: impl Into<String>, backend: impl Backend + 'static) -> Self {
        self.shared_backend(name, Arc::new(backend))
    }

    /// The same with a backend that others have too, such as another handle.
    pub fn shared_backend(mut self, name: impl Into<String>, backend: Arc<dyn Backend>) -> Self {
        self.insert(name.into(), NamedBackend { backend, index_prefix: None });
        self
    }

    /// The depth of record types that name none; without it, day.
    pub fn default_timedepth(mut self, depth: TimeDepth) -> Self {
        self.resolution.default_timedepth = Some(depth);
        self
    }

    /// What the names of all indexes and templates begin with, unless a backend or a type says otherwise.
    pub fn index_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.resolution.index_prefix = Some(prefix.into());
        self
    }

    /// The record types of this handle, in place of all that are linked into the program.
    pub fn record_types<T: Into<TypeRef>>(mut self, types: impl IntoIterator<Item = T>) -> Self {
        self.types = Some(types.into_iter().map(Into::into).collect());
        self
    }

    /// The keys of the session ids of counted usage. Without it, the handle has
    /// [`RandomSessionKeys`](crate::usage::RandomSessionKeys) of its own, so that a visitor of two processes counts as two
    /// sessions; a [`SessionKeyFile`](crate::usage::SessionKeyFile) is shared. Types with `compat = "python"` have
    /// the package's ids, which have no key.
    pub fn session_keys(mut self, keys: impl SessionKeys + 'static) -> Self {
        self.sessions = Sessions::new(keys);
        self
    }

    /// How many chains of clicks are held for each type with `double_click`, 100,000 unless set: one for each visitor
    /// and item, about 120 bytes. As many should be enough as there are clicks within the window;
    /// [`forgotten_double_clicks`](Djelme::forgotten_double_clicks) counts what was too much.
    pub fn double_click_limit(mut self, chains: usize) -> Self {
        self.resolution.double_click_limit = Some(chains);
        self
    }

    /// Before each record of this type is written: an `Err` refuses it, with the reason for the caller.
    pub fn pre_save<R: Record>(
        mut self,
        hook: impl Fn(&R) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        self.hooks.add_pre_save(hook);
        self
    }

    /// After each record has come to its end, whichever: type, index, id, outcome and the bytes sent.
    pub fn post_save(mut self, hook: impl Fn(&Saved<'_>) + Send + Sync + 'static) -> Self {
        self.hooks.add_post_save(hook);
        self
    }

    /// Before `setup` creates or updates an index template: an `Err` refuses it, and with it the whole `setup`.
    pub fn pre_index_template_create(
        mut self,
        hook: impl Fn(&Template) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        self.hooks.add_pre_template(hook);
        self
    }

    /// After `setup` has created or updated an index template.
    pub fn post_index_template_create(mut self, hook: impl Fn(&Template) + Send + Sync + 'static) -> Self {
        self.hooks.add_post_template(hook);
        self
    }

    /// The handle, of what was given here alone.
    ///
    /// # Errors
    /// [`Error::Settings`] without a backend, without a record type, or with two backends of one name;
    /// [`Error::Definition`] if a record type has a name that Elasticsearch refuses or shares indexes with another.
    pub fn build(self) -> Result<Djelme> {
        if let Some(name) = self.twice {
            return Err(Error::Settings(format!(
                "two backends are named `{name}`; each needs a name of its own"
            )));
        }
        if self.resolution.backends.is_empty() {
            return Err(Error::Settings(NO_BACKEND.into()));
        }
        let types =
            self.types.unwrap_or_else(|| registry::record_types().into_iter().map(TypeRef::from).collect());
        Ok(Djelme::new(self.resolution.resolve(types)?, self.hooks, self.sessions))
    }

    /// The handle, of what was given here, completed by the environment and then by `djelme.toml`; see
    /// [`Settings::from_env`].
    ///
    /// # Errors
    /// As [`build`](Self::build), and [`Error::Settings`] if the environment or the file is malformed.
    pub fn build_from_env(self) -> Result<Djelme> {
        self.build_from(Settings::from_env()?)
    }

    /// The handle, of what was given here, completed by the settings.
    ///
    /// # Errors
    /// As [`build`](Self::build), and [`Error::Settings`] if a backend's settings are malformed.
    pub fn build_from(mut self, settings: Settings) -> Result<Djelme> {
        if self.resolution.backends.is_empty() {
            for (name, backend) in settings.backends {
                let index_prefix = backend.index_prefix.clone();
                let backend = connect(&name, &backend)?;
                self.insert(name, NamedBackend { backend, index_prefix });
            }
        }
        let resolution = &mut self.resolution;
        resolution.default_timedepth =
            resolution.default_timedepth.or(settings.default_timedepth.map(|depth| depth.0));
        resolution.index_prefix = resolution.index_prefix.take().or(settings.index_prefix);
        self.build()
    }

    fn insert(&mut self, name: String, backend: NamedBackend) {
        if self.resolution.backends.insert(name.clone(), backend).is_some() {
            self.twice = Some(name);
        }
    }
}

/// The backend that the settings describe. Nothing is sent to a server yet; the folder of an embedded store is opened.
fn connect(name: &str, settings: &BackendSettings) -> Result<Arc<dyn Backend>> {
    let problem = |problem: &dyn fmt::Display| Error::Settings(format!("backend `{name}`: {problem}"));
    #[cfg(any(feature = "es8", feature = "embedded"))]
    let within = |error: Error| match error {
        Error::Settings(reason) => problem(&reason),
        other => problem(&other),
    };
    match settings.kind.as_str() {
        #[cfg(feature = "es8")]
        "es8" => {
            let config = crate::settings::es8_config(settings.options.clone()).map_err(within)?;
            djelme_es8::Es8::new(config).map(|backend| Arc::new(backend) as _).map_err(within)
        }
        #[cfg(feature = "embedded")]
        "embedded" => {
            let config = crate::settings::embedded_config(settings.options.clone()).map_err(within)?;
            djelme_embedded::Embedded::open(config.path).map(|backend| Arc::new(backend) as _).map_err(within)
        }
        #[cfg(not(feature = "es8"))]
        "es8" => Err(problem(&"the kind `es8` needs the feature `es8` of djelme")),
        #[cfg(not(feature = "embedded"))]
        "embedded" => Err(problem(&"the kind `embedded` needs the feature `embedded` of djelme")),
        other => Err(problem(&format_args!("there is no kind `{other}`; there are `es8` and `embedded`"))),
    }
}
