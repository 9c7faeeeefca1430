//! The traits of records; the derives implement them.

mod base;
mod kinds;

pub use base::{
    Base, BaseOf, CycleNumber, NumberedCycle, NumberedUsage, ReportBase, ReportBaseOf, UsageBase,
    UsageBaseOf, UsageIf, ViaBase, ViaReportBase, ViaUsageBase,
};
pub use kinds::{
    CountedUsageRecord, CycleCoverage, CycleOf, CyclicReport, EventRecord, RecordedAlone, RecordedUnderId,
    SimpleRecord, ViaCycle,
};

use chrono::{DateTime, FixedOffset, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::field::FieldPath;
use crate::field::kind::Gate;
use crate::identity::OpaqueKey;
use crate::mapping::Property;
use crate::record_type::{RecordType, TypeRef};
use crate::search::Search;
use crate::time::{IntoTimeBound, TimeParts, TimeRange};

/// A struct with mapped fields: a record, a base of records, or an inner object.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no mapped fields",
    label = "not a struct that derives `Properties`",
    note = "derive `djelme::Properties` for `{Self}` (and `serde::Serialize`), or name a type for the field, such as `#[djelme(flattened)]`"
)]
pub trait Properties {
    /// The fields, in the order of declaration.
    const PROPERTIES: &'static [Property];
    /// How many segments the longest path of a field has; 1 for a struct without objects and sub-fields.
    const DEPTH: usize;
    #[doc(hidden)]
    const OK: bool = true;
    /// The handles of the fields.
    type Fields: Copy;
    /// The handles of the fields below `path`.
    fn fields_at(path: FieldPath) -> Self::Fields;
}

/// A struct that serde can flatten into another. The derive of `Properties` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be flattened: which fields it has is not known",
    label = "not a struct that derives `Properties`",
    note = "derive `djelme::Properties` for a struct; map a list as `#[djelme(nested)]` and a map as `#[djelme(flattened)]`, both without `#[serde(flatten)]`"
)]
pub trait Flatten: Properties {
    #[doc(hidden)]
    const OK: bool = true;
}

/// What the derives write for the struct of an object: `T` itself. As with
/// [`KindOf`](crate::field::kind::KindOf), a struct without properties is an error only here.
#[doc(hidden)]
pub type PropertiesOf<T, const OK: bool> = <Gate<OK> as ViaProperties<T>>::Is;

/// The same for a flattened struct.
#[doc(hidden)]
pub type FlattenOf<T, const OK: bool> = <Gate<OK> as ViaFlatten<T>>::Is;

#[doc(hidden)]
pub trait ViaProperties<T> {
    /// `T`.
    type Is: Properties;
}

impl<T: Properties> ViaProperties<T> for Gate<true> {
    type Is = T;
}

#[doc(hidden)]
pub trait ViaFlatten<T> {
    /// `T`.
    type Is: Flatten;
}

impl<T: Flatten> ViaFlatten<T> for Gate<true> {
    type Is = T;
}

macro_rules! as_their_content {
    ($($wrapper:ident)*) => { $(
        impl<T: Properties> Properties for $wrapper<T> {
            const PROPERTIES: &'static [Property] = T::PROPERTIES;
            const DEPTH: usize = T::DEPTH;
            type Fields = T::Fields;
            fn fields_at(path: FieldPath) -> T::Fields { T::fields_at(path) }
        }
    )* };
}

as_their_content! { Option Vec Box }

impl<T: Flatten> Flatten for Option<T> {}

impl<T: Flatten> Flatten for Box<T> {}

/// Where a record belongs in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordTime {
    /// When it is recorded.
    Now,
    /// When it happened.
    At(DateTime<Utc>),
    /// The cycle that it reports on.
    Cycle(TimeParts),
    /// In no time: the type has one index.
    None,
}

/// A type that can be the `timestamp` of an event.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the `timestamp` of an event",
    label = "not a point in time",
    note = "use `chrono::DateTime<Utc>` or `chrono::DateTime<FixedOffset>`; without the field, the time of recording is taken"
)]
pub trait Timestamp {
    /// The instant.
    fn instant(&self) -> DateTime<Utc>;
}

impl Timestamp for DateTime<Utc> {
    fn instant(&self) -> DateTime<Utc> {
        *self
    }
}

impl Timestamp for DateTime<FixedOffset> {
    fn instant(&self) -> DateTime<Utc> {
        self.to_utc()
    }
}

/// A struct that can be recorded. Implemented by the derives only.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a record",
    label = "cannot be recorded or searched",
    note = "derive `EventRecord`, `CountedUsageRecord`, `CyclicReport` or `SimpleRecord` of `djelme` for `{Self}`"
)]
pub trait Record: Properties + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Names, options, fields and kind.
    const TYPE: &'static RecordType;

    /// Where the record belongs in time; `Now` for an event without a timestamp of its own.
    fn time(&self) -> RecordTime;

    /// Gives the unique fields to `key`, in the order of `unique_together`.
    fn unique_parts(&self, _key: &mut OpaqueKey) {}

    /// The handles of the fields, for queries.
    #[must_use]
    fn fields() -> Self::Fields {
        Self::fields_at(FieldPath::ROOT)
    }

    /// The type as a reference.
    #[must_use]
    fn type_ref() -> TypeRef {
        TypeRef::Derived(Self::TYPE)
    }

    /// A search over every index of the type.
    fn search() -> Search<Self>
    where
        Self: Sized,
    {
        Search::everything()
    }
}

/// A record that lies in the index of its period.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not lie in time",
    label = "not a record with indexes by time",
    note = "a simple record has one index: read it by its id or with `search()`; what happens at a time derives `djelme::EventRecord`, a report `djelme::CyclicReport`"
)]
pub trait TimeseriesRecord: Record + Sized {
    /// A search over the records from `from` (inclusive) until `until` (exclusive), which opens only the indexes
    /// that can hold such records. Both ends are tuples of time parts `(2013, 2)`, chrono's dates and date-times
    /// with a zone, cycles, or strings.
    ///
    /// # Errors
    /// [`Error::Time`](crate::Error::Time) if an end is not a time, [`Error::Range`](crate::Error::Range) if the
    /// range is reversed or empty.
    fn search_timeseries_range(from: impl IntoTimeBound, until: impl IntoTimeBound) -> Result<Search<Self>> {
        Ok(Search::within(TimeRange::new(from.into_time_bound()?, until.into_time_bound()?)?))
    }
}
