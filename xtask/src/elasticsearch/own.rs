//! Servers of a test's own, which it may kill and start again: one node, or a cluster of several.
//!
//! By Docker or else by Maven, as the others; a URL in the environment names a server that nobody may kill.

use std::{
    fs::File,
    net::TcpStream,
    os::unix::process::CommandExt as _,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::{
    ServerHandle, Spec, docker,
    folders::{self, Folders, RunFolder},
    http::Client,
    maven,
    node::{self, Network},
    state::Life,
    tail,
};

/// The heap of each node: several run beside the servers of all tests.
const HEAP_MIB: u32 = 384;

/// The longest that a start may take, on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(300);

/// Nodes of Elasticsearch 8 for one test program. They end with it, however it ends.
#[derive(Debug)]
pub struct Cluster {
    way: Way,
    nodes: Vec<Node>,
    /// Two runs of one checkout take turns.
    _lock: File,
}

#[derive(Debug)]
enum Way {
    Docker,
    Maven { home: PathBuf, java: PathBuf },
}

#[derive(Debug)]
struct Node {
    network: Network,
    run: RunFolder,
    /// The container; a process has its number only once it is started.
    container: Option<String>,
    running: Option<Running>,
}

/// A node that was started and not killed.
#[derive(Debug)]
struct Running {
    life: Life,
    /// Ends the node when its input ends, which is when this program does.
    guard: Child,
}

impl Cluster {
    /// Makes the nodes of a cluster, none of which runs yet. The name is that of its folder and of its log.
    ///
    /// # Errors
    /// If neither Docker nor Maven can bring a server; the error says why.
    pub fn prepare(name: &str, nodes: usize) -> Result<Self> {
        let folders = Folders::find()?;
        let lock_file = folders.named(name)?.lock_file();
        let lock = folders::lock(&lock_file, || say("waiting for another run of the same tests"))?;
        let way = match docker::engine() {
            Ok(()) => Way::Docker,
            Err(no_docker) => {
                let (home, java) = maven::homes(Spec::EIGHT, &folders).with_context(|| {
                    format!("no server that may be killed: not by Docker ({no_docker:#}), not by Maven")
                })?;
                Way::Maven { home, java }
            }
        };
        let networks = networks(name, nodes, &way)?;
        let mut cluster = Self { way, nodes: Vec::new(), _lock: lock };
        if let Way::Docker = cluster.way {
            docker::create_network(name)?;
        }
        for network in networks {
            let run = folders.named(&network.name)?;
            run.clear()?;
            let container = match &cluster.way {
                Way::Docker => Some(docker::create_node(Spec::EIGHT, HEAP_MIB, name, &network)?),
                Way::Maven { home, .. } => {
                    node::prepare(Spec::EIGHT, &run, home, &network)?;
                    None
                }
            };
            cluster.nodes.push(Node { network, run, container, running: None });
        }
        Ok(cluster)
    }

    /// The URL of each node.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        self.nodes.iter().map(|node| node.handle().url).collect()
    }

    /// Starts a node that does not run, and does not wait until it answers.
    ///
    /// # Errors
    /// If the node does not exist or its program cannot be run.
    pub fn start(&mut self, node: usize) -> Result<()> {
        let Self { way, nodes, .. } = self;
        let node = nodes.get_mut(node).context("the cluster has no such node")?;
        if node.is_alive() {
            return Ok(());
        }
        say(&format!("starting {} on port {}", node.network.name, node.network.http));
        let life = match (way, &node.container) {
            (Way::Maven { home, java }, _) => {
                Life::Process(node::launch(Spec::EIGHT, HEAP_MIB, &node.run, home, java)?)
            }
            (Way::Docker, container) => {
                let id = container.clone().context("the node has no container")?;
                docker::start_again(&id)?;
                Life::Container(id)
            }
        };
        let guard = guard(&life)?;
        node.running = Some(Running { life, guard });
        Ok(())
    }

    /// Ends a node as `kill -9` does. Its data stays.
    ///
    /// # Errors
    /// If it does not run, or does not end.
    pub fn kill(&mut self, node: usize) -> Result<()> {
        let node = self.nodes.get_mut(node).context("the cluster has no such node")?;
        let running = node.running.take().context("the node does not run")?;
        running.life.kill()?;
        say(&format!("killed {}", node.network.name));
        // A container is wanted again, so its guard goes without doing its work.
        let mut guard = running.guard;
        guard.kill()?;
        guard.wait()?;
        let begin = Instant::now();
        while TcpStream::connect(("127.0.0.1", node.network.http)).is_ok() {
            if begin.elapsed() > Duration::from_secs(30) {
                bail!("{} answers although it was killed", node.network.name);
            }
            sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Whether a node was started and still runs.
    #[must_use]
    pub fn is_alive(&self, node: usize) -> bool {
        self.nodes.get(node).is_some_and(Node::is_alive)
    }

    /// Waits until every node that was started answers and they have found each other.
    ///
    /// # Errors
    /// If a node stops while it starts, with the end of its log, or if that takes minutes.
    pub fn wait(&self) -> Result<()> {
        let begin = Instant::now();
        let running: Vec<_> = self.nodes.iter().filter(|node| node.running.is_some()).collect();
        for node in &running {
            let client = Client::new(&node.handle())?;
            loop {
                let health = client.get("/_cluster/health");
                let found = health
                    .as_ref()
                    .ok()
                    .and_then(|it| it.pointer("/number_of_nodes"))
                    .and_then(Value::as_u64);
                if found == Some(running.len() as u64) {
                    break;
                }
                if !node.is_alive() || begin.elapsed() > PATIENCE {
                    let log = node.running.as_ref().map(|running| running.life.log(&node.run));
                    let log = tail(&log.unwrap_or_default(), 40);
                    bail!("{} does not start ({health:?}); the end of its log:\n{log}", node.network.name);
                }
                sleep(Duration::from_millis(200));
            }
        }
        say(&format!("{} nodes ready in {} s", running.len(), begin.elapsed().as_secs()));
        Ok(())
    }
}

impl Node {
    fn handle(&self) -> ServerHandle {
        ServerHandle::open(self.network.http)
    }

    fn is_alive(&self) -> bool {
        self.running.as_ref().is_some_and(|running| running.life.is_alive())
    }
}

/// Names, ports, and how the nodes find each other.
fn networks(name: &str, nodes: usize, way: &Way) -> Result<Vec<Network>> {
    let names: Vec<String> = (1..=nodes).map(|node| format!("{name}-{node}")).collect();
    // All at once: a port is free again as soon as it was found.
    let ports = node::free_ports(2 * nodes)?;
    let places: Vec<String> = match way {
        Way::Docker => names.clone(),
        Way::Maven { .. } => ports[nodes..].iter().map(|port| format!("127.0.0.1:{port}")).collect(),
    };
    let discovery = match (nodes, way) {
        (1, _) => node::ALONE.to_owned(),
        (_, Way::Docker) => {
            let (places, names) = (places.join(","), names.join(","));
            format!("discovery.seed_hosts: {places}\ncluster.initial_master_nodes: {names}\n")
        }
        (_, Way::Maven { .. }) => {
            format!("discovery.seed_hosts: {places:?}\ncluster.initial_master_nodes: {names:?}\n")
        }
    };
    let network = |(name, ports): (String, (&u16, &u16))| Network {
        name,
        http: *ports.0,
        transport: *ports.1,
        discovery: discovery.clone(),
    };
    Ok(names.into_iter().zip(ports[..nodes].iter().zip(&ports[nodes..])).map(network).collect())
}

/// A process that ends the node once this program has ended, in whatever way.
fn guard(life: &Life) -> Result<Child> {
    let script = format!("cat > /dev/null; {}", life.killing());
    let mut command = Command::new("sh");
    command.args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    // In a group of its own, so that a Ctrl-C does not end it first.
    command.process_group(0).spawn().context("cannot run `sh`")
}

fn say(text: &str) {
    // One string: other processes write to the same terminal.
    let line = format!("own servers: {text}\n");
    eprint!("{line}");
}
