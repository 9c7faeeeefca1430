//! Indexes about which a report has the same to say: a type may have one for every hour.

use std::fmt;

/// So many names are listed; of more, the first and the last stand for all.
const LISTED: usize = 3;

/// The names of one or several indexes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Indexes<'a>(Vec<&'a str>);

/// What is said of each index, once for all of which the same is said, in the order in which it is first said.
pub(super) fn grouped<'a, T: PartialEq>(
    said: impl IntoIterator<Item = (&'a str, T)>,
) -> Vec<(Indexes<'a>, T)> {
    let mut groups: Vec<(Indexes<'a>, T)> = Vec::new();
    for (name, text) in said {
        match groups.iter_mut().find(|(_, other)| *other == text) {
            Some((indexes, _)) => indexes.0.push(name),
            None => groups.push((Indexes(vec![name]), text)),
        }
    }
    for (indexes, _) in &mut groups {
        indexes.0.sort_by_cached_key(|name| (numbers(name), *name));
    }
    groups
}

/// The numbers in a name, which are in the order of time where names end in a period: `2026.10.` is after `2026.9.`.
fn numbers(name: &str) -> Vec<u64> {
    name.split(|character: char| !character.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect()
}

impl fmt::Display for Indexes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [name] => write!(f, "index `{name}`"),
            [first, .., last] if self.0.len() > LISTED => {
                write!(f, "{} indexes, first `{first}` until `{last}`", self.0.len())
            }
            names => write!(f, "indexes `{}`", names.join("`, `")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::grouped;

    fn lines(said: &[(&str, &str)]) -> Vec<String> {
        let groups = grouped(said.iter().copied());
        groups.iter().map(|(indexes, text)| format!("{indexes}: {text}")).collect()
    }

    #[test]
    fn what_is_said_of_several_indexes_is_said_once() {
        assert_eq!(
            lines(&[("a_2026.1.", "x"), ("a_2026.2.", "y"), ("a_2026.3.", "x")]),
            ["indexes `a_2026.1.`, `a_2026.3.`: x", "index `a_2026.2.`: y"]
        );
        assert_eq!(lines(&[]), [] as [&str; 0]);
    }

    #[test]
    fn of_many_indexes_the_first_and_the_last_in_time_are_named() {
        let three = [("a_2026.1.", "x"), ("a_2026.10.", "x"), ("a_2026.9.", "x")];
        assert_eq!(lines(&three), ["indexes `a_2026.1.`, `a_2026.9.`, `a_2026.10.`: x"]);
        let four = [("a_2026.1.", "x"), ("a_2026.10.", "x"), ("a_2026.2.", "x"), ("a_2026.9.", "x")];
        assert_eq!(lines(&four), ["4 indexes, first `a_2026.1.` until `a_2026.10.`: x"]);
    }
}
