//! The builder of a recorder.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use djelme_core::{Error, Result};
use tokio::sync::{Notify, watch};

use super::Recorder;
use super::disk::{DiskBuffer, Journal};
use super::dispatch::drive;
use super::engine::Engine;
use super::in_flight::InFlight;
use super::lane::Lane;
use super::memory::Memory;
use super::rejected::RejectedRecords;
use super::spares::Spares;
use crate::Djelme;
use crate::hooks::Saved;

pub(super) type Observer = Box<dyn Fn(&Saved<'_>) + Send + Sync>;

/// What becomes of a record when the recorder can hold no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum WhenFull {
    /// `push` waits for room, first come, first served; `try_push` refuses.
    #[default]
    Wait,
    /// Both refuse at once, with [`Error::Full`].
    Refuse,
    /// Both go on: what memory has no room for lies in the disk buffer alone until it has. Of each such record 32 bytes
    /// stay in memory, and up to 8 MiB of them to be read back from. It needs
    /// [`RecorderBuilder::disk_buffer`], and what happens when that is full too, [`DiskBuffer::when_full`] says.
    ///
    /// A shut-down leaves such records there, counted as abandoned, and the next recorder sends them; observers are not
    /// told of them before.
    DiskBuffer,
}

/// When a batch is sealed.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    pub(super) batch_records: usize,
    pub(super) batch_bytes: usize,
    pub(super) batch_age: Duration,
}

/// Builds a [`Recorder`]; made by [`Djelme::recorder`].
#[must_use = "a builder does nothing until it is built"]
pub struct RecorderBuilder {
    djelme: Djelme,
    limits: Limits,
    requests_in_flight: usize,
    memory_limit: usize,
    when_full: WhenFull,
    observers: Vec<Observer>,
    dead_letters: Option<PathBuf>,
    disk_buffer: Option<DiskBuffer>,
}

impl RecorderBuilder {
    pub(super) fn new(djelme: Djelme) -> Self {
        Self {
            djelme,
            limits: Limits { batch_records: 1_000, batch_bytes: 5 << 20, batch_age: Duration::from_secs(5) },
            requests_in_flight: 2,
            memory_limit: 64 << 20,
            when_full: WhenFull::Wait,
            observers: Vec::new(),
            dead_letters: None,
            disk_buffer: None,
        }
    }

    /// The most records of a batch, 1,000 unless set.
    pub fn batch_records(mut self, records: usize) -> Self {
        self.limits.batch_records = records;
        self
    }

    /// The most bytes of a batch, 5 MiB unless set. A larger record goes alone.
    pub fn batch_bytes(mut self, bytes: usize) -> Self {
        self.limits.batch_bytes = bytes;
        self
    }

    /// How long a batch is filled at the most, 5 s unless set. Each time up to a fifth less, so that many programs do
    /// not send at the same moment.
    pub fn batch_age(mut self, age: Duration) -> Self {
        self.limits.batch_age = age;
        self
    }

    /// The most requests in flight to one backend, 2 unless set. While the server says that it is too busy, fewer.
    pub fn requests_in_flight(mut self, requests: usize) -> Self {
        self.requests_in_flight = requests;
        self
    }

    /// The bytes that all pending records may hold, 64 MiB unless set: those of the documents and their action lines,
    /// and what is kept with each. Who waits for room holds its own record beyond that, and up to 8 MiB are kept for
    /// the next batches.
    ///
    /// Of several types, one may hold three quarters, so that one that turns out to be blocked leaves room for the
    /// others; blocked, it takes no more once it holds a quarter. A single record may have a quarter.
    pub fn memory_limit(mut self, bytes: usize) -> Self {
        self.memory_limit = bytes;
        self
    }

    /// What becomes of a record when there is no room; [`WhenFull::Wait`] unless set.
    pub fn when_full(mut self, policy: WhenFull) -> Self {
        self.when_full = policy;
        self
    }

    /// Calls this with each record's end: its type, index, id, outcome and its bytes. Several are called in order,
    /// after the handle's `post_save` hooks.
    ///
    /// It is called by the recorder's tasks, so it should be short: while it runs, the records of the same request
    /// count as pending. One that panics is reported and harms no record. Bytes that it keeps hold the memory of the
    /// whole batch.
    pub fn on_outcome(mut self, observer: impl Fn(&Saved<'_>) + Send + Sync + 'static) -> Self {
        self.observers.push(Box::new(observer));
        self
    }

    /// Writes every rejected record to this file, as a line of JSON with the server's reason: on the disk before any
    /// hook, observer or receipt is told. [`DeadLetters`](crate::dead_letters::DeadLetters) lists them, sends them
    /// again and discards them. Without it, only hooks, observers and receipts get what was rejected.
    ///
    /// Several recorders and programs of one machine may share a file. Those who wait for the disk are threads of their own. If it cannot be written, that is an error event, and
    /// [`health`](Recorder::health) counts the records; hooks and observers get them all the same.
    pub fn dead_letters(mut self, path: impl Into<PathBuf>) -> Self {
        self.dead_letters = Some(path.into());
        self
    }

    /// Keeps every record in files from when it is taken until it has come to its end, and sends what an earlier run
    /// left there.
    pub fn disk_buffer(mut self, buffer: DiskBuffer) -> Self {
        self.disk_buffer = Some(buffer);
        self
    }

    /// The recorder. Its tasks run on the current tokio runtime.
    ///
    /// # Errors
    /// [`Error::Settings`] outside of a tokio runtime, if one of the bounds is zero, and if a policy for what is full
    /// cannot be followed;
    /// [`Error::File`] if the file of dead letters cannot be written, or the folder of the disk buffer
    /// cannot be used or has another recorder.
    pub fn build(self) -> Result<Recorder> {
        let bounds = [
            ("batch_records", self.limits.batch_records),
            ("batch_bytes", self.limits.batch_bytes),
            ("requests_in_flight", self.requests_in_flight),
            ("memory_limit", self.memory_limit),
        ];
        if let Some((bound, _)) = bounds.iter().find(|(_, value)| *value == 0) {
            return Err(Error::Settings(format!("`{bound}` of the recorder is 0; nothing could be sent")));
        }
        self.check_disk_buffer()?;
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| {
            Error::Settings("a recorder sends from a tokio runtime: build it inside of one".into())
        })?;
        let open =
            |path: PathBuf| RejectedRecords::new(path.clone()).map_err(|source| Error::File { path, source });
        let rejected = self.dead_letters.map(open).transpose()?;
        let open = |buffer: DiskBuffer| {
            let path = buffer.folder().to_owned();
            Journal::open(buffer).map_err(|source| Error::File { path, source })
        };
        let journal = self.disk_buffer.map(open).transpose()?;
        let mut in_flight: HashMap<String, Arc<InFlight>> = HashMap::new();
        let types = self.djelme.inner.types.iter().enumerate();
        let lanes: Vec<_> = types
            .map(|(position, resolved)| {
                let name = resolved.backend_name.clone();
                let shared = in_flight.entry(name).or_insert_with(|| InFlight::new(self.requests_in_flight));
                Lane::new(position, resolved.clone(), shared.clone())
            })
            .collect();
        let engine = Arc::new(Engine {
            memory: Memory::new(self.memory_limit, lanes.len()),
            spares: Spares::default(),
            djelme: self.djelme,
            lanes,
            limits: self.limits,
            when_full: self.when_full,
            observers: self.observers,
            rejected,
            journal,
            replaying: AtomicBool::new(false),
            overflowed: Notify::new(),
            progress: watch::Sender::new(()),
            abandon: watch::Sender::new(false),
            stopped: AtomicBool::new(false),
        });
        Engine::start_reading(&engine, &runtime);
        for lane in 0..engine.lanes.len() {
            runtime.spawn(drive(engine.clone(), lane));
        }
        Ok(Recorder::new(engine))
    }

    fn check_disk_buffer(&self) -> Result<()> {
        let problem = match (self.when_full, self.disk_buffer.as_ref().map(|buffer| buffer.when_full)) {
            (WhenFull::DiskBuffer, None) => {
                "`WhenFull::DiskBuffer` needs a disk buffer: give the recorder one by `disk_buffer(..)`"
            }
            (_, Some(WhenFull::DiskBuffer)) => {
                "when the disk buffer itself is full, it can `WhenFull::Wait` or `WhenFull::Refuse`; \
                 `WhenFull::DiskBuffer` is for the recorder's own `when_full(..)`"
            }
            _ => return Ok(()),
        };
        Err(Error::Settings(problem.to_owned()))
    }
}

impl fmt::Debug for RecorderBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecorderBuilder")
            .field("limits", &self.limits)
            .field("requests_in_flight", &self.requests_in_flight)
            .field("memory_limit", &self.memory_limit)
            .field("when_full", &self.when_full)
            .field("observers", &self.observers.len())
            .field("dead_letters", &self.dead_letters)
            .field("disk_buffer", &self.disk_buffer)
            .finish_non_exhaustive()
    }
}
