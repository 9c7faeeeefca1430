//! Which name was meant.

use strsim::levenshtein;

/// The likeliest of the names; `None` if none is near.
pub(crate) fn closest<'a>(given: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names
        .map(|name| (levenshtein(given, name), name))
        .filter(|(distance, name)| *distance <= name.len().max(given.len()) / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_name_is_near() {
        let names = ["app_label", "timedepth", "template", "template_name"];
        for (given, likeliest) in [
            ("timedept", Some("timedepth")),
            ("applabel", Some("app_label")),
            ("time_depth", Some("timedepth")),
            ("templatename", Some("template_name")),
            ("shards", None),
        ] {
            assert_eq!(closest(given, names.iter().copied()), likeliest, "{given}");
        }
    }

    #[test]
    fn distances_count_single_edits() {
        for (a, b, edits) in [("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("kitten", "sitting", 3)] {
            assert_eq!(levenshtein(a, b), edits, "{a} {b}");
        }
    }
}
