//! Totals that grow from cycle to cycle.

use djelme_core::field::Field;
use djelme_core::field::kind::Numeric;
use serde_json::Value;

/// A total that grows from cycle to cycle: on each, it is the one of the cycle before and what is new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    pub(super) total: String,
    pub(super) new: String,
}

impl Total {
    /// The field `total` is its value on the cycle before, and `new` beyond. Both hold whole numbers; a field that is
    /// absent or `null` is 0.
    #[must_use]
    pub fn new<T, K: Numeric, S: Copy, U, L: Numeric, V: Copy>(
        total: Field<T, K, S>,
        new: Field<U, L, V>,
    ) -> Self {
        Self { total: total.name(), new: new.name() }
    }
}

/// The whole number in a field of the document, given by its path.
pub(super) fn whole_number(document: &Value, path: &str) -> Result<i128, String> {
    let value = path.split('.').try_fold(document, |value, name| value.get(name)).unwrap_or(&Value::Null);
    match value {
        Value::Null => Ok(0),
        Value::Number(number) if number.is_i64() || number.is_u64() => {
            Ok(number.as_i64().map_or_else(|| number.as_u64().unwrap_or_default().into(), i128::from))
        }
        other => Err(format!("{other} is no whole number, and only those can be added up exactly")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whole_numbers_are_read_by_their_paths() {
        let document = json!({ "a": { "b": 5 }, "big": u64::MAX, "less": -3, "none": null, "x": 1.5 });
        assert_eq!(whole_number(&document, "a.b"), Ok(5));
        assert_eq!(whole_number(&document, "big"), Ok(u64::MAX.into()));
        assert_eq!(whole_number(&document, "less"), Ok(-3));
        assert_eq!((whole_number(&document, "none"), whole_number(&document, "a.c.d")), (Ok(0), Ok(0)));
        assert!(whole_number(&document, "x").unwrap_err().contains("1.5"));
        assert!(whole_number(&document, "a").unwrap_err().contains("no whole number"));
    }
}
