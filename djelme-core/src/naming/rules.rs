//! What names Elasticsearch and the Python package allow.
//!
//! The rules for index names are those of Elasticsearch's "create index" API. Each problem names the part that is
//! at fault and what is allowed there.

/// The most bytes of an index name.
const MAX_BYTES: usize = 255;
const FORBIDDEN: [char; 12] = ['\\', '/', '*', '?', '"', '<', '>', '|', ' ', ',', '#', ':'];

/// A part of a name in lower case and without `_`, as Python's `format_namepart` writes it. Types with one index keep
/// their `_`, as Python's `SimpleRecord` does.
pub(super) fn clean(what: &str, given: &str, keep_delimiters: bool) -> Result<String, String> {
    let mut cleaned = given.to_ascii_lowercase();
    if !keep_delimiters {
        cleaned.retain(|letter| letter != '_');
    }
    if let Some(letter) = cleaned.chars().find(|&letter| !matches!(letter, 'a'..='z' | '0'..='9' | '_')) {
        return Err(format!(
            "{what} \"{given}\" has the character {letter:?}; letters a-z, digits and `_` are allowed"
        ));
    }
    if cleaned.chars().all(|letter| letter == '_') {
        return Err(format!("{what} \"{given}\" has no letter or digit"));
    }
    Ok(cleaned)
}

/// The stem of a template pattern: what comes before its star.
pub(super) fn template_stem(template: &str) -> Result<&str, String> {
    template
        .strip_suffix('*')
        .filter(|stem| stem.len() > 1 && stem.ends_with('_') && !stem.contains('*'))
        .ok_or_else(|| {
            format!(
                "template = \"{template}\" must end in `_*` and have no other star, as in \"shop_pageview_*\""
            )
        })
}

/// The prefix comes first, so its own mistakes are told before those of the whole name.
pub(super) fn check_prefix(prefix: &str) -> Result<(), String> {
    check_characters("the index name prefix", prefix)
}

/// A whole name: the stem and the longest time that can follow it.
pub(super) fn check_index_name(stem: &str, longest_time: &str) -> Result<(), String> {
    check_characters("the index name", stem)?;
    let bytes = stem.len() + longest_time.len();
    if bytes > MAX_BYTES {
        return Err(format!(
            "the index name \"{stem}{longest_time}\" has {bytes} bytes; at most {MAX_BYTES} are allowed"
        ));
    }
    Ok(())
}

/// Templates have index names' characters, and are not limited to their length.
pub(super) fn check_template_name(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("the template name is empty".to_owned());
    }
    check_characters("the template name", name)
}

fn check_characters(what: &str, name: &str) -> Result<(), String> {
    if name.starts_with(['-', '_', '+']) {
        return Err(format!("{what} \"{name}\" must not start with `-`, `_` or `+`"));
    }
    // Title case, such as `ǅ`, is lower case neither.
    if let Some(letter) = name.chars().find(|letter| letter.to_lowercase().ne([*letter])) {
        return Err(format!(
            "{what} \"{name}\" has the upper-case letter {letter:?}; index names are lower case"
        ));
    }
    if let Some(letter) = name.chars().find(|letter| letter.is_control() || FORBIDDEN.contains(letter)) {
        return Err(format!(
            "{what} {name:?} has {letter:?}; spaces, control characters and \\ / * ? \" < > | , # : are not allowed"
        ));
    }
    Ok(())
}
