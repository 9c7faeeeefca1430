//! A record type as a value: its kind, names, options and fields.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use crate::compat::Compat;
use crate::field::kind::{self, Kind as _};
use crate::identity::OpaqueKey;
use crate::mapping::{self, FieldMapping, Property};
use crate::options::{OnConflict, TypeOptions};
use crate::usage::SESSIONHOUR_ID;

/// The kind of a record type; it decides the envelope, the ids and the indexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecordKind {
    /// Something that happened at a time.
    Event,
    /// A use of an item, counted once a session.
    CountedUsage,
    /// A report on a period, written again when it is computed again.
    CyclicReport,
    /// A document in one index, without a time.
    Simple,
}

/// The name of the envelope's field for the time of an event.
pub const TIMESTAMP: &str = "timestamp";
/// The name of the envelope's field for the time parts, by which reports are ranged.
pub const TIMESERIES_TIMEPARTS: &str = "timeseries_timeparts";
/// The name of the envelope's field for the time at which a report was made.
pub const CREATED: &str = "created";

/// The name of a report's field for the cycle that it covers.
pub const CYCLE_COVERAGE: &str = "cycle_coverage";

/// The prefix that envelope fields added later will have; no record may use it.
pub const RESERVED_PREFIX: &str = "_";

/// Everything known about a record type without its settings: what the derives write.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordType {
    /// The kind.
    pub kind: RecordKind,
    /// The Rust path of the struct, for messages.
    pub rust_name: Cow<'static, str>,
    /// The application that the type belongs to, the first part of its names.
    pub app_label: Cow<'static, str>,
    /// The name of the type, the second part of its names.
    pub name: Cow<'static, str>,
    /// The other options.
    pub options: TypeOptions,
    /// The fields that the user declared.
    pub properties: Cow<'static, [Property]>,
}

impl RecordType {
    /// The type of a derived struct. Both names fall back to the given ones where the options have none.
    #[must_use]
    pub const fn derived(
        kind: RecordKind,
        rust_name: &'static str,
        struct_name: &'static str,
        options: TypeOptions,
        properties: &'static [Property],
    ) -> Self {
        let name = match options.recordtype_name {
            Some(name) => name,
            None => struct_name,
        };
        // Empty is refused with a message when the handle is built; the derives already refuse a missing label.
        let app_label = match options.app_label {
            Some(label) => label,
            None => "",
        };
        Self {
            kind,
            rust_name: Cow::Borrowed(rust_name),
            app_label: Cow::Borrowed(app_label),
            name: Cow::Borrowed(name),
            options,
            properties: Cow::Borrowed(properties),
        }
    }

    /// Whether records of this type lie in indexes by time.
    #[must_use]
    pub fn is_timeseries(&self) -> bool {
        self.kind != RecordKind::Simple
    }

    /// Whether two records can have one id, because it is made of unique fields or given by the program.
    #[must_use]
    pub fn has_unique_ids(&self) -> bool {
        match self.kind {
            RecordKind::Event | RecordKind::CountedUsage => {
                self.options.unique_together.is_some() || self.options.double_click.is_some()
            }
            RecordKind::CyclicReport | RecordKind::Simple => true,
        }
    }

    /// Whether a record's id is made of its unique fields. Those of a type with `double_click` tell actions apart, whose
    /// ids are new.
    #[must_use]
    pub fn makes_ids_of_fields(&self) -> bool {
        match self.kind {
            RecordKind::CyclicReport => true,
            _ => self.options.unique_together.is_some() && self.options.double_click.is_none(),
        }
    }

    /// A key without parts, in the form that the ids of this type have.
    #[must_use]
    pub fn key(&self) -> OpaqueKey {
        match self.options.compat {
            Some(Compat::Python) => OpaqueKey::python(),
            None => OpaqueKey::new(),
        }
    }

    /// Whether a taken id is an error of the new record (`create`) instead of replacing the old one (`index`).
    #[must_use]
    pub fn creates_only(&self) -> bool {
        !self.has_unique_ids() || self.options.on_conflict == Some(OnConflict::Keep)
    }

    /// Calls `visit` with every field in the order of documents: the user's own, then the envelope's.
    pub fn each_field<'a>(&'a self, mut visit: impl FnMut(&'a str, &'a FieldMapping)) {
        mapping::each_field(&self.properties, &mut visit);
        for (name, mapping) in self.envelope() {
            visit(name, mapping);
        }
    }

    /// Whether the struct itself has a field of this name.
    #[must_use]
    pub fn declares(&self, field: &str) -> bool {
        let mut found = false;
        mapping::each_field(&self.properties, &mut |name, _| found |= name == field);
        found
    }

    /// The fields that djelme adds to each document, in their order. `timeseries_timeparts` comes last, as in the
    /// Python package.
    pub fn envelope(&self) -> impl Iterator<Item = (&'static str, &'static FieldMapping)> {
        const DATE: &FieldMapping = &kind::Date::MAPPING;
        const VERSION: &FieldMapping = &kind::Version::MAPPING;
        const EVENT: &[(&str, &FieldMapping)] = &[(TIMESTAMP, DATE), (TIMESERIES_TIMEPARTS, VERSION)];
        const KEYWORD: &FieldMapping = &kind::Keyword::MAPPING;
        const USAGE: &[(&str, &FieldMapping)] =
            &[(TIMESTAMP, DATE), (SESSIONHOUR_ID, KEYWORD), (TIMESERIES_TIMEPARTS, VERSION)];
        const TIMED_USAGE: &[(&str, &FieldMapping)] =
            &[(SESSIONHOUR_ID, KEYWORD), (TIMESERIES_TIMEPARTS, VERSION)];
        const TIMED: &[(&str, &FieldMapping)] = &[(TIMESERIES_TIMEPARTS, VERSION)];
        const REPORT: &[(&str, &FieldMapping)] = &[(CREATED, DATE), (TIMESERIES_TIMEPARTS, VERSION)];
        match self.kind {
            RecordKind::Event if self.declares(TIMESTAMP) => TIMED,
            RecordKind::Event => EVENT,
            RecordKind::CountedUsage if self.declares(TIMESTAMP) => TIMED_USAGE,
            RecordKind::CountedUsage => USAGE,
            RecordKind::CyclicReport => REPORT,
            RecordKind::Simple => &[],
        }
        .iter()
        .copied()
    }
}

/// A cheap reference to a record type: of a derived struct, or made at run time.
#[derive(Debug, Clone)]
pub enum TypeRef {
    /// The type of a derived struct.
    Derived(&'static RecordType),
    /// A type made at run time.
    Shared(Arc<RecordType>),
}

impl Deref for TypeRef {
    type Target = RecordType;

    fn deref(&self) -> &RecordType {
        match self {
            Self::Derived(record_type) => record_type,
            Self::Shared(record_type) => record_type,
        }
    }
}

impl From<&'static RecordType> for TypeRef {
    fn from(record_type: &'static RecordType) -> Self {
        Self::Derived(record_type)
    }
}

impl From<RecordType> for TypeRef {
    fn from(record_type: RecordType) -> Self {
        Self::Shared(Arc::new(record_type))
    }
}
