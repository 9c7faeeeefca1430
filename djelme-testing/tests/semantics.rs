//! The store behaves like Elasticsearch where djelme depends on it: the same facts for the scripted backend, for the
//! scripted server, and, by hand, for a real one:
//!
//! ```text
//! DJELME_TEST_URL=http://localhost:9200 cargo test -p djelme-testing --test semantics -- --include-ignored
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "also in the helpers of the tests"
)]

mod support;

use djelme_core::backend::{Backend, DocumentVersion, IndexState, SearchRequest};
use djelme_core::document::WriteOp::{self, Create, Index, IndexIf};
use djelme_core::outcome::ItemResponse;
use djelme_core::template::Template;
use djelme_core::{Error, ErrorKind};
use djelme_es8::{Es8, Es8Config};
use djelme_testing::{ScriptedBackend, ScriptedServer};
use serde_json::{Value, json};

use support::{ask, batch, plan, template};

/// A backend and a prefix of which it knows nothing yet.
struct Facts<'a> {
    backend: &'a dyn Backend,
    prefix: String,
}

impl Facts<'_> {
    fn index(&self) -> String {
        format!("{}shop_view_2026.1.", self.prefix)
    }

    async fn write(&self, op: WriteOp, id: &str, source: &str) -> ItemResponse {
        let batch = batch(&[(op, &self.index(), id, source)]);
        self.backend.bulk(&batch).await.unwrap().remove(0)
    }

    async fn all(&self) {
        self.templates().await;
        self.writes().await;
        self.mappings().await;
        self.sound_documents().await;
        self.documents().await;
        self.searches().await;
        self.indexes().await;
    }

    fn template(&self) -> Template {
        template(&format!("{}shop_view__template", self.prefix), &format!("{}shop_view_", self.prefix))
    }

    async fn templates(&self) {
        let (backend, ours) = (self.backend, self.template());
        assert_eq!(backend.template(&ours.name).await.unwrap(), None);
        assert!(!backend.delete_template(&ours.name).await.unwrap());
        backend.put_template(&ours).await.unwrap();
        let found = backend.template(&ours.name).await.unwrap().unwrap();
        assert_eq!((found.priority, &found.index_patterns), (Some(500), &ours.index_patterns));
        assert_eq!(found.mappings["dynamic"], "strict");
        assert_eq!(found.mappings["properties"]["n"], json!({ "type": "long" }));

        let inner = vec![format!("{}shop_view_2026*", self.prefix)];
        let equal =
            Template { name: format!("{}equal", self.prefix), index_patterns: inner, ..self.template() };
        let error = backend.simulate_template(&equal).await.unwrap_err();
        assert!(error.to_string().contains("have the same priority [500]"), "{error}");
        assert_eq!(
            backend.put_template(&equal).await.unwrap_err().backend_kind(),
            Some(ErrorKind::BadRequest)
        );
        let lower = Template { priority: Some(400), ..equal };
        let overlaps = backend.simulate_template(&lower).await.unwrap();
        assert_eq!(overlaps.iter().map(|other| &other.name).collect::<Vec<_>>(), [&ours.name]);
        assert_eq!(backend.lacking_field_types(&["long", "keyword"]).await.unwrap(), [""; 0]);
    }

    async fn writes(&self) {
        let version = |seq_no| DocumentVersion { seq_no, primary_term: 1 };
        let n = "{\"n\":1}";
        assert_eq!(self.write(Create, "1", n).await, ItemResponse::Created(version(0)));
        let taken = "[1]: version conflict, document already exists (current version [1])".to_owned();
        assert_eq!(self.write(Create, "1", n).await, ItemResponse::Conflict { reason: taken });
        assert_eq!(self.write(Index, "1", n).await, ItemResponse::Updated(version(1)));
        assert_eq!(self.write(IndexIf(version(1)), "1", n).await, ItemResponse::Updated(version(2)));
        let overtaken = "[1]: version conflict, required seqNo [1], primary term [1]. current document has seqNo [2] \
                         and primary term [1]";
        let overtaken = ItemResponse::Conflict { reason: overtaken.to_owned() };
        assert_eq!(self.write(IndexIf(version(1)), "1", n).await, overtaken);
        let missing =
            "[2]: version conflict, required seqNo [1], primary term [1]. but no document was found";
        let missing = ItemResponse::Conflict { reason: missing.to_owned() };
        assert_eq!(self.write(IndexIf(version(1)), "2", n).await, missing);

        let (backend, index) = (self.backend, self.index());
        let conflict = backend.delete(&index, "1", Some(version(0))).await.unwrap_err();
        assert_eq!(conflict.backend_kind(), Some(ErrorKind::Conflict));
        assert!(!backend.delete(&index, "2", None).await.unwrap());
        assert!(backend.delete(&index, "1", None).await.unwrap());
        assert!(!backend.delete(&format!("{}none", self.prefix), "1", None).await.unwrap());
        // The deletions have numbers too, also that of what was not there.
        assert_eq!(self.write(Create, "1", n).await, ItemResponse::Created(version(5)));

        let long = "x".repeat(513);
        let batch = batch(&[(Create, &index, "3", n), (Create, &index, &long, n)]);
        let refused = backend.bulk(&batch).await.unwrap_err();
        assert!(refused.to_string().contains("must be no longer than 512 bytes but was: 513"), "{refused}");
        assert_eq!(backend.get(&index, "3").await.unwrap(), None);
    }

    async fn mappings(&self) {
        let refusals = [
            (
                "{\"x\":1}",
                "strict_dynamic_mapping_exception",
                "dynamic introduction of [x] within [_doc] is not",
            ),
            (
                "{\"x\":null}",
                "strict_dynamic_mapping_exception",
                "dynamic introduction of [x] within [_doc] is not",
            ),
            (
                "{\"x\":[]}",
                "strict_dynamic_mapping_exception",
                "dynamic introduction of [x] within [_doc] is not",
            ),
            (
                "{\"o\":{\"x\":1}}",
                "strict_dynamic_mapping_exception",
                "introduction of [x] within [o] is not allowed",
            ),
            (
                "{\"o.x\":1}",
                "strict_dynamic_mapping_exception",
                "introduction of [x] within [o] is not allowed",
            ),
            (
                "{\"n\":\"abc\"}",
                "document_parsing_exception",
                "failed to parse field [n] of type [long] in document",
            ),
            (
                "{\"d\":\"abc\"}",
                "document_parsing_exception",
                "failed to parse field [d] of type [date] in document",
            ),
            (
                "{\"b\":\"maybe\"}",
                "document_parsing_exception",
                "failed to parse field [b] of type [boolean]",
            ),
            (
                "{\"k\":{\"a\":1}}",
                "document_parsing_exception",
                "failed to parse field [k] of type [keyword]",
            ),
            (
                "{\"o\":5}",
                "document_parsing_exception",
                "object mapping for [o] tried to parse field [o] as object",
            ),
            ("{bad", "document_parsing_exception", "failed to parse"),
            ("[1]", "document_parsing_exception", "Malformed content, must start with an object"),
        ];
        for (source, error_type, part) in refusals {
            let ItemResponse::Failed(refused) = self.write(Create, "refused", source).await else {
                panic!("{source}")
            };
            assert_eq!((refused.status, refused.error_type.as_str()), (400, error_type), "{source}");
            assert!(refused.reason.contains(part), "{source}: {}", refused.reason);
        }
    }

    async fn sound_documents(&self) {
        let sources =
            ["{\"n\":\"12\"}", "{\"o.p\":\"v\"}", "{\"o\":{\"p\":[\"v\",null]}}", "{\"n\":null,\"d\":0}"];
        for (number, source) in sources.into_iter().enumerate() {
            let answer = self.write(Create, &format!("taken{number}"), source).await;
            assert!(matches!(answer, ItemResponse::Created(_)), "{source}: {answer:?}");
        }
        let bad_name = batch(&[(Create, "Bad Name", "1", "{}")]);
        let ItemResponse::Failed(refused) = self.backend.bulk(&bad_name).await.unwrap().remove(0) else {
            panic!("a bad name")
        };
        assert_eq!((refused.status, refused.error_type.as_str()), (400, "invalid_index_name_exception"));
        let no_id = self.write(Create, "", "{}").await;
        assert!(matches!(&no_id, ItemResponse::Failed(refused) if refused.status == 400), "{no_id:?}");
    }

    async fn documents(&self) {
        let (backend, index) = (self.backend, self.index());
        // Keys in this order and a number so spelled: byte for byte.
        let source = "{\"o\": {\"p\":\"é\"}, \"n\":1.0}";
        self.write(Index, "a/b c", source).await;
        let found = backend.get(&index, "a/b c").await.unwrap().unwrap();
        assert_eq!(
            (found.index.as_str(), found.id.as_str(), &found.source[..]),
            (&*index, "a/b c", source.as_bytes())
        );
        let ItemResponse::Updated(_) = self.write(IndexIf(found.version), "a/b c", source).await else {
            panic!("its version is not the one that it was found with")
        };
        self.write(Index, ".", "{\"n\":7}").await;
        assert_eq!(backend.get(&index, ".").await.unwrap().unwrap().source, "{\"n\":7}");
        assert_eq!(backend.get(&index, "nope").await.unwrap(), None);
        assert_eq!(backend.get(&format!("{}none", self.prefix), "1").await.unwrap(), None);
        assert!(backend.delete(&index, "a/b c", None).await.unwrap());
        assert!(backend.delete(&index, ".", None).await.unwrap());
    }

    async fn searches(&self) {
        let other = format!("{}shop_view_2026.2.", self.prefix);
        let (index, n) = (self.index(), |n: u32| format!("{{\"n\":{n},\"k\":\"k{}\"}}", n % 3));
        let sources: Vec<_> = (30..40).map(n).collect();
        let ids: Vec<_> = (30..40).map(|n| format!("s{n}")).collect();
        let documents: Vec<_> = (0..10)
            .map(|at| (Create, if at < 5 { &*index } else { &*other }, &*ids[at], &*sources[at]))
            .collect();
        self.backend.bulk(&batch(&documents)).await.unwrap();
        self.backend.refresh(&format!("{}*", self.prefix)).await.unwrap();
        let range = json!({ "range": { "n": { "gte": 30, "lt": 40 } } });
        let none = json!({ "bool": { "must": [{ "match_none": {} }] } });
        for (query, expected) in [
            (range.clone(), 10),
            (json!({ "ids": { "values": ["s30", "s39", "nope"] } }), 2),
            (json!({ "bool": { "filter": [range.clone(), { "term": { "k": "k0" } }] } }), 4),
            (
                json!({ "bool": { "filter": range.clone(), "must_not": { "terms": { "k": ["k0", "k1"] } } } }),
                3,
            ),
            (
                json!({ "bool": { "should": [{ "term": { "n": 31 } }, { "term": { "n": { "value": 32 } } }] } }),
                2,
            ),
            (json!({ "exists": { "field": "k" } }), 10),
            (none, 0),
        ] {
            assert_eq!(self.count(&json!({ "query": query })).await, expected, "{query}");
        }
        let sorted = json!({ "query": range, "sort": [{ "n": { "order": "desc" } }], "size": 3, "from": 1,
            "seq_no_primary_term": true, "track_total_hits": true });
        let found = self.search(&sorted).await.unwrap();
        assert_eq!(found["hits"]["total"], json!({ "value": 10, "relation": "eq" }));
        let hits = found["hits"]["hits"].as_array().unwrap();
        assert_eq!(
            hits.iter().map(|hit| hit["_id"].as_str().unwrap()).collect::<Vec<_>>(),
            ["s38", "s37", "s36"]
        );
        assert_eq!(
            (&hits[0]["_index"], &hits[0]["_source"]),
            (&json!(other), &json!({ "n": 38, "k": "k2" }))
        );
        assert_eq!((&hits[0]["sort"], &hits[0]["_primary_term"]), (&json!([38]), &json!(1)));
        let after = json!({ "query": range, "sort": [{ "n": "asc" }], "search_after": [37] });
        let found = self.search(&after).await.unwrap();
        assert_eq!(found["hits"]["hits"].as_array().unwrap().len(), 2);
        let error = self.search(&json!({ "query": { "nope": {} } })).await.unwrap_err();
        assert_eq!(error.backend_kind(), Some(ErrorKind::BadRequest));

        let (plan, size) = (plan(&self.prefix), json!({ "size": 0 }));
        let nothing = SearchRequest { plan: &plan, body: &size, allow_partial: false };
        let answers = self.backend.multi_search(&[nothing, nothing]).await.unwrap();
        assert_eq!(answers.into_iter().filter(Result::is_ok).count(), 2);
    }

    async fn count(&self, body: &Value) -> u64 {
        let plan = plan(&self.prefix);
        self.backend.count(SearchRequest { plan: &plan, body, allow_partial: false }).await.unwrap()
    }

    async fn search(&self, body: &Value) -> Result<Value, Error> {
        let plan = plan(&self.prefix);
        let request = SearchRequest { plan: &plan, body, allow_partial: false };
        self.backend.search(request).await.map(|answer| serde_json::from_slice(&answer).unwrap())
    }

    async fn indexes(&self) {
        let (backend, index) = (self.backend, self.index());
        let pattern = format!("{}shop_view_*", self.prefix);
        let listed = backend.indexes(&pattern).await.unwrap();
        assert_eq!(listed.len(), 2);
        assert_eq!((listed[0].name.as_str(), listed[0].state), (&*index, IndexState::Open));
        assert!(listed[0].documents.is_some_and(|documents| documents >= 5) && listed[0].created.is_some());
        assert_eq!(backend.indexes(&format!("{}none", self.prefix)).await.unwrap(), []);
        assert_eq!(backend.indexes(&format!("{}none*", self.prefix)).await.unwrap(), []);

        backend
            .put_mapping(&index, &json!({ "properties": { "new": { "type": "keyword" } } }))
            .await
            .unwrap();
        let changed = json!({ "properties": { "n": { "type": "keyword" } } });
        let error = backend.put_mapping(&index, &changed).await.unwrap_err();
        assert!(
            error.to_string().contains("mapper [n] cannot be changed from type [long] to [keyword]"),
            "{error}"
        );
        let none = format!("{}none", self.prefix);
        let error = backend.put_mapping(&none, &changed).await.unwrap_err();
        assert_eq!(error.backend_kind(), Some(ErrorKind::NotFound));
        let mappings = backend.mappings(&[none.clone(), index.clone()]).await.unwrap();
        assert_eq!(mappings.len(), 1);
        assert_eq!(mappings[0].1["properties"]["new"], json!({ "type": "keyword" }));
        assert!(matches!(self.write(Create, "new", "{\"new\":\"x\"}").await, ItemResponse::Created(_)));

        backend.delete_index("a*").await.unwrap_err();
        assert!(!backend.delete_index(&none).await.unwrap());
        for index in listed {
            assert!(backend.delete_index(&index.name).await.unwrap());
        }
        assert!(backend.delete_template(&self.template().name).await.unwrap());
    }
}

#[tokio::test]
async fn the_scripted_backend_behaves_so() {
    let backend = ScriptedBackend::new();
    Facts { backend: &backend, prefix: "t-".to_owned() }.all().await;
    assert!(backend.store().is_empty());
}

#[tokio::test]
async fn the_scripted_server_behaves_so() {
    let server = ScriptedServer::start().unwrap();
    let backend = Es8::new(Es8Config::new([server.url()])).unwrap();
    Facts { backend: &backend, prefix: "t-".to_owned() }.all().await;
    assert!(server.store().is_empty());
}

#[tokio::test]
#[ignore = "needs an Elasticsearch, named by DJELME_TEST_URL"]
async fn elasticsearch_behaves_so() {
    let backend = Es8::new(Es8Config::new([std::env::var("DJELME_TEST_URL").unwrap()])).unwrap();
    Facts { backend: &backend, prefix: format!("testing{}x-", std::process::id()) }.all().await;
}

/// Requests whose answers the scripted server must give as a real one does, `$` being the prefix.
const REQUESTS: [(&str, &str, &str); 30] = [
    (
        "PUT",
        "/_index_template/$t",
        "{\"index_patterns\":[\"$a*\"],\"priority\":7,\"template\":{\"settings\":\
     {\"number_of_replicas\":0},\"mappings\":{\"dynamic\":\"strict\",\"properties\":{\"n\":{\"type\":\"long\"}}}}}",
    ),
    ("GET", "/_index_template/$t", ""),
    ("GET", "/_index_template/$none", ""),
    ("DELETE", "/_index_template/$none", ""),
    (
        "POST",
        "/_bulk",
        "{\"create\":{\"_index\":\"$a\",\"_id\":\"1\"}}\n{\"n\":1}\n\
     {\"create\":{\"_index\":\"$a\",\"_id\":\"1\"}}\n{\"n\":2}\n{\"index\":{\"_index\":\"$a\",\"_id\":\"1\"}}\n{\"n\":3}\n\
     {\"index\":{\"_index\":\"$a\",\"_id\":\"1\",\"if_seq_no\":0,\"if_primary_term\":1}}\n{\"n\":4}\n\
     {\"delete\":{\"_index\":\"$a\",\"_id\":\"2\"}}\n{\"delete\":{\"_index\":\"$a\",\"_id\":\"1\"}}\n\
     {\"create\":{\"_index\":\"$a\",\"_id\":\"1\"}}\n{\"n\":5}\n{\"create\":{\"_index\":\"$a\",\"_id\":\"3\"}}\n{\"x\":1}\n",
    ),
    (
        "POST",
        "/$a/_bulk?filter_path=items.*._id,items.*.status,items.*.error.type",
        "{\"create\":{\"_id\":\"1\"}}\n{\"n\":1}\n{\"create\":{\"_id\":\"4\"}}\n{\"n\":1}\n",
    ),
    ("POST", "/_bulk", ""),
    ("POST", "/_bulk", "{\"create\":{\"_index\":\"$a\",\"_id\":\"nl\"}}\n{\"n\":1}"),
    ("POST", "/_bulk", "{\"create\":{\"_index\":\"Bad Name\",\"_id\":\"1\"}}\n{\"n\":1}\n"),
    ("POST", "/_bulk", "{\"create\":{\"_index\":\"$a\",\"_id\":\"\"}}\n{\"n\":1}\n"),
    ("GET", "/$a/_doc/1", ""),
    ("GET", "/$a/_doc/none", ""),
    ("GET", "/$none/_doc/1", ""),
    ("POST", "/$a/_mget", "{\"ids\":[\"1\",\"none\"]}"),
    ("POST", "/$none/_mget", "{\"ids\":[\"1\"]}"),
    ("POST", "/$a/_refresh", ""),
    ("POST", "/$a,$none/_count?ignore_unavailable=true", "{\"query\":{\"ids\":{\"values\":[\"1\",\"4\"]}}}"),
    ("POST", "/$a*/_search", "{\"query\":{\"exists\":{\"field\":\"n\"}},\"sort\":[{\"n\":\"asc\"}]}"),
    ("POST", "/$none/_search", "{}"),
    ("GET", "/$a,$none/_mapping?ignore_unavailable=true", ""),
    ("GET", "/_resolve/index/$*", ""),
    ("GET", "/_cat/indices/$none?format=json", ""),
    ("GET", "/_cat/indices/$none*?format=json", ""),
    ("POST", "/$a/_close", ""),
    ("GET", "/$a/_doc/1", ""),
    ("POST", "/_bulk", "{\"create\":{\"_index\":\"$a\",\"_id\":\"5\"}}\n{\"n\":1}\n"),
    ("POST", "/$a/_open", ""),
    ("DELETE", "/$a", ""),
    ("DELETE", "/$a", ""),
    ("DELETE", "/_index_template/$t", ""),
];

#[test]
#[ignore = "needs an Elasticsearch, named by DJELME_TEST_URL"]
fn the_answers_are_those_of_elasticsearch() {
    let url = std::env::var("DJELME_TEST_URL").unwrap();
    let real = url.trim_start_matches("http://").trim_end_matches('/').parse().unwrap();
    let server = ScriptedServer::start().unwrap();
    let prefix = format!("testing{}y-", std::process::id());
    for (method, target, body) in REQUESTS {
        let (target, body) = (target.replace('$', &prefix), body.replace('$', &prefix));
        let answer = |address| {
            let header = "content-type: application/json\r\n";
            let answer = support::ask_with(address, method, &target, header, &body).unwrap();
            let mut json = answer.json();
            alike(&mut json);
            (answer.status, json)
        };
        let (ours, theirs) = (answer(server.address()), answer(real));
        assert_eq!(ours, theirs, "{method} {target}");
    }
    assert_eq!(ask(server.address(), "GET", "/", "").unwrap().json()["tagline"], "You Know, for Search");
}

/// Takes away what differs from run to run, and what the scripted server does not say.
fn alike(json: &mut Value) {
    match json {
        Value::Object(object) => {
            let left_out = [
                "took",
                "index_uuid",
                "shard",
                "caused_by",
                "resource.type",
                "resource.id",
                "aliases",
                "data_streams",
                "shards_acknowledged",
                "indices",
            ];
            let is_error = object.contains_key("reason");
            object.retain(|key, _| !(left_out.contains(&key.as_str()) || is_error && key == "index"));
            if let Some(Value::String(reason)) = object.get_mut("reason")
                && let Some((position, rest)) = reason.split_once("] ")
                && position.starts_with("[1:")
            {
                *reason = rest.to_owned();
            }
            object.values_mut().for_each(alike);
        }
        Value::Array(values) => values.iter_mut().for_each(alike),
        _ => {}
    }
}
