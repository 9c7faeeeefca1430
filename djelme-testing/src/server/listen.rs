//! The thread of the server: accepts connections, goes down and comes up.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

use super::socket::Socket;
use super::{Command, Shared, exchange};

/// Starts the thread.
pub(super) fn spawn(
    listener: std::net::TcpListener,
    address: SocketAddr,
    shared: Arc<Shared>,
    commands: UnboundedReceiver<Command>,
) -> io::Result<JoinHandle<()>> {
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let listener = {
        let _inside = runtime.enter();
        TcpListener::from_std(listener)?
    };
    let port = Port { address, listener: Some(listener), connections: JoinSet::new(), shared };
    thread::Builder::new()
        .name("scripted-server".to_owned())
        .spawn(move || runtime.block_on(port.serve(commands)))
}

struct Port {
    address: SocketAddr,
    listener: Option<TcpListener>,
    connections: JoinSet<()>,
    shared: Arc<Shared>,
}

impl Port {
    async fn serve(mut self, mut commands: UnboundedReceiver<Command>) {
        loop {
            tokio::select! {
                // What the test says comes first.
                biased;
                command = commands.recv() => match command {
                    None | Some(Command::End) => return,
                    Some(Command::GoDown(done)) => {
                        self.go_down().await;
                        // Nobody waits if a script did it.
                        let _ = done.map(|done| done.send(()));
                    }
                    Some(Command::ComeUp(done)) => {
                        let _ = done.send(self.come_up());
                    }
                },
                accepted = accept(self.listener.as_ref()) => if let Ok(stream) = accepted {
                    self.shared.connections.fetch_add(1, Ordering::SeqCst);
                    self.connections.spawn(converse(stream, self.shared.clone()));
                },
                Some(_) = self.connections.join_next() => {}
            }
        }
    }

    async fn go_down(&mut self) {
        self.listener = None;
        self.shared.life.fetch_add(1, Ordering::SeqCst);
        self.connections.shutdown().await;
        self.shared.down.store(true, Ordering::SeqCst);
    }

    fn come_up(&mut self) -> io::Result<()> {
        if self.listener.is_none() {
            let listener = std::net::TcpListener::bind(self.address)?;
            listener.set_nonblocking(true)?;
            self.listener = Some(TcpListener::from_std(listener)?);
        }
        self.shared.down.store(false, Ordering::SeqCst);
        Ok(())
    }
}

async fn accept(listener: Option<&TcpListener>) -> io::Result<TcpStream> {
    match listener {
        Some(listener) => listener.accept().await.map(|(stream, _)| stream),
        None => std::future::pending().await,
    }
}

/// Answers the requests of one connection until it ends, in whatever way.
async fn converse(stream: TcpStream, shared: Arc<Shared>) {
    // Without it an answer in two pieces waits for the acknowledgement of the first.
    let _ = stream.set_nodelay(true);
    let reset = Arc::new(AtomicBool::new(false));
    let socket = TokioIo::new(Socket::new(stream, reset.clone()));
    let service = service_fn(move |request| exchange::exchange(shared.clone(), reset.clone(), request));
    // How a connection ends is for the client to notice.
    let _ = http1::Builder::new().serve_connection(socket, service).await;
}
