//! The scripted server: an Elasticsearch on loopback that keeps its documents in memory and fails by script.

mod act;
mod answer;
mod bulk;
mod exchange;
mod listen;
mod manage;
mod route;
mod socket;

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::journal::Journal;
use crate::script::{Rule, Script};
use crate::store::Store;

/// An Elasticsearch 8 on a free port of loopback, as far as djelme speaks to one, which fails by script.
///
/// It has a thread and a runtime of its own, so that it also serves synchronous tests, and tests under a paused clock:
/// its own waiting is always real time. It is gone when it is dropped.
///
/// It knows `/`, `_bulk` (with `filter_path`), `_doc`, `_mget`, `_search`, `_msearch`, `_count` (queries of a few kinds:
/// `match_all`, `ids`, `exists`, `term`, `terms`, `range`, `bool`), `_index_template` with `_simulate`, `_mapping`,
/// `_refresh`, `_open`, `_close`, `_settings` (`index.blocks.write`), `_cat/indices`, `_resolve/index`, and the deletion of
/// an index. Anything else is refused by name.
///
/// ```
/// use std::time::Duration;
/// use djelme_core::backend::Backend as _;
/// use djelme_es8::{Es8, Es8Config};
/// use djelme_testing::{Call, ScriptedServer, on};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = ScriptedServer::start()?;
/// server.script(on(Call::Template).answer(429).retry_after(Duration::from_secs(2)).once());
///
/// let es8 = Es8::new(Es8Config::new([server.url()]))?;
/// let busy = es8.template("shop_view__template").await.unwrap_err();
/// assert!(busy.to_string().contains("429"));
/// assert_eq!(es8.template("shop_view__template").await?, None);
/// assert_eq!(server.journal().calls(Call::Template), 2);
/// # Ok(())
/// # }
/// ```
pub struct ScriptedServer {
    shared: Arc<Shared>,
    address: SocketAddr,
    thread: Option<JoinHandle<()>>,
}

/// What the server's thread and its owner share.
struct Shared {
    store: Store,
    script: Script,
    journal: Journal,
    connections: AtomicUsize,
    /// Counts how often the server went down: what was delayed before that is lost.
    life: AtomicU64,
    down: AtomicBool,
    settings: Mutex<Settings>,
    control: UnboundedSender<Command>,
}

#[derive(Debug, Clone)]
struct Settings {
    version: String,
    /// The value of the header `Authorization` that is let in.
    authorization: Option<String>,
    /// How fast bodies are read; `None` is as fast as can be.
    bytes_per_second: Option<u32>,
}

/// What the server's thread is told to do.
enum Command {
    /// Close the port and all connections; say when that is done.
    GoDown(Option<mpsc::Sender<()>>),
    /// Listen again.
    ComeUp(mpsc::Sender<io::Result<()>>),
    /// Come to an end.
    End,
}

impl ScriptedServer {
    /// An empty server that does all that it is asked to.
    ///
    /// # Errors
    /// If loopback has no free port, or a thread cannot be started.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let (control, commands): (_, UnboundedReceiver<_>) = unbounded_channel();
        let settings = Settings {
            version: crate::SERVER_VERSION.to_owned(),
            authorization: None,
            bytes_per_second: None,
        };
        let shared = Arc::new(Shared {
            store: Store::default(),
            script: Script::default(),
            journal: Journal::of_a_server(),
            connections: AtomicUsize::new(0),
            life: AtomicU64::new(0),
            down: AtomicBool::new(false),
            settings: Mutex::new(settings),
            control,
        });
        let thread = listen::spawn(listener, address, shared.clone(), commands)?;
        Ok(Self { shared, address, thread: Some(thread) })
    }

    /// Where it listens, such as `http://127.0.0.1:41234`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The same without the scheme.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Adds a rule. For each request the oldest rule that names a fault decides.
    pub fn script(&self, rule: Rule) {
        self.shared.script.add(rule);
    }

    /// Forgets all rules.
    pub fn clear_script(&self) {
        self.shared.script.clear();
    }

    /// The documents, indexes and templates.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.shared.store
    }

    /// What was asked: requests that arrived whole, and with the right login where one is required.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.shared.journal
    }

    /// The TCP connections so far, those that asked nothing included.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Closes the port and all connections, as a server does that is killed: whoever connects is refused. The documents
    /// stay.
    pub fn go_down(&self) {
        let (done, waiting) = mpsc::channel();
        if self.shared.control.send(Command::GoDown(Some(done))).is_ok() {
            // The thread answers, or is gone, and the port with it.
            let _ = waiting.recv();
        }
    }

    /// Listens again, on the same port.
    ///
    /// # Errors
    /// If another program has taken the port.
    pub fn come_up(&self) -> io::Result<()> {
        let gone = || io::Error::other("the thread of the scripted server has ended");
        let (done, waiting) = mpsc::channel();
        self.shared.control.send(Command::ComeUp(done)).map_err(|_| gone())?;
        waiting.recv().map_err(|_| gone())?
    }

    /// Whether it is down, by [`go_down`](Self::go_down) or by a script.
    #[must_use]
    pub fn is_down(&self) -> bool {
        self.shared.down.load(Ordering::SeqCst)
    }

    /// The version that the server says it has, such as `7.17.0`; without this, 8.19.8.
    pub fn version(&self, version: impl Into<String>) {
        self.shared.settings(|settings| settings.version = version.into());
    }

    /// Lets in only this user with this password, everyone else gets 401. Given again, it is a password that was
    /// changed.
    pub fn require_login(&self, user: &str, password: &str) {
        let value = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
        self.shared.settings(|settings| settings.authorization = Some(value));
    }

    /// Lets everyone in again.
    pub fn require_no_login(&self) {
        self.shared.settings(|settings| settings.authorization = None);
    }

    /// Reads the bodies of requests only so fast; `None` is as fast as can be.
    pub fn read_slowly(&self, bytes_per_second: Option<u32>) {
        self.shared.settings(|settings| settings.bytes_per_second = bytes_per_second);
    }
}

impl Drop for ScriptedServer {
    fn drop(&mut self) {
        // An error means that the thread has ended already.
        let _ = self.shared.control.send(Command::End);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for ScriptedServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The settings hold a login.
        f.debug_struct("ScriptedServer").field("url", &self.url()).finish_non_exhaustive()
    }
}

impl Shared {
    fn settings<T>(&self, with: impl FnOnce(&mut Settings) -> T) -> T {
        with(&mut self.settings.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
