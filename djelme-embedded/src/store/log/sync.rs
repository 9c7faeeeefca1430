//! Group commit: one sync of the file serves all who wait.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::file::LogFile;
use crate::error::Refusal;

/// Makes records durable. Who comes while another waits for the disk is served by the next sync, with all others.
pub(crate) struct Sync {
    progress: Mutex<Progress>,
    changed: Condvar,
}

struct Progress {
    file: Arc<LogFile>,
    /// The last record in the file.
    written: u64,
    /// The last record that is durable.
    synced: u64,
    /// Whether somebody waits for the disk.
    running: bool,
    /// Why the log takes no more records.
    failure: Option<String>,
}

impl Sync {
    pub(super) fn new(file: Arc<LogFile>, lsn: u64) -> Self {
        let progress = Progress { file, written: lsn, synced: lsn, running: false, failure: None };
        Self { progress: Mutex::new(progress), changed: Condvar::new() }
    }

    /// Returns once the record is durable.
    pub(crate) fn wait(&self, lsn: u64) -> Result<(), Refusal> {
        let mut progress = self.progress();
        while progress.synced < lsn {
            if let Some(failure) = &progress.failure {
                return Err(Refusal::fault(failure));
            }
            if progress.running {
                progress = self.changed.wait(progress).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            progress.running = true;
            let (file, written) = (Arc::clone(&progress.file), progress.written);
            drop(progress);
            let result = file.sync();
            progress = self.progress();
            progress.running = false;
            match result {
                Ok(()) => progress.synced = progress.synced.max(written),
                // What the system did with the bytes is unknown from now on.
                Err(error) => progress.failure = Some(format!("the log cannot be made durable: {error}")),
            }
            self.changed.notify_all();
        }
        Ok(())
    }

    /// Whether the log takes records.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        match &self.progress().failure {
            None => Ok(()),
            Some(failure) => {
                let reason = format!("{failure}; nothing is written any more until the store is opened anew");
                Err(Refusal::new(403, "cluster_block_exception", reason))
            }
        }
    }

    /// Notes that nothing can be written any more.
    pub(super) fn fail(&self, problem: &str) {
        self.progress().failure = Some(problem.to_owned());
        self.changed.notify_all();
    }

    /// Notes that records up to this one are in the file.
    pub(super) fn written(&self, lsn: u64) {
        self.progress().written = lsn;
    }

    /// Notes that further records go to another file. All earlier ones are durable.
    pub(super) fn goes_on_in(&self, file: Arc<LogFile>) {
        self.progress().file = file;
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
