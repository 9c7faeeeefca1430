//! Which name was meant.

/// The likeliest of the names; `None` if none is near.
pub(crate) fn closest<'a>(given: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names
        .map(|name| (distance(given, name), name))
        .filter(|(distance, name)| *distance <= name.len().max(given.len()) / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many characters have to be inserted, removed or replaced.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, left) in a.chars().enumerate() {
        let mut diagonal = line;
        let mut last = line + 1;
        for (column, right) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(left != *right);
            diagonal = row[column + 1];
            row[column] = last;
            last = replaced.min(diagonal + 1).min(last + 1);
        }
        row[b.len()] = last;
    }
    row[b.len()]
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
            assert_eq!(distance(a, b), edits, "{a} {b}");
        }
    }
}
