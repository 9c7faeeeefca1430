//! Times as Elasticsearch's settings write them. Searches here end by themselves, so a time is only checked.

use serde_json::Value;

use crate::error::{Refusal, token};

/// Refuses what is no time.
pub(super) fn check(key: &str, value: &Value) -> Result<(), Refusal> {
    let written = match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        _ => return Err(Refusal::parsing(format!("Unknown key for a {} in [{key}].", token(value)))),
    };
    let text = written.trim().to_lowercase();
    if matches!(text.as_str(), "-1" | "0") {
        return Ok(());
    }
    let wrong = |problem: &str| {
        Refusal::illegal(format!(
            "failed to parse setting [{key}] with value [{written}] as a time value: {problem}"
        ))
    };
    let units = ["nanos", "micros", "ms", "s", "m", "h", "d"];
    // An upper-case M would be a month, which is no time of a known length.
    let months = written.trim_end().ends_with('M');
    let Some(number) = units.iter().find_map(|unit| text.strip_suffix(unit)).filter(|_| !months) else {
        return Err(wrong("unit is missing or unrecognized"));
    };
    match number.trim().parse::<i64>() {
        Ok(number) if number >= -1 => Ok(()),
        Ok(_) => Err(wrong("negative durations are not supported")),
        Err(_) if number.trim().parse::<f64>().is_ok() => Err(Refusal::illegal(format!(
            "failed to parse [{written}], fractional time values are not supported"
        ))),
        Err(_) => Err(Refusal::illegal(format!("failed to parse [{written}]"))),
    }
}
