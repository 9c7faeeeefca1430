//! Record types under the settings in force: which backend, which names, which template.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::TimeDelta;
use djelme_core::backend::Backend;
use djelme_core::compat::Compat;
use djelme_core::document::RecordEncoder;
use djelme_core::naming::{Naming, NamingSource};
use djelme_core::record::Record as _;
use djelme_core::record_type::{RecordKind, RecordType, TypeRef};
use djelme_core::template::Template;
use djelme_core::time::{IntoTimeBound, TimeDepth};
use djelme_core::{Error, Result};

use crate::guard::Guard;
use crate::reports::ReportRun;
use crate::usage::Clicks;

/// The depth of types that name none where the settings name none either; the Python package's.
const DEFAULT_TIMEDEPTH: TimeDepth = TimeDepth::Day;

/// How many chains of clicks are held unless the program says otherwise.
const DOUBLE_CLICK_LIMIT: usize = 100_000;

/// A backend by its name in the settings.
#[derive(Debug, Clone)]
pub(crate) struct NamedBackend {
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) index_prefix: Option<String>,
}

/// What all record types are resolved with.
#[derive(Debug, Default)]
pub(crate) struct Resolution {
    pub(crate) backends: BTreeMap<String, NamedBackend>,
    pub(crate) default_timedepth: Option<TimeDepth>,
    pub(crate) index_prefix: Option<String>,
    pub(crate) double_click_limit: Option<usize>,
}

/// A record type with everything that a request about it needs.
#[derive(Debug)]
pub(crate) struct ResolvedType {
    /// Its place among the types of the handle.
    pub(crate) position: usize,
    pub(crate) type_ref: TypeRef,
    pub(crate) backend_name: String,
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) naming: Arc<Naming>,
    pub(crate) encoder: RecordEncoder,
    pub(crate) template: Template,
    pub(crate) guard: Guard,
    /// The clicks of late of a type with `double_click`.
    pub(crate) clicks: Option<Clicks>,
}

impl Resolution {
    /// Resolves all types and refuses any two that would share indexes.
    pub(crate) fn resolve(&self, types: Vec<TypeRef>) -> Result<Types> {
        if types.is_empty() {
            return Err(Error::Settings(
                "no record type is registered; if they lie in a crate that this program never names, add \
                 `use my_records as _;`"
                    .into(),
            ));
        }
        let resolved = types
            .into_iter()
            .enumerate()
            .map(|(position, type_ref)| self.resolve_one(position, type_ref).map(Arc::new));
        let mut resolved: Vec<_> = resolved.collect::<Result<_>>()?;
        let report_runs = self.resolve_report_runs(&resolved)?;
        resolved.extend(report_runs.iter().cloned());
        for (position, later) in resolved.iter().enumerate() {
            resolved[..position].iter().try_for_each(|earlier| refuse_overlap(earlier, later))?;
        }
        let by_address = resolved.iter().map(|resolved| (address(&resolved.type_ref), resolved.clone()));
        let mut by_address: Vec<_> = by_address.collect();
        by_address.sort_unstable_by_key(|(address, _)| *address);
        Ok(Types { by_address, ordered: resolved, report_runs })
    }

    /// The notes of what was reported, in each backend that has reports.
    fn resolve_report_runs(&self, resolved: &[Arc<ResolvedType>]) -> Result<Vec<Arc<ResolvedType>>> {
        let reports = resolved.iter().filter(|resolved| resolved.type_ref.kind == RecordKind::CyclicReport);
        let backends: BTreeSet<_> = reports.map(|resolved| &resolved.backend_name).collect();
        let named = backends.into_iter().filter_map(|name| self.backends.get_key_value(name));
        let runs = named.zip(resolved.len()..).map(|((name, named), position)| {
            self.resolve_in(name, named, position, ReportRun::TYPE.into()).map(Arc::new)
        });
        runs.collect()
    }

    fn resolve_one(&self, position: usize, type_ref: TypeRef) -> Result<ResolvedType> {
        let (backend_name, named) = self.backend_of(&type_ref)?;
        self.resolve_in(backend_name, named, position, type_ref)
    }

    fn resolve_in(
        &self,
        backend_name: &str,
        named: &NamedBackend,
        position: usize,
        type_ref: TypeRef,
    ) -> Result<ResolvedType> {
        let options = &type_ref.options;
        let prefix = options.index_prefix.or(named.index_prefix.as_deref()).or(self.index_prefix.as_deref());
        let depth = options.timedepth.or(self.default_timedepth).unwrap_or(DEFAULT_TIMEDEPTH);
        let naming = Naming::new(NamingSource {
            prefix: prefix.unwrap_or_default(),
            app_label: &type_ref.app_label,
            recordtype_name: &type_ref.name,
            template: options.template,
            template_name: options.template_name,
            depth: type_ref.is_timeseries().then_some(depth),
        });
        let naming = Arc::new(naming.map_err(|error| definition(&type_ref, &error))?);
        Ok(ResolvedType {
            position,
            backend_name: backend_name.to_owned(),
            backend: named.backend.clone(),
            encoder: RecordEncoder::new(type_ref.clone(), naming.clone()),
            template: Template::desired(&type_ref, &naming),
            guard: Guard::default(),
            clicks: self.clicks(&type_ref)?,
            naming,
            type_ref,
        })
    }

    fn clicks(&self, record_type: &RecordType) -> Result<Option<Clicks>> {
        let window =
            record_type.options.double_click.map(TimeDelta::from_std).transpose().map_err(|error| {
                let problem = format!("the window of `double_click` cannot be counted with: {error}");
                Error::Definition { record_type: record_type.rust_name.to_string(), problem }
            })?;
        if window.is_some() && record_type.kind != RecordKind::CountedUsage {
            let problem =
                "`double_click` is for counted usage only: no other record has a visitor".to_owned();
            return Err(Error::Definition { record_type: record_type.rust_name.to_string(), problem });
        }
        let limit = self.double_click_limit.unwrap_or(DOUBLE_CLICK_LIMIT);
        window.map(|window| Clicks::new(window, limit)).transpose()
    }

    fn backend_of(&self, record_type: &RecordType) -> Result<(&String, &NamedBackend)> {
        let names = || self.backends.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let rust_name = &record_type.rust_name;
        match record_type.options.backend {
            Some(name) => self.backends.get_key_value(name).ok_or_else(|| {
                Error::Settings(format!(
                    "`{rust_name}` is kept in the backend `{name}`, which is not configured; configured: {}",
                    names()
                ))
            }),
            None if self.backends.len() > 1 => Err(Error::Settings(format!(
                "`{rust_name}` does not say which backend keeps it; add `#[djelme(backend = \"..\")]` with one of {}",
                names()
            ))),
            None => self.backends.iter().next().ok_or_else(|| Error::Settings(NO_BACKEND.into())),
        }
    }
}

impl ResolvedType {
    /// The template that the store has for this type. Where Python keeps a type in one index, it makes that index and no
    /// template, and the index stands for it.
    pub(crate) async fn stored_template(&self) -> Result<Option<Template>> {
        let stored = self.backend.template(&self.template.name).await?;
        if stored.is_some() || !self.is_an_index_of_python() {
            return Ok(stored);
        }
        let mut mappings = self.backend.mappings(&[self.naming.stem().to_owned()]).await?;
        Ok(mappings.pop().map(|(_, mapping)| Template {
            mappings: mapping.as_object().cloned().unwrap_or_default(),
            settings: self.template.settings.clone(),
            index_patterns: self.template.index_patterns.clone(),
            name: self.template.name.clone(),
            ..Template::default()
        }))
    }

    /// Whether Python has this type too, in one index, which its check asks for.
    pub(crate) fn is_an_index_of_python(&self) -> bool {
        self.type_ref.options.compat == Some(Compat::Python) && !self.type_ref.is_timeseries()
    }

    /// The index of that time. A month names no index where each holds a day: its first day would be a guess, and a
    /// record of any other day would seem not to exist.
    pub(crate) fn index_at(&self, at: impl IntoTimeBound) -> Result<String> {
        let parts = at.into_time_bound()?.parts();
        match self.naming.depth() {
            Some(depth) if parts.len() < usize::from(depth.number()) => Err(Error::Query(format!(
                "`{parts}` names no single index of {}, each of which holds one {depth}: give the {depth} too, or \
                 search all of them with `get(id)`",
                self.type_ref.rust_name
            ))),
            _ => self.naming.index_name(parts),
        }
    }
}

/// What to do when nothing is configured.
pub(crate) const NO_BACKEND: &str = "no backend is configured; set `DJELME_BACKENDS='{\"main\": {\"kind\": \"es8\", \
    \"nodes\": [\"http://localhost:9200\"]}}'`, or write a `djelme.toml` with a table `[backends.main]`, or name one \
    in the program: `Djelme::builder().backend(\"main\", ..)`";

fn definition(record_type: &RecordType, error: &Error) -> Error {
    let problem = match error {
        Error::Definition { problem, .. } => problem.clone(),
        other => other.to_string(),
    };
    Error::Definition { record_type: record_type.rust_name.to_string(), problem }
}

fn refuse_overlap(earlier: &ResolvedType, later: &ResolvedType) -> Result<()> {
    if earlier.backend_name != later.backend_name || !earlier.naming.overlaps(&later.naming) {
        return Ok(());
    }
    Err(Error::Definition {
        record_type: later.type_ref.rust_name.to_string(),
        problem: format!(
            "its index pattern `{}` overlaps with `{}` of `{}`; give one of them another `app_label`, \
             `recordtype_name`, `template` or `index_prefix`",
            later.naming.pattern(),
            earlier.naming.pattern(),
            earlier.type_ref.rust_name
        ),
    })
}

/// The resolved types of a handle.
#[derive(Debug)]
pub(crate) struct Types {
    /// In the order of the addresses: each record asks for its type.
    by_address: Vec<(usize, Arc<ResolvedType>)>,
    ordered: Vec<Arc<ResolvedType>>,
    /// One for each backend that has reports.
    report_runs: Vec<Arc<ResolvedType>>,
}

impl Types {
    pub(crate) fn get(&self, type_ref: &TypeRef) -> Result<&Arc<ResolvedType>> {
        let position = self.by_address.binary_search_by_key(&address(type_ref), |(address, _)| *address);
        let found = position.ok().and_then(|position| self.by_address.get(position));
        found.map(|(_, resolved)| resolved).ok_or_else(|| Error::Definition {
            record_type: type_ref.rust_name.to_string(),
            problem: "it is not among the record types of this handle; add it to `record_types(..)`".into(),
        })
    }

    /// The notes of what was reported in this backend.
    pub(crate) fn report_runs(&self, backend: &str) -> Result<&Arc<ResolvedType>> {
        let found = self.report_runs.iter().find(|runs| runs.backend_name == backend);
        found.ok_or_else(|| Error::Settings(format!("the backend `{backend}` has no report type")))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<ResolvedType>> {
        self.ordered.iter()
    }
}

/// A type is itself, wherever it is named: every reference to it leads to one place in memory.
fn address(type_ref: &TypeRef) -> usize {
    std::ptr::from_ref::<RecordType>(type_ref).addr()
}
