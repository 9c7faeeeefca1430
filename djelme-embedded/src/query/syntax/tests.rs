//! Trees of the two syntaxes.

use super::*;

fn words(text: &str) -> Node {
    Node::Words { field: None, text: text.into() }
}

fn on(field: &str, text: &str) -> Node {
    Node::Words { field: Some(field.into()), text: text.into() }
}

fn clause(conjunction: Conjunction, modifier: Modifier, node: Node) -> Clause {
    Clause { conjunction, modifier, node, words: false }
}

#[track_caller]
fn check(text: &str, expected: Node) {
    assert_eq!(parse_classic(text, true), Ok(Some(expected)), "{text}");
}

#[test]
fn single_clauses() {
    check("quick", words("quick"));
    check("t:quick", on("t", "quick"));
    check("k:the\\ quick", on("k", "the quick"));
    check("\\u0071uick", words("quick"));
    check("i:>=5", on("i", ">=5"));
    check("t:*", Node::Wildcard { field: Some("t".into()), pattern: "*".into() });
    check("t:qui*", Node::Prefix { field: Some("t".into()), start: "qui".into() });
    check("q?i*k", Node::Wildcard { field: None, pattern: "q?i*k".into() });
    check("qui\\*", words("qui*"));
    check("/a.b\\/c/", Node::Regexp { field: None, pattern: "a.b/c".into() });
    check("quikc~1", Node::Fuzzy { field: None, text: "quikc".into(), fuzziness: Fuzziness::Edits(1) });
    check("\"a b\"~2", Node::Phrase { field: None, text: "a b".into(), slop: Some(2) });
    let range = |from: Option<(&str, bool)>, until: Option<(&str, bool)>| {
        let owned = |(text, included): (&str, bool)| (text.to_owned(), included);
        Node::Range { field: Some("i".into()), from: from.map(owned), until: until.map(owned) }
    };
    check("i:{5 TO 6]", range(Some(("5", false)), Some(("6", true))));
    check("i:[5 TO *}", range(Some(("5", true)), None));
    check("i:[\"5\" TO \"TO\"]", range(Some(("5", true)), Some(("TO", true))));
    check("quick^2.5", Node::Boost(Box::new(words("quick")), 2.5));
    check("t:(quick)^3", Node::Boost(Box::new(on("t", "quick")), 3.0));
}

#[test]
fn clauses_keep_their_operators() {
    use Conjunction::{And, None as Plain, Or};
    check(
        "a AND b OR -c",
        Node::Clauses(vec![
            clause(Plain, Modifier::None, words("a")),
            clause(And, Modifier::None, words("b")),
            clause(Or, Modifier::Not, words("c")),
        ]),
    );
    check("NOT a", Node::Clauses(vec![clause(Plain, Modifier::Not, words("a"))]));
    let several = Clause { conjunction: Plain, modifier: Modifier::None, node: words("a b"), words: true };
    check("a b", Node::Clauses(vec![several.clone()]));
    check("a b +c", Node::Clauses(vec![several, clause(Plain, Modifier::Must, words("c"))]));
    // The field holds for the first word only.
    let (first, second) = (on("k", "a"), words("b"));
    let clauses = [first, second].map(|node| clause(Plain, Modifier::None, node));
    check("k:a b", Node::Clauses(clauses.to_vec()));
    // A lone operator is a word.
    check(
        "- a",
        Node::Clauses(vec![Clause {
            conjunction: Plain,
            modifier: Modifier::None,
            node: words("- a"),
            words: true,
        }]),
    );
}

#[test]
fn malformed_texts() {
    for text in [
        "(",
        "a)",
        "\"a",
        "a AND",
        "AND a",
        "t:",
        "t:a:b",
        "a^x",
        "++a",
        "i:[5 6",
        "i:[5 TO",
        "a/b",
        "a\\",
        "*k:a",
        "]",
        "i:[5 TO 6 7]",
        "~",
        "^2",
        "()",
        "\\u00",
    ] {
        assert_eq!(parse_classic(text, true), Err(Problem::Malformed), "{text}");
    }
    assert_eq!(parse_classic("  ", true), Ok(None));
    assert!(matches!(parse_classic(&"(".repeat(100_000), true), Err(Problem::Unsupported(_))));
}

#[test]
fn the_simple_syntax_takes_every_text() {
    let simple = |text: &str| parse_simple(text, Operators::ALL, false);
    let joined = |all, nodes| Some(Node::Joined { all, nodes });
    assert_eq!(simple("a b"), joined(false, vec![words("a"), words("b")]));
    assert_eq!(
        simple("a + b | c"),
        joined(false, vec![Node::Joined { all: true, nodes: vec![words("a"), words("b")] }, words("c")])
    );
    assert_eq!(simple("a -b"), joined(false, vec![words("a"), Node::Without(Box::new(words("b")))]));
    assert_eq!(simple("--a"), Some(words("a")));
    assert_eq!(simple("a*"), Some(Node::Prefix { field: None, start: "a".into() }));
    assert_eq!(simple(" * "), Some(Node::All));
    assert_eq!(simple("\"a b\"~3"), Some(Node::Phrase { field: None, text: "a b".into(), slop: Some(3) }));
    assert_eq!(
        simple("a~"),
        Some(Node::Fuzzy { field: None, text: "a".into(), fuzziness: Fuzziness::Edits(2) })
    );
    assert_eq!(
        simple("(a + (b | c"),
        joined(true, vec![words("a"), words("b"),])
            .map(|node| Node::Joined { all: false, nodes: vec![node, words("c")] })
    );
    assert_eq!(simple("\"a"), Some(words("a")));
    assert_eq!(simple("a\\ b"), Some(words("a b")));
    for text in ["", " ", "()", "\"\"", "-", "+|"] {
        assert_eq!(simple(text), None, "{text}");
    }
    assert!(simple(&"(a".repeat(1000)).is_some());
    assert!(simple(&format!("{}a{}", "(".repeat(1000), ")".repeat(1000))).is_some());
    assert_eq!(parse_simple("a|b", Operators::parse("AND").unwrap(), false), Some(words("a|b")));
    assert_eq!(Operators::parse("BOGUS"), Err("BOGUS"));
}
