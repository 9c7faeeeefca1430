//! What the strings of single keys must look like. Elasticsearch's and the Python package's rules for names; core
//! checks the same again for names made at run time, which no derive sees.

/// What an app label or record type name may be.
pub(crate) fn name_problem(name: &str) -> Option<String> {
    if let Some(letter) = name.chars().find(|letter| !letter.is_ascii_alphanumeric() && *letter != '_') {
        return Some(format!("has the character {letter:?}: use letters a-z, digits and `_`"));
    }
    if name.chars().all(|letter| letter == '_') {
        return Some("has no letter or digit: name it".to_owned());
    }
    None
}

/// What the beginning of an index name may be.
pub(crate) fn index_problem(name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("is empty: leave the key out, or name it".to_owned());
    }
    if name.starts_with(['-', '_', '+']) {
        return Some("starts with `-`, `_` or `+`: begin with a letter".to_owned());
    }
    if let Some(letter) = name.chars().find(|letter| letter.is_uppercase()) {
        return Some(format!("has the upper-case letter {letter:?}: index names are lower case"));
    }
    if let Some(letter) =
        name.chars().find(|&letter| letter.is_control() || r#"\/*?"<>| ,#:"#.contains(letter))
    {
        return Some(format!(
            "has the character {letter:?}: spaces and \\ / * ? \" < > | , # : are not allowed"
        ));
    }
    if name.len() > 200 {
        return Some(format!("has {} bytes: an index name has room for 200", name.len()));
    }
    None
}

/// What an index pattern may be: a stem that ends in `_`, and a star.
pub(crate) fn template_problem(template: &str) -> Option<String> {
    match template.strip_suffix("_*") {
        Some("") => Some("has no stem: write one before `_*`".to_owned()),
        Some(stem) => index_problem(stem),
        None => Some("does not end in `_*`: end it so".to_owned()),
    }
}

/// What all names begin with; empty, nothing does, whatever the base or the backend says.
pub(crate) fn prefix_problem(prefix: &str) -> Option<String> {
    if prefix.is_empty() { None } else { index_problem(prefix) }
}

/// The seconds of `"90d"`.
pub(crate) fn seconds(text: &str) -> Option<u64> {
    let unit = text.chars().last()?;
    let number = text.strip_suffix(unit)?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    if !number.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    // Core counts milliseconds in an `i64`.
    number.parse::<u64>().ok()?.checked_mul(seconds).filter(|seconds| *seconds <= i64::MAX as u64 / 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_number_and_a_unit() {
        for (text, length) in
            [("45s", 45), ("30m", 1_800), ("12h", 43_200), ("90d", 7_776_000), ("2w", 1_209_600)]
        {
            assert_eq!(seconds(text), Some(length), "{text}");
        }
        for text in [
            "",
            "d",
            "90",
            "+90d",
            "-1d",
            "1.5d",
            "1y",
            "9 d",
            "9d ",
            "99999999999999999999d",
            "9999999999999w",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn names_are_those_that_core_takes() {
        for good in ["flights", "My_App", "app2", "_a"] {
            assert_eq!(name_problem(good), None, "{good}");
        }
        for bad in ["", "_", "my-app", "my app", "café", "a.b"] {
            assert!(name_problem(bad).is_some(), "{bad}");
        }
        for good in ["a", "dev-", "a.b_c", "ü"] {
            assert_eq!(index_problem(good), None, "{good}");
        }
        for bad in ["", "Dev-", "-a", "_a", "+a", "a*", "a b", "a,b", "a\"", "a/b", "a\u{0}"] {
            assert!(index_problem(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn templates_end_in_a_star_after_a_delimiter() {
        assert_eq!(template_problem("shop_pageview_*"), None);
        for bad in ["", "*", "_*", "shop", "shop*", "shop_", "Shop_*", "shop_*_*"] {
            assert!(template_problem(bad).is_some(), "{bad}");
        }
    }
}
