//! `cargo xtask test`: runs all tests and brings the servers that they need.
//!
//! Tests that need a server are the programs `server`, `conformance`, `interop`, `secure` and `faults` of the package
//! `djelme-tests`, behind its feature `server`. Everything else runs without one. The servers start and the Python
//! environment of `interop` is made while the tests are compiled; `faults` kills servers, and starts its own.

use std::{path::PathBuf, process::Command, thread};

use anyhow::{Result, anyhow, bail};

use crate::{
    demo,
    elasticsearch::{self, Server, Spec},
    workspace,
};
use python::Python;
use step::{Expect, Outcome};
use summary::Summary;

mod output;
mod python;
mod step;
mod summary;

/// Options of a test run.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Options {
    /// Run only what needs no server
    #[arg(long)]
    no_server: bool,
    /// Leave the servers running at the end
    #[arg(long)]
    keep: bool,
    /// Run the long rounds: forty times as many random cases of each property, seven times as many requests that the
    /// conformance suite makes up
    #[arg(long)]
    full: bool,
}

/// The features of the members that their tests cover. `native-tls` is not among them: it needs a system library.
const FEATURES: &str = "--features=djelme/embedded,djelme/uuid,djelme-core/uuid";
/// The same and the tests that need a server.
const ALL_FEATURES: &str = "--features=djelme/embedded,djelme/uuid,djelme-core/uuid,djelme-tests/server";

/// The servers of a run and the Python beside them, or why there is none.
struct Servers {
    eight: Result<Server>,
    nine: Result<Server>,
    secure: Result<Server>,
    python: Result<Python>,
}

impl Servers {
    fn each(&self) -> [&Result<Server>; 3] {
        [&self.eight, &self.nine, &self.secure]
    }
}

/// Runs the tests; an error when anything has failed.
pub(crate) fn run(options: Options) -> Result<()> {
    let strict = std::env::var("CI").is_ok_and(|value| value == "true" || value == "1");
    let mut summary = Summary::default();
    let servers = if options.no_server {
        summary.not_asked.push("tests on servers, and the demo (--no-server)".to_owned());
        summary.steps.push(compile(FEATURES));
        None
    } else {
        let (servers, compiled) = thread::scope(|scope| {
            let starts = [Spec::EIGHT, Spec::NINE, Spec::SECURE]
                .map(|spec| scope.spawn(move || elasticsearch::up(spec)));
            let python = scope.spawn(python::environment);
            let compiled = compile(ALL_FEATURES);
            let [eight, nine, secure] =
                starts.map(|start| start.join().unwrap_or_else(|_| Err(anyhow!("panicked"))));
            let python = python.join().unwrap_or_else(|_| Err(anyhow!("panicked")));
            (Servers { eight, nine, secure, python }, compiled)
        });
        summary.steps.push(compiled);
        Some(servers)
    };
    summary.steps.push(plain(options));
    summary.steps.push(on_embedded());
    summary.steps.push(examples());
    summary.steps.push(quickstart());
    if let Some(servers) = &servers {
        summary.steps.extend(on_servers(servers, options));
        if !options.keep {
            stop(servers);
        }
    }
    println!("\n== summary\n{}", summary.text(strict));
    if summary.failures(strict).is_empty() { Ok(()) } else { bail!("the test run failed") }
}

/// Compiles all tests, while the servers start.
fn compile(features: &str) -> Outcome {
    let mut cargo = workspace::cargo(&["test", "--workspace", features, "--no-run"]);
    step::run("compile the tests", None, &mut cargo, Expect::Success)
}

/// Random cases of a property in the long rounds; without them it is proptest's 256, or more where a test says so.
const FULL_CASES: &str = "10000";

/// Programs that are killed while they write, in the long rounds.
const FULL_KILLS: &str = "200";

/// How often a server is killed under the recorder in the long rounds.
const FULL_SERVER_KILLS: &str = "6";

/// Records under each fault of the recorder's tests, in the long rounds.
const FULL_RECORDS: &str = "10000";

/// Requests that the conformance suite makes up in the long rounds.
const FULL_REQUESTS: &str = "2000";

/// The tests that need no server: of modules, of the documentation, of compile errors.
fn plain(options: Options) -> Outcome {
    let mut cargo = workspace::cargo(&["test", "--workspace", FEATURES, "--no-fail-fast"]);
    // They must not find a server by chance.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("DJELME_TEST_") {
            cargo.env_remove(name);
        }
    }
    if options.full {
        cargo.env("PROPTEST_CASES", FULL_CASES).env("DJELME_KILL_ROUNDS", FULL_KILLS);
        cargo.env("DJELME_FAULT_RECORDS", FULL_RECORDS);
    }
    step::run("tests without a server", None, &mut cargo, Expect::Tests)
}

/// Those tests of servers that are written over the handle, on the embedded engine.
fn on_embedded() -> Outcome {
    let mut cargo =
        workspace::cargo(&["test", "--package=djelme-tests", "--features=server", "--test=server"]);
    let modules = ["handle", "kinds", "search", "setup", "flights", "usage", "--skip=backend::"];
    cargo.args(["--no-fail-fast", "--", "--nocapture"]).args(modules);
    cargo.env("DJELME_TEST_URL", "embedded");
    step::run("server tests, embedded engine", None, &mut cargo, Expect::Tests)
}

fn examples() -> Outcome {
    let mut cargo = workspace::cargo(&["build", "--package=djelme-examples", "--examples"]);
    step::run("compile the examples", None, &mut cargo, Expect::Success)
}

/// The newcomer's first command.
fn quickstart() -> Outcome {
    step::run("quickstart", None, &mut workspace::cargo(&["quickstart"]), Expect::Success)
}

/// The tests on each server, and the demo.
fn on_servers(servers: &Servers, options: Options) -> Vec<Outcome> {
    let environment = environment(servers);
    let tests = |program: &str, server: &Server| {
        let program = format!("--test={program}");
        let mut cargo = workspace::cargo(&["test", "--package=djelme-tests", "--features=server", &program]);
        cargo.args(["--no-fail-fast", "--", "--nocapture"]);
        cargo.envs(environment.iter().map(|(name, value)| (name, value)));
        cargo.env("DJELME_TEST_URL", &server.handle.url);
        if options.full {
            cargo.env("DJELME_CONFORMANCE_REQUESTS", FULL_REQUESTS);
            cargo.env("DJELME_FAULT_RECORDS", FULL_RECORDS).env("DJELME_SERVER_KILLS", FULL_SERVER_KILLS);
        }
        cargo
    };
    let mut outcomes = Vec::new();
    let mut on = |name: &str,
                  server: &Result<Server>,
                  expect: Expect,
                  command: &dyn Fn(&Server) -> Result<Command>| {
        let ready = server.as_ref().map_err(|error| anyhow!("{error:#}"));
        outcomes.push(match ready.and_then(|server| Ok((described(server), command(server)?))) {
            Ok((described, mut command)) => step::run(name, Some(described), &mut command, expect),
            Err(error) => Outcome::impossible(name, &error),
        });
    };
    on("server tests, Elasticsearch 8", &servers.eight, Expect::Tests, &|server| Ok(tests("server", server)));
    on("server tests, Elasticsearch 9", &servers.nine, Expect::Tests, &|server| Ok(tests("server", server)));
    // It finds the other server in its environment.
    on("conformance, embedded with 8 and 9", &servers.eight, Expect::Tests, &|server| {
        Ok(tests("conformance", server))
    });
    on("scripted servers beside a real one", &servers.eight, Expect::Tests, &|server| Ok(alike(server)));
    on("secure tests", &servers.secure, Expect::Tests, &|server| Ok(tests("secure", server)));
    on("servers killed and blocked", &servers.secure, Expect::Tests, &|server| {
        let mut cargo = tests("faults", server);
        // Most of them wait, for a server or for each other.
        cargo.env("RUST_TEST_THREADS", "16");
        Ok(cargo)
    });
    let prefix = format!("xtask{}-", std::process::id());
    on("demo", &servers.eight, Expect::Success, &|server| demo::command(server, None, Some(&prefix)));
    if let Ok(server) = &servers.eight
        && let Err(error) = demo::remove(server, &prefix)
    {
        eprintln!("cannot remove the demo's indexes: {error:#}");
    }
    outcomes.push(interop(servers, |server| tests("interop", server)));
    outcomes
}

/// djelme beside the Python package, which works with Elasticsearch 8.
fn interop(servers: &Servers, tests: impl Fn(&Server) -> Command) -> Outcome {
    const NAME: &str = "interop with the Python package";
    match (&servers.python, &servers.eight) {
        (Ok(Python::Missing(why)), _) => Outcome::left_out(NAME, why),
        (Ok(Python::Ready(interpreter)), Ok(server)) => {
            let mut cargo = tests(server);
            cargo.env(python::GIVEN, interpreter);
            step::run(NAME, Some(described(server)), &mut cargo, Expect::Tests)
        }
        (Err(error), _) | (_, Err(error)) => Outcome::impossible(NAME, error),
    }
}

/// What the scripted servers of `djelme-testing` claim about Elasticsearch, asked of a real one.
fn alike(server: &Server) -> Command {
    let mut cargo = workspace::cargo(&["test", "--package=djelme-testing", "--test=semantics"]);
    cargo.args(["--", "--include-ignored"]).env("DJELME_TEST_URL", &server.handle.url);
    cargo
}

/// A server as the summary names it.
fn described(server: &Server) -> String {
    format!("{} ({})", server.version, server.origin)
}

/// What tests on a server find in their environment.
fn environment(servers: &Servers) -> Vec<(&'static str, String)> {
    let mut variables = Vec::new();
    if let Ok(server) = &servers.eight {
        variables.push(("DJELME_TEST_ES8_URL", server.handle.url.clone()));
    }
    if let Ok(server) = &servers.nine {
        variables.push(("DJELME_TEST_ES9_URL", server.handle.url.clone()));
    }
    if let Ok(server) = &servers.secure {
        let handle = server.handle.clone();
        let path = |path: Option<PathBuf>| path.map(|path| path.display().to_string());
        let secure = [
            ("DJELME_TEST_SECURE_URL", Some(handle.url)),
            ("DJELME_TEST_SECURE_CA", path(handle.ca_path)),
            ("DJELME_TEST_SECURE_WRONG_CA", path(handle.wrong_ca_path)),
            ("DJELME_TEST_SECURE_USER", handle.user),
            ("DJELME_TEST_SECURE_PASSWORD", handle.password),
        ];
        variables.extend(secure.into_iter().filter_map(|(name, value)| Some((name, value?))));
    }
    variables
}

/// Stops the servers that this run started.
fn stop(servers: &Servers) {
    for server in servers.each().into_iter().flatten().filter(|server| server.started_here()) {
        if let Err(error) = elasticsearch::down(server.spec) {
            eprintln!("cannot stop {}: {error:#}", server.spec.label());
        }
    }
}
