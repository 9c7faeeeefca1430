//! Index patterns: names with stars in them, as Elasticsearch reads them.

/// Whether a name fits a pattern; a star stands for any letters, also none.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(rest) = pieces.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let Some(last) = pieces.next_back() else { return rest.is_empty() };
    let mut rest = rest;
    for piece in pieces {
        let Some(found) = rest.find(piece) else { return false };
        rest = &rest[found + piece.len()..];
    }
    rest.ends_with(last)
}

/// Whether an expression (patterns divided by commas, `-` before one that takes away again) means this index.
pub(crate) fn expression_matches(expression: &str, name: &str) -> bool {
    let mut is_meant = false;
    for (position, part) in expression.split(',').enumerate() {
        match part.strip_prefix('-') {
            Some(pattern) if position > 0 => is_meant &= !matches(pattern, name),
            _ if part == "_all" => is_meant = true,
            _ => is_meant |= matches(part, name),
        }
    }
    is_meant
}

/// Whether some name fits both patterns.
pub(crate) fn overlap(left: &str, right: &str) -> bool {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    // `reachable[j]`: what stands before `i` in the one and before `j` in the other can be the same text.
    let mut reachable = vec![false; right.len() + 1];
    for i in 0..=left.len() {
        let above = std::mem::replace(&mut reachable, vec![false; right.len() + 1]);
        for j in 0..=right.len() {
            let start = i == 0 && j == 0;
            let both = i > 0 && j > 0 && above[j - 1] && left[i - 1] == right[j - 1];
            let left_star = i > 0 && left[i - 1] == '*' && (above[j] || (j > 0 && reachable[j - 1]));
            let right_star = j > 0 && right[j - 1] == '*' && (reachable[j - 1] || (i > 0 && above[j]));
            reachable[j] = start || both || left_star || right_star;
        }
    }
    reachable[right.len()]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn stars_stand_for_any_letters() {
        for (pattern, name, fits) in [
            ("*", "", true),
            ("*", "a", true),
            ("a", "a", true),
            ("a", "ab", false),
            ("a*", "a", true),
            ("a*b", "ab", true),
            ("a*b", "axb", true),
            ("a*b", "a", false),
            ("a*a", "a", false),
            ("*a*", "bab", true),
            ("a*b*c", "a_b_b_c", true),
            ("a*bc*c", "abc", false),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
    }

    #[test]
    fn expressions_add_and_take_away() {
        for (expression, name, meant) in [
            ("a,b*", "bc", true),
            ("a,b*", "ac", false),
            ("a*,-ab*", "abc", false),
            ("a*,-ab*", "ac", true),
            ("_all", "x", true),
            ("-a", "-a", true),
        ] {
            assert_eq!(expression_matches(expression, name), meant, "{expression} {name}");
        }
    }

    #[test]
    fn patterns_overlap_if_a_name_fits_both() {
        for (left, right, overlaps) in [
            ("a*", "ab*", true),
            ("a*", "*b", true),
            ("a*c", "b*c", false),
            ("a*b", "a*c", false),
            ("a*", "a", true),
            ("ab", "abc", false),
            ("*", "", true),
            ("a*b*c", "*bb*", true),
        ] {
            assert_eq!(overlap(left, right), overlaps, "{left} {right}");
            assert_eq!(overlap(right, left), overlaps, "{right} {left}");
        }
    }

    proptest! {
        #[test]
        fn a_name_that_fits_both_means_an_overlap(left in "[ab*]{0,5}", right in "[ab*]{0,5}") {
            let names = (0..=7_u32).flat_map(|length| (0..1_u32 << length).map(move |bits| {
                (0..length).map(|at| if bits >> at & 1 == 0 { 'a' } else { 'b' }).collect::<String>()
            }));
            let mut names = names;
            let common = names.any(|name| matches(&left, &name) && matches(&right, &name));
            // The shortest common name is no longer than both patterns together without stars, mostly far shorter.
            if common {
                prop_assert!(overlap(&left, &right));
            } else if left.len() + right.len() <= 7 {
                prop_assert!(!overlap(&left, &right));
            }
        }
    }
}
