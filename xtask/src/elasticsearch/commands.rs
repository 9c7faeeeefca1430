//! `cargo xtask elasticsearch up`, `down`, `url` and `logs`.

use anyhow::{Result, bail};
use clap::{Args, Subcommand};

use super::{Major, ServerHandle, Spec};

/// What to do with a server.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Have a server running: given by its URL, started earlier, by Docker, or by Maven and Java
    Up(Which),
    /// Stop a server that this checkout started
    Down {
        #[command(flatten)]
        which: Which,
        /// Stop every server that this checkout started
        #[arg(long, conflicts_with_all = ["version", "secure"])]
        all: bool,
    },
    /// Print a running server's URL
    Url(Which),
    /// Print the end of a server's log
    Logs {
        #[command(flatten)]
        which: Which,
        /// How many lines
        #[arg(long, default_value_t = 100)]
        lines: usize,
    },
}

/// Which server.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Which {
    /// The major version
    #[arg(long, value_enum, default_value = "8")]
    version: Major,
    /// The server with TLS, users and a password
    #[arg(long)]
    secure: bool,
}

impl Which {
    fn spec(self) -> Spec {
        Spec { major: self.version, secure: self.secure }
    }
}

/// Runs the command.
pub(crate) fn run(command: &Command) -> Result<()> {
    match command {
        Command::Up(which) => {
            let server = super::up(which.spec())?;
            server.spec.say(&format!("{} ({})", server.version, server.origin));
            print_handle(&server.handle);
        }
        Command::Down { all: true, .. } => {
            for spec in Spec::ALL {
                down(spec)?;
            }
        }
        Command::Down { which, .. } => down(which.spec())?,
        Command::Url(which) => match super::existing(which.spec())? {
            Some(handle) => println!("{}", handle.url),
            None => bail!("{} does not run: `cargo xtask elasticsearch up` starts it", which.spec().label()),
        },
        Command::Logs { which, lines } => println!("{}", super::log_tail(which.spec(), *lines)?),
    }
    Ok(())
}

fn down(spec: Spec) -> Result<()> {
    spec.say(if super::down(spec)? { "stopped" } else { "was not running" });
    Ok(())
}

/// Prints the URL, and for a secured server what else is needed to reach it.
fn print_handle(handle: &ServerHandle) {
    println!("{}", handle.url);
    let path = |path: &Option<std::path::PathBuf>| path.as_ref().map(|path| path.display().to_string());
    let details = [
        ("ca", path(&handle.ca_path)),
        ("wrong ca", path(&handle.wrong_ca_path)),
        ("user", handle.user.clone()),
        ("password", handle.password.clone()),
    ];
    for (name, value) in details {
        if let Some(value) = value {
            println!("{name}: {value}");
        }
    }
}
