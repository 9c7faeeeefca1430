//! The servers of this program's own, and plain requests to them.

use elasticsearch::auth::Credentials;
use elasticsearch::cert::{Certificate, CertificateValidation};
use elasticsearch::http::headers::HeaderMap;
use elasticsearch::http::transport::{SingleNodeConnectionPool, TransportBuilder};
use elasticsearch::http::{Method, Url};
use serde_json::Value;
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};
use xtask::Cluster;

static ONE: Mutex<Option<Cluster>> = Mutex::const_new(None);

/// A server of one node, which may or may not run. The tests take turns.
pub(crate) async fn one() -> MappedMutexGuard<'static, Cluster> {
    let one = ONE.lock().await;
    MutexGuard::map(one, |one| one.get_or_insert_with(|| prepared("faults-one", 1)))
}

/// Nodes, none of which runs yet.
pub(crate) fn prepared(name: &str, nodes: usize) -> Cluster {
    tokio::task::block_in_place(|| Cluster::prepare(name, nodes).unwrap())
}

/// The same, running.
pub(crate) async fn running() -> MappedMutexGuard<'static, Cluster> {
    let mut one = one().await;
    start(&mut one, [0]);
    one
}

/// Starts these nodes, and waits until they answer. The other tasks of the runtime go on.
pub(crate) fn start(cluster: &mut Cluster, nodes: impl IntoIterator<Item = usize>) {
    tokio::task::block_in_place(|| {
        nodes.into_iter().for_each(|node| cluster.start(node).unwrap());
        cluster.wait().unwrap();
    });
}

/// A user of the secured server that the test run starts for all.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) ca: String,
    pub(crate) user: String,
    pub(crate) password: String,
}

/// Sends a request that must succeed, for what no user of djelme does.
pub(crate) async fn must(
    url: &str,
    login: Option<&Login>,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> Value {
    let mut builder = TransportBuilder::new(SingleNodeConnectionPool::new(Url::parse(url).unwrap()));
    if let Some(Login { ca, user, password }) = login {
        let pem = std::fs::read(ca).unwrap();
        builder = builder
            .cert_validation(CertificateValidation::Full(Certificate::from_pem(&pem).unwrap()))
            .auth(Credentials::Basic(user.clone(), password.clone()));
    }
    let transport = builder.build().unwrap();
    let body = body.map(|body| body.to_string());
    let response = transport.send(method, path, HeaderMap::new(), None::<&()>, body, None).await.unwrap();
    let status = response.status_code();
    let answer = response.json::<Value>().await.unwrap();
    assert!(status.is_success(), "{path}: {answer}");
    answer
}

/// A number of the environment.
pub(crate) fn number(variable: &str, unless_set: u64) -> u64 {
    std::env::var(variable).map_or(unless_set, |number| number.parse().unwrap())
}
