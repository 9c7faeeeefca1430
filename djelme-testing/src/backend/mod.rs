//! The scripted backend.

mod carry_out;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use djelme_core::backend::{
    Backend, BoxFuture, DocumentVersion, IndexStatus, Overlap, SearchRequest, ServerInfo, StoredDocument,
};
use djelme_core::document::Batch;
use djelme_core::outcome::ItemResponse;
use djelme_core::template::Template;
use djelme_core::{BackendError, Error, ErrorKind, Result};
use serde_json::Value;

use crate::journal::Journal;
use crate::script::{Call, Fault, FaultAnswer, Item, ItemOp, Request, Rule, Script, items_of};
use crate::store::Store;

/// The deadline of a request, as that of the Elasticsearch backend.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// A backend in memory that keeps documents as Elasticsearch does, and fails by script.
///
/// It has no sockets and no thread of its own, and all its waiting is tokio's: under a paused clock
/// (`#[tokio::test(start_paused = true)]`) an outage of an hour takes no time. Clones share everything, so that a test
/// keeps one and gives one away.
///
/// Of the faults, those of a connection become the errors that the Elasticsearch backend makes of them: `UnexpectedAnswer`
/// for a write whose answer is lost or garbled, `Unreachable` for a read, `Timeout` after
/// [`request_timeout`](Self::request_timeout) for what is not answered.
///
/// ```
/// use djelme_core::backend::Backend as _;
/// use djelme_core::document::{BatchBuilder, WriteOp};
/// use djelme_testing::{Call, ScriptedBackend, on};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let backend = ScriptedBackend::new();
/// backend.script(on(Call::Bulk).answer(429).once());
///
/// let mut builder = BatchBuilder::default();
/// builder.push(
///     WriteOp::Create,
///     "1",
///     |index| Ok::<_, String>(index.extend_from_slice(b"shop_view_2026.1.")),
///     |source| Ok(source.extend_from_slice(b"{\"page\":\"/\"}")),
/// )?;
/// let batch = builder.finish();
/// backend.bulk(&batch).await.unwrap_err();
/// backend.bulk(&batch).await?;
/// assert_eq!(backend.store().document("shop_view_2026.1.", "1").unwrap(), "{\"page\":\"/\"}");
/// assert_eq!(backend.journal().calls(Call::Bulk), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct ScriptedBackend(Arc<Shared>);

#[derive(Default)]
struct Shared {
    store: Store,
    script: Script,
    journal: Journal,
    down: AtomicBool,
    settings: Mutex<Settings>,
}

struct Settings {
    version: String,
    request_timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { version: crate::SERVER_VERSION.to_owned(), request_timeout: REQUEST_TIMEOUT }
    }
}

impl ScriptedBackend {
    /// An empty backend that does all that it is asked to.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a rule. For each request the oldest rule that names a fault decides.
    pub fn script(&self, rule: Rule) {
        self.0.script.add(rule);
    }

    /// Forgets all rules.
    pub fn clear_script(&self) {
        self.0.script.clear();
    }

    /// The documents, indexes and templates.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// What was asked. A request that came while the backend was down is not in it.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.0.journal
    }

    /// From now on no request arrives: each is [`ErrorKind::Unreachable`].
    pub fn go_down(&self) {
        self.0.down.store(true, Ordering::SeqCst);
    }

    /// The backend is there again.
    pub fn come_up(&self) {
        self.0.down.store(false, Ordering::SeqCst);
    }

    /// The version that the backend says it has, such as `7.17.0`; without this, 8.19.8.
    pub fn version(&self, version: impl Into<String>) {
        self.settings(|settings| settings.version = version.into());
    }

    /// How long a request waits for an answer; without this, 30 seconds.
    pub fn request_timeout(&self, time: Duration) {
        self.settings(|settings| settings.request_timeout = time);
    }

    fn settings<T>(&self, with: impl FnOnce(&mut Settings) -> T) -> T {
        with(&mut self.0.settings.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes the request, asks the script, and does what it says.
    async fn exchange<T: Send + 'static>(
        &self,
        asked: AskedFor<'_>,
        carry_out: impl FnOnce(&Store, &crate::script::Decision) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        // A request takes its turn like one that goes over a wire.
        tokio::task::yield_now().await;
        let unreachable = || {
            Error::from(BackendError::new(ErrorKind::Unreachable, format!("{asked} could not be sent: down")))
        };
        if self.0.down.load(Ordering::SeqCst) {
            return Err(unreachable());
        }
        let AskedFor { call, subject, bytes, ref items } = asked;
        let number = self.0.journal.next_number(call);
        let request = Request { call, number, subject, bytes, items: items.clone() };
        let on_the_way = self.0.journal.begin(&request, asked.to_string());
        let mut decision = self.0.script.decide(&request);
        let timeout = self.settings(|settings| settings.request_timeout);
        let timed_out = || Error::Timeout { request: asked.to_string(), after: timeout };
        let store = &self.0.store;
        let result = match decision.fault.take() {
            None => carry_out(store, &decision),
            Some(Fault::Answer(answer)) => Err(answer.error(&asked.to_string())),
            Some(Fault::Delay(time)) if time < timeout => {
                tokio::time::sleep(time).await;
                carry_out(store, &decision)
            }
            Some(Fault::Delay(time)) => {
                let store = store.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(time).await;
                    // Nobody waits for the answer any more.
                    drop(carry_out(&store, &decision));
                });
                tokio::time::sleep(timeout).await;
                Err(timed_out())
            }
            Some(Fault::Hang) => {
                tokio::time::sleep(timeout).await;
                Err(timed_out())
            }
            Some(Fault::ApplyAndHang) => {
                drop(carry_out(store, &decision));
                tokio::time::sleep(timeout).await;
                Err(timed_out())
            }
            Some(Fault::Drop | Fault::Reset) => Err(asked.broken()),
            Some(Fault::ApplyAndDrop | Fault::Truncate) => {
                drop(carry_out(store, &decision));
                Err(asked.broken())
            }
            Some(Fault::Reorder) if asked.answers_by_item() && asked.items.len() < 2 => {
                carry_out(store, &decision)
            }
            Some(fault @ (Fault::Malform | Fault::MissingItem | Fault::ExtraItem | Fault::Reorder)) => {
                drop(carry_out(store, &decision));
                Err(Error::UnexpectedAnswer(format!("{asked}: scripted: {fault:?}")))
            }
            Some(Fault::GoDown) => {
                self.go_down();
                Err(asked.broken())
            }
        };
        on_the_way.answered();
        result
    }
}

/// A request, before it is numbered.
struct AskedFor<'a> {
    call: Call,
    subject: &'a str,
    bytes: usize,
    items: Vec<Item<'a>>,
}

impl<'a> AskedFor<'a> {
    fn new(call: Call, subject: &'a str) -> Self {
        Self { call, subject, bytes: 0, items: Vec::new() }
    }

    fn document(call: Call, op: ItemOp, index: &'a str, id: &str) -> Self {
        let item = Item { position: 0, op, index: index.to_owned(), id: id.to_owned(), source: b"" };
        Self { items: vec![item], ..Self::new(call, index) }
    }

    /// Whether the answer has one item for each document.
    fn answers_by_item(&self) -> bool {
        matches!(self.call, Call::Bulk | Call::Delete)
    }

    /// The error of a connection that broke after the request was sent.
    fn broken(&self) -> Error {
        let text = format!("{self}: the connection broke before the answer was complete");
        if self.call.is_repeatable() {
            BackendError::new(ErrorKind::Unreachable, text).into()
        } else {
            Error::UnexpectedAnswer(text)
        }
    }
}

impl fmt::Display for AskedFor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.call, self.subject)
    }
}

impl fmt::Debug for ScriptedBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedBackend").field("documents", &self.store().len()).finish_non_exhaustive()
    }
}

impl Backend for ScriptedBackend {
    fn server(&self) -> BoxFuture<'_, Result<ServerInfo>> {
        let version = self.settings(|settings| settings.version.clone());
        Box::pin(self.exchange(AskedFor::new(Call::Server, ""), move |_, _| carry_out::server(version)))
    }

    fn lacking_field_types<'a>(&'a self, types: &'a [&'a str]) -> BoxFuture<'a, Result<Vec<String>>> {
        let types: Vec<_> = types.iter().map(|name| (*name).to_owned()).collect();
        let asked = AskedFor::new(Call::SimulateTemplate, "");
        Box::pin(self.exchange(asked, move |store, _| Ok(carry_out::lacking_field_types(store, types))))
    }

    fn bulk<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Vec<ItemResponse>>> {
        let asked =
            AskedFor { call: Call::Bulk, subject: "", bytes: batch.body().len(), items: items_of(batch) };
        let batch = batch.clone();
        Box::pin(self.exchange(asked, move |store, decision| carry_out::bulk(store, &batch, decision)))
    }

    fn search<'a>(&'a self, request: SearchRequest<'a>) -> BoxFuture<'a, Result<Bytes>> {
        Box::pin(async move {
            let path = request.plan.path();
            let (expressions, body) = (carry_out::expressions(&request), request.body.clone());
            let asked = AskedFor::new(Call::Search, &path);
            self.exchange(asked, move |store, _| carry_out::search(store, &expressions, &body)).await
        })
    }

    fn multi_search<'a>(
        &'a self,
        requests: &'a [SearchRequest<'a>],
    ) -> BoxFuture<'a, Result<Vec<Result<Bytes>>>> {
        let searches: Vec<_> =
            requests.iter().map(|request| (carry_out::expressions(request), request.body.clone())).collect();
        let each = move |store: &Store| {
            searches.iter().map(|(expressions, body)| carry_out::search(store, expressions, body)).collect()
        };
        Box::pin(self.exchange(AskedFor::new(Call::MultiSearch, ""), move |store, _| Ok(each(store))))
    }

    fn count<'a>(&'a self, request: SearchRequest<'a>) -> BoxFuture<'a, Result<u64>> {
        Box::pin(async move {
            let path = request.plan.path();
            let (expressions, body) = (carry_out::expressions(&request), request.body.clone());
            let asked = AskedFor::new(Call::Count, &path);
            self.exchange(asked, move |store, _| carry_out::count(store, &expressions, &body)).await
        })
    }

    fn get<'a>(&'a self, index: &'a str, id: &'a str) -> BoxFuture<'a, Result<Option<StoredDocument>>> {
        let asked = AskedFor::document(Call::Get, ItemOp::Get, index, id);
        let (index, id) = (index.to_owned(), id.to_owned());
        Box::pin(self.exchange(asked, move |store, _| carry_out::get(store, &index, &id)))
    }

    fn delete<'a>(
        &'a self,
        index: &'a str,
        id: &'a str,
        version: Option<DocumentVersion>,
    ) -> BoxFuture<'a, Result<bool>> {
        let asked = AskedFor::document(Call::Delete, ItemOp::Delete, index, id);
        let (index, id) = (index.to_owned(), id.to_owned());
        let delete = move |store: &Store, decision: &crate::script::Decision| {
            carry_out::delete(store, &index, &id, version, decision)
        };
        Box::pin(self.exchange(asked, delete))
    }

    fn template<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Template>>> {
        let wanted = name.to_owned();
        Box::pin(
            self.exchange(AskedFor::new(Call::Template, name), move |store, _| Ok(store.template(&wanted))),
        )
    }

    fn simulate_template<'a>(&'a self, template: &'a Template) -> BoxFuture<'a, Result<Vec<Overlap>>> {
        let tried = template.clone();
        let asked = AskedFor::new(Call::SimulateTemplate, &template.name);
        Box::pin(self.exchange(asked, move |store, _| carry_out::simulate_template(store, &tried)))
    }

    fn put_template<'a>(&'a self, template: &'a Template) -> BoxFuture<'a, Result<()>> {
        let stored = template.clone();
        let asked = AskedFor::new(Call::PutTemplate, &template.name);
        Box::pin(self.exchange(asked, move |store, _| carry_out::put_template(store, &stored)))
    }

    fn delete_template<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<bool>> {
        let deleted = name.to_owned();
        let asked = AskedFor::new(Call::DeleteTemplate, name);
        Box::pin(self.exchange(asked, move |store, _| Ok(store.delete_template(&deleted))))
    }

    fn indexes<'a>(&'a self, pattern: &'a str) -> BoxFuture<'a, Result<Vec<IndexStatus>>> {
        let wanted = pattern.to_owned();
        let asked = AskedFor::new(Call::Indexes, pattern);
        Box::pin(self.exchange(asked, move |store, _| Ok(carry_out::indexes(store, &wanted))))
    }

    fn mappings<'a>(&'a self, indexes: &'a [String]) -> BoxFuture<'a, Result<Vec<(String, Value)>>> {
        Box::pin(async move {
            let (subject, wanted) = (indexes.join(","), indexes.to_vec());
            let asked = AskedFor::new(Call::Mappings, &subject);
            self.exchange(asked, move |store, _| Ok(carry_out::mappings(store, &wanted))).await
        })
    }

    fn put_mapping<'a>(&'a self, index: &'a str, mapping: &'a Value) -> BoxFuture<'a, Result<()>> {
        let (name, mapping) = (index.to_owned(), mapping.clone());
        let asked = AskedFor::new(Call::PutMapping, index);
        Box::pin(self.exchange(asked, move |store, _| carry_out::put_mapping(store, &name, &mapping)))
    }

    fn create_index<'a>(&'a self, index: &'a str) -> BoxFuture<'a, Result<()>> {
        let name = index.to_owned();
        let asked = AskedFor::new(Call::Other, index);
        Box::pin(self.exchange(asked, move |store, _| {
            store.contents().index_or_new(&name);
            Ok(())
        }))
    }

    fn delete_index<'a>(&'a self, index: &'a str) -> BoxFuture<'a, Result<bool>> {
        let name = index.to_owned();
        let asked = AskedFor::new(Call::DeleteIndex, index);
        Box::pin(self.exchange(asked, move |store, _| carry_out::delete_index(store, &name)))
    }

    fn refresh<'a>(&'a self, pattern: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.exchange(AskedFor::new(Call::Refresh, pattern), |_, _| Ok(())))
    }
}

/// The error of a refusal that concerns the whole request.
fn error_of(refusal: &djelme_core::outcome::Rejection, request: &str) -> Error {
    FaultAnswer {
        status: refusal.status,
        error_type: refusal.error_type.clone(),
        reason: refusal.reason.clone(),
        retry_after: None,
        body: None,
    }
    .error(request)
}
