//! What is written down about a server that this checkout started.

use std::{
    fs,
    io::{ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::PathBuf,
};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use super::{ServerHandle, docker, folders::RunFolder, process::Process};

/// A server that this checkout started: how to reach it and how to stop it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    /// How to reach it.
    pub(super) handle: ServerHandle,
    /// What runs it.
    pub(super) life: Life,
}

/// What runs a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Life {
    /// A process of this machine.
    Process(Process),
    /// A Docker container, by its id.
    Container(String),
}

impl Life {
    /// Whether it still runs.
    pub(super) fn is_alive(&self) -> bool {
        match self {
            Self::Process(process) => process.is_alive(),
            Self::Container(id) => docker::is_running(id),
        }
    }

    /// Ends it and waits for that; false when it had ended before.
    pub(super) fn stop(&self) -> Result<bool> {
        match self {
            Self::Process(process) => process.stop(),
            Self::Container(id) => docker::remove(id),
        }
    }

    /// Ends it without a warning, and keeps its data.
    pub(super) fn kill(&self) -> Result<()> {
        match self {
            Self::Process(process) => process.kill(),
            Self::Container(id) => docker::kill(id),
        }
    }

    /// Shell commands that end it and leave nothing running.
    pub(super) fn killing(&self) -> String {
        match self {
            Self::Process(process) => process.killing(),
            Self::Container(id) => format!("docker rm --force --volumes {id}"),
        }
    }

    /// All that it printed.
    pub(super) fn log(&self, run: &RunFolder) -> String {
        match self {
            Self::Process(_) => String::from_utf8_lossy(&fs::read(run.log_file()).unwrap_or_default()).into(),
            Self::Container(id) => docker::logs(id),
        }
    }
}

impl State {
    /// Reads the file of a run folder; `None` when no server was started there.
    pub(super) fn load(run: &RunFolder) -> Result<Option<Self>> {
        let path = file(run);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        let state = serde_json::from_str(&text).with_context(|| {
            format!("{} is not understood: stop the server by hand and remove the file", path.display())
        })?;
        Ok(Some(state))
    }

    /// Writes the file at once, never half of it.
    pub(super) fn save(&self, run: &RunFolder) -> Result<()> {
        let path = file(run);
        let half = path.with_extension("json.new");
        let mut options = fs::OpenOptions::new();
        // It holds the password of the secured server.
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut out = options.open(&half).with_context(|| format!("cannot write {}", half.display()))?;
        out.write_all(&serde_json::to_vec_pretty(self)?)?;
        fs::rename(&half, &path).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Removes the file.
    pub(super) fn remove(run: &RunFolder) -> Result<()> {
        let path = file(run);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove {}", path.display()))
            }
            _ => Ok(()),
        }
    }
}

fn file(run: &RunFolder) -> PathBuf {
    run.path().join("server.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_read_as_it_was_written() {
        let base = tempfile::tempdir().unwrap();
        let run = RunFolder::for_test(base.path());
        assert_eq!(State::load(&run).unwrap(), None);
        State::remove(&run).unwrap();
        let state = State {
            handle: ServerHandle {
                url: "https://localhost:1".into(),
                ca_path: Some("ca.pem".into()),
                wrong_ca_path: None,
                user: Some("u".into()),
                password: Some("p".into()),
            },
            life: Life::Container("abc".into()),
        };
        state.save(&run).unwrap();
        assert_eq!(State::load(&run).unwrap(), Some(state));
        State::remove(&run).unwrap();
        assert_eq!(State::load(&run).unwrap(), None);
    }

    #[test]
    fn an_unreadable_state_names_the_file() {
        let base = tempfile::tempdir().unwrap();
        let run = RunFolder::for_test(base.path());
        fs::write(file(&run), "{\"handle\":").unwrap();
        assert!(format!("{:#}", State::load(&run).unwrap_err()).contains("server.json"));
    }
}
