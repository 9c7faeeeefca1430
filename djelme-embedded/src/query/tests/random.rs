//! Random trees of queries against an evaluator that looks at each document.

use std::sync::OnceLock;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::Table;

/// The numbers of each document, and its words.
type Doc = (Vec<i64>, Vec<&'static str>);

const WORDS: [&str; 4] = ["a", "ab", "b", "ba"];

fn docs() -> &'static Vec<Doc> {
    static DOCS: OnceLock<Vec<Doc>> = OnceLock::new();
    // Every combination of some numbers and words, in an order that mixes them.
    DOCS.get_or_init(|| {
        let numbers = |seed: usize| (0..seed % 3).map(|at| ((seed * 7 + at * 5) % 11) as i64 - 5).collect();
        let words = |seed: usize| (0..seed % 4).map(|at| WORDS[(seed / 3 + at * 3) % 4]).collect();
        (0..200).map(|seed| (numbers(seed * 31 % 97), words(seed * 17 % 89))).collect()
    })
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mappings = json!({ "properties": {
            "n": { "type": "long" }, "k": { "type": "keyword" }, "t": { "type": "text" }
        } });
        let ids: Vec<String> = (0..docs().len()).map(|id| format!("{id:03}")).collect();
        let documents: Vec<_> = ids
            .iter()
            .zip(docs())
            .map(|(id, (n, k))| (id.as_str(), json!({ "n": n, "k": k, "t": k.join(" ") })))
            .collect();
        Table::new(&mappings, &json!({}), &documents)
    })
}

#[derive(Debug, Clone)]
enum Node {
    Number(i64),
    Numbers(Vec<i64>),
    Between(Option<i64>, Option<i64>),
    Word(usize),
    Words(Vec<usize>),
    Match(Vec<usize>, bool),
    Phrase(usize, usize),
    Exists,
    All,
    Bool {
        must: Vec<Node>,
        filter: Vec<Node>,
        should: Vec<Node>,
        must_not: Vec<Node>,
        minimum: Option<usize>,
    },
    Constant(Box<Node>),
    Best(Vec<Node>),
}

impl Node {
    fn json(&self) -> Value {
        let words = |words: &[usize]| words.iter().map(|at| WORDS[*at]).collect::<Vec<_>>();
        let all = |nodes: &[Self]| nodes.iter().map(Self::json).collect::<Vec<_>>();
        match self {
            Self::Number(number) => json!({ "term": { "n": number } }),
            Self::Numbers(numbers) => json!({ "terms": { "n": numbers } }),
            Self::Between(from, until) => json!({ "range": { "n": { "gte": from, "lt": until } } }),
            Self::Word(word) => json!({ "term": { "k": { "value": WORDS[*word] } } }),
            Self::Words(some) => json!({ "terms": { "k": words(some) } }),
            Self::Match(some, every) => {
                let operator = if *every { "and" } else { "or" };
                json!({ "match": { "t": { "query": words(some).join(" "), "operator": operator } } })
            }
            Self::Phrase(first, second) => {
                json!({ "match_phrase": { "t": format!("{} {}", WORDS[*first], WORDS[*second]) } })
            }
            Self::Exists => json!({ "exists": { "field": "n" } }),
            Self::All => json!({ "match_all": {} }),
            Self::Bool { must, filter, should, must_not, minimum } => json!({ "bool": {
                "must": all(must), "filter": all(filter), "should": all(should), "must_not": all(must_not),
                "minimum_should_match": minimum
            } }),
            Self::Constant(inner) => json!({ "constant_score": { "filter": inner.json() } }),
            Self::Best(inner) => json!({ "dis_max": { "queries": all(inner) } }),
        }
    }

    fn matches(&self, doc: &Doc) -> bool {
        let (numbers, words) = doc;
        let count = |nodes: &[Self]| nodes.iter().filter(|node| node.matches(doc)).count();
        match self {
            Self::Number(number) => numbers.contains(number),
            Self::Numbers(some) => some.iter().any(|number| numbers.contains(number)),
            Self::Between(None, None) | Self::Exists => !numbers.is_empty(),
            Self::Between(from, until) => numbers.iter().any(|number| {
                from.is_none_or(|from| *number >= from) && until.is_none_or(|until| *number < until)
            }),
            Self::Word(word) => words.contains(&WORDS[*word]),
            Self::Words(some) | Self::Match(some, false) => {
                some.iter().any(|word| words.contains(&WORDS[*word]))
            }
            Self::Match(some, true) => {
                !some.is_empty() && some.iter().all(|word| words.contains(&WORDS[*word]))
            }
            Self::Phrase(first, second) => {
                words.windows(2).any(|pair| pair == [WORDS[*first], WORDS[*second]])
            }
            Self::All => true,
            Self::Bool { must, filter, should, must_not, minimum } => {
                let needed = must.len() + filter.len();
                let empty = needed + should.len() + must_not.len() == 0;
                let negative = needed == 0 && should.is_empty();
                let least = if needed == 0 && !should.is_empty() { 1 } else { 0 };
                let least = if negative { 0 } else { minimum.unwrap_or(0).max(least) };
                empty
                    || (count(must) + count(filter) == needed
                        && count(must_not) == 0
                        && count(should) >= least)
            }
            Self::Constant(inner) => inner.matches(doc),
            Self::Best(inner) => count(inner) > 0,
        }
    }
}

fn node() -> impl Strategy<Value = Node> {
    let some = || prop::collection::vec(0..4_usize, 0..4);
    let leaf = prop_oneof![
        (-6..7_i64).prop_map(Node::Number),
        prop::collection::vec(-6..7_i64, 0..12).prop_map(Node::Numbers),
        (prop::option::of(-6..7_i64), prop::option::of(-6..7_i64))
            .prop_map(|(from, until)| Node::Between(from, until)),
        (0..4_usize).prop_map(Node::Word),
        some().prop_map(Node::Words),
        (some(), any::<bool>()).prop_map(|(words, every)| Node::Match(words, every)),
        (0..4_usize, 0..4_usize).prop_map(|(first, second)| Node::Phrase(first, second)),
        Just(Node::Exists),
        Just(Node::All),
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        let list = || prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            4 => (list(), list(), list(), list(), prop::option::of(0..4_usize)).prop_map(
                |(must, filter, should, must_not, minimum)| Node::Bool { must, filter, should, must_not, minimum }
            ),
            1 => inner.clone().prop_map(|inner| Node::Constant(Box::new(inner))),
            1 => prop::collection::vec(inner.clone(), 1..4).prop_map(Node::Best),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn trees_match_what_their_parts_say(node in node()) {
        let expected: Vec<String> = docs()
            .iter()
            .enumerate()
            .filter(|(_, doc)| node.matches(doc))
            .map(|(id, _)| format!("{id:03}"))
            .collect();
        prop_assert_eq!(table().ids(&node.json()).unwrap(), expected.clone(), "{}", node.json());
        // With scores, other scorers are at work.
        let scored = table().scored(&node.json());
        let mut ids: Vec<String> = scored.into_iter().map(|(id, _)| id).collect();
        ids.sort_unstable();
        prop_assert_eq!(ids, expected, "scored: {}", node.json());
    }

    #[test]
    fn no_text_is_a_panic(text in "[ab()\\[\\]{}:*?~^+\\-!&|/\\\\\"<>@#.,0-9 TOAND]{0,24}") {
        for query in [
            json!({ "query_string": { "query": text } }),
            json!({ "query_string": { "query": text, "fields": ["t", "k"], "default_operator": "and" } }),
            json!({ "simple_query_string": { "query": text } }),
            json!({ "regexp": { "k": text } }),
            json!({ "wildcard": { "k": text } }),
            json!({ "match_phrase": { "t": { "query": text, "slop": 2 } } }),
            json!({ "range": { "n": { "gte": text } } }),
            json!({ "bool": { "should": { "match_all": {} }, "minimum_should_match": text } }),
        ] {
            let _ = table().ids(&query);
        }
    }
}
