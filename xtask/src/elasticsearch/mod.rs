//! Elasticsearch servers for the tests, had in the first way that works:
//!
//! 1. the URL in `DJELME_TEST_ES8_URL` or `DJELME_TEST_ES9_URL`;
//! 2. a server that this checkout started before and that still answers;
//! 3. a Docker engine, with the official image;
//! 4. Maven and Java: Elastic's unmodified server from another product's distribution.
//!
//! When none of them is possible the error names all four.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

use folders::{Folders, RunFolder};
use http::Client;
use state::State;

pub(crate) mod commands;
mod docker;
mod folders;
mod given;
pub(crate) mod http;
mod java;
mod maven;
mod node;
pub(crate) mod own;
mod process;
mod state;
mod tls;

/// The major version of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
pub(crate) enum Major {
    /// Elasticsearch 8.
    #[value(name = "8")]
    Eight,
    /// Elasticsearch 9.
    #[value(name = "9")]
    Nine,
}

/// Which server is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spec {
    /// The major version.
    pub(crate) major: Major,
    /// With TLS and users.
    pub(crate) secure: bool,
}

impl Spec {
    /// Elasticsearch 8, open to everybody on this machine.
    pub(crate) const EIGHT: Self = Self { major: Major::Eight, secure: false };
    /// Elasticsearch 9, likewise.
    pub(crate) const NINE: Self = Self { major: Major::Nine, secure: false };
    /// Elasticsearch 8 with TLS and users.
    pub(crate) const SECURE: Self = Self { major: Major::Eight, secure: true };
    /// Every server there can be.
    const ALL: [Self; 4] = [Self::EIGHT, Self::NINE, Self::SECURE, Self { major: Major::Nine, secure: true }];

    /// Its name in paths: `8`, `9-secure`.
    pub(crate) fn key(self) -> String {
        let number = match self.major {
            Major::Eight => "8",
            Major::Nine => "9",
        };
        format!("{number}{}", if self.secure { "-secure" } else { "" })
    }

    /// Its name in what is printed.
    pub(crate) fn label(self) -> String {
        format!("elasticsearch {}", self.key())
    }

    /// The heap of a server that is started here for all tests.
    fn heap_mib(self) -> u32 {
        if self == Self::EIGHT { 1024 } else { 512 }
    }

    /// Prints a line of progress.
    fn say(self, text: &str) {
        // One string: other processes write to the same terminal.
        let line = format!("{}: {text}\n", self.label());
        eprint!("{line}");
    }
}

/// How to reach a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ServerHandle {
    /// Its base URL.
    pub(crate) url: String,
    /// The certificate authority of its certificate, a PEM file.
    pub(crate) ca_path: Option<PathBuf>,
    /// Another certificate authority, for tests that must be refused.
    pub(crate) wrong_ca_path: Option<PathBuf>,
    /// A user that may do everything.
    pub(crate) user: Option<String>,
    /// The user's password.
    pub(crate) password: Option<String>,
}

impl ServerHandle {
    /// A server on this machine that is open to everybody.
    fn open(port: u16) -> Self {
        let url = format!("http://127.0.0.1:{port}");
        Self { url, ca_path: None, wrong_ca_path: None, user: None, password: None }
    }
}

/// The way in which a server was had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Its URL was in the environment.
    Given,
    /// This checkout had started it before.
    Reused,
    /// Started now in a Docker container.
    Docker,
    /// Started now from the distribution that Maven fetched.
    Maven,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Given => "given URL",
            Self::Reused => "reused",
            Self::Docker => "docker",
            Self::Maven => "maven",
        })
    }
}

/// A server that answers.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    /// Which one it is.
    pub(crate) spec: Spec,
    /// How to reach it.
    pub(crate) handle: ServerHandle,
    /// How it was had.
    pub(crate) origin: Origin,
    /// The version that it states: `8.19.8`.
    pub(crate) version: String,
}

impl Server {
    /// Whether this task started it, so that it may stop it.
    pub(crate) fn started_here(&self) -> bool {
        matches!(self.origin, Origin::Docker | Origin::Maven)
    }
}

/// Has a server running and answering; see the module for the ways and their order.
pub(crate) fn up(spec: Spec) -> Result<Server> {
    if let Some(handle) = given::handle(spec)? {
        let version = given::version(spec, &handle)?;
        return Ok(Server { spec, handle, origin: Origin::Given, version });
    }
    let folders = Folders::find()?;
    let run = folders.run(spec)?;
    let _lock = folders::lock(&run.lock_file(), || spec.say("waiting for another process that starts it"))?;
    if let Some(state) = State::load(&run)? {
        if let Some(version) = answering(&state) {
            return Ok(Server { spec, handle: state.handle, origin: Origin::Reused, version });
        }
        spec.say("the server of an earlier run no longer answers; starting a new one");
        state.life.stop()?;
        State::remove(&run)?;
    }
    start(spec, &folders, &run)
}

/// Stops the server that this checkout started; false when there is none.
pub(crate) fn down(spec: Spec) -> Result<bool> {
    let run = Folders::find()?.run(spec)?;
    let _lock = folders::lock(&run.lock_file(), || spec.say("waiting for another process that starts it"))?;
    let Some(state) = State::load(&run)? else { return Ok(false) };
    let ours = state.life.stop()?;
    State::remove(&run)?;
    Ok(ours)
}

/// A server that is there already, given or started earlier.
pub(crate) fn existing(spec: Spec) -> Result<Option<ServerHandle>> {
    if let Some(handle) = given::handle(spec)? {
        return Ok(Some(handle));
    }
    let run = Folders::find()?.run(spec)?;
    Ok(State::load(&run)?.filter(|state| answering(state).is_some()).map(|state| state.handle))
}

/// The version of a recorded server, if it still lives and answers.
fn answering(state: &State) -> Option<String> {
    if !state.life.is_alive() {
        return None;
    }
    Client::new(&state.handle).ok()?.version().ok()
}

/// Starts a server by Docker, else by Maven.
fn start(spec: Spec, folders: &Folders, run: &RunFolder) -> Result<Server> {
    run.clear()?;
    let no_docker = match docker::engine() {
        Ok(()) => match docker::start(spec, run) {
            Ok(state) => return ready(spec, run, state, Origin::Docker),
            Err(error) => error,
        },
        Err(error) => error,
    };
    spec.say(&format!("not by Docker: {no_docker:#}"));
    let no_maven = match maven::start(spec, folders, run) {
        Ok(state) => return ready(spec, run, state, Origin::Maven),
        Err(error) => error,
    };
    bail!(
        "no {} for the tests; each of these would do:\n  \
         1. {} with the URL of a server: not set\n  \
         2. a server started earlier by `cargo xtask elasticsearch up`: none answers\n  \
         3. a Docker engine that can pull {}: {no_docker:#}\n  \
         4. Maven 3.8+ and Java {}+: {no_maven:#}",
        spec.label(),
        given::variable(spec),
        docker::image(spec.major),
        maven::java_needed(spec.major),
    );
}

/// Records a server just started and waits until it answers.
fn ready(spec: Spec, run: &RunFolder, state: State, origin: Origin) -> Result<Server> {
    state.save(run)?;
    let version = match wait(spec, run, &state) {
        Ok(version) => version,
        Err(error) => {
            state.life.stop()?;
            State::remove(run)?;
            return Err(error);
        }
    };
    Ok(Server { spec, handle: state.handle, origin, version })
}

fn wait(spec: Spec, run: &RunFolder, state: &State) -> Result<String> {
    // Long, because tests are compiled meanwhile; a server that fails is noticed at once.
    const LIMIT: Duration = Duration::from_secs(600);
    let client = Client::new(&state.handle)?;
    let begin = Instant::now();
    loop {
        let last_error = match client.version() {
            Ok(version) => {
                spec.say(&format!("{version} ready in {} s", begin.elapsed().as_secs()));
                return Ok(version);
            }
            Err(error) => error,
        };
        let log = state.life.log(run);
        let dead = !state.life.is_alive() || log.contains("did not exit normally");
        if dead || begin.elapsed() > LIMIT {
            let what = if dead {
                "stopped while starting".to_owned()
            } else {
                format!("does not answer after {} s ({last_error:#})", LIMIT.as_secs())
            };
            bail!("{} {what}; the end of its log:\n{}", spec.label(), tail(&log, 40));
        }
        std::thread::sleep(Duration::from_millis(500));
    }
}

/// The last lines of a text.
pub(crate) fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

/// The end of the log of a server that this checkout started.
fn log_tail(spec: Spec, lines: usize) -> Result<String> {
    let run = Folders::find()?.run(spec)?;
    let log = match State::load(&run)? {
        Some(state) => state.life.log(&run),
        // Stopped; the log of a process is there until the next start.
        None => fs::read_to_string(run.log_file()).unwrap_or_default(),
    };
    if log.is_empty() {
        bail!("{} has no log: this checkout has not started it", spec.label());
    }
    Ok(tail(&log, lines))
}
