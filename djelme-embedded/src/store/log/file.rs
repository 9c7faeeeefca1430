//! A file of the log.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

/// An append-only file. In tests it can be made to fail.
pub(super) struct LogFile {
    file: File,
    #[cfg(test)]
    faults: faults::Faults,
}

impl LogFile {
    /// An empty file.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        let file = File::create(path)?;
        Ok(Self {
            file,
            #[cfg(test)]
            faults: faults::of(path),
        })
    }

    pub(super) fn append(&self, bytes: &[u8]) -> io::Result<()> {
        #[cfg(test)]
        self.faults.append(&self.file, bytes)?;
        (&self.file).write_all(bytes)
    }

    /// Takes off everything after this length.
    pub(super) fn cut(&self, length: u64) -> io::Result<()> {
        self.file.set_len(length)?;
        (&self.file).seek(SeekFrom::Start(length)).map(drop)
    }

    /// Makes durable what was appended.
    pub(super) fn sync(&self) -> io::Result<()> {
        #[cfg(test)]
        self.faults.sync()?;
        self.file.sync_data()
    }
}

/// Failing disks.
#[cfg(test)]
pub(crate) mod faults {
    use std::collections::HashMap;
    use std::fs::File;
    use std::io::{self, Write};
    use std::path::{Path, PathBuf};
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::sync::{Arc, LazyLock, Mutex};

    /// What goes wrong with the files of one log.
    #[derive(Clone)]
    pub(crate) struct Faults(Arc<Kinds>);

    struct Kinds {
        /// The bytes that still find room on the disk.
        room: AtomicUsize,
        failing_sync: AtomicBool,
    }

    static FAULTS: LazyLock<Mutex<HashMap<PathBuf, Faults>>> = LazyLock::new(Mutex::default);

    /// The faults of the log in whose folder this file lies.
    pub(crate) fn of(path: &Path) -> Faults {
        let folder = path.parent().unwrap().to_owned();
        let none = || {
            let kinds = Kinds { room: AtomicUsize::new(usize::MAX), failing_sync: AtomicBool::new(false) };
            Faults(Arc::new(kinds))
        };
        FAULTS.lock().unwrap().entry(folder).or_insert_with(none).clone()
    }

    impl Faults {
        pub(crate) fn set_room(&self, bytes: usize) {
            self.0.room.store(bytes, Ordering::SeqCst);
        }

        pub(crate) fn fail_sync(&self, fails: bool) {
            self.0.failing_sync.store(fails, Ordering::SeqCst);
        }

        /// Writes what finds room and fails, or does nothing.
        pub(super) fn append(&self, mut file: &File, bytes: &[u8]) -> io::Result<()> {
            let room = self.0.room.load(Ordering::SeqCst);
            if bytes.len() > room {
                file.write_all(&bytes[..room])?;
                return Err(io::ErrorKind::StorageFull.into());
            }
            if room < usize::MAX {
                self.set_room(room - bytes.len());
            }
            Ok(())
        }

        pub(super) fn sync(&self) -> io::Result<()> {
            let fails = self.0.failing_sync.load(Ordering::SeqCst);
            if fails { Err(io::Error::other("the disk failed")) } else { Ok(()) }
        }
    }
}
