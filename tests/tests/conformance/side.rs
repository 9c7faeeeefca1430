//! One of the backends that are compared: it carries out a topic and hands back its answers as JSON.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use djelme_core::backend::{Backend, DocumentVersion, IndexStatus, SearchRequest};
use djelme_core::document::{BatchBuilder, WriteOp};
use djelme_core::naming::{Naming, NamingSource};
use djelme_core::outcome::ItemResponse;
use djelme_core::plan::IndexPlan;
use djelme_core::template::Template;
use djelme_core::time::{IntoTimeBound as _, TimeDepth, TimeRange};
use djelme_core::{Error, Result};
use serde_json::{Map, Value, json};

use crate::normal::normal;
use crate::step::{Read, Step, TemplateChange, Write};
use crate::topic::Topic;

/// How many searches go in one request.
const TOGETHER: usize = 40;
/// More pages than any case has.
const MOST_PAGES: usize = 60;

/// A backend and its name.
#[derive(Clone)]
pub(crate) struct Side {
    /// Such as `Elasticsearch 8.19.8`.
    pub(crate) name: String,
    pub(crate) backend: Arc<dyn Backend>,
}

impl fmt::Debug for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// The answers of one backend to a topic, in its order: the name of the case, and what came back.
pub(crate) type Answers = Vec<(String, Value)>;

/// A topic on its way through one backend.
pub(crate) struct Run<'a> {
    side: &'a Side,
    topic: &'a Topic,
    naming: Naming,
    /// The versions that each document had, by index and id.
    versions: BTreeMap<(String, String), Vec<DocumentVersion>>,
}

impl<'a> Run<'a> {
    pub(crate) fn new(side: &'a Side, topic: &'a Topic, prefix: &str) -> Result<Self> {
        let naming = Naming::new(NamingSource {
            prefix,
            app_label: "conf",
            recordtype_name: &topic.name,
            template: None,
            template_name: None,
            depth: Some(TimeDepth::Month),
        })?;
        Ok(Self { side, topic, naming, versions: BTreeMap::new() })
    }

    /// Sets up, writes and asks.
    pub(crate) async fn answers(&mut self) -> Answers {
        let mut answers = Answers::new();
        let stored = self.put_template(None).await;
        answers.push(("the template".to_owned(), stored));
        let documents: Vec<_> = self.topic.documents.iter().cloned().map(Write::Create).collect();
        answers.push(("the documents".to_owned(), self.write(&documents).await));
        let refreshed = self.side.backend.refresh(self.naming.pattern()).await;
        answers.push(("their refresh".to_owned(), answer(refreshed.map(|()| Value::Null))));
        for (name, step) in &self.topic.steps {
            answers.push((name.clone(), self.step(step).await));
        }
        answers.extend(self.searches().await);
        answers
    }

    /// Removes what the topic made.
    pub(crate) async fn clean(&self) -> Result<()> {
        for index in self.side.backend.indexes(self.naming.pattern()).await? {
            self.side.backend.delete_index(&index.name).await?;
        }
        self.side.backend.delete_template(self.naming.template_name()).await?;
        Ok(())
    }

    /// All searches, and a count for each query.
    async fn searches(&self) -> Answers {
        let plan = IndexPlan::new(&self.naming, None);
        let mut answers = Answers::new();
        for searches in self.topic.searches.chunks(TOGETHER) {
            let requests: Vec<_> = searches.iter().map(|(_, body)| request(&plan, body)).collect();
            let found = self.side.backend.multi_search(&requests).await;
            match found {
                Ok(found) => {
                    let named = searches.iter().zip(found);
                    answers
                        .extend(named.map(|((name, body), found)| (name.clone(), read_search(found, body))));
                }
                Err(error) => {
                    let failed = failure(&error);
                    answers.extend(searches.iter().map(|(name, _)| (name.clone(), failed.clone())));
                }
            }
        }
        for (name, body) in &self.topic.searches {
            let Some(query) = body.get("query") else { continue };
            let body = json!({ "query": query });
            let count = self.side.backend.count(request(&plan, &body)).await;
            answers.push((format!("{name} (count)"), answer(count.map(Value::from))));
        }
        answers
    }

    async fn step(&mut self, step: &Step) -> Value {
        let backend = Arc::clone(&self.side.backend);
        match step {
            Step::Write(items) => self.write(items).await,
            Step::Refresh(part) => answer(backend.refresh(&self.index(part)).await.map(|()| Value::Null)),
            Step::Search(read) => match self.plan(read) {
                Ok(plan) => read_search(backend.search(read.request(&plan)).await, &read.body),
                Err(error) => failure(&error),
            },
            Step::Count(read) => match self.plan(read) {
                Ok(plan) => answer(backend.count(read.request(&plan)).await.map(Value::from)),
                Err(error) => failure(&error),
            },
            Step::MultiSearch(reads) => self.multi_search(reads).await,
            Step::Pages(body) => self.pages(body).await,
            Step::CompositePages(body) => self.composite_pages(body).await,
            Step::Get(part, id) => {
                let found = backend.get(&self.index(part), id).await;
                answer(found.map(|found| {
                    found.map_or(Value::Null, |document| {
                        let source = String::from_utf8_lossy(&document.source).into_owned();
                        json!({ "index": document.index, "id": document.id, "source": source })
                    })
                }))
            }
            Step::Delete { index, id, if_version } => {
                let index = self.index(index);
                let version = if_version.and_then(|number| self.version(&index, id, number));
                answer(backend.delete(&index, id, version).await.map(Value::from))
            }
            Step::Indexes(part) => {
                let found = backend.indexes(&self.index(part)).await;
                answer(found.map(|indexes| indexes.iter().map(describe).collect()))
            }
            Step::Mapping(part) => {
                let found = backend.mappings(&[self.index(part)]).await;
                answer(found.map(|mappings| {
                    mappings
                        .into_iter()
                        .map(|(name, mapping)| json!({ "index": name, "$mapping": mapping }))
                        .collect()
                }))
            }
            Step::PutMapping(part, mapping) => {
                answer(backend.put_mapping(&self.index(part), mapping).await.map(|()| Value::Null))
            }
            Step::DeleteIndex(part) => answer(backend.delete_index(&self.index(part)).await.map(Value::from)),
            Step::PutTemplate(change) => self.put_template(Some(change)).await,
            Step::SimulateTemplate(change) => {
                let simulated = backend.simulate_template(&self.template(Some(change))).await;
                answer(simulated.map(|overlaps| overlaps.len().into()))
            }
            Step::Template {} => {
                let found = backend.template(self.naming.template_name()).await;
                answer(found.map(|template| {
                    template.map_or(Value::Null, |template| json!({ "$template": template.to_json() }))
                }))
            }
            Step::DeleteTemplate {} => {
                answer(backend.delete_template(self.naming.template_name()).await.map(Value::from))
            }
        }
    }

    /// The name of the index with this end.
    fn index(&self, part: &str) -> String {
        format!("{}{part}", self.naming.stem())
    }

    fn plan(&self, read: &Read) -> Result<IndexPlan> {
        let range = match &read.range {
            None => None,
            Some((from, until)) => {
                Some(TimeRange::new(from.as_str().into_time_bound()?, until.as_str().into_time_bound()?)?)
            }
        };
        Ok(IndexPlan::new(&self.naming, range))
    }

    fn version(&self, index: &str, id: &str, number: usize) -> Option<DocumentVersion> {
        self.versions.get(&(index.to_owned(), id.to_owned()))?.get(number).copied()
    }

    fn template(&self, change: Option<&TemplateChange>) -> Template {
        let mappings =
            change.and_then(TemplateChange::mappings).unwrap_or_else(|| self.topic.mappings.clone());
        let settings = change.and_then(|change| change.settings.clone());
        let mut settings = settings.unwrap_or_else(|| self.topic.settings.clone());
        // One shard, so that nothing is approximated; and what is visible does not depend on the time.
        let own = [("number_of_shards", "1"), ("number_of_replicas", "0"), ("refresh_interval", "-1")];
        for (key, value) in own {
            settings.entry(format!("index.{key}")).or_insert_with(|| value.into());
        }
        Template {
            name: self.naming.template_name().to_owned(),
            index_patterns: vec![self.naming.pattern().to_owned()],
            priority: Some(500),
            settings,
            mappings,
            ..Template::default()
        }
    }

    async fn put_template(&self, change: Option<&TemplateChange>) -> Value {
        answer(self.side.backend.put_template(&self.template(change)).await.map(|()| Value::Null))
    }

    async fn write(&mut self, items: &[Write]) -> Value {
        let mut builder = BatchBuilder::default();
        let mut places = Vec::with_capacity(items.len());
        for (number, item) in items.iter().enumerate() {
            let (index, id, source) = item.document(number);
            let index = self.index(&index);
            let op = match item {
                Write::Create(_) | Write::Raw(..) => WriteOp::Create,
                Write::Index(_) => WriteOp::Index,
                Write::IndexIf(_, number) => {
                    let none = DocumentVersion { seq_no: 0, primary_term: 1 };
                    WriteOp::IndexIf(self.version(&index, &id, *number).unwrap_or(none))
                }
            };
            let append = |text: &str, out: &mut Vec<u8>| {
                out.extend_from_slice(text.as_bytes());
                Ok::<(), Error>(())
            };
            if let Err(error) = builder.push(op, &id, |out| append(&index, out), |out| append(&source, out)) {
                return failure(&error);
            }
            places.push((index, id));
        }
        let answered = self.side.backend.bulk(&builder.finish()).await;
        answer(answered.map(|answered| {
            places.into_iter().zip(answered).map(|(place, answered)| self.item(place, &answered)).collect()
        }))
    }

    /// The answer to one item; its version is kept for conditions on it.
    fn item(&mut self, place: (String, String), answered: &ItemResponse) -> Value {
        match answered {
            ItemResponse::Created(version) | ItemResponse::Updated(version) => {
                self.versions.entry(place).or_default().push(*version);
                let created = matches!(answered, ItemResponse::Created(_));
                Value::from(if created { "created" } else { "updated" })
            }
            ItemResponse::Conflict { reason } => error(Some(409), Some("conflict"), reason),
            ItemResponse::Failed(rejection) => {
                error(Some(rejection.status), Some(&rejection.error_type), &rejection.reason)
            }
            other => format!("{other:?}").into(),
        }
    }

    async fn multi_search(&self, reads: &[Read]) -> Value {
        let plans: Vec<_> = match reads.iter().map(|read| self.plan(read)).collect() {
            Ok(plans) => plans,
            Err(error) => return failure(&error),
        };
        let requests: Vec<_> = reads.iter().zip(&plans).map(|(read, plan)| read.request(plan)).collect();
        let found = self.side.backend.multi_search(&requests).await;
        answer(found.map(|found| {
            reads.iter().zip(found).map(|(read, found)| read_search(found, &read.body)).collect()
        }))
    }

    async fn pages(&self, first: &Value) -> Value {
        let mut body = first.clone();
        self.follow(
            |found| {
                let last = found.pointer("/hits/hits").and_then(Value::as_array).and_then(|hits| hits.last());
                let sort = last.and_then(|hit| hit.get("sort")).cloned();
                sort.inspect(|sort| body["search_after"] = sort.clone()).map(|_| body.clone())
            },
            first,
        )
        .await
    }

    async fn composite_pages(&self, first: &Value) -> Value {
        let mut body = first.clone();
        self.follow(
            |found| {
                let after = found.pointer("/aggregations/pages/after_key").cloned();
                after
                    .inspect(|after| body["aggs"]["pages"]["composite"]["after"] = after.clone())
                    .map(|_| body.clone())
            },
            first,
        )
        .await
    }

    /// One search after another, as long as there is a next one.
    async fn follow(&self, mut next: impl FnMut(&Value) -> Option<Value>, first: &Value) -> Value {
        let plan = IndexPlan::new(&self.naming, None);
        let mut pages = Vec::new();
        let mut body = first.clone();
        loop {
            let found = self.side.backend.search(request(&plan, &body)).await;
            let parsed = found.as_ref().ok().and_then(|found| serde_json::from_slice::<Value>(found).ok());
            pages.push(read_search(found, &body));
            match parsed.and_then(|parsed| next(&parsed)) {
                Some(next) if pages.len() < MOST_PAGES => body = next,
                _ => return pages.into(),
            }
        }
    }
}

impl Read {
    fn request<'a>(&'a self, plan: &'a IndexPlan) -> SearchRequest<'a> {
        SearchRequest { plan, body: &self.body, allow_partial: self.partial }
    }
}

impl TemplateChange {
    fn mappings(&self) -> Option<Map<String, Value>> {
        self.mappings.clone().or_else(|| self.fields.clone().map(crate::topic::strict))
    }
}

impl Write {
    /// The index (its end), the id and the source of what is written as the item of this number.
    fn document(&self, number: usize) -> (String, String, String) {
        let (Self::Create(document) | Self::Index(document) | Self::IndexIf(document, _)) = self else {
            let Self::Raw(id, source) = self else { return Default::default() };
            return ("2026.".to_owned(), id.clone(), source.clone());
        };
        let mut document = document.clone();
        let mut take = |key: &str| {
            let taken = document.as_object_mut().and_then(|fields| fields.remove(key));
            taken.and_then(|value| value.as_str().map(str::to_owned))
        };
        let index = take("_index").unwrap_or_else(|| "2026.".to_owned());
        let id = take("_id").unwrap_or_else(|| (number + 1).to_string());
        (index, id, document.to_string())
    }
}

fn request<'a>(plan: &'a IndexPlan, body: &'a Value) -> SearchRequest<'a> {
    SearchRequest { plan, body, allow_partial: false }
}

/// What a search answered, without what is another one each time.
fn read_search(found: Result<bytes::Bytes>, body: &Value) -> Value {
    match found {
        Err(error) => failure(&error),
        Ok(found) => match serde_json::from_slice(&found) {
            Ok(found) => normal(found, body),
            Err(malformed) => error(None, Some("malformed answer"), &malformed.to_string()),
        },
    }
}

fn answer(result: Result<Value>) -> Value {
    result.unwrap_or_else(|error| failure(&error))
}

/// An error as a value that [`compare`](crate::compare) knows.
fn failure(failed: &Error) -> Value {
    match failed {
        Error::Backend(backend) => error(backend.status, backend.error_type.as_deref(), &backend.message),
        Error::PartialResult { failed, reason, .. } => {
            error(None, Some(&format!("partial result, {failed} failed")), reason)
        }
        other => error(None, None, &other.to_string()),
    }
}

fn error(status: Option<u16>, error_type: Option<&str>, reason: &str) -> Value {
    json!({ "$error": { "status": status, "type": error_type, "reason": reason } })
}

fn describe(index: &IndexStatus) -> Value {
    let recent = index.created.is_some_and(|created| (Utc::now() - created).abs() < TimeDelta::minutes(10));
    json!({
        "name": index.name,
        "state": format!("{:?}", index.state),
        "documents": index.documents,
        "has bytes": index.bytes.is_some_and(|bytes| bytes > 0),
        "created just now": recent,
    })
}
