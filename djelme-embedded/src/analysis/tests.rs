//! Analyzers, with the tokens that Elasticsearch 8.19 made.

use serde_json::{Value, json};

use super::{Analyzers, Tokens};
use crate::error::Refusal;

fn analyzers(settings: Value) -> Result<Analyzers, Refusal> {
    let Value::Object(settings) = settings else { panic!("{settings}") };
    Analyzers::new(&settings)
}

fn tokens(analyzers: &Analyzers, name: &str, text: &str) -> Vec<(String, usize)> {
    let mut tokens = Tokens::default();
    analyzers.analyzer(name).unwrap().unwrap().analyze(text, &mut tokens);
    tokens.iter().map(|token| (token.text.clone(), token.position)).collect()
}

/// The cases of `facts.json`: analyzer, text, and the tokens of the server, each `token@position`.
#[test]
fn tokens_are_elasticsearchs() {
    let facts: Value = serde_json::from_str(include_str!("facts.json")).unwrap();
    let analyzers = analyzers(facts["settings"].clone()).unwrap();
    let cases = facts["cases"].as_array().unwrap();
    assert!(cases.len() > 300);
    for case in cases {
        let (name, text) = (case[0].as_str().unwrap(), case[1].as_str().unwrap());
        let wanted: Vec<(String, usize)> = match &case[2] {
            Value::String(wanted) => wanted
                .split(' ')
                .filter_map(|token| token.rsplit_once('@'))
                .map(|(token, position)| (token.to_owned(), position.parse().unwrap()))
                .collect(),
            wanted => serde_json::from_value(wanted.clone()).unwrap(),
        };
        assert_eq!(tokens(&analyzers, name, text), wanted, "{name}: {text}");
    }
}

#[test]
fn settings_are_read_nested_and_dotted() {
    let nested = json!({ "index": { "analysis": {
        "analyzer": { "paths": { "tokenizer": "by_dots" } },
        "tokenizer": { "by_dots": { "type": "path_hierarchy", "delimiter": "." } },
    } } });
    let dotted = json!({
        "index.analysis.analyzer.paths.tokenizer": "by_dots",
        "analysis.tokenizer": { "by_dots.type": "path_hierarchy", "by_dots": { "delimiter": "." } },
    });
    for settings in [nested, dotted] {
        let analyzers = analyzers(settings).unwrap();
        let found = tokens(&analyzers, "paths", "a.b");
        assert_eq!(found, [("a".to_owned(), 0), ("a.b".to_owned(), 0)]);
    }
}

#[test]
fn what_the_engine_has_not_is_refused_by_name() {
    let refused = |analysis: Value| match analyzers(json!({ "analysis": analysis })) {
        Ok(_) => panic!("not refused"),
        Err(refusal) => refusal.reason,
    };
    let analyzer = |definition: Value| refused(json!({ "analyzer": { "x": definition } }));
    let prefix = "the embedded engine does not support ";
    assert_eq!(analyzer(json!({ "type": "french" })), format!("{prefix}the analyzer [x] of type [french]"));
    assert_eq!(
        analyzer(json!({ "tokenizer": "standard", "filter": ["lowercase", "shingle"] })),
        format!("{prefix}the filter [shingle]")
    );
    assert_eq!(
        analyzer(json!({ "tokenizer": "standard", "char_filter": "html_strip" })),
        format!("{prefix}the char_filter [html_strip]")
    );
    assert_eq!(
        analyzer(json!({ "tokenizer": "standard", "filter": "nope" })),
        "Custom Analyzer [x] failed to find filter under name [nope]"
    );
    assert_eq!(
        analyzer(json!({ "tokenizer": "nope" })),
        "Custom Analyzer [x] failed to find tokenizer under name [nope]"
    );
    assert_eq!(
        analyzer(json!({ "type": "standard", "wat": 1 })),
        format!("{prefix}[wat] of the analyzer [x] of type [standard]")
    );
    assert_eq!(
        refused(json!({ "tokenizer": { "x": { "type": "path_hierarchy", "delimiter": "ab" } } })),
        "delimiter must be a one char value"
    );
}

#[test]
fn normalizers_make_one_value() {
    let analyzers = analyzers(json!({ "analysis": { "normalizer": {
        "plain": { "type": "custom", "filter": ["trim", "lowercase", "asciifolding"] },
    } } }))
    .unwrap();
    assert_eq!(analyzers.normalizer("plain").unwrap().normalize("  Ärger Straße "), "arger strasse");
    assert_eq!(analyzers.normalizer("lowercase").unwrap().normalize("ÄİΣ"), "äiσ");
    assert!(analyzers.normalizer("nope").is_none());
}

#[test]
fn any_text_is_analyzed_without_a_panic() {
    use proptest::prelude::*;

    let facts: Value = serde_json::from_str(include_str!("facts.json")).unwrap();
    let analyzers = analyzers(facts["settings"].clone()).unwrap();
    proptest!(|(text in any::<String>())| {
        for name in ["standard", "english", "simple", "whitespace", "fold", "lt", "ng", "eng", "paths", "pathrs"] {
            for (token, _) in tokens(&analyzers, name, &text) {
                prop_assert!(token.chars().count() <= text.chars().count().max(1) * 4);
            }
        }
    });
}
