//! What Elasticsearch 8.19 answered to each of these patterns on these terms.

use super::*;

const TERMS: [&str; 27] = [
    "Abc", "abc", "ABC", "a-c", "a.c", "", "12", "7", "007", "a\nc", "é", "É", "aé", "ab", "aab", "^abc$",
    "*", "a*", "\\", "a b", "x_1", "d", "#", "@", "<1-5>", "~", "a&b",
];

fn fitting(dfa: &Dfa) -> Vec<&'static str> {
    TERMS.into_iter().filter(|term| dfa.fits(term)).collect()
}

#[track_caller]
fn check(pattern: &str, expected: &[&str]) {
    assert_eq!(fitting(&regexp(pattern, Flags::ALL, false).unwrap()), expected, "{pattern}");
}

fn all_but(excluded: &[&str]) -> Vec<&'static str> {
    TERMS.into_iter().filter(|term| !excluded.contains(term)).collect()
}

#[test]
fn regular_expressions_match_what_they_match_in_elasticsearch() {
    check("a.c", &["abc", "a-c", "a.c", "a\nc"]);
    check("[a-c]+", &["abc", "ab", "aab"]);
    check(
        "[^a]+",
        &["Abc", "ABC", "12", "7", "007", "é", "É", "*", "\\", "x_1", "d", "#", "@", "<1-5>", "~"],
    );
    check("\\d+", &["12", "7", "007"]);
    check("\\w+", &["Abc", "abc", "ABC", "12", "7", "007", "ab", "aab", "x_1", "d"]);
    check("\\W", &["é", "É", "*", "\\", "#", "@", "~"]);
    check("a\\sb", &["a b"]);
    check("a\\Sc", &["abc", "a-c", "a.c"]);
    check("[a\\-c]+", &["a-c"]);
    check("()", &[""]);
    check("a()bc", &["abc"]);
    check("<1-10>", &["7", "007"]);
    check("<01-10>", &[]);
    check("<01-12>", &["12"]);
    check("<007-010>", &["007"]);
    check("<10-1>", &["7", "007"]);
    check("<0-99999>", &["12", "7", "007"]);
    check("x_<1-3>", &["x_1"]);
    check("#", &[]);
    check("@", &TERMS);
    check("\"abc\"", &["abc"]);
    check("~abc", &["Abc"]);
    check("~(abc)", &all_but(&["abc"]));
    check("a~(b)c", &["a-c", "a.c", "a\nc"]);
    check("abc&~(abc)", &[]);
    check("a\\&b", &["a&b"]);
    check("(a|A)bc", &["Abc", "abc"]);
    check("a{2}b", &["aab"]);
    check("a{0,1}b", &["ab"]);
    check("a{1,}b", &["ab", "aab"]);
    check("a{0}", &[""]);
    check("**", &["", "*"]);
    check("a**", &[""]);
    check("[a-cA-C]{3}", &["Abc", "abc", "ABC", "aab"]);
    check("^abc$", &["^abc$"]);
    check("[à-ü]", &["é"]);
    check("\\\\", &["\\"]);
    check("", &[""]);
    check("[^a-z]+", &["ABC", "12", "7", "007", "é", "É", "*", "\\", "#", "@", "<1-5>", "~"]);
}

#[test]
fn flags_turn_operators_into_plain_characters() {
    let with = |pattern: &str, flags: &str| {
        let flags = Flags::parse(flags).unwrap().unwrap();
        fitting(&regexp(pattern, flags, false).unwrap())
    };
    assert_eq!(with("~", "NONE"), ["~"]);
    assert_eq!(with("<1-5>", "COMPLEMENT"), ["<1-5>"]);
    assert_eq!(with("a&b", "NONE"), ["a&b"]);
    assert_eq!(with("@", "NONE"), ["@"]);
    assert_eq!(with("#", "none"), ["#"]);
    assert_eq!(with("a~(b)c", "COMPLEMENT|"), ["a-c", "a.c", "a\nc"]);
    assert!(Flags::parse("BOGUS").unwrap().is_err());
}

#[test]
fn case_does_not_count_for_letters_of_ascii_outside_of_ranges() {
    let any = |pattern: &str| fitting(&regexp(pattern, Flags::ALL, true).unwrap());
    assert_eq!(any("abc"), ["Abc", "abc", "ABC"]);
    assert_eq!(any("[a]bc"), ["Abc", "abc", "ABC"]);
    assert_eq!(any("[a-b]bc"), ["abc"]);
    assert_eq!(any("[^a]bc"), [""; 0]);
    assert_eq!(any("É"), ["É"]);
    assert_eq!(fitting(&text_of_any_case("aBc").unwrap()), ["Abc", "abc", "ABC"]);
    assert_eq!(fitting(&prefix_of_any_case("AB").unwrap()), ["Abc", "abc", "ABC", "ab"]);
}

#[test]
fn malformed_expressions_are_errors_in_elasticsearchs_words() {
    let cases = [
        ("[", "unexpected end-of-string"),
        ("(a", "expected ')' at position 2"),
        ("a)", "end-of-string expected at position 1"),
        ("a{2", "expected '}' at position 3"),
        ("a{,2}b", "integer expected at position 2"),
        ("a{2,1}b", "invalid repetition range(out of order): 2..1"),
        ("\\q", "invalid character class \\113"),
        ("[a-]+", "invalid range: from (97) cannot be > to (93)"),
        ("[]", "expected ']' at position 2"),
        ("<a-b>", "interval syntax error at position 4"),
        ("<foo>", "'foo' not found"),
        ("<1-5", "expected '>' at position 4"),
        ("\"abc", "expected '\"' at position 4"),
        ("~", "unexpected end-of-string"),
        ("a|", "unexpected end-of-string"),
        ("(a|b)*a(a|b){14}", "Determinizing (a|b)*a(a|b){14} would require more than 10000 effort."),
        ("a{99999}", "Determinizing a{99999} would require more than 10000 effort."),
    ];
    for (pattern, reason) in cases {
        let refusal = regexp(pattern, Flags::ALL, false).err().unwrap();
        assert_eq!(refusal.reason, format!("failed to create query: {reason}"), "{pattern}");
    }
    assert!(regexp(&"a".repeat(1001), Flags::ALL, false).is_err());
    assert!(regexp(&"(".repeat(500), Flags::ALL, false).is_err());
}

#[test]
fn many_choices_in_a_row_stay_small() {
    assert!(regexp(&"(a|b)".repeat(100), Flags::ALL, false).unwrap().fits(&"ab".repeat(50)));
    assert!(regexp(&"a?".repeat(150), Flags::ALL, false).unwrap().fits(&"a".repeat(150)));
    assert!(wildcard(&"*a".repeat(100), false).unwrap().fits(&"xa".repeat(100)));
}

#[test]
fn wildcards() {
    let fits = |pattern: &str, text: &str| wildcard(pattern, false).unwrap().fits(text);
    assert!(fits("a*", "abc") && fits("*", "") && fits("a?c", "aéc") && fits("b\\*d", "b*d"));
    assert!(!fits("b\\*d", "bxd") && !fits("a?c", "ac") && !fits("A*", "abc") && !fits("", "a"));
    assert!(fits("a\\", "a\\"));
    assert!(wildcard("A?C*", true).unwrap().fits("abcd"));
}
