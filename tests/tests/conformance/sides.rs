//! The backends that are compared.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use djelme_core::backend::Backend;
use djelme_embedded::Embedded;
use djelme_es8::{Es8, Es8Config};
use tokio::task::JoinSet;

use crate::side::{Answers, Run, Side};
use crate::topic::Topic;

/// The servers that the environment may name.
const SERVERS: [&str; 2] = ["DJELME_TEST_ES8_URL", "DJELME_TEST_ES9_URL"];

/// The servers; the embedded engine is opened anew for each topic.
#[derive(Debug, Clone)]
pub(crate) struct Sides {
    pub(crate) servers: Vec<Side>,
}

/// What each server answered, and what the embedded engine did.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) servers: Vec<Answers>,
    pub(crate) ours: Answers,
}

impl Sides {
    /// The servers of the environment.
    pub(crate) async fn new() -> anyhow::Result<Self> {
        let mut servers = Vec::new();
        for url in SERVERS.iter().filter_map(|name| std::env::var(name).ok()) {
            let backend = Es8::new(Es8Config::new([url]))?;
            let name = format!("Elasticsearch {}", backend.server().await?.version);
            servers.push(Side { name, backend: Arc::new(backend) });
        }
        if servers.is_empty() {
            bail!("none of {} is set; `cargo xtask test` sets them", SERVERS.join(", "));
        }
        Ok(Self { servers })
    }

    /// The field types that one of the servers lacks.
    pub(crate) async fn lacking(&self, types: &[&str]) -> anyhow::Result<Vec<String>> {
        let mut lacking = Vec::new();
        for server in &self.servers {
            lacking.extend(server.backend.lacking_field_types(types).await?);
        }
        lacking.sort_unstable();
        lacking.dedup();
        Ok(lacking)
    }

    /// Runs the topic on every side at the same time.
    pub(crate) async fn answers(&self, topic: &Topic, prefix: &str) -> anyhow::Result<Answered> {
        let embedded = Side { name: "embedded".to_owned(), backend: Arc::new(Embedded::in_memory()?) };
        let mut running = JoinSet::new();
        for (number, side) in self.servers.iter().chain([&embedded]).enumerate() {
            let (side, topic, prefix) = (side.clone(), topic.clone(), prefix.to_owned());
            running.spawn(async move {
                let mut run = Run::new(&side, &topic, &prefix)?;
                let answers = run.answers().await;
                if side.name != "embedded" {
                    run.clean().await?;
                }
                Ok::<_, djelme_core::Error>((number, answers))
            });
        }
        let mut all = running.join_all().await.into_iter().collect::<Result<Vec<_>, _>>()?;
        all.sort_by_key(|(number, _)| *number);
        let mut servers: Vec<_> = all.into_iter().map(|(_, answers)| answers).collect();
        let ours = servers.pop().context("no answers")?;
        Ok(Answered { servers, ours })
    }
}
