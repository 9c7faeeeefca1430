//! The parameters `extended_bounds` and `hard_bounds`.

use serde_json::Value;

use super::params::Params;
use crate::error::Refusal;

/// Ends of a range, as a request has them.
#[derive(Debug, Clone)]
pub(super) struct Bounds {
    pub(super) min: Option<Value>,
    pub(super) max: Option<Value>,
}

/// Ends of a range, read.
pub(super) type Ends<T> = (Option<T>, Option<T>);

impl Bounds {
    pub(super) fn parse<'a>(params: &Params<'a>, key: &'a str) -> Result<Option<Self>, Refusal> {
        let bounds = match params.value(key) {
            None => return Ok(None),
            Some(Value::Object(bounds)) => bounds,
            Some(other) => return Err(params.wrong_type(key, other)),
        };
        let inner = Params::new("bounds", params.name, bounds);
        let end = |key| match inner.value(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value @ (Value::Number(_) | Value::String(_))) => Ok(Some(value.clone())),
            Some(other) => Err(inner.wrong_type(key, other)),
        };
        let bounds = Self { min: end("min")?, max: end("max")? };
        inner.finish()?;
        Ok(Some(bounds))
    }

    /// Reads both ends of what may be given.
    pub(super) fn read<T: PartialOrd + Copy>(
        bounds: Option<&Self>,
        read: impl Fn(&Value) -> Result<T, Refusal>,
        reversed: impl Fn(T, T) -> Refusal,
    ) -> Result<Ends<T>, Refusal> {
        let Some(bounds) = bounds else { return Ok((None, None)) };
        match (bounds.min.as_ref().map(&read).transpose()?, bounds.max.as_ref().map(&read).transpose()?) {
            (Some(min), Some(max)) if min > max => Err(reversed(min, max)),
            ends => Ok(ends),
        }
    }

    /// Extended bounds must lie within hard ones.
    pub(super) fn check<T: PartialOrd + Copy>(
        (extended, hard): (Ends<T>, Ends<T>),
        written: (Option<&Self>, Option<&Self>),
        write: impl Fn(&Value) -> String,
    ) -> Result<(), Refusal> {
        let below = matches!((extended.0, hard.0), (Some(min), Some(least)) if min < least);
        let above = matches!((extended.1, hard.1), (Some(max), Some(most)) if max > most);
        if !below && !above {
            return Ok(());
        }
        let end = |end: &Option<Value>| end.as_ref().map(&write).unwrap_or_default();
        let ends = |bounds: Option<&Self>| {
            bounds.map(|bounds| format!("{}--{}", end(&bounds.min), end(&bounds.max))).unwrap_or_default()
        };
        Err(Refusal::illegal(format!(
            "Extended bounds have to be inside hard bounds, hard bounds: [{}], extended bounds: [{}]",
            ends(written.1),
            ends(written.0)
        )))
    }
}
