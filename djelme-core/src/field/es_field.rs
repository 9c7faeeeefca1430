//! Which Elasticsearch type a Rust type becomes.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::rc::Rc;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use serde::Serialize;
use serde_json::Value;

use super::kind::{self, Kind};
use super::value::QueryValue;
use crate::mapping::FieldMapping;
use crate::time::{Cycle, CycleDepth};

/// A Rust type that has an Elasticsearch field type.
///
/// Derive it for unit enums (`keyword`) and for transparent newtypes (as their content); a field can also name its
/// type itself, `#[djelme(keyword)]`, and then needs no implementation.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no Elasticsearch field type",
    label = "cannot be mapped",
    note = "name the type on the field (`#[djelme(keyword)]`, `#[djelme(long)]`, ..); for a struct derive `Properties` and say `#[djelme(object)]` or `#[djelme(nested)]`; for a unit enum or a newtype derive `EsField`; for a date-time without a zone use `DateTime<Utc>`"
)]
pub trait EsField {
    /// The Elasticsearch type.
    type Kind: Kind;
    #[doc(hidden)]
    const OK: bool = true;
    /// The mapping of a field of this type.
    const MAPPING: FieldMapping = <Self::Kind as Kind>::MAPPING;
}

macro_rules! es_fields {
    ($($rust:ty => $kind:ident $($in_python:ident)?, $($value:ty)*;)*) => { $(
        impl EsField for $rust {
            type Kind = kind::$kind;
            $(const MAPPING: FieldMapping = <kind::$kind as Kind>::MAPPING.$in_python();)?
        }
        $(impl QueryValue<$rust> for $value {})*
    )* };
}

es_fields! {
    String => Keyword, &str String &String;
    Box<str> => Keyword, &str String &String;
    Arc<str> => Keyword, &str String &String;
    Cow<'static, str> => Keyword, &str String &String;
    char => Keyword, char &str;
    bool => Boolean, bool;
    i8 => Byte differs_in_python, i8;
    i16 => Short differs_in_python, i16;
    i32 => Integer, i32;
    i64 => Long differs_in_python, i64;
    u8 => Short differs_in_python, u8;
    u16 => Integer, u16;
    u32 => Long differs_in_python, u32;
    u64 => Long differs_in_python, u64;
    f32 => Float, f32;
    f64 => Double differs_in_python, f64;
    DateTime<Utc> => Date, DateTime<Utc> &DateTime<Utc> DateTime<FixedOffset> NaiveDate &str;
    DateTime<FixedOffset> => Date, DateTime<Utc> DateTime<FixedOffset> &DateTime<FixedOffset> NaiveDate &str;
    NaiveDate => Date differs_in_python, NaiveDate DateTime<Utc> &str;
    IpAddr => Ip, IpAddr &IpAddr &str;
    Ipv4Addr => Ip, Ipv4Addr IpAddr &str;
    Ipv6Addr => Ip, Ipv6Addr IpAddr &str;
    Value => Flattened, &str String;
    serde_json::Map<String, Value> => Flattened, &str String;
}

/// A `version`, in whose order `2026.2` comes before `2026.11`.
impl<D: CycleDepth> EsField for Cycle<D> {
    type Kind = kind::Version;
}

impl<D: CycleDepth> QueryValue<Cycle<D>> for Cycle<D> {}
impl<D: CycleDepth> QueryValue<Cycle<D>> for &str {}

#[cfg(feature = "uuid")]
es_fields! { uuid::Uuid => Keyword, uuid::Uuid &uuid::Uuid &str; }

impl<V> EsField for HashMap<String, V> {
    type Kind = kind::Flattened;
}

impl<V> EsField for BTreeMap<String, V> {
    type Kind = kind::Flattened;
}

impl<V> QueryValue<HashMap<String, V>> for &str {}
impl<V> QueryValue<BTreeMap<String, V>> for &str {}

/// `Option`, `Vec` and pointers are mapped as what they hold: Elasticsearch makes no difference between a value,
/// a list of values and none.
macro_rules! as_their_content {
    ($($wrapper:ident)*) => { $(
        impl<T: EsField> EsField for $wrapper<T> {
            type Kind = T::Kind;
            const MAPPING: FieldMapping = T::MAPPING;
        }
        impl<T, V: QueryValue<T>> QueryValue<$wrapper<T>> for V {}
    )* };
}

as_their_content! { Option Vec Box Arc Rc }

/// Appends the name of an enum's variant, as serde writes it: what makes it part of a unique key.
///
/// # Errors
/// If serde writes something else than a string.
#[doc(hidden)]
pub fn append_variant(variant: &impl Serialize, text: &mut String) -> Result<(), &'static str> {
    let Ok(Value::String(name)) = serde_json::to_value(variant) else {
        return Err("it is not written as a string");
    };
    text.push_str(&name);
    Ok(())
}
