//! From the values of a field to the keys of buckets, and back.

use std::cmp::Ordering;

use serde_json::{Map, Value};
use tantivy::columnar::Column as Values;

use super::block::Loaded;
use super::dictionary::Dictionary;
use super::format::Format;
use super::include::{Included, WantedNumber};
use super::metric::json_number;
use super::missing::Replacement;
use super::order::compare_numbers;
use super::request::Build;
use super::source::{Source, ValueKind};
use super::split::NO_KEY;
use crate::column::Column;
use crate::error::Refusal;

/// From values to keys of buckets, and back.
pub(super) enum Keys {
    Text {
        dictionary: Dictionary,
        missing: Option<u32>,
    },
    /// Whole numbers: their distance from the least.
    Whole {
        base: i64,
        most: i64,
        column: Option<Values<i64>>,
        loaded: Loaded<i64>,
        missing: Option<i64>,
        wanted: Option<WantedNumber>,
    },
    Unsigned {
        column: Option<Values<u64>>,
        missing: Option<u64>,
        wanted: Option<WantedNumber>,
    },
    Float {
        column: Option<FloatColumn>,
        loaded: Loaded<f64>,
        whole: Loaded<i64>,
        missing: Option<f64>,
        wanted: Option<WantedNumber>,
    },
}

pub(super) enum FloatColumn {
    Float(Values<f64>),
    Whole(Values<i64>),
}

impl Keys {
    pub(super) fn new(
        build: &Build<'_>,
        source: &Source,
        kind: ValueKind,
        missing: Option<Replacement>,
        (included, name): (&Included, &str),
    ) -> Result<Self, Refusal> {
        let values = (source, kind, name);
        Ok(match kind {
            ValueKind::Keyword | ValueKind::Ip | ValueKind::Version => {
                let mut dictionary = Dictionary::new(included.terms(source, kind, name)?);
                let missing = missing.and_then(|missing| dictionary.number(&missing.into_term()));
                Self::Text { dictionary, missing }
            }
            ValueKind::Whole | ValueKind::Boolean | ValueKind::Date => {
                let missing = missing.map(Replacement::into_whole);
                let (mut least, mut most) = source.extent(build.parts)?.unwrap_or((0, 0));
                if let Some(missing) = missing {
                    (least, most) = (least.min(missing), most.max(missing));
                }
                let key = |value: Replacement| value.into_whole().wrapping_sub(least).cast_unsigned();
                let raw = move |key: u64| key.wrapping_add(least.cast_unsigned());
                let wanted = included.numbers(build, values, key, raw)?;
                Self::Whole { base: least, most, column: None, loaded: Loaded::default(), missing, wanted }
            }
            ValueKind::Unsigned => {
                let wanted = included.numbers(build, values, Replacement::into_unsigned, |key| key)?;
                Self::Unsigned { column: None, missing: missing.map(Replacement::into_unsigned), wanted }
            }
            ValueKind::Float => {
                let key = |value: Replacement| float_key(value.into_float());
                // Elasticsearch's own order of bits: as whole numbers with a sign.
                let wanted = included.numbers(build, values, key, |key| key ^ 1 << 63)?;
                Self::Float {
                    column: None,
                    loaded: Loaded::default(),
                    whole: Loaded::default(),
                    missing: missing.map(Replacement::into_float),
                    wanted,
                }
            }
        })
    }

    /// Keys are below this.
    pub(super) fn expected(&self) -> u64 {
        match self {
            Self::Whole { base, most, .. } => most.wrapping_sub(*base).cast_unsigned().saturating_add(1),
            _ => 8,
        }
    }

    pub(super) fn start(&mut self, opened: Option<Column>) {
        match self {
            Self::Text { dictionary, .. } => dictionary.start(match opened {
                Some(Column::Str(column)) => Some(column),
                _ => None,
            }),
            Self::Whole { column, .. } => {
                *column = if let Some(Column::I64(values)) = opened { Some(values) } else { None };
            }
            Self::Unsigned { column, .. } => {
                *column = if let Some(Column::U64(values)) = opened { Some(values) } else { None };
            }
            Self::Float { column, .. } => {
                *column = match opened {
                    Some(Column::F64(values)) => Some(FloatColumn::Float(values)),
                    Some(Column::I64(values)) => Some(FloatColumn::Whole(values)),
                    _ => None,
                };
            }
        }
    }

    pub(super) fn load(&mut self, docs: &[u32], keys: &mut Loaded<u64>) -> Result<(), Refusal> {
        match self {
            Self::Text { dictionary, missing } => {
                dictionary.load(docs, missing.map(u64::from), NO_KEY, keys)?;
            }
            Self::Whole { base, column, loaded, missing, wanted, .. } => {
                loaded.load(column.as_ref(), docs, *missing);
                loaded.convert(keys, |value| value.wrapping_sub(*base).cast_unsigned());
                leave_out(keys, wanted.as_ref());
            }
            Self::Unsigned { column, missing, wanted } => {
                keys.load(column.as_ref(), docs, *missing);
                leave_out(keys, wanted.as_ref());
            }
            Self::Float { column, loaded, whole, missing, wanted } => {
                match column {
                    None => loaded.load(None, docs, *missing),
                    Some(FloatColumn::Float(column)) => loaded.load(Some(column), docs, *missing),
                    Some(FloatColumn::Whole(column)) => {
                        whole.load(Some(column), docs, missing.map(|missing| missing as i64));
                        whole.convert(loaded, |value| value as f64);
                    }
                }
                loaded.convert(keys, float_key);
                leave_out(keys, wanted.as_ref());
            }
        }
        Ok(())
    }

    /// Whether some values have no key: [`NO_KEY`].
    pub(super) fn leaves_out(&self) -> bool {
        match self {
            Self::Text { dictionary, .. } => dictionary.leaves_out(),
            Self::Whole { wanted, .. } | Self::Unsigned { wanted, .. } | Self::Float { wanted, .. } => {
                wanted.is_some()
            }
        }
    }

    /// The key that documents without a value have.
    pub(super) fn of_missing(&self) -> Option<u64> {
        let (key, wanted) = match self {
            Self::Text { missing, .. } => return missing.map(u64::from),
            Self::Whole { base, missing, wanted, .. } => {
                (missing.map(|missing| missing.wrapping_sub(*base).cast_unsigned()), wanted)
            }
            Self::Unsigned { missing, wanted, .. } => (*missing, wanted),
            Self::Float { missing, wanted, .. } => (missing.map(float_key), wanted),
        };
        key.filter(|key| wanted.as_ref().is_none_or(|wanted| wanted(*key)))
    }

    pub(super) fn compare(&self, one: u64, other: u64) -> Ordering {
        match self {
            Self::Text { dictionary, .. } => dictionary.term(one).cmp(dictionary.term(other)),
            Self::Whole { .. } | Self::Unsigned { .. } | Self::Float { .. } => one.cmp(&other),
        }
    }

    /// The value of a key.
    pub(super) fn comparable(&self, key: u64) -> Comparable<'_> {
        match self {
            Self::Text { dictionary, .. } => Comparable::Term(dictionary.term(key)),
            Self::Whole { base, .. } => Comparable::Whole(base.wrapping_add(key.cast_signed())),
            Self::Unsigned { .. } => Comparable::Unsigned(key),
            Self::Float { .. } => Comparable::Float(float_of(key)),
        }
    }

    /// Writes a key into a bucket.
    pub(super) fn write(&self, key: u64, source: &Source, format: &Format, bucket: &mut Map<String, Value>) {
        let (key, text) = match self {
            Self::Text { dictionary, .. } => (source.decode(dictionary.term(key)).into(), None),
            Self::Whole { base, .. } => {
                let value = base.wrapping_add(key.cast_signed());
                (Value::from(value), format.whole(value))
            }
            Self::Unsigned { .. } => (Value::from(key), format.number(key as f64)),
            Self::Float { .. } => {
                let value = float_of(key);
                (json_number(value), format.number(value))
            }
        };
        bucket.insert("key".into(), key);
        bucket.extend(text.map(|text| ("key_as_string".to_owned(), text.into())));
    }
}

fn leave_out(keys: &mut Loaded<u64>, wanted: Option<&WantedNumber>) {
    let Some(wanted) = wanted else { return };
    for key in &mut keys.values {
        if !wanted(*key) {
            *key = NO_KEY;
        }
    }
}

/// Bits in the order of the numbers.
pub(super) fn float_key(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

pub(super) fn float_of(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
}

/// A value that has an order.
#[derive(Debug, Clone, Copy)]
pub(super) enum Comparable<'a> {
    Term(&'a [u8]),
    Whole(i64),
    Unsigned(u64),
    Float(f64),
}

impl Comparable<'_> {
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let whole = |value: &Self| match value {
            Self::Whole(value) => i128::from(*value),
            Self::Unsigned(value) => i128::from(*value),
            Self::Float(value) => *value as i128,
            Self::Term(_) => 0,
        };
        match (self, other) {
            (Self::Term(one), Self::Term(other)) => one.cmp(other),
            (Self::Float(one), Self::Float(other)) => compare_numbers(*one, *other),
            (Self::Float(one), _) => compare_numbers(*one, whole(other) as f64),
            (_, Self::Float(other)) => compare_numbers(whole(self) as f64, *other),
            _ => whole(self).cmp(&whole(other)),
        }
    }
}

impl<'a> From<&'a Replacement> for Comparable<'a> {
    fn from(value: &'a Replacement) -> Self {
        match value {
            Replacement::Term(term) => Self::Term(term),
            Replacement::Whole(value) => Self::Whole(*value),
            Replacement::Unsigned(value) => Self::Unsigned(*value),
            Replacement::Float(value) => Self::Float(*value),
        }
    }
}
