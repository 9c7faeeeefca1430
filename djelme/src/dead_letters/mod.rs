//! Dead letters: the records that the server rejected for good, in a file that people can read.
//!
//! A recorder with [`dead_letters`](crate::recorder::RecorderBuilder::dead_letters) writes each of them as a line of
//! JSON, before anybody is told of the record's end:
//!
//! ```json
//! {"time":"2026-02-14T07:08:09.123456Z","record_type":"shop::View","index":"shop_view_2026.2.","id":"xYz",
//!  "op":"create","error_type":"document_parsing_exception","status":400,"reason":"[1:9] failed to parse ..",
//!  "source":{"path":"/"}}
//! ```
//!
//! (It is one line in the file.) [`DeadLetters`] lists them, sends them again, and discards them, also while recorders
//! of this or of other programs on the machine go on writing: all take the lock of the file `<name>.lock` beside it,
//! for as long as they change the file.

mod file;
mod line;
mod retry;

use std::io;
use std::path::{Path, PathBuf};

use djelme_core::{Error, Result};

use file::{Changes, Reader, rewrite};

pub(crate) use file::{append, prepare};
pub use line::{DeadLetter, Line};
pub use retry::Retried;

/// A file of dead letters.
///
/// ```
/// # use djelme::dead_letters::{DeadLetters, Line};
/// # fn main() -> djelme::Result<()> {
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("dead_letters.jsonl");
/// # let letter = r#"{"time":"2026-02-14T07:08:09Z","record_type":"shop::View","index":"shop_view_2026.2.","id":"x",
/// # "op":"create","error_type":"document_parsing_exception","status":400,"reason":"failed to parse field [path]",
/// # "source":{"path":7}}"#;
/// # std::fs::write(&path, letter.replace('\n', "") + "\n{\"time\":\"20").unwrap();
/// let letters = DeadLetters::new(path);
/// for line in letters.list()? {
///     match line? {
///         Line::Letter(letter) => println!("{} {}: {}", letter.index, letter.id, letter.rejection),
///         Line::Damaged { number, problem } => println!("line {number} is damaged: {problem}"),
///     }
/// }
/// let discarded = letters.discard(|line| matches!(line, Line::Letter(letter) if letter.record_type == "shop::View"))?;
/// assert_eq!(discarded, 1);
/// assert_eq!(letters.list()?.count(), 1); // the damaged line stays until it is discarded, too
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetters {
    path: PathBuf,
}

impl DeadLetters {
    /// The dead letters in this file.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The lines that the file has now, the oldest first. They are read one by one. Empty lines are left out.
    ///
    /// # Errors
    /// [`Error::File`], also for each line that cannot be read. A line that is no dead letter is no error, but
    /// [`Line::Damaged`].
    pub fn list(&self) -> Result<Lines> {
        let reader = self.open()?;
        Ok(Lines { path: self.path.clone(), reader: Some(reader) })
    }

    /// Removes the lines that `select` chooses, for good. Returns how many.
    ///
    /// # Errors
    /// [`Error::File`]; the file is then as before.
    pub fn discard(&self, mut select: impl FnMut(&Line) -> bool) -> Result<u64> {
        let mut changes = Changes::default();
        let mut reader = self.open()?;
        while let Some((line, number, place)) = reader.next().map_err(|error| self.error(error))? {
            if select(&Line::parse(line, number)) {
                changes.add(place, ());
            }
        }
        rewrite(&self.path, &changes, |_, (), _| Ok(())).map_err(|error| self.error(error))
    }

    fn open(&self) -> Result<Reader> {
        Reader::open(&self.path).map_err(|error| self.error(error))
    }

    fn error(&self, source: io::Error) -> Error {
        Error::File { path: self.path.clone(), source }
    }
}

/// The lines of a file of dead letters; made by [`DeadLetters::list`].
#[derive(Debug)]
pub struct Lines {
    path: PathBuf,
    reader: Option<Reader>,
}

impl Iterator for Lines {
    type Item = Result<Line>;

    /// Ends after an error.
    fn next(&mut self) -> Option<Self::Item> {
        match self.reader.as_mut()?.next() {
            Ok(line) => line.map(|(line, number, _)| Ok(Line::parse(line, number))),
            Err(source) => {
                self.reader = None;
                Some(Err(Error::File { path: self.path.clone(), source }))
            }
        }
    }
}
