//! Messages about malformed settings that cannot carry a secret.

/// The message without the values that it quotes: serde puts names of fields in backticks and found values in double
/// quotes, and a found value may be a password in the wrong place.
pub(super) fn without_values(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    let (mut quoted, mut escaped) = (false, false);
    for character in message.chars() {
        // The value is written as Rust writes a string, with a backslash before quotes of its own.
        if character == '"' && !escaped {
            out.push_str(if quoted { "…\"" } else { "\"" });
            quoted = !quoted;
        } else if !quoted {
            out.push(character);
        }
        escaped = character == '\\' && !escaped;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::without_values;

    #[test]
    fn quoted_values_are_hidden_and_names_are_not() {
        let message = "invalid type: string \"hunter2\", expected a sequence for `nodes`";
        assert_eq!(without_values(message), "invalid type: string \"…\", expected a sequence for `nodes`");
    }

    #[test]
    fn a_value_with_quotes_of_its_own_stays_hidden() {
        let message = format!("invalid value: string {:?}, expected x", "a\"b");
        assert!(!without_values(&message).contains('b'), "{}", without_values(&message));
    }
}
