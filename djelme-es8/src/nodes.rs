//! The nodes of a cluster: whose turn it is, who is left out, and the deadline around each call.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use djelme_core::{BackendError, Error, ErrorKind, Result};
use tokio::time::Instant;

use crate::answer::Answer;
use crate::request::Request;
use crate::transport::{Connection, Failure};

/// A node that failed is left out this long, twice as long after each further failure.
const FIRST_REST: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_secs(60);

/// The nodes, each with its connections and health.
pub(crate) struct Nodes {
    nodes: Vec<Node>,
    turn: AtomicUsize,
    request_timeout: Duration,
    connect_timeout: Duration,
}

struct Node {
    connection: Connection,
    health: Mutex<Health>,
}

struct Health {
    /// Failures since the last answer.
    failures: u32,
    rests_until: Option<Instant>,
    /// A TCP connection must succeed before the next request: it costs nothing beside a request that gets no answer.
    suspect: bool,
}

/// How far a call has come, for the error if the deadline passes.
#[derive(Default)]
struct Course {
    /// The nodes that failed, and how.
    tried: Vec<String>,
    /// The node that has the request.
    waiting_on: Option<usize>,
}

impl Nodes {
    pub(crate) fn new(
        connections: Vec<Connection>,
        request_timeout: Duration,
        connect_timeout: Duration,
    ) -> Self {
        // No node has answered yet, so all are suspect.
        let health = || Mutex::new(Health { failures: 0, rests_until: None, suspect: true });
        let nodes = connections.into_iter().map(|connection| Node { connection, health: health() }).collect();
        Self { nodes, turn: AtomicUsize::new(0), request_timeout, connect_timeout }
    }

    /// The addresses, in the order given.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = String> {
        self.nodes.iter().map(|node| node.connection.to_string())
    }

    /// Sends the request to one node, and to further ones as long as that cannot carry it out twice.
    pub(crate) async fn send(&self, request: &Request) -> Result<Answer> {
        let started = Instant::now();
        let mut course = Course::default();
        let result = tokio::time::timeout(self.request_timeout, self.attempt(request, &mut course)).await;
        let after = started.elapsed();
        match result {
            Ok(Ok(answer)) => {
                tracing::debug!(%request, status = answer.status, ?after, "answered");
                Ok(answer)
            }
            Ok(Err(Some(error))) => Err(error),
            Ok(Err(None)) => Err(unreachable_nodes(request, &course.tried, after)),
            Err(_) => match course.waiting_on.and_then(|position| self.nodes.get(position)) {
                Some(node) => {
                    node.health().suspect = true;
                    tracing::debug!(%request, node = %node.connection, ?after, "no answer");
                    Err(Error::Timeout { request: request.to_string(), after: self.request_timeout })
                }
                None => Err(unreachable_nodes(request, &course.tried, after)),
            },
        }
    }

    /// Goes through the nodes until one answers. `Err(None)` if none of them took the request.
    async fn attempt(&self, request: &Request, course: &mut Course) -> Result<Answer, Option<Error>> {
        for position in self.order() {
            let Some(node) = self.nodes.get(position) else { continue };
            let suspect = node.health().suspect;
            if suspect && let Err(reason) = node.connection.probe(self.connect_timeout).await {
                course.tried.push(node.failed(&reason));
                continue;
            }
            course.waiting_on = Some(position);
            let result = node.connection.send(request).await;
            course.waiting_on = None;
            match result {
                Ok(answer) => {
                    node.answered(answer.status);
                    return Ok(answer);
                }
                Err(Failure::Broken(reason)) if !request.repeatable => {
                    let tried = node.failed(&reason);
                    return Err(Some(Error::UnexpectedAnswer(format!(
                        "{request}: the connection broke before the answer was complete: {tried}"
                    ))));
                }
                Err(Failure::Broken(reason) | Failure::NotSent(reason)) => {
                    course.tried.push(node.failed(&reason));
                }
            }
        }
        Err(None)
    }

    /// The nodes in the order in which to try them: those that do not rest, beginning with the one whose turn it is,
    /// then the others, the one first that has rested longest of its time.
    fn order(&self) -> Vec<usize> {
        let count = self.nodes.len();
        let first = self.turn.fetch_add(1, Ordering::Relaxed) % count.max(1);
        let now = Instant::now();
        let rest = |position: usize| {
            let until = self.nodes.get(position).and_then(|node| node.health().rests_until);
            until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
        };
        let mut order: Vec<_> =
            (first..count).chain(0..first).map(|position| (rest(position), position)).collect();
        order.sort_by_key(|(rest, _)| *rest);
        order.into_iter().map(|(_, position)| position).collect()
    }
}

impl Node {
    fn health(&self) -> MutexGuard<'_, Health> {
        // The health stays usable whatever happened to another holder of the lock: each of its fields stands alone.
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a failure, and says it for the error message.
    fn failed(&self, reason: &str) -> String {
        let mut health = self.health();
        let rest = LONGEST_REST.min(FIRST_REST * 2_u32.pow(health.failures.min(6)));
        health.failures = health.failures.saturating_add(1);
        health.rests_until = Some(Instant::now() + rest);
        health.suspect = true;
        let first = health.failures == 1;
        drop(health);
        // Once is enough while it stays away: who writes on without it tries again and again.
        if first {
            tracing::warn!(node = %self.connection, reason, ?rest, "node failed and is left out for a while");
        } else {
            tracing::debug!(node = %self.connection, reason, ?rest, "node failed again");
        }
        format!("{} ({reason})", self.connection)
    }

    /// Notes an answer. 502 to 504 mean that the node, or what stands behind a proxy, is not well: others go first.
    fn answered(&self, status: u16) {
        if matches!(status, 502..=504) {
            self.failed(&format!("status {status}"));
            return;
        }
        let mut health = self.health();
        *health = Health { failures: 0, rests_until: None, suspect: false };
    }
}

fn unreachable_nodes(request: &Request, tried: &[String], after: Duration) -> Error {
    let tried = if tried.is_empty() { "no node took a connection".to_owned() } else { tried.join(", ") };
    let message = format!("{request} could not be sent: {tried}, after {after:.1?}");
    BackendError::new(ErrorKind::Unreachable, message).into()
}
