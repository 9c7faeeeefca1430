//! Kinds: one marker type for each Elasticsearch type, with what can be asked of its fields.
//!
//! A query that Elasticsearch would refuse does not compile, and the message says the fix.

use chrono::{DateTime, Utc};

use crate::mapping::FieldMapping;

/// An Elasticsearch field type, as a type.
pub trait Kind: 'static {
    /// Elasticsearch's name of the type.
    const NAME: &'static str;
    /// The mapping of a field of this type without parameters.
    const MAPPING: FieldMapping = FieldMapping::new(Self::NAME);
}

/// The kind of a field without an attribute. If `T` has no Elasticsearch type, the error lies inside the const
/// argument, where rustc reports it once and keeps silent about everything that follows from it.
#[doc(hidden)]
pub type KindOf<T, const OK: bool> = <Gate<OK> as Via<T>>::Kind;

#[doc(hidden)]
#[derive(Debug)]
pub struct Gate<const OK: bool>;

#[doc(hidden)]
pub trait Via<T> {
    /// The kind of `T`.
    type Kind: Kind;
}

impl<T: super::EsField> Via<T> for Gate<true> {
    type Kind = T::Kind;
}

/// Asks the field's type for its mapping, but through the kind: silent when the kind is already an error.
#[doc(hidden)]
pub trait MappingOf<T> {
    /// The mapping of `T`.
    const MAPPING: FieldMapping;
}

impl<T: super::EsField, K: Kind> MappingOf<T> for K {
    const MAPPING: FieldMapping = T::MAPPING;
}

/// Can be sorted on and aggregated.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` field has no doc values, so it cannot be sorted on or aggregated",
    label = "this field is `{Self}`",
    note = "use its keyword sub-field (`f.title.raw`); declare one with `#[djelme(text(fields(raw = keyword)))]`, or make the field `#[djelme(keyword)]`"
)]
pub trait DocValues {}

/// A number.
#[diagnostic::on_unimplemented(
    message = "`avg`, `sum` and `histogram` need a numeric field, and this one is `{Self}`",
    label = "this field is `{Self}`",
    note = "to count values use `terms` or `cardinality`; for dates use `date_histogram`"
)]
pub trait Numeric {}

/// A number or a date: it has a least and a greatest value.
#[diagnostic::on_unimplemented(
    message = "`min` and `max` need a numeric or date field, and this one is `{Self}`",
    label = "this field is `{Self}`",
    note = "for the first string in order, sort by it: `.sort(f.name.asc()).size(1)`"
)]
pub trait NumericOrDate {
    /// What its values are.
    type Value;
    /// The value that Elasticsearch computes with as this number; dates are milliseconds since 1970.
    fn value(number: f64) -> Option<Self::Value>;
}

/// A point in time.
#[diagnostic::on_unimplemented(
    message = "`date_histogram` needs a date field, and this one is `{Self}`",
    label = "this field is `{Self}`",
    note = "use a chrono type or `#[djelme(date)]` for the field; for numbers use `histogram`"
)]
pub trait DateKind {}

/// Analyzed text.
#[diagnostic::on_unimplemented(
    message = "`match_phrase` needs a `text` field, and this one is `{Self}`",
    label = "not an analyzed field",
    note = "use `eq` for exact values, or make the field `#[djelme(text)]`"
)]
pub trait FullText {}

/// Takes a `match` query.
#[diagnostic::on_unimplemented(
    message = "`matching` needs a `text` or `keyword` field, and this one is `{Self}`",
    label = "not a string field",
    note = "use `eq` or a range"
)]
pub trait Matchable {}

/// Has exact terms.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` field has no exact terms for `eq` and `is_in`",
    label = "analyzed text, not exact values",
    note = "use `matching` or `match_phrase`, or its keyword sub-field (`f.title.raw`)"
)]
pub trait Exact {
    /// `T` itself: a value is checked through the kind, so that a wrong kind with a wrong value is one error.
    type Of<T>;
}

/// Takes prefix and wildcard queries.
#[diagnostic::on_unimplemented(
    message = "`prefix` and `wildcard` need a `keyword` field, and this one is `{Self}`",
    label = "not a keyword field",
    note = "make the field `#[djelme(keyword)]` or use its keyword sub-field (`f.title.raw`)"
)]
pub trait Prefix {}

/// Has an order.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` field has no order, so ranges (`gte`, `lt`) do not apply",
    label = "range on a `{Self}` field",
    note = "ranges work on numeric, date, keyword, ip and version fields"
)]
pub trait Ranged {
    /// `T` itself; see [`Exact::Of`].
    type Of<T>;
}

macro_rules! ability {
    (Ranged) => {
        type Of<T> = T;
    };
    (Exact) => {
        type Of<T> = T;
    };
    (NumericOrDate) => {
        type Value = f64;
        fn value(number: f64) -> Option<f64> {
            Some(number)
        }
    };
    ($other:ident) => {};
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal: $($ability:ident)*;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $kind;
        impl Kind for $kind { const NAME: &'static str = $name; }
        $(#[diagnostic::do_not_recommend] impl $ability for $kind { ability!($ability); })*
    )* };
}

kinds! {
    /// Full text, analyzed into words.
    Text "text": FullText Matchable;
    /// Full text that keeps no positions and scores.
    MatchOnlyText "match_only_text": FullText Matchable;
    /// An exact string.
    Keyword "keyword": DocValues Matchable Exact Prefix Ranged;
    /// An exact string for wildcard searches.
    Wildcard "wildcard": DocValues Matchable Exact Prefix Ranged;
    /// One string for all documents.
    ConstantKeyword "constant_keyword": DocValues Matchable Exact Prefix Ranged;
    /// A signed 8-bit integer.
    Byte "byte": DocValues Numeric NumericOrDate Exact Ranged;
    /// A signed 16-bit integer.
    Short "short": DocValues Numeric NumericOrDate Exact Ranged;
    /// A signed 32-bit integer.
    Integer "integer": DocValues Numeric NumericOrDate Exact Ranged;
    /// A signed 64-bit integer.
    Long "long": DocValues Numeric NumericOrDate Exact Ranged;
    /// An unsigned 64-bit integer.
    UnsignedLong "unsigned_long": DocValues Numeric NumericOrDate Exact Ranged;
    /// A 16-bit floating-point number.
    HalfFloat "half_float": DocValues Numeric NumericOrDate Exact Ranged;
    /// A 32-bit floating-point number.
    Float "float": DocValues Numeric NumericOrDate Exact Ranged;
    /// A 64-bit floating-point number.
    Double "double": DocValues Numeric NumericOrDate Exact Ranged;
    /// A number stored as a long times a factor.
    ScaledFloat "scaled_float": DocValues Numeric NumericOrDate Exact Ranged;
    /// A point in time, in milliseconds.
    Date "date": DocValues DateKind Exact Ranged;
    /// A point in time, in nanoseconds.
    DateNanos "date_nanos": DocValues DateKind Exact Ranged;
    /// `true` or `false`.
    Boolean "boolean": DocValues Exact;
    /// An IPv4 or IPv6 address.
    Ip "ip": DocValues Exact Ranged;
    /// A version number, ordered part by part.
    Version "version": DocValues Matchable Exact Prefix Ranged;
    /// A JSON object whose leaves are keywords.
    Flattened "flattened": DocValues Exact Ranged;
    /// A latitude and a longitude.
    GeoPoint "geo_point": ;
    /// Bytes in base64, not searchable.
    Binary "binary": ;
    /// Any other type, named in the attribute `params(type = "..")`.
    Other "": DocValues Matchable Exact Prefix Ranged;
}

macro_rules! dates {
    ($($kind:ident)*) => { $(
        #[diagnostic::do_not_recommend]
        impl NumericOrDate for $kind {
            type Value = DateTime<Utc>;
            fn value(number: f64) -> Option<DateTime<Utc>> { DateTime::from_timestamp_millis(number as i64) }
        }
    )* };
}

dates! { Date DateNanos }
