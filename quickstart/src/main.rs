//! `cargo quickstart`: records two real streams of events without any server, searches a range of them, and shows what
//! it finds. A second run replaces the same records and doubles nothing.
//!
//! The streams are the flights of the examples and the commits of the Git repository it is run in, or instead of those
//! the requests of a web server: `cargo quickstart access.log`.

mod access_log;
mod commits;
// The record type is that of the example, which records the same flights on Elasticsearch.
#[path = "../../examples/examples/flights/departure.rs"]
mod departure;
mod flights;
mod show;
mod store;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use djelme::Djelme;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let log = arguments.next().map(PathBuf::from);
    if arguments.next().is_some() || log.as_ref().is_some_and(|log| log.to_string_lossy().starts_with('-')) {
        bail!("there is one argument at most: the path of a web server's access log");
    }
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let workspace = workspace.canonicalize().unwrap_or(workspace);
    let folder = workspace.join("target").join("quickstart-data");
    let shown = run(&folder, log.as_deref(), Path::new(".")).await?;
    Ok(std::io::stdout().write_all(shown.as_bytes())?)
}

/// Records and shows everything; `repository` is where Git is asked.
async fn run(folder: &Path, log: Option<&Path>, repository: &Path) -> anyhow::Result<String> {
    let djelme = Djelme::embedded(folder).with_context(|| format!("the store in {}", folder.display()))?;
    djelme.setup().await?;
    let mut out = format!("djelme without a server. The records lie in {}\n\n", folder.display());
    out += &flights::show(&djelme).await?;
    out.push('\n');
    out += &match log {
        Some(log) => access_log::show(&djelme, log).await?,
        None => commits::show(&djelme, repository).await?,
    };
    writeln!(
        out,
        "\nNext:\n  cargo quickstart             again: the same records, none twice\n  cargo quickstart access.log  the requests of a web server of yours\n  quickstart/src/commits.rs    a record type, its records and a search in one file\n  cargo xtask demo             the same on an Elasticsearch server"
    )?;
    Ok(out)
}

#[cfg(test)]
mod tests;
