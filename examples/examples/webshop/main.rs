//! A web shop that records page views and purchases while it serves them, under load that it makes itself.
//!
//! `cargo run -p djelme-examples --example webshop` serves 20,000 requests and ends; with `--requests 0` it serves until
//! ctrl-c. The backend is the one of `DJELME_BACKENDS` or `djelme.toml`.

mod load;
mod records;
mod report;
mod shop;

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context as _, ensure};
use clap::Parser;
use djelme::Djelme;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use shop::Shop;

/// Serves a shop and records what its customers do.
#[derive(Parser)]
struct Options {
    /// Where to listen; port 0 is any free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Requests that the customers send; 0 is none, and the shop serves until ctrl-c.
    #[arg(long, default_value_t = 20_000)]
    requests: u64,
    /// Customers at the same time.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u64).range(1..))]
    tasks: u64,
    /// The most seconds to wait at the end for records that are not stored yet.
    #[arg(long, default_value_t = 30)]
    grace: u64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let djelme = Djelme::from_env()?;
    write!(io::stdout(), "{}", djelme.setup().await?)?;
    let recorder = djelme.recorder().build()?;
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let run = format!("{}-{}", since_1970.as_millis(), std::process::id());

    // Also after an error, what was recorded until then is to be stored.
    let served = serve(&options, Shop { recorder: recorder.clone(), run: run.clone() }).await;
    let end = recorder.shutdown(Duration::from_secs(options.grace)).await;
    writeln!(io::stdout(), "{}", report::counts(&end))?;
    write!(io::stdout(), "{}", report::compare(&djelme, &end, &run).await?)?;
    ensure!(end.unsent.is_empty(), "{} records were not stored within {} s", end.unsent.len(), options.grace);
    served
}

/// Serves until the customers are done or ctrl-c; requests that have begun are answered.
async fn serve(options: &Options, shop: Shop) -> anyhow::Result<()> {
    let listen = || format!("{}", options.listen);
    let listener = TcpListener::bind(options.listen).await.with_context(listen)?;
    let address = listener.local_addr()?;
    writeln!(io::stdout(), "the shop is open on http://{address}/products/1")?;
    let (close, closed) = oneshot::channel::<()>();
    let server = axum::serve(listener, shop::router(shop)).with_graceful_shutdown(async {
        // Dropped means closed, too.
        let _ = closed.await;
    });
    let server = tokio::spawn(server.into_future());
    let visited = tokio::select! {
        visited = customers(address, options) => visited,
        ctrl_c = tokio::signal::ctrl_c() => ctrl_c.context("ctrl-c cannot be heard"),
    };
    drop(close);
    server.await??;
    visited
}

async fn customers(shop: SocketAddr, options: &Options) -> anyhow::Result<()> {
    if options.requests == 0 {
        return std::future::pending().await;
    }
    let begin = Instant::now();
    let requests = load::run(shop, options.requests, options.tasks).await?;
    let seconds = begin.elapsed().as_secs_f64();
    Ok(writeln!(io::stdout(), "{requests} requests of {} customers in {seconds:.1} s", options.tasks)?)
}
