//! The parameters `include` and `exclude` of `terms`.

use rustc_hash::FxHashSet;
use serde_json::Value;

use super::dictionary::Wanted;
use super::missing::{self, Replacement, text_of};
use super::params::{Params, as_number};
use super::request::Build;
use super::source::{Source, ValueKind};
use crate::error::Refusal;
use crate::query;

/// Some values.
#[derive(Debug, Clone)]
enum Choice {
    List(Vec<Value>),
    Regexp(String),
    Partition { number: u32, of: u32 },
}

/// Which values become buckets.
#[derive(Debug, Clone, Default)]
pub(super) struct Included {
    include: Option<Choice>,
    exclude: Option<Choice>,
}

/// Which numbers become buckets.
pub(super) type WantedNumber = Box<dyn Fn(u64) -> bool + Send>;

impl Included {
    pub(super) fn parse(params: &Params<'_>) -> Result<Self, Refusal> {
        let include = Choice::parse(params, "include")?;
        let exclude = Choice::parse(params, "exclude")?;
        if matches!(exclude, Some(Choice::Partition { .. })) {
            return Err(params.wrong("exclude", "partitions cannot be excluded"));
        }
        if matches!(include, Some(Choice::Partition { .. })) && exclude.is_some() {
            return Err(Refusal::illegal("Cannot specify any excludes when using a partition-based include"));
        }
        Ok(Self { include, exclude })
    }

    /// Which terms are wanted; `None` if all are.
    pub(super) fn terms(
        &self,
        source: &Source,
        kind: ValueKind,
        name: &str,
    ) -> Result<Option<Wanted>, Refusal> {
        if let Some(Choice::Regexp(_)) = self.include.as_ref().or(self.exclude.as_ref())
            && kind != ValueKind::Keyword
        {
            return Err(Refusal::illegal(format!(
                "Aggregation [{name}] cannot support regular expression style include/exclude settings as they can \
                 only be applied to string fields. Use an array of values for include/exclude clauses"
            )));
        }
        let choice = |choice: &Option<Choice>| choice.as_ref().map(|choice| choice.terms(source)).transpose();
        Ok(match (choice(&self.include)?, choice(&self.exclude)?) {
            (None, None) => None,
            (Some(include), None) => Some(include),
            (None, Some(exclude)) => Some(Box::new(move |term| !exclude(term))),
            (Some(include), Some(exclude)) => Some(Box::new(move |term| include(term) && !exclude(term))),
        })
    }

    /// Which numbers are wanted, by the key that `key` makes of each; `raw` makes the number of a key that partitions
    /// go by.
    pub(super) fn numbers(
        &self,
        build: &Build<'_>,
        (source, kind, name): (&Source, ValueKind, &str),
        key: impl Fn(Replacement) -> u64,
        raw: impl Fn(u64) -> u64 + Send + 'static,
    ) -> Result<Option<WantedNumber>, Refusal> {
        let list = |choice: &Option<Choice>| match choice {
            None | Some(Choice::Partition { .. }) => Ok(None),
            Some(Choice::Regexp(_)) => Err(Refusal::illegal(format!(
                "Aggregation [{name}] cannot support regular expression style include/exclude settings as they can \
                 only be applied to string fields. Use an array of numeric values for include/exclude clauses used \
                 to filter numeric fields"
            ))),
            Some(Choice::List(values)) => {
                let mut keys = FxHashSet::default();
                for value in values {
                    keys.extend(missing::read(build, source, kind, Some(value))?.map(&key));
                }
                Ok(Some(keys))
            }
        };
        if let Some(Choice::Partition { number, of }) = self.include {
            return Ok(Some(Box::new(move |key| {
                mix(raw(key)).cast_signed().rem_euclid(i64::from(of)) == i64::from(number)
            })));
        }
        Ok(match (list(&self.include)?, list(&self.exclude)?) {
            (None, None) => None,
            (include, exclude) => Some(Box::new(move |key| {
                include.as_ref().is_none_or(|keys| keys.contains(&key))
                    && exclude.as_ref().is_none_or(|keys| !keys.contains(&key))
            })),
        })
    }
}

impl Choice {
    fn parse<'a>(params: &Params<'a>, key: &'a str) -> Result<Option<Self>, Refusal> {
        Ok(Some(match params.value(key) {
            None => return Ok(None),
            Some(Value::String(pattern)) => Self::Regexp(pattern.clone()),
            Some(Value::Array(values)) => {
                if let Some(wrong) = values.iter().find(|value| value.is_object() || value.is_array()) {
                    return Err(params.wrong_type(key, wrong));
                }
                Self::List(values.clone())
            }
            Some(Value::Object(partition)) => {
                let inner = Params::new(key, params.name, partition);
                let part = |key| {
                    let number = inner.value(key).and_then(as_number).filter(|number| number.fract() == 0.0);
                    number.ok_or_else(|| {
                        params.wrong(
                            "include",
                            format_args!("Missing [{key}] parameter for partition-based include"),
                        )
                    })
                };
                let (number, of) = (part("partition")?, part("num_partitions")?);
                inner.finish()?;
                if number < 0.0 || of < 1.0 || number >= of || of > f64::from(u32::MAX) {
                    return Err(params.wrong("include", "partition must be within num_partitions"));
                }
                Self::Partition { number: number as u32, of: of as u32 }
            }
            Some(other) => return Err(params.wrong_type(key, other)),
        }))
    }

    fn terms(&self, source: &Source) -> Result<Wanted, Refusal> {
        Ok(match self {
            Self::List(values) => {
                let encoded = values.iter().map(|value| source.encode(&text_of(value)));
                let terms = encoded.collect::<Result<FxHashSet<Vec<u8>>, _>>()?;
                Box::new(move |term| terms.contains(term))
            }
            Self::Regexp(pattern) => Box::new(query::regexp_matcher(pattern)?),
            Self::Partition { number, of } => {
                let (number, of) = (i64::from(*number), i64::from(*of));
                if source.kind == Some(ValueKind::Ip) {
                    return Ok(Box::new(move |term| {
                        let address = std::str::from_utf8(term).ok();
                        let address = address.and_then(|term| u128::from_str_radix(term, 16).ok());
                        let hash = murmur(&address.unwrap_or_default().to_be_bytes());
                        i64::from(hash.cast_signed()).rem_euclid(of) == number
                    }));
                }
                Box::new(move |term| i64::from(murmur(term).cast_signed()).rem_euclid(of) == number)
            }
        })
    }
}

/// The hash that partitions of numbers go by.
fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 32)).wrapping_mul(0x4cd6_944c_5cc2_0b6d);
    let value = (value ^ (value >> 29)).wrapping_mul(0xfc12_c5b1_9d32_59e9);
    value ^ (value >> 32)
}

/// The hash that partitions of terms go by: `MurmurHash3` of 32 bits, from the seed 31.
fn murmur(term: &[u8]) -> u32 {
    let scramble = |block: u32| block.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593);
    let (blocks, rest) = term.as_chunks::<4>();
    let mut hash = 31_u32;
    for block in blocks {
        hash ^= scramble(u32::from_le_bytes(*block));
        hash = hash.rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64);
    }
    let last = rest.iter().rev().fold(0, |last, byte| last << 8 | u32::from(*byte));
    hash ^= scramble(last) ^ term.len() as u32;
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}
